"""What waits for adjudicators in each cell, and what they have done."""

from datetime import datetime

from pipeline.store import Store
from pipeline.store.among import among
from schemas.base import Frozen

CASES = """
WITH waiting AS (  -- from when it was asked, or was found, where nobody has been asked yet
    SELECT t.cell, count(*) AS waiting, min(coalesce(j.asked_at, t.resolved_at)) AS oldest_at
    FROM standing_tasks t LEFT JOIN open_adjudications j USING (task_id)
    WHERE t.state = 'disputed' GROUP BY t.cell),
done AS (
    SELECT t.cell, count(d.payload) AS decided, count(*) - count(d.payload) AS sent_back,
        quantile_cont(greatest(0, epoch(d.decided_at) - epoch(j.asked_at)), 0.5) AS median_wait_seconds
    FROM current_decisions d JOIN adjudications j USING (adjudication_id) JOIN tasks t ON t.task_id = d.task_id
    GROUP BY t.cell)
SELECT cell, coalesce(waiting, 0) AS waiting, coalesce(decided, 0) AS decided,
    coalesce(sent_back, 0) AS sent_back, oldest_at, median_wait_seconds
FROM waiting FULL JOIN done USING (cell) ORDER BY oldest_at NULLS LAST, cell
"""


class CellAdjudication(Frozen):
    """One cell's disputes."""

    cell: str
    waiting: int
    """Tasks in dispute now."""
    decided: int
    sent_back: int
    oldest_at: datetime | None
    """Since when the one waits that has waited longest."""
    median_wait_seconds: float | None
    """From the question to the decision."""


def adjudication(store: Store) -> tuple[CellAdjudication, ...]:
    """Every cell that ever had a dispute to decide, the longest waiting first."""
    with among(store, "SELECT adjudication_id AS task_id FROM adjudications"):
        return tuple(CellAdjudication(**row) for row in store.rows(CASES))
