"""Throughput: how much came in, was answered and was accepted, day by day and cell by cell."""

from datetime import date

from pipeline.progress.metrics.intervals import of_ratio_by_days
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.flow import Interval
from schemas.team import Team

SQL = """
SELECT day, coalesce(cell, '') AS cell, sum(came)::BIGINT AS came, sum(submitted)::BIGINT AS submitted,
    sum(accepted)::BIGINT AS accepted
FROM (
    SELECT accepted::DATE AS day, cell, 0 AS came, 0 AS submitted, 1 AS accepted FROM log_tasks
    WHERE stands = 'done' AND accepted BETWEEN $1 AND $2
    UNION ALL
    SELECT coalesce(ingested, since)::DATE, cell, 1, 0, 0 FROM log_tasks
    WHERE coalesce(ingested, since) BETWEEN $1 AND $2 AND stands <> 'held'
    UNION ALL
    SELECT ts::DATE, cell, 0, count(*), 0 FROM log
    WHERE event = 'submitted' AND task IS NOT NULL AND ts BETWEEN $1 AND $2 GROUP BY 1, 2)
GROUP BY 1, 2 ORDER BY 1, 2
"""


class DayCount(Frozen):
    """One day (UTC), all cells together."""

    day: date
    came: int
    """Tasks that came in; held ones are left out."""
    submitted: int
    """Votes."""
    accepted: int


class CellThroughput(Frozen):
    """One cell over the window."""

    cell: str
    came: int
    submitted: int
    accepted: int
    accepted_per_day: float
    interval: Interval | None
    """By drawing the days anew: of the past, not of what will come."""
    daily: tuple[int, ...]
    """Accepted on each of the days."""


class Throughput(Frozen):
    """Each day, and each cell."""

    days: tuple[DayCount, ...]
    cells: tuple[CellThroughput, ...]
    accepted: int
    accepted_per_day: float
    interval: Interval | None


def throughput(log: EventLog, window: Window, team: Team) -> Throughput | None:  # noqa: ARG001 - as all metrics
    """Tasks accepted per day, `count(accepted) / days`; a task counts once, on the day it was accepted last.

    Source: the output side of Little's law. Pooled over cells it hides the slow one: never forecast from it.
    """
    gather(log)
    rows = log.rows(SQL, window.params)
    if not rows:
        return None
    on = [day for day, _ in window.days]
    at = {(row["day"], row["cell"]): row for row in rows}

    def counts(cells: list[str], name: str) -> list[int]:
        return [sum(at[day, cell][name] for cell in cells if (day, cell) in at) for day in on]

    names = sorted({row["cell"] for row in rows})
    totals = {name: counts(names, name) for name in ("came", "submitted", "accepted")}
    lengths = [share for _, share in window.days]
    cells = [_cell(cell, {name: counts([cell], name) for name in totals}, lengths) for cell in names]
    accepted = totals["accepted"]
    return Throughput(
        days=tuple(
            DayCount(day=day, came=came, submitted=submitted, accepted=done)
            for day, came, submitted, done in zip(on, *totals.values(), strict=True)
        ),
        cells=tuple(cells),
        accepted=sum(accepted),
        accepted_per_day=sum(accepted) / sum(lengths),
        interval=of_ratio_by_days(accepted, lengths),
    )


def _cell(cell: str, counts: dict[str, list[int]], lengths: list[float]) -> CellThroughput:
    accepted = counts["accepted"]
    return CellThroughput(
        cell=cell,
        came=sum(counts["came"]),
        submitted=sum(counts["submitted"]),
        accepted=sum(accepted),
        accepted_per_day=sum(accepted) / sum(lengths),
        interval=of_ratio_by_days(accepted, lengths),
        daily=tuple(accepted),
    )
