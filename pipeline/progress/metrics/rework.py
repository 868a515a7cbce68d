"""Rework: what was not settled by the first votes, what was sent back, and what that cost."""

from typing import Any

from pipeline.progress.measured import HOUR
from pipeline.progress.metrics.intervals import of_share
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.flow import Interval
from schemas.team import Team

SQL = """
WITH ended AS (
    SELECT a.*, coalesce(a.cell, t.cell, '') AS of_cell, greatest(a.accepted, a.rejected) AS decided
    FROM log_attempts a JOIN log_tasks t USING (task) WHERE NOT t.was_held),
seen AS (SELECT *, coalesce(decided BETWEEN $1 AND $2, false) AS counts FROM ended
    WHERE decided BETWEEN $1 AND $2 OR submitted BETWEEN $1 AND $2)
SELECT CASE WHEN contains(of_cell, '/') THEN split_part(of_cell, '/', 2) ELSE of_cell END AS task_type,
    count(*) FILTER (WHERE counts) AS attempts,
    count(*) FILTER (WHERE counts AND attempt = 1) AS firsts,
    count(*) FILTER (WHERE counts AND attempt = 1 AND sent IS NULL AND rejected IS NULL) AS passed,
    count(*) FILTER (WHERE counts AND (sent IS NOT NULL OR rejected IS NOT NULL)) AS adjudicated,
    count(*) FILTER (WHERE counts AND rejected IS NOT NULL) AS rejected,
    coalesce(sum(votes) FILTER (WHERE attempt > 1), 0)::BIGINT AS extra_votes,
    coalesce(sum(lead_seconds * votes / nullif(leads, 0)) FILTER (WHERE attempt > 1), 0) AS extra_seconds
FROM seen GROUP BY 1 HAVING count(*) FILTER (WHERE counts) > 0 ORDER BY 1
"""


class TypeRework(Frozen):
    """The rework of one task type."""

    task_type: str
    attempts: int
    """Decided in the window."""
    first_pass_yield: float | None
    """The share of first attempts that the votes settled, without an adjudicator."""
    first_pass_interval: Interval | None
    adjudicated_share: float
    """Of all attempts."""
    reject_rate: float | None
    """Of those adjudicated, the share that was sent back."""
    reject_interval: Interval | None
    multiplier: float | None
    """How often a task is labeled, at this rate; null where everything was sent back."""
    extra_votes: int
    """Votes of second and later attempts."""
    extra_hours: float


class Rework(Frozen):
    """All task types together, and each."""

    all: TypeRework
    task_types: tuple[TypeRework, ...]


def rework(log: EventLog, window: Window, team: Team) -> Rework | None:  # noqa: ARG001 - as all metrics
    """First-pass yield = first attempts settled by votes / first attempts decided, and what was sent back.

    Multiplier = 1 / (1 - rejected / decided): how often a task is labeled. Shares with Wilson's interval, 90 in 100.
    `extra_hours` sums the lead times of later attempts, unknown ones at the mean of their attempt.
    Source: Hopp and Spearman, Factory Physics (2008), chapter 12; Wilson, JASA 22 (1927).
    """
    gather(log)
    rows = log.rows(SQL, window.params)
    if not rows:
        return None
    every = {name: sum(row[name] for row in rows) for name in rows[0] if name != "task_type"}
    return Rework(all=_of({"task_type": "", **every}), task_types=tuple(map(_of, rows)))


def _of(row: dict[str, Any]) -> TypeRework:
    attempts, firsts, adjudicated, rejected = (
        row[name] for name in ("attempts", "firsts", "adjudicated", "rejected")
    )
    return TypeRework(
        task_type=row["task_type"],
        attempts=attempts,
        first_pass_yield=row["passed"] / firsts if firsts else None,
        first_pass_interval=of_share(row["passed"], firsts),
        adjudicated_share=adjudicated / attempts,
        reject_rate=rejected / adjudicated if adjudicated else None,
        reject_interval=of_share(rejected, adjudicated),
        multiplier=attempts / (attempts - rejected) if attempts > rejected else None,
        extra_votes=row["extra_votes"],
        extra_hours=row["extra_seconds"] / HOUR,
    )
