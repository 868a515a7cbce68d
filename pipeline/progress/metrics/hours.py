"""Hours of each person: busy, without work, and at work."""

from typing import Any

from pipeline.progress.measured import HOUR
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

SEGMENTS = """
WITH seen AS (
    SELECT actor, seq, event, ts, cell, lead(ts) OVER turn AS next FROM log
    WHERE actor IS NOT NULL AND ts BETWEEN $1::TIMESTAMP - INTERVAL 1 DAY AND $2
        AND event IN ('served', 'submitted', 'skipped', 'adjudication_started', 'accepted', 'rejected',
            'signed_on', 'signed_off', 'starved')
    WINDOW turn AS (PARTITION BY actor ORDER BY  -- of one moment, coming is first and leaving is last
        ts, CASE event WHEN 'signed_on' THEN -1 WHEN 'signed_off' THEN 1 ELSE 0 END, seq)),
known AS (SELECT actor, bool_or(event = 'signed_on') AS signs FROM seen GROUP BY actor),
segments AS (
    SELECT actor, event, cell, signs, epoch(least(coalesce(next, $2), $2) - greatest(ts, $1)) / 3600 AS hours
    FROM seen JOIN known USING (actor) WHERE coalesce(next, $2) > $1 AND (next IS NOT NULL OR signs))
"""
"""A stretch reaches from an event of a person to their next one; `$1` and `$2` are the window."""

SQL = (
    SEGMENTS
    + """
SELECT actor, sum(hours) FILTER (WHERE event = 'served') AS labeling,
    sum(hours) FILTER (WHERE event = 'adjudication_started') AS adjudicating,
    sum(hours) FILTER (WHERE event = 'starved') AS starved,
    sum(hours) FILTER (WHERE event <> 'signed_off' AND signs) AS at_work
FROM segments GROUP BY actor ORDER BY actor
"""
)


class PersonHours(Frozen):
    """One person's hours in the window."""

    person: str
    team: str | None = None
    role: str | None = None
    labeling: float
    adjudicating: float
    starved: float
    """At work, with nothing there that they may do."""
    other: float | None
    """At work, neither busy nor starved; null where the log does not say when they were at work."""
    at_work: float | None
    off_share: float | None
    """The share of the window that they were not at work."""
    busy_share: float | None
    """Busy over busy and starved: the occupation while at work."""


class Hours(Frozen):
    """All people, those with the most starved time first."""

    people: tuple[PersonHours, ...]
    labeling: float
    adjudicating: float
    starved: float
    at_work: float | None


def hours(log: EventLog, window: Window, team: Team) -> Hours | None:
    """`busy = Σ(served or adjudication_started → the person's next event)`, `starved` and at work in the same way.

    Stretches of one person never overlap, so that busy + starved never exceed the time at work. Whoever opens a second
    task before handing in the first is busy with the second until then. No interval: it is a count, not an estimate.
    Source: busy and starved time of a station, Hopp and Spearman, Factory Physics (2008), chapter 8.
    """
    found = [_person(row, window, team) for row in log.rows(SQL, window.params)]
    people = [one for one in found if one.labeling or one.adjudicating or one.starved or one.at_work]
    if not people:
        return None
    at_work = [one.at_work for one in people if one.at_work is not None]
    return Hours(
        people=tuple(sorted(people, key=lambda one: (-_starved_share(one), one.person))),
        labeling=sum(one.labeling for one in people),
        adjudicating=sum(one.adjudicating for one in people),
        starved=sum(one.starved for one in people),
        at_work=sum(at_work) if at_work else None,
    )


def _person(row: dict[str, Any], window: Window, team: Team) -> PersonHours:
    labeling, adjudicating, starved = (row[name] or 0.0 for name in ("labeling", "adjudicating", "starved"))
    at_work, busy = row["at_work"], labeling + adjudicating
    member = next((one for one in team.people if one.id == row["actor"]), None)
    return PersonHours(
        person=str(row["actor"]),
        team=member and member.team,
        role=member and member.role,
        labeling=labeling,
        adjudicating=adjudicating,
        starved=starved,
        other=None if at_work is None else max(0.0, at_work - busy - starved),
        at_work=at_work,
        off_share=None if at_work is None else max(0.0, 1 - at_work * HOUR / window.seconds),
        busy_share=busy / (busy + starved) if busy + starved else None,
    )


def _starved_share(one: PersonHours) -> float:
    return 0.0 if one.busy_share is None else 1 - one.busy_share
