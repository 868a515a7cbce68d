"""Gold as it stands: what people said of it, how worn each one is, and what a lead makes of it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pipeline.context import Context
from pipeline.quality.gold import GoldScore, GoldVote, fitting, judged, score
from pipeline.store import Store
from schemas.base import Frozen, Json
from schemas.door import GoldFact
from schemas.errors import UsageError
from schemas.nearest import nearest
from tasks import AnyTaskType, is_current, task_types

TICK = timedelta(microseconds=1)
SAID = "SELECT * FROM gold_said ORDER BY submitted_at, annotator, task_id"
GOLD = """
SELECT g.*, t.cell, t.task_type, t.version, t.payload AS item, p.task_id IS NOT NULL AS pushed
FROM gold_tasks g JOIN tasks t USING (task_id) LEFT JOIN pushes p USING (task_id)
ORDER BY t.cell, g.purpose, g.task_id
"""


def gold_votes(store: Store) -> tuple[GoldVote, ...]:
    """What everybody said of gold in force, held against the known label, in the order in which it was said.

    Only of today's versions of task types; a label that cannot be read any more is left out.
    """
    if not store.count("gold"):  # to look through all votes for none takes as long as there are votes
        return ()
    read = _reader()
    found = []
    for row in store.rows(SAID):
        if not is_current(row["task_type"], row["version"]):
            continue
        said, known = read(row["task_type"], row["payload"]), read(row["task_type"], row["known"])
        if said is None or known is None:
            continue
        task_type = task_types()[row["task_type"]]
        found.append(
            GoldVote(
                annotator=row["annotator"],
                task_id=row["task_id"],
                cell=row["cell"],
                task_type=row["task_type"],
                purpose=row["purpose"],
                right=judged(task_type, said, known),
                distance=task_type.distance(said, known),
                at=row["submitted_at"],
            )
        )
    return tuple(found)


class GoldTask(Frozen):
    """One gold task, and how people did on it."""

    task_id: str
    cell: str
    purpose: str
    label: str | None
    """The known label in one line; None where it is retired."""
    payload: dict[str, Any] | None
    """The same as JSON."""
    clause: str | None
    said_by: str
    reason: str
    put_at: datetime
    pushed: bool
    score: GoldScore
    passed: int
    """People who passed on it, or could not judge it."""


def listed(store: Store, cells: Iterable[str] | None = None) -> list[GoldTask]:
    """The gold tasks of these cells, or of all, those that most people fail first within a cell."""
    votes: dict[str, list[GoldVote]] = defaultdict(list)
    for vote in gold_votes(store):
        votes[vote.task_id].append(vote)
    wanted = None if cells is None else set(cells)
    found = [
        _listed(row, votes[row["task_id"]])
        for row in store.rows(GOLD)
        if (wanted is None or row["cell"] in wanted) and is_current(row["task_type"], row["version"])
    ]
    return sorted(found, key=lambda one: (one.cell, one.score.mean if one.score.of else 2.0, one.task_id))


def mend(ctx: Context, task_id: str, said: Json, reason: str, by: str) -> GoldFact:
    """Put another label in a gold task's place; scores follow. UsageError where it cannot be said of its item."""
    row = _of(ctx, task_id)
    task_type: AnyTaskType = task_types()[row["task_type"]]
    try:
        label = fitting(task_type, task_type.item.model_validate_json(row["item"]), said)
    except ValueError as why:
        text = " ".join(str(why).split())
        raise UsageError(
            f"--label: a label of {task_type.name} for task {task_id} was expected, {text}; mend it"
        ) from None
    return _put(ctx, row, label.model_dump_json(), reason, by)


def retire(ctx: Context, task_id: str, reason: str, by: str) -> GoldFact:
    """Take a gold task out of use: nobody is given it any more, and what was said of it is no score any more."""
    return _put(ctx, _of(ctx, task_id), None, reason, by)


def _put(ctx: Context, row: Mapping[str, Any], payload: str | None, reason: str, by: str) -> GoldFact:
    fact = GoldFact(
        task_id=row["task_id"],
        purpose=row["purpose"],
        payload=payload,
        clause=row["clause"],
        said_by=by,
        reason=reason,
        put_at=max(ctx.clock(), row["put_at"] + TICK),
    )
    ctx.store.put([fact])
    return fact


def _of(ctx: Context, task_id: str) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {row["task_id"]: row for row in ctx.store.rows(GOLD)}
    if task_id not in rows:
        raise UsageError(
            f"gold: a gold task was expected, {task_id!r} is none; "
            f"{nearest(task_id, rows, 'see: headrace gold list')}"
        )
    return rows[task_id]


def _listed(row: Mapping[str, Any], votes: list[GoldVote]) -> GoldTask:
    payload = json.loads(row["payload"]) if row["payload"] is not None else None
    task_type = task_types()[row["task_type"]]
    return GoldTask(
        **{
            name: row[name]
            for name in ("task_id", "cell", "purpose", "clause", "said_by", "reason", "put_at")
        },
        label=None if payload is None else task_type.summary(task_type.label.model_validate(payload)),
        payload=payload,
        pushed=row["pushed"],
        score=score(votes),
        passed=sum(vote.right is None for vote in votes),
    )


def _reader() -> Any:  # noqa: ANN401 - a cached function
    @cache
    def read(task_type: str, payload: str) -> Any:  # noqa: ANN401 - the type's own label, None where unreadable
        try:
            return task_types()[task_type].label.model_validate_json(payload)
        except ValueError:
            return None

    return read
