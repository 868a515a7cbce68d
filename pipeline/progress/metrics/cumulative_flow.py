"""Cumulative flow: how many tasks were in which state at the end of each day."""

from datetime import date

from pipeline.progress.metrics.moments import NO_TURNS, STATE_OF, gather
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.events import Past
from schemas.team import Team

MOST_DAYS = 3660
STATES = ("intake", "labeling", "adjudication", "done", "dropped", "held")
"""By their code, as in STATE_OF; held comes last."""

SQL = f"""
WITH told AS (  -- what brings a task into a state; coming in never takes one back that is further already
    SELECT task, seq, ts, nullif({STATE_OF}, 0) AS state,
        CASE event WHEN 'held' THEN true WHEN 'resumed' THEN false END AS held
    FROM log WHERE task IS NOT NULL AND ts <= $1 AND event NOT IN ({NO_TURNS})
    UNION ALL  -- where none of these is in the log, what was done at the task tells as well that it was there
    SELECT task, 9223372036854775807, greatest(since, CASE state WHEN 1 THEN served WHEN 3 THEN released END),
        nullif(state, 0), NULL
    FROM log_tasks WHERE last IS NULL AND (state > 0 OR turns = 0) AND since <= $1),
standing AS (
    SELECT task, seq, ts, last_value(state IGNORE NULLS) OVER turn AS state,
        last_value(held IGNORE NULLS) OVER turn AS held
    FROM told WINDOW turn AS (PARTITION BY task ORDER BY seq)),
stands AS (
    SELECT task, seq, ts, CASE WHEN held AND coalesce(state, 0) < 3 THEN 5 ELSE coalesce(state, 0) END AS state
    FROM standing),
turns AS (
    SELECT ts, state, lag(state) OVER (PARTITION BY task ORDER BY seq) AS before FROM stands
    QUALIFY state IS DISTINCT FROM before),
steps AS (
    SELECT ts::DATE AS day, state, count(*) AS n FROM turns GROUP BY 1, 2
    UNION ALL
    SELECT ts::DATE, before, -count(*) FROM turns WHERE before IS NOT NULL GROUP BY 1, 2)
SELECT day, state, sum(n)::BIGINT AS n FROM steps GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - names of ours


class DayOfStates(Frozen):
    """Tasks by their state at the end of a day (UTC)."""

    day: date
    intake: int
    labeling: int
    adjudication: int
    done: int
    dropped: int
    held: int


class CumulativeFlow(Frozen):
    """A row for each day, from the first event (of a long log, from where it is whole) to the end of the window."""

    days: tuple[DayOfStates, ...]


def _ended(past: Past | None) -> list[int]:
    """Tasks by state before the first day: none, or those that were left out as long past."""
    known = {"done": past.accepted, "dropped": past.dropped} if past is not None else {}
    return [known.get(state, 0) for state in STATES]


def cumulative_flow(log: EventLog, window: Window, team: Team) -> CumulativeFlow | None:  # noqa: ARG001 - as all metrics
    """Tasks by state at the end of each day, from the turns they made: `sum over turns until then of (into - out of)`.

    The states of a day sum to the tasks that had come in by then. Held tasks are counted apart, whatever they are in.
    Source: the cumulative flow diagram of Lean (Anderson, Kanban, 2010).
    """
    gather(log)
    rows = log.rows(SQL, window.params[1:])
    if not rows:
        return None
    change: dict[date, dict[int, int]] = {}
    for row in rows:
        change.setdefault(row["day"], {})[row["state"]] = row["n"]
    counts, days = _ended(log.past), []
    last = window.days[-1][0]
    told = last.toordinal() - MOST_DAYS if log.past is None else log.past.since.date().toordinal()
    for ordinal in range(min(change).toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        for state, n in change.get(day, {}).items():
            counts[state] += n
        if ordinal >= told:
            days.append(DayOfStates(day=day, **dict(zip(STATES, counts, strict=True))))
    return CumulativeFlow(days=tuple(days))
