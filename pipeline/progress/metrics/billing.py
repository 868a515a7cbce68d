"""Billing: hours and work by team, person or cell, to check an invoice by."""

from collections.abc import Iterable
from typing import Any, Literal, TypeAlias

from pipeline.progress.metrics.hours import SEGMENTS
from pipeline.progress.metrics.moments import gather
from pipeline.progress.metrics.window import Window, whole
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

By: TypeAlias = Literal["team", "person", "cell"]
NO_TEAM = ""

HOURS = (
    SEGMENTS
    + """
SELECT {name} AS name, coalesce(sum(worked) FILTER (
    WHERE event <> 'signed_off' AND {or_at_work} event IN ('served', 'adjudication_started', 'starved')), 0) AS hours
FROM segments GROUP BY 1
"""
)
BY_PERSON = HOURS.format(name="actor", or_at_work="signs OR")
BY_CELL = HOURS.format(name="coalesce(cell, '')", or_at_work="event <> 'starved' AND")
WORK = """
SELECT {name} AS name, count(*) AS submitted,
    count(*) FILTER (WHERE a.accepted IS NOT NULL AND t.stands = 'done' AND a.attempt = t.attempts) AS accepted,
    count(*) FILTER (WHERE a.attempt > 1) AS rework
FROM log l JOIN log_attempts a ON a.task = l.task AND a.attempt = greatest(coalesce(l.attempt, 1), 1)
JOIN log_tasks t ON t.task = l.task
WHERE l.event = 'submitted' AND l.ts BETWEEN $1 AND $2 GROUP BY 1
"""
GOLD = """
SELECT {name} AS name, count(*) AS gold FROM log
WHERE event = 'submitted' AND task IS NULL AND ts BETWEEN $1 AND $2 GROUP BY 1
"""
"""Votes that bring no task on stand in the log without one."""


class Bill(Frozen):
    """A line of the bill."""

    name: str
    """Of the team, person or cell; empty for what belongs to none."""
    hours: float
    """At work where the log says when people were, else busy and starved; by cell only busy ones. Not while a task lay
    before them untouched, where the log tells that."""
    submitted: int
    """Votes, those on gold tasks too."""
    accepted: int
    """Of these, votes on tasks that were accepted in the same attempt."""
    gold: int | None
    """Votes on gold tasks and newcomers' tests; null where the log has none."""
    rework: int
    """Votes on tasks that had been sent back."""


def billing(log: EventLog, team: Team, by: By, window: Window | None = None) -> tuple[Bill, ...]:
    """A line each with hours and votes, in the window or the whole log; held tasks are in it: work at them was done."""
    gather(log)
    looked_at = window or whole(log)
    if looked_at is None:
        return ()
    params = looked_at.params
    cells = by == "cell"
    work, gold = (
        log.rows(sql.format(name=f"coalesce({prefix}{'cell' if cells else 'actor'}, '')"), params)
        for sql, prefix in ((WORK, "t." if cells else "l."), (GOLD, ""))
    )
    lines = _bills(log.rows(BY_CELL if cells else BY_PERSON, params), work, gold)
    return _of_teams(lines, team) if by == "team" else lines


def _bills(*lots: Iterable[dict[str, Any]]) -> tuple[Bill, ...]:
    """The lines of hours, of work and of gold, by name."""
    lines: dict[str, dict[str, Any]] = {}
    for row in (row for lot in lots for row in lot):
        lines.setdefault(row["name"], {"hours": 0.0, "submitted": 0, "accepted": 0, "rework": 0}).update(row)
    some = any("gold" in line for line in lines.values())
    bills = [_bill(line, line.get("gold", 0) if some else None) for line in lines.values()]
    return tuple(sorted((one for one in bills if one.hours or one.submitted), key=lambda one: one.name))


def _bill(line: dict[str, Any], gold: int | None) -> Bill:
    return Bill.model_validate({**line, "submitted": line["submitted"] + (gold or 0), "gold": gold})


def _of_teams(people: Iterable[Bill], team: Team) -> tuple[Bill, ...]:
    teams = {member.id: member.team or NO_TEAM for member in team.people}
    lines: dict[str, Bill] = {}
    for one in people:
        name = teams.get(one.name, NO_TEAM)
        so_far = lines.get(name, Bill(name=name, hours=0, submitted=0, accepted=0, gold=None, rework=0))
        added = {
            what: getattr(so_far, what) + getattr(one, what)
            for what in ("hours", "submitted", "accepted", "rework")
        }
        gold = None if one.gold is None else (so_far.gold or 0) + one.gold
        lines[name] = so_far.replace(**added, gold=gold)
    return tuple(lines[name] for name in sorted(lines))
