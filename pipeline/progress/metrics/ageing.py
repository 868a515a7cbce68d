"""Ageing: which open tasks are older than nearly all that were finished, and where they stand."""

from math import ceil
from typing import Any

from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

FEWEST = 10
"""Finished tasks of a cell that a bound of age needs."""
LISTED = 20
DOTS = 300
"""So many open tasks are drawn at most, spread evenly over their ages."""

AGES = f"""
WITH peers AS (
    SELECT coalesce(cell, '') AS cell, count(*) AS finished,
        quantile_cont(epoch(accepted - coalesce(ingested, since)), 0.5) / 86400 AS p50,
        quantile_cont(epoch(accepted - coalesce(ingested, since)), 0.85) / 86400 AS p85
    FROM log_tasks WHERE stands = 'done' AND accepted IS NOT NULL AND NOT was_held
    GROUP BY 1 HAVING count(*) >= {FEWEST}),
open AS (
    SELECT t.task, t.attempts, t.stands AS state, coalesce(t.cell, '') AS cell,
        epoch($1::TIMESTAMP - coalesce(t.ingested, t.since)) / 86400 AS days, p.finished, p.p50, p.p85,
        coalesce(epoch($1::TIMESTAMP - coalesce(t.ingested, t.since)) / 86400 > p.p85, false) AS late
    FROM log_tasks t LEFT JOIN peers p ON p.cell = coalesce(t.cell, '')
    WHERE t.stands IN ('intake', 'labeling', 'adjudication') AND coalesce(t.ingested, t.since) <= $1)
"""  # noqa: S608 - names of ours
CELLS = f"""{AGES}
SELECT cell, count(*) AS open, count(*) FILTER (WHERE late) AS late, coalesce(any_value(finished), 0) AS finished,
    any_value(p50) AS p50_days, any_value(p85) AS p85_days FROM open GROUP BY cell ORDER BY cell
"""  # noqa: S608 - names of ours
OLDEST = f"""{AGES}
SELECT o.task, o.cell, o.state, o.days, o.late, a.attempt, a.serves, a.votes, a.started IS NOT NULL AS is_adjudicated
FROM open o JOIN log_attempts a ON a.task = o.task AND a.attempt = o.attempts
ORDER BY late DESC, days DESC, task LIMIT {LISTED}
"""  # noqa: S608 - names of ours
DRAWN = f"""{AGES}
SELECT state, days, late FROM (
    SELECT *, row_number() OVER (ORDER BY days DESC, task) AS place, count(*) OVER () AS n FROM open)
WHERE (place - 1) % greatest(ceil(n / {DOTS}.0), 1) = 0 ORDER BY place
"""  # noqa: S608 - names of ours


class OldTask(Frozen):
    """An open task."""

    task: str
    cell: str
    state: str
    days: float
    late: bool
    """Older than 85 of 100 finished ones of its cell."""
    waits_for: str


class CellAges(Frozen):
    """The open tasks of a cell beside the ages that finished ones reached."""

    cell: str
    open: int
    late: int
    finished: int
    p50_days: float | None
    p85_days: float | None
    """Null with fewer than ten finished tasks."""


class Dot(Frozen):
    """An open task as the picture shows it."""

    state: str
    days: float
    late: bool


class Ageing(Frozen):
    """Open tasks by their age; what is held is not among them."""

    open: int
    late: int
    cells: tuple[CellAges, ...]
    oldest: tuple[OldTask, ...]
    """The twenty oldest that are late; where none is, the twenty oldest."""
    dots: tuple[Dot, ...]
    """At most 300, evenly over the ages."""


def ageing(log: EventLog, window: Window, team: Team) -> Ageing | None:
    """Open tasks older than the 85th percentile of the finished ones of their cell, `quantile_cont(age, 0.85)`.

    Use it to find tasks to chase, never as an alarm: also where all is well 15 to 30 of 100 open tasks are late, since
    old ones stay open longer. Source: Service level expectation, Vacanti, Actionable Agile Metrics (2015).
    """
    gather(log)
    now = window.params[1:]
    cells = tuple(CellAges.model_validate(row) for row in log.rows(CELLS, now))
    if not cells:
        return None
    return Ageing(
        open=sum(one.open for one in cells),
        late=sum(one.late for one in cells),
        cells=cells,
        oldest=tuple(_old(row, team) for row in log.rows(OLDEST, now)),
        dots=tuple(Dot.model_validate(row) for row in log.rows(DRAWN, now)),
    )


def _old(row: dict[str, Any], team: Team) -> OldTask:
    return OldTask(
        waits_for=_waits_for(row, team),
        **{name: row[name] for name in ("task", "cell", "state", "days", "late")},
    )


def _waits_for(row: dict[str, Any], team: Team) -> str:
    if row["state"] == "intake":
        return "to be opened for labeling"
    if row["state"] == "adjudication":
        return "the adjudicator to decide" if row["is_adjudicated"] else "an adjudicator to begin"
    again = f", opened for the {row['attempt']}. time" if row["attempt"] > 1 else ""
    wanted = ceil(team.votes(row["cell"]))
    if row["serves"] > row["votes"]:
        return f"a vote that was begun ({row['votes']} of {wanted} are in{again})"
    if row["votes"] >= wanted:
        return f"a decision ({row['votes']} votes are in{again})"
    return f"vote {row['votes'] + 1} of {wanted}{again}"
