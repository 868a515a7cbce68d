"""Where the days go: what the time of a finished task consisted of."""

from typing import Any

from pipeline.progress.measured import HOUR
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

PARTS = (
    "intake",
    "first_wait",
    "overlap_wait",
    "touch",
    "deciding",
    "adjudication_wait",
    "adjudication",
    "rework",
    "release_wait",
)

SQL = """
WITH finished AS (
    SELECT task, coalesce(cell, '') AS cell, least(coalesce(ingested, since), accepted) AS t0, accepted AS t8, released
    FROM log_tasks WHERE stands = 'done' AND accepted BETWEEN $1 AND $2 AND NOT was_held),
moments AS (
    SELECT f.cell, f.t0, f.t8, f.released, a.ready AS t1, a.served AS t2,
        CASE WHEN a.votes > 1 THEN least(a.served_last, a.submitted) END AS t3, a.submitted AS t4, a.sent AS t5,
        CASE WHEN a.sent IS NOT NULL THEN a.started END AS t6,
        CASE WHEN n.task IS NULL THEN f.t8 ELSE coalesce(a.rejected, n.ready, n.since) END AS t7
    FROM finished f JOIN log_attempts a ON a.task = f.task AND a.attempt = 1
    LEFT JOIN log_attempts n ON n.task = f.task AND n.attempt = 2),
ended AS (SELECT * REPLACE (greatest(least(coalesce(t7, t8), t8), t0) AS t7) FROM moments),
c1 AS (SELECT *, least(greatest(t0, coalesce(t1, t0)), t7) AS m1 FROM ended),
c2 AS (SELECT *, least(greatest(m1, coalesce(t2, m1)), t7) AS m2 FROM c1),
c3 AS (SELECT *, least(greatest(m2, coalesce(t3, m2)), t7) AS m3 FROM c2),
c4 AS (SELECT *, least(greatest(m3, coalesce(t4, m3)), t7) AS m4 FROM c3),
c5 AS (SELECT *, least(greatest(m4, coalesce(t5, CASE WHEN t6 IS NULL THEN t7 ELSE m4 END)), t7) AS m5 FROM c4),
c6 AS (
    SELECT *, CASE WHEN t5 IS NULL AND t6 IS NULL THEN t7 ELSE least(greatest(m5, coalesce(t6, t7)), t7) END AS m6
    FROM c5)
SELECT cell, count(*) AS tasks, avg(epoch(t8 - t0)) AS total, avg(epoch(m1 - t0)) AS intake,
    avg(epoch(m2 - m1)) AS first_wait, avg(epoch(m3 - m2)) AS overlap_wait, avg(epoch(m4 - m3)) AS touch,
    avg(epoch(m5 - m4)) AS deciding,
    avg(epoch(m6 - m5)) AS adjudication_wait, avg(epoch(t7 - m6)) AS adjudication, avg(epoch(t8 - t7)) AS rework,
    count(released) AS released,
    avg(epoch(greatest(released, t8) - t8)) FILTER (WHERE released IS NOT NULL) AS release_wait
FROM c6 GROUP BY cell ORDER BY cell
"""
"""Each moment is at least the one before and at most the end: the parts sum to the whole, whatever is missing."""


class CellDays(Frozen):
    """Mean hours of a finished task, part by part, by the clock on the wall."""

    cell: str
    """Empty for all cells together."""
    tasks: int
    total: float
    """From coming in to being accepted: the sum of the parts up to `rework`."""
    intake: float
    """Until it was open for labeling."""
    first_wait: float
    """Until somebody began."""
    overlap_wait: float
    """From the first person's beginning to the last one's."""
    touch: float
    """From the last one's beginning to the answer."""
    deciding: float
    """From the last answer until it was settled or sent to adjudication."""
    adjudication_wait: float
    adjudication: float
    rework: float
    """Everything after the first rejection."""
    released: int
    release_wait: float | None
    """From being accepted to the release, of those that were released; not part of the total."""
    flow_efficiency: float | None
    """The share of the total in which somebody worked at it: touch and adjudication."""


class Days(Frozen):
    """All cells together, and each."""

    all: CellDays
    cells: tuple[CellDays, ...]


def days(log: EventLog, window: Window, team: Team) -> Days | None:  # noqa: ARG001 - as all metrics
    """Means over the tasks accepted in the window of the time between their moments; held ones are left out.

    Wall-clock hours, nights and weekends included. While Little's ratio is over 1.1 the tasks that wait longest are not
    among these yet. Source: process and queue time in a value stream, Hopp and Spearman, Factory Physics (2008).
    """
    gather(log)
    cells = log.rows(SQL, window.params)
    if not cells:
        return None
    return Days(all=_cell(_together(cells)), cells=tuple(map(_cell, cells)))


def _together(cells: list[dict[str, Any]]) -> dict[str, Any]:
    tasks, released = sum(row["tasks"] for row in cells), sum(row["released"] for row in cells)
    means = {name: sum(row[name] * row["tasks"] for row in cells) / tasks for name in ("total", *PARTS[:-1])}
    waited = sum((row["release_wait"] or 0.0) * row["released"] for row in cells)
    return {
        "cell": "",
        "tasks": tasks,
        "released": released,
        "release_wait": waited / released if released else None,
        **means,
    }


def _cell(row: dict[str, Any]) -> CellDays:
    hours = {name: None if row[name] is None else row[name] / HOUR for name in ("total", *PARTS)}
    worked = (row["touch"] + row["adjudication"]) / row["total"] if row["total"] else None
    return CellDays(
        cell=row["cell"], tasks=row["tasks"], released=row["released"], flow_efficiency=worked, **hours
    )
