"""Little's ratio: whether averages of how long a task takes may be quoted at all."""

from pipeline.progress.measured import DAY
from pipeline.progress.metrics.intervals import of_ratio_by_days
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.flow import Interval
from schemas.team import Team

LOW, HIGH = 0.9, 1.1
FEWEST = 20
"""Finished tasks below which there is no average to speak of."""

SQL = """
WITH days AS (
    SELECT unnest(generate_series(0, greatest(date_diff('day', $1::TIMESTAMP, $2::TIMESTAMP), 0))) AS day),
bounds AS (
    SELECT day, greatest($1::DATE + to_days(day::INTEGER), $1::TIMESTAMP) AS a,
        least($1::DATE + to_days((day + 1)::INTEGER), $2::TIMESTAMP) AS z
    FROM days),
live AS (
    SELECT coalesce(ingested, since) AS a, CASE WHEN ended <= $2 THEN greatest(ended, ingested, since) END AS z
    FROM log_tasks WHERE NOT was_held AND coalesce(ingested, since) <= $2),
came AS (
    SELECT CASE WHEN a <= $1 THEN -1 ELSE date_diff('day', $1::TIMESTAMP, a) END AS day,
        count(*) AS n, sum(epoch(a)) AS at
    FROM live GROUP BY 1),
went AS (
    SELECT CASE WHEN z <= $1 THEN -1 ELSE date_diff('day', $1::TIMESTAMP, z) END AS day,
        count(*) AS n, sum(epoch(z)) AS at, sum(epoch(z - a)) AS stayed
    FROM live WHERE z IS NOT NULL GROUP BY 1)
SELECT b.day, epoch(b.z - b.a) AS seconds, coalesce(w.n, 0) AS finished, coalesce(w.stayed, 0) AS stayed,
    (SELECT coalesce(sum(n), 0) FROM came c WHERE c.day < b.day)
        - (SELECT coalesce(sum(n), 0) FROM went w WHERE w.day < b.day) AS before,
    coalesce(c.n * epoch(b.z) - c.at, 0) - coalesce(w.n * epoch(b.z) - w.at, 0) AS change
FROM bounds b LEFT JOIN came c ON c.day = b.day LEFT JOIN went w ON w.day = b.day WHERE b.z > b.a ORDER BY b.day
"""


class Little(Frozen):
    """Work in progress over what throughput and time in progress say it should be."""

    ratio: float
    interval: Interval | None
    in_progress: float
    """Tasks that were open, on average."""
    finished_per_day: float
    days_in_progress: float
    """Mean, of what was finished in the window."""
    finished: int
    steady: bool
    said: str


def little(log: EventLog, window: Window, team: Team) -> Little | None:  # noqa: ARG001 - as all metrics
    """Mean work in progress / (throughput x mean time in progress of what was finished); the interval by days.

    In a steady state the three obey Little's law and the ratio is 1. Over 1.1, what was finished are the survivors of a
    growing queue: their mean time is too short to be quoted. Tasks that were ever held are left out.
    Source: Little, Operations Research 9 (1961); as a guard: Kim and Whitt, Naval Research Logistics 60 (2013).
    """
    gather(log)
    days = log.rows(SQL, window.params)
    spent = [row["before"] * row["seconds"] + row["change"] for row in days]
    stayed = [row["stayed"] for row in days]
    finished = int(sum(row["finished"] for row in days))
    if not finished or sum(stayed) <= 0:
        return None
    ratio = sum(spent) / sum(stayed)
    return Little(
        ratio=ratio,
        interval=of_ratio_by_days(spent, stayed),
        in_progress=sum(spent) / window.seconds,
        finished_per_day=finished / window.seconds * DAY,
        days_in_progress=sum(stayed) / finished / DAY,
        finished=finished,
        steady=LOW <= ratio <= HIGH and finished >= FEWEST,
        said=_said(ratio, finished),
    )


def _said(ratio: float, finished: int) -> str:
    if finished < FEWEST:
        return f"only {finished} tasks were finished: too few for an average"
    if ratio > HIGH:
        return (
            "not in a steady state: more comes in than is finished, so what was finished are the quick ones; "
            "do not quote their average time"
        )
    if ratio < LOW:
        return (
            "not in a steady state: an old queue is being worked off, so what was finished had waited longer than "
            "new tasks will; do not quote its average time"
        )
    return "steady: the average time of what was finished may be quoted"
