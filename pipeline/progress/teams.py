"""A project's team, as the event log knows it: people under their pseudonyms, overlap, plan and targets."""

from pipeline.people.whos_who import Somebody, everybody
from pipeline.store import Store
from schemas.base import content_id
from schemas.people import Person
from schemas.project import Overlap, Project
from schemas.team import Member, Team


def team_of(project: Project, store: Store) -> Team:
    """The team of a project.

    Somebody who has not been seen in Label Studio yet has a stand-in for a pseudonym, made of their name, so that
    their hours count in what is forecast. Where the project names nobody, there is nobody: the log says who works.
    """
    return Team(
        overlap={config.type: _votes(config.overlap) for config in project.tasks},
        people=tuple(
            _member(somebody, somebody.person)
            for somebody in everybody(project.people, store)
            if somebody.person is not None
        ),
        plan=dict(project.plan),
        targets=dict(project.target),
        minutes={config.type: config.minutes for config in project.tasks if config.minutes is not None},
    )


def _votes(overlap: Overlap) -> int:
    """Votes that a task gets at least; how many more a policy asks for is measured."""
    return overlap.first


def _member(somebody: Somebody, person: Person) -> Member:
    name = somebody.annotators[0] if somebody.annotators else f"new-{content_id(person.name)[:8]}"
    return Member(
        id=name,
        role=person.role,
        cells=person.cells,
        weekly_hours=person.weekly_hours,
        hours=person.hours,
        zone=person.zone,
        from_=person.from_.isoformat() if person.from_ else None,
        until=person.until.isoformat() if person.until else None,
        away=person.away,
        team=person.team,
        pay=person.pay,
    )
