"""The team file of a made-up project: what its lead would declare, a little beside the truth."""

import numpy as np

from pipeline.calendars import DAYS
from pipeline.simulation.worlds.hours import PAUSE, PAUSE_FROM
from pipeline.simulation.worlds.project import Person, Project
from pipeline.simulation.worlds.shape import happens
from schemas.team import Member, Team


def team_of(project: Project, source: np.random.Generator) -> Team:
    """Votes, people, plan, sometimes minutes; hours by the day in half of the teams, by the week in the others."""
    by_day = happens(source, 0.5)
    votes = {kind.type: round(kind.votes, 2) for kind in project.kinds}
    same = len(set(votes.values())) == 1
    people = [_member(person, source, by_day=by_day) for person in project.people]
    return Team(
        overlap=next(iter(votes.values())) if same else votes,
        people=tuple(sorted(people, key=lambda member: member.id)),
        plan={
            kind.name: round(
                kind.weekly / (1 - kind.p_dropped) / project.intake * source.uniform(0.97, 1.03), 1
            )
            for kind in project.kinds
        },
        minutes={kind.name: round(kind.minutes * source.uniform(0.8, 1.25), 1) for kind in project.kinds}
        if happens(source, 0.5)
        else {},
    )


def _member(person: Person, source: np.random.Generator, *, by_day: bool) -> Member:
    hours = {DAYS[day]: _spells(person) for day in person.weekdays} if by_day else {}
    return Member(
        id=person.id,
        role="adjudicator" if person.adjudicates else "annotator",
        cells=person.cells,
        weekly_hours=None if by_day else round(person.weekly_hours * source.uniform(0.9, 1.1), 1),
        hours=hours,
        zone=person.zone,
        away=() if person.away is None else (f"{person.away[0]}/{person.away[1]}",),
    )


def _spells(person: Person) -> str:
    """Such as '9:00-13:00 13:45-17:45'."""
    if person.hours < PAUSE_FROM:
        return f"{_clock(person.begin)}-{_clock(person.begin + person.hours)}"
    noon = person.begin + person.hours / 2
    rest = noon + PAUSE
    return f"{_clock(person.begin)}-{_clock(noon)} {_clock(rest)}-{_clock(rest + person.hours / 2)}"


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"
