"""Disputes: where annotators disagree with a gold answer, or with what overturned their label; and what follows."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pipeline.context import Context
from pipeline.store import Store
from schemas.base import Frozen
from schemas.door import DisputeAnswerFact
from schemas.errors import UsageError
from schemas.nearest import nearest

TICK = timedelta(microseconds=1)
DISPUTES = """
WITH answers AS (
    SELECT * FROM dispute_answers
    QUALIFY row_number() OVER (PARTITION BY dispute_id ORDER BY answered_at DESC) = 1),
touched AS (SELECT task_id, max(put_at) AS put_at FROM gold GROUP BY task_id),
redone AS (SELECT task_id, redone_at FROM redos)
SELECT d.*, t.cell, t.task_type, t.version, a.upheld, a.remark AS answer, a.answered_by, a.answered_at,
    CASE WHEN NOT coalesce(a.upheld, false) THEN false
        WHEN d.about = 'gold' THEN g.put_at IS NOT NULL AND g.put_at <= d.disputed_at
        ELSE r.task_id IS NULL END AS is_to_act
FROM disputes d LEFT JOIN tasks t USING (task_id) LEFT JOIN answers a USING (dispute_id)
LEFT JOIN touched g ON g.task_id = d.task_id LEFT JOIN redone r ON r.task_id = d.task_id
ORDER BY d.disputed_at, d.dispute_id
"""


class Dispute(Frozen):
    """What somebody disagrees with, and what came of it."""

    dispute_id: str
    annotator: str
    task_id: str
    cell: str | None
    task_type: str | None
    about: Literal["gold", "overturned"]
    remark: str
    disputed_at: datetime
    upheld: bool | None
    """Whether they were right; None while nobody has answered."""
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    next_step: str | None
    """What is still to be done, as a command; None where nothing is."""


def disputes(store: Store) -> list[Dispute]:
    """All of them, the oldest first."""
    return [_dispute(row) for row in store.rows(DISPUTES)]


def answer(ctx: Context, dispute_id: str, remark: str, by: str, *, upheld: bool) -> Dispute:
    """Put on record what a lead says; the newest answer is in force. UsageError where there is no such dispute."""
    known = {one.dispute_id: one for one in disputes(ctx.store)}
    if dispute_id not in known:
        raise UsageError(
            f"disputes: a dispute was expected, {dispute_id!r} is none; "
            f"{nearest(dispute_id, known, 'see: headrace disputes list')}"
        )
    last = known[dispute_id].answered_at
    moment = ctx.clock() if last is None else max(ctx.clock(), last + TICK)
    fact = DisputeAnswerFact(
        dispute_id=dispute_id, upheld=upheld, remark=remark, answered_by=by, answered_at=moment
    )
    ctx.store.put([fact])
    return next(one for one in disputes(ctx.store) if one.dispute_id == dispute_id)


def _dispute(row: dict[str, Any]) -> Dispute:
    shown = {name: row[name] for name in Dispute.model_fields if name in row}
    return Dispute(**shown, next_step=_next_step(row) if row["is_to_act"] else None)


def _next_step(row: dict[str, Any]) -> str:
    if row["about"] == "gold":
        task = row["task_id"]
        return f"headrace gold mend {task} --label JSON --reason TEXT, or headrace gold retire {task} --reason TEXT"
    return f"headrace redo --where \"task_id = '{row['task_id']}'\" --reason TEXT"
