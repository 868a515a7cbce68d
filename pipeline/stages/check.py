"""Read what annotations mean, refuse those that mean nothing, and find those that must not count."""

import json
from collections.abc import Callable
from typing import Any

from pipeline.checking import gold_upkeep, integrity, irregular, newcomers
from pipeline.checking.upheld import upheld
from pipeline.checking.votes import why_void
from pipeline.context import Context, Tally
from pipeline.people.pseudonyms import is_unknown
from pipeline.people.roster import Roster
from pipeline.planning.gold import gold_votes
from schemas.base import Item
from schemas.facts import LabelFact, RejectFact
from schemas.steering import DecisionFact
from tasks import is_current, task_types
from tasks.base import Answers, ParseError

BATCH = 500

UNREAD = """
SELECT a.revision_id, t.task_type, t.version
FROM current_annotations a JOIN tasks t USING (task_id)
WHERE a.revision_id NOT IN (SELECT revision_id FROM labels)
  AND a.revision_id NOT IN (SELECT subject FROM rejects WHERE stage = 'check')
ORDER BY a.created_at, a.revision_id
"""
WHOLE = """
SELECT a.*, t.task_type, t.version, t.cell, t.payload
FROM annotations a JOIN tasks t USING (task_id)
WHERE list_contains(?, a.revision_id) ORDER BY a.created_at, a.revision_id
"""
UNREAD_CASES = """
SELECT a.revision_id, t.task_type, t.version
FROM current_adjudicating a JOIN adjudications j ON j.adjudication_id = a.task_id
JOIN tasks t ON t.task_id = j.task_id
WHERE a.revision_id NOT IN (SELECT revision_id FROM decisions)
  AND a.revision_id NOT IN (SELECT subject FROM rejects WHERE stage = 'check')
ORDER BY a.created_at, a.revision_id
"""
WHOLE_CASES = """
SELECT a.*, j.task_id AS case_id, j.revisions, t.task_type, t.version, t.cell, t.payload
FROM annotations a JOIN adjudications j ON j.adjudication_id = a.task_id
JOIN tasks t ON t.task_id = j.task_id
WHERE list_contains(?, a.revision_id) ORDER BY a.created_at, a.revision_id
"""
"""With their items, which are too large to be held all at once."""


def check(ctx: Context) -> Tally:
    """Parse every annotation that has not been read yet: a label, a decision, or a reject with the reason."""
    tally = Tally()
    roster = Roster(ctx)
    _read_all(ctx, roster, (UNREAD, WHOLE), _label, tally)
    _read_all(ctx, roster, (UNREAD_CASES, WHOLE_CASES), _decision, tally)
    ctx.store.put(irregular.find(ctx, roster))
    ctx.store.put(upheld(ctx))
    ctx.store.put(newcomers.failed(ctx))
    golden = gold_votes(ctx.store)
    ctx.store.put(integrity.find(ctx, golden))
    ctx.store.put(gold_upkeep.find(ctx, golden))
    return tally


def _read_all(
    ctx: Context,
    roster: Roster,
    queries: tuple[str, str],
    read: Callable[[Context, dict[str, Any]], LabelFact | DecisionFact],
    tally: Tally,
) -> None:
    unread, whole = queries
    todo = [
        row["revision_id"] for row in ctx.store.rows(unread) if is_current(row["task_type"], row["version"])
    ]
    for start in ctx.progress.track(range(0, len(todo), BATCH), "check"):
        facts: list[LabelFact | DecisionFact] = []
        rejects: list[RejectFact] = []
        batch = ctx.store.rows(whole, [todo[start : start + BATCH]])
        for row in batch:
            try:
                facts.append(_readable(ctx, row, read))
            except _Refused as refused:
                rejects.append(refused.reject)
        with ctx.store.transaction():
            tally.done += ctx.store.put(facts)
            ctx.store.put(found for row in batch for found in why_void(ctx, roster, row))
            ctx.reject(tally, rejects)


class _Refused(Exception):  # noqa: N818 - a turn of events, not an error
    def __init__(self, reject: RejectFact) -> None:
        self.reject = reject


def _readable(
    ctx: Context, row: dict[str, Any], read: Callable[[Context, dict[str, Any]], LabelFact | DecisionFact]
) -> LabelFact | DecisionFact:
    evidence = {name: row[name] for name in ("remote_id", "task_id", "annotator")}
    if is_unknown(row["annotator"]):
        # whose vote it is decides whether it counts, and whether it is a simulated one
        detail = f"annotation {row['remote_id']}: expected somebody's, found that the account is gone"
        raise _Refused(ctx.rejection("check", row["revision_id"], "no account", detail, evidence))
    try:
        return read(ctx, row)
    except (ParseError, ValueError) as error:
        detail = " ".join(str(error).split())[:500]
        raise _Refused(
            ctx.rejection("check", row["revision_id"], "says no label", detail, evidence)
        ) from None


def _label(ctx: Context, row: dict[str, Any]) -> LabelFact:
    task_type = task_types()[row["task_type"]]
    item: Item = task_type.item.model_validate_json(row["payload"])
    label = task_type.parse(item, Answers(json.loads(row["result"])))
    return LabelFact(
        revision_id=row["revision_id"],
        annotation_id=row["annotation_id"],
        task_id=row["task_id"],
        annotator=row["annotator"],
        payload=label.model_dump_json(),
        simulated=row["simulated"],
        checked_at=ctx.clock(),
    )


def _decision(ctx: Context, row: dict[str, Any]) -> DecisionFact:
    from tasks._adjudication import Adjudication

    task_type = task_types()[row["task_type"]]
    item: Item = task_type.item.model_validate_json(row["payload"])
    decided = Adjudication(task_type).parse(item, Answers(json.loads(row["result"])))
    return DecisionFact(
        revision_id=row["revision_id"],
        annotation_id=row["annotation_id"],
        adjudication_id=row["task_id"],
        task_id=row["case_id"],
        adjudicator=row["annotator"],
        payload=decided.label.model_dump_json() if decided.label else None,
        reason=decided.reason,
        simulated=row["simulated"],
        checked_at=ctx.clock(),
    )
