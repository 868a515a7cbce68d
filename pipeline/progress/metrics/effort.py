"""Effort: labels and minutes that an accepted task took."""

from typing import Any

from pipeline.progress.metrics.intervals import of_mean, of_share
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.flow import Interval
from schemas.team import Team

SQL = """
WITH spent AS (
    SELECT coalesce(t.cell, '') AS cell, task, sum(a.votes) AS labels, sum(a.leads) AS leads,
        sum(a.lead_seconds) AS seconds, bool_or(a.sent IS NOT NULL OR a.rejected IS NOT NULL) AS adjudicated
    FROM log_tasks t JOIN log_attempts a USING (task)
    WHERE t.stands = 'done' AND t.accepted BETWEEN $1 AND $2 AND NOT t.was_held GROUP BY 1, 2)
SELECT cell, grouping(cell) AS is_all, count(*) AS accepted,
    avg(labels) AS labels, stddev_samp(labels) AS labels_deviation,
    avg(seconds / nullif(leads, 0) * labels) / 60 AS minutes,
    stddev_samp(seconds / nullif(leads, 0) * labels) / 60 AS minutes_deviation,
    count(seconds / nullif(leads, 0)) AS timed, count(*) FILTER (WHERE adjudicated) AS adjudicated
FROM spent GROUP BY GROUPING SETS ((cell), ()) ORDER BY is_all, cell
"""


class CellEffort(Frozen):
    """What an accepted task of a cell took."""

    cell: str
    """Empty for all cells together."""
    accepted: int
    labels: float
    """Votes in all attempts together."""
    labels_interval: Interval | None
    minutes: float | None
    """Of annotators' time; null where no lead time is known."""
    minutes_interval: Interval | None
    adjudicated_share: float
    adjudicated_interval: Interval | None


class Effort(Frozen):
    """All cells together, and each."""

    all: CellEffort
    cells: tuple[CellEffort, ...]


def effort(log: EventLog, window: Window, team: Team) -> Effort | None:  # noqa: ARG001 - as all metrics
    """Labels per accepted task, `Σ votes of all its attempts / tasks accepted in the window`; minutes by lead times.

    A lead time that is not known counts as the mean of the same task's; a task without any is not in the minutes.
    Intervals of the mean, normal. Lead time holds open tabs too: what is longer than a person's time since their last
    act was cut before. Source: the cost-quality frontier of crowdsourcing, Sheng et al., KDD (2008).
    """
    gather(log)
    rows = log.rows(SQL, window.params)
    if not rows or not rows[-1]["accepted"]:
        return None
    return Effort(all=_of(rows[-1]), cells=tuple(map(_of, rows[:-1])))


def _of(row: dict[str, Any]) -> CellEffort:
    return CellEffort(
        cell=row["cell"] or "",
        accepted=row["accepted"],
        labels=row["labels"],
        labels_interval=of_mean(row["labels"], row["labels_deviation"], row["accepted"]),
        minutes=row["minutes"],
        minutes_interval=None
        if row["minutes"] is None
        else of_mean(row["minutes"], row["minutes_deviation"], row["timed"]),
        adjudicated_share=row["adjudicated"] / row["accepted"],
        adjudicated_interval=of_share(row["adjudicated"], row["accepted"]),
    )
