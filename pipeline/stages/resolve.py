"""Settle the tasks that have all their votes."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from pipeline.context import Context, Tally
from pipeline.quality.consensus import settle
from schemas.base import Vote, content_id
from schemas.facts import ResolutionFact
from tasks import is_current, task_types

BATCH = 500

DUE = """
SELECT v.task_id, t.task_type, t.version, v.revision_id, v.annotator, v.payload, v.simulated
FROM votes v JOIN tasks t USING (task_id)
WHERE v.task_id IN (
    SELECT n.task_id FROM (SELECT task_id, count(*) AS votes, list_sort(list(revision_id)) AS revisions
                           FROM votes GROUP BY task_id) n
    JOIN tasks USING (task_id) LEFT JOIN current_resolutions r ON r.task_id = n.task_id
    WHERE n.votes >= tasks.overlap AND (r.task_id IS NULL OR r.revisions <> n.revisions))
ORDER BY v.task_id, v.revision_id
"""


REOPEN = """
SELECT r.task_id, coalesce(n.revisions, []) AS revisions, coalesce(n.simulated, false) AS simulated
FROM current_resolutions r JOIN tasks USING (task_id)
LEFT JOIN (SELECT task_id, count(*) AS votes, list_sort(list(revision_id)) AS revisions, bool_or(simulated) AS simulated
           FROM votes GROUP BY task_id) n ON n.task_id = r.task_id
WHERE r.method <> 'reopened' AND coalesce(n.votes, 0) < tasks.overlap AND coalesce(n.revisions, []) <> r.revisions
ORDER BY r.task_id
"""
"""Settled tasks that have lost a vote, so that they have too few now."""
TICK = timedelta(microseconds=1)


def resolve(ctx: Context) -> Tally:
    """Agree on a label for every task with enough votes; a settled one only anew when its own votes changed."""
    tally = Tally()
    moment = _moment(ctx)
    tally.done += ctx.store.put(_reopened(row, moment) for row in ctx.store.rows(REOPEN))
    votes = [row for row in ctx.store.rows(DUE) if is_current(row["task_type"], row["version"])]
    todo = [(task_id, list(rows)) for task_id, rows in groupby(votes, lambda row: row["task_id"])]
    for start in ctx.progress.track(range(0, len(todo), BATCH), "resolve"):
        tally.done += ctx.store.put(_resolution(moment, *task) for task in todo[start : start + BATCH])
    return tally


def _moment(ctx: Context) -> datetime:
    """Now, and in any case after the last resolution: the newest one is in force, whatever clocks do."""
    last: datetime | None = ctx.store.value("SELECT max(resolved_at) FROM resolutions")
    return ctx.clock() if last is None else max(ctx.clock(), last + TICK)


def _reopened(row: dict[str, Any], moment: datetime) -> ResolutionFact:
    """That a task waits for votes again: what it was settled on is not said any more."""
    return ResolutionFact(
        resolution_id=content_id([row["task_id"], *row["revisions"], moment.isoformat()]),
        task_id=row["task_id"],
        payload=None,
        method="reopened",
        agreement=None,
        votes=len(row["revisions"]),
        revisions=tuple(row["revisions"]),
        simulated=row["simulated"],
        resolved_at=moment,
    )


def _resolution(moment: datetime, task_id: str, rows: list[dict[str, Any]]) -> ResolutionFact:
    task_type = task_types()[rows[0]["task_type"]]
    votes = [
        Vote[Any](annotator=row["annotator"], label=task_type.label.model_validate_json(row["payload"]))
        for row in rows
    ]
    settled = settle(task_type, votes)
    revisions = tuple(sorted(row["revision_id"] for row in rows))
    return ResolutionFact(
        resolution_id=content_id([task_id, *revisions, moment.isoformat()]),
        task_id=task_id,
        payload=settled.label.model_dump_json() if settled.label else None,
        method=settled.method,
        agreement=settled.agreement,
        votes=len(votes),
        revisions=revisions,
        simulated=any(row["simulated"] for row in rows),
        resolved_at=moment,
    )
