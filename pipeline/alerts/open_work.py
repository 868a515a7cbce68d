"""For how long the work that is open in a cell lasts the people who are at work there."""

from datetime import datetime, timedelta

from pipeline.planning.pace import paces
from pipeline.store import Store

AT_WORK = timedelta(hours=24)
"""Whoever has said something in a cell within it is at work there."""

OPEN = """
SELECT t.cell, coalesce(any_value(w.votes), 0)::BIGINT AS votes
FROM annotations a JOIN tasks t USING (task_id)
LEFT JOIN (SELECT cell, sum(missing) AS votes FROM wanted WHERE purpose = 'label' AND gold IS NULL
    GROUP BY cell) w USING (cell)
ANTI JOIN paused_cells p ON p.cell = t.cell
ANTI JOIN paused_people o ON o.annotator = a.annotator
WHERE a.created_at > ? AND a.created_at <= ? AND NOT a.skipped AND NOT a.deleted
GROUP BY t.cell ORDER BY t.cell
"""


def open_hours(store: Store, now: datetime) -> dict[str, float]:
    """By cell, the hours until its people have nothing left to do there, at their pace of the last two weeks.

    Only cells where somebody is at work, that are not paused, and whose pace is known.
    """
    pace = paces(store, now)
    found = {}
    for row in store.rows(OPEN, [now - AT_WORK, now]):
        known = pace.get(row["cell"])
        if known is not None and known.votes_per_hour:
            found[row["cell"]] = row["votes"] / known.votes_per_hour
    return found
