"""Settle the tasks that have the votes they need, ask for more where they do not agree, apply what was adjudicated."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from pipeline.context import Context, Tally
from pipeline.releasing.making import make_rows
from pipeline.resolving.asking import changed_first
from pipeline.resolving.deciding import decided
from pipeline.resolving.models import Models
from pipeline.resolving.narrowed import CHANGED, only
from pipeline.resolving.settling import Case, weigh
from pipeline.resolving.telling import tell
from pipeline.terms import Terms
from pipeline.verifying.auditing import disagreements
from schemas.facts import Fact
from tasks import is_current

BATCH = 500
TICK = timedelta(microseconds=1)
LAST = """
SELECT greatest((SELECT max(resolved_at) FROM resolutions), (SELECT max(told_at) FROM truths),
    (SELECT max(learned_at) FROM annotator_models))
"""
DUE = """
CREATE OR REPLACE TEMP TABLE due_now AS
WITH cast_votes AS MATERIALIZED (SELECT * FROM votes),
said AS (SELECT task_id, list(revision_id) AS revisions FROM cast_votes GROUP BY task_id),
due AS (
    SELECT t.task_id, t.task_type, t.version, coalesce(k.votes, t.overlap) AS asked, t.audit, r.method, r.revisions
    FROM (FROM tasks SEMI JOIN looked_at USING (task_id)) t
    LEFT JOIN current_asks k USING (task_id) LEFT JOIN said s USING (task_id)
    LEFT JOIN current_resolutions r USING (task_id)
    ANTI JOIN superseded u ON u.task_id = t.task_id ANTI JOIN withdrawn w ON w.task_id = t.task_id
    WHERE CASE
        WHEN r.task_id IS NULL OR r.method = 'reopened' THEN s.revisions IS NOT NULL
        WHEN r.method = 'none' THEN true
        WHEN r.method = 'machine' THEN false  -- until a `redo` makes a next attempt of it
        WHEN r.method IN ('adjudicated', 'sent_back') THEN
            NOT EXISTS (SELECT 1 FROM current_decisions d WHERE list_contains(r.revisions, d.revision_id))
        ELSE s.revisions IS NULL OR NOT list_has_all(s.revisions, r.revisions) END)
SELECT due.*, v.revision_id, v.annotator, v.payload, v.simulated, v.guideline, v.submitted_at,
    dense_rank() OVER (ORDER BY due.task_id) AS place
FROM due LEFT JOIN cast_votes v USING (task_id) ORDER BY place, v.submitted_at, v.revision_id
"""
"""Of the tasks that are looked at those that may be settled now, or not any more, with their votes in the order of
submission."""
SOME = "SELECT * FROM due_now WHERE place >= ? AND place < ? ORDER BY place, submitted_at, revision_id"


def resolve(ctx: Context) -> Tally:
    """Agree on a label for every task with enough votes; a settled one only anew when its own votes changed."""
    tally = Tally()
    moment = _moment(ctx)
    tally.done += ctx.store.put(decided(ctx, moment))
    models = Models(ctx)
    for cases in _batches(ctx):
        terms = Terms(ctx, [case.task_id for case in cases])
        facts: list[Fact] = []
        for case in cases:
            facts += weigh(case, terms.of(case.task_id, case.task_type), models, moment)
        with ctx.store.transaction():
            for kind in dict.fromkeys(map(type, facts)):
                tally.done += ctx.store.put(fact for fact in facts if type(fact) is kind)
    tally.done += ctx.store.put(changed_first(ctx, moment))
    tell(ctx, models, moment)
    ctx.store.put(disagreements(ctx, moment))
    make_rows(ctx)
    return tally


def _batches(ctx: Context) -> Iterator[list[Case]]:
    with only(ctx.store, CHANGED, DUE):
        ctx.store.temporary(DUE)
    due: int = ctx.store.value("SELECT max(place) FROM due_now") or 0
    for start in ctx.progress.track(range(1, due + 1, BATCH), "resolve"):
        rows = ctx.store.rows(SOME, [start, start + BATCH])
        current = (row for row in rows if is_current(row["task_type"], row["version"]))
        yield [_case(list(group)) for _, group in groupby(current, lambda row: row["task_id"])]
    ctx.store.temporary("DROP TABLE due_now")


def _case(rows: list[dict[str, Any]]) -> Case:
    first = rows[0]
    return Case(
        task_id=first["task_id"],
        task_type=first["task_type"],
        asked=first["asked"],
        audit=bool(first["audit"]),
        method=first["method"],
        revisions=tuple(first["revisions"] or ()),
        votes=[row for row in rows if row["revision_id"] is not None],
    )


def _moment(ctx: Context) -> datetime:
    """Now, and in any case after what was last said: the newest is in force, whatever clocks do."""
    last: datetime | None = ctx.store.value(LAST)
    return ctx.clock() if last is None else max(ctx.clock(), last + TICK)
