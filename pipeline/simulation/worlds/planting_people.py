"""The two causes that lie in single people: somebody who stays away, and a cell that hangs on somebody's few hours."""

from dataclasses import replace

import numpy as np

from pipeline.simulation.worlds.capacity import labeling, raised, with_ample_rest, with_short_adjudication
from pipeline.simulation.worlds.hours import shifts_of
from pipeline.simulation.worlds.loads import adjudication_load, labeling_load, short_of_hours
from pipeline.simulation.worlds.project import DAY, Kind, Person, Project, Truth, Unsuitable, Wish
from pipeline.simulation.worlds.shape import LOADS, scaled, with_few_tasks
from schemas.flow import ADJUDICATION

RELIEVED = 0.85
"""The load that is left at most where the planted cause is undone."""
OF_ADJUDICATORS = 0.15
"""Share of absent people who adjudicate."""
LEAST = 1.12
"""Load that counts as planted."""
FEWEST_TASKS = 70.0
"""A week, of what hangs on one person: with fewer, chance would undo the planted load."""
LEAST_OF_ONE = 1.2
"""The least load of somebody's few hours, for the same reason."""


def plant_absent_person(project: Project, wish: Wish, source: np.random.Generator) -> tuple[Project, Truth]:
    """Somebody on whom a language, or adjudication, hangs is silent from one moment on, with a task in hand."""
    if wish.variant < OF_ADJUDICATORS:
        return _absent_adjudicator(project, wish, source)
    language = _some_language(project, source)
    group = [person for person in project.people if _only_of(person, language)]
    most = max(kind.most for kind in project.kinds)
    stays = most + int(source.integers(1, 3))
    if len(group) < stays:
        raise Unsuitable
    absent = replace(
        group[0], cells=(f"{language}/*",), weekdays=(0, 1, 2, 3, 4), hours=round(source.uniform(7, 10), 1)
    )
    people = tuple(person for person in project.people if person not in group)
    others = tuple(replace(person, cells=(f"{language}/*",)) for person in group[1:stays])
    absent = _silent(absent, project, source)
    project = replace(project, people=(absent, *others, *people))
    own = frozenset(kind.name for kind in project.kinds if kind.name.split("/")[0] == language)
    project = raised(project, wish.load, labeling, own)
    relieved = labeling_load(project, silent=False).load
    project = with_few_tasks(scaled(project, min(1.0, RELIEVED / relieved), own))
    found = labeling_load(project)
    tasks = sum(kind.weekly for kind in project.kinds if kind.name in own)
    if found.load < LEAST or tasks < FEWEST_TASKS or not own >= found.tight.keys():
        raise Unsuitable
    return with_ample_rest(project, source), Truth(
        "absent_person", absent.id, resources=short_of_hours(project), load=found.load
    )


def _absent_adjudicator(project: Project, wish: Wish, source: np.random.Generator) -> tuple[Project, Truth]:
    pool = [person for person in project.people if person.adjudicates]
    absent = _silent(replace(pool[0], hours=9.0, weekdays=(0, 1, 2, 3, 4)), project, source)
    rest = tuple(person for person in project.people if not person.adjudicates)
    project = replace(project, people=(*rest, absent, pool[1]))
    project = with_ample_rest(with_short_adjudication(project, wish.load), source, adjudication=False)
    now, relieved = adjudication_load(project), adjudication_load(project, silent=False)
    if relieved > RELIEVED:
        raise Unsuitable
    return project, Truth("absent_person", absent.id, resources=frozenset({ADJUDICATION}), load=now)


def _silent(person: Person, project: Project, source: np.random.Generator) -> Person:
    """In the middle of one of their shifts, 5 to 14 days before intake ends."""
    end = project.intake_end
    shifts = [shift for shift in shifts_of(person, project) if end - 14 * DAY < shift[0] < end - 5 * DAY]
    if not shifts:
        raise Unsuitable
    begin, until = shifts[int(source.integers(len(shifts)))]
    return replace(person, until=float(begin + source.uniform(0.3, 0.9) * (until - begin)))


def _some_language(project: Project, source: np.random.Generator) -> str:
    languages = sorted({kind.name.split("/")[0] for kind in project.kinds})
    return languages[int(source.integers(len(languages)))]


def _only_of(person: Person, language: str) -> bool:
    return not person.adjudicates and all(cell.split("/")[0] == language for cell in person.cells)


def plant_overlap_shortage(
    project: Project, wish: Wish, source: np.random.Generator
) -> tuple[Project, Truth]:
    """As few people for a cell as its tasks need distinct ones, and one of them is seldom there."""
    target = project.kinds[int(source.integers(len(project.kinds)))]
    votes = max(2, target.first)
    kinds = tuple(_with_votes(kind, votes) if kind.type == target.type else kind for kind in project.kinds)
    minutes, cv = float(source.uniform(3, 8)), min(target.cv, 0.9)
    kinds = tuple(
        replace(kind, minutes=minutes, cv=cv) if kind.name == target.name else kind for kind in kinds
    )
    language = target.name.split("/")[0]
    able = [person for person in project.people if _only_of(person, language) and person.weekly_hours >= 15]  # noqa: PLR2004 - hours of somebody who is there most days
    if len(able) < votes:
        raise Unsuitable
    days = tuple(sorted(source.permutation(5)[: source.integers(2, 5)].tolist()))
    seldom = replace(able[0], hours=round(source.uniform(2.5, 4.5), 1), weekdays=days)
    chosen = {person.id for person in able[:votes]}
    people = tuple(
        _retaught(seldom if person is able[0] else person, target, kinds, may=person.id in chosen)
        for person in project.people
    )
    project = replace(project, kinds=kinds, people=people)
    project = raised(project, max(wish.load, LEAST_OF_ONE), labeling, frozenset({target.name}))
    rest = replace(project, kinds=tuple(kind for kind in project.kinds if kind.name != target.name))
    found, free = labeling_load(project), labeling_load(project, distinct=False)
    if free.load > LOADS[1] or labeling(rest) > LOADS[1] or _of(project, target.name).weekly < FEWEST_TASKS:
        raise Unsuitable
    tight = frozenset(found.tight)
    truth = Truth("overlap_shortage", target.name, tight, tight, found.load)
    return with_ample_rest(project, source), truth


def _with_votes(kind: Kind, votes: int) -> Kind:
    return replace(kind, first=votes, most=votes, p_more=0.0)


def _of(project: Project, cell: str) -> Kind:
    return next(kind for kind in project.kinds if kind.name == cell)


def _retaught(person: Person, target: Kind, kinds: tuple[Kind, ...], *, may: bool) -> Person:
    """May do one cell or may not; the rest of what they may do as before."""
    if person.adjudicates or person.may(target.name) == may:
        return person
    others = tuple(kind.name for kind in kinds if person.may(kind.name) and kind.name != target.name)
    if not may and not others:
        raise Unsuitable  # no cells at all would mean all of them
    return replace(person, cells=(*others, target.name) if may else others)
