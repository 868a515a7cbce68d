"""Hours of each person: busy, without work, and at work."""

from typing import Any

from pipeline.progress.measured import HOUR
from pipeline.progress.metrics.window import Window
from pipeline.store.log import EventLog
from schemas.base import Frozen
from schemas.team import Team

SEGMENTS = """
WITH acts AS (
    SELECT actor, seq, event, ts, cell, task, lead_seconds,
        lead(lead_seconds) OVER own AS took, lead(seq) OVER own AS ending,
        -- several verdicts may be put on record at once, long after they were given: only its own ends an adjudication
        last_value(CASE WHEN event NOT IN ('accepted', 'rejected') THEN event END IGNORE NULLS) OVER turn AS at_event,
        last_value(CASE WHEN event NOT IN ('accepted', 'rejected') THEN task END IGNORE NULLS) OVER turn AS at_task
    FROM log
    WHERE actor IS NOT NULL AND ts BETWEEN $1::TIMESTAMP - INTERVAL 1 DAY AND $2
        AND event IN ('served', 'submitted', 'skipped', 'adjudication_started', 'accepted', 'rejected',
            'signed_on', 'signed_off', 'starved')
    WINDOW own AS (PARTITION BY actor, task ORDER BY ts, seq), turn AS (PARTITION BY actor ORDER BY ts, seq)),
seen AS (
    SELECT * EXCLUDE (at_event, at_task), lead(ts) OVER turn AS next, lead(event) OVER turn AS next_event,
        lead(seq) OVER turn AS next_seq, lead(lead_seconds) OVER turn AS next_took
    FROM acts
    WHERE event NOT IN ('accepted', 'rejected') OR coalesce(at_event NOT IN ('served', 'starved'), true)
        AND (at_event <> 'adjudication_started' OR at_task = task)
    WINDOW turn AS (PARTITION BY actor ORDER BY  -- of one moment, coming is first and leaving is last
        ts, CASE event WHEN 'signed_on' THEN -1 WHEN 'signed_off' THEN 1 ELSE 0 END, seq)),
known AS (SELECT actor, bool_or(event = 'signed_on') AS signs FROM seen GROUP BY actor),
clocked AS (
    SELECT *, event = 'signed_on' AND next_event IN ('submitted', 'skipped') AS back,
        epoch(least(coalesce(next, $2), $2) - greatest(ts, $1)) / 3600 AS hours
    FROM seen JOIN known USING (actor) WHERE coalesce(next, $2) > $1 AND (next IS NOT NULL OR signs)),
continued AS (  -- who comes back to what they had before them goes on with it
    SELECT actor, cell, signs, hours, CASE WHEN back THEN 'served' ELSE event END AS event,
        CASE WHEN back THEN next_took ELSE took END AS took, CASE WHEN back THEN next_seq ELSE ending END AS ending
    FROM clocked),
segments AS (
    SELECT *, CASE WHEN event IN ('served', 'adjudication_started') AND took > 0 THEN hours
        * least(1, coalesce(took / 3600 / nullif(sum(hours) OVER (PARTITION BY event, ending), 0), 1))
        ELSE hours END AS worked
    FROM continued)
"""
"""A stretch reaches from an event of a person to their next one; `$1` and `$2` are the window.

Of a stretch at a task, no more is worked than the log says that the task took.
"""

SQL = (
    SEGMENTS
    + """
SELECT actor, sum(worked) FILTER (WHERE event = 'served') AS labeling,
    sum(worked) FILTER (WHERE event = 'adjudication_started') AS adjudicating,
    sum(hours) FILTER (WHERE event IN ('served', 'adjudication_started')) AS open,
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
    open: float
    """With a task before them by the clock: more than the two above where it lay there untouched."""
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

    Of a task, no more than it took, where the log says that too: the door counts while its page is seen and touched.
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
        open=row["open"] or 0.0,
        starved=starved,
        other=None if at_work is None else max(0.0, at_work - busy - starved),
        at_work=at_work,
        off_share=None if at_work is None else max(0.0, 1 - at_work * HOUR / window.seconds),
        busy_share=busy / (busy + starved) if busy + starved else None,
    )


def _starved_share(one: PersonHours) -> float:
    return 0.0 if one.busy_share is None else 1 - one.busy_share
