"""What looks like trouble and is none: parked tasks, releases, leave, a slow cell, a backlog."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from pipeline.simulation.worlds.capacity import labeling
from pipeline.simulation.worlds.loads import labeling_load
from pipeline.simulation.worlds.project import DAY, Person, Project, Truth
from pipeline.simulation.worlds.shape import LOADS, happens

ALIKE = 1.005


def with_a_long_cell(project: Project, source: np.random.Generator) -> Project:
    """One cell whose tasks take three times as long, and are as many fewer."""
    at = int(source.integers(len(project.kinds)))
    kinds = list(project.kinds)
    kinds[at] = replace(kinds[at], minutes=kinds[at].minutes * 3, weekly=kinds[at].weekly / 3)
    return replace(project, kinds=tuple(kinds))


def with_decoys(project: Project, truth: Truth, source: np.random.Generator) -> Project:
    """Each with even chances; none that would add a cause to the planted one."""
    if happens(source, 0.5):
        project = replace(project, held=int(source.integers(300, 901)))
    if happens(source, 0.5):
        project = replace(project, releases=True)
    if happens(source, 0.5):
        project = _with_leave(project, truth, source)
    if happens(source, 0.5) and truth.cause in {"none", "slow_adjudication", "starved_intake"}:
        project = _with_backlog(project, source)
    return project


def _with_leave(project: Project, truth: Truth, source: np.random.Generator) -> Project:
    """Somebody away for one or two weeks, without whom nothing else becomes short."""
    for at in source.permutation(len(project.people)).tolist():
        person = project.people[at]
        if person.adjudicates or person.id == truth.where:
            continue
        people = list(project.people)
        people[at] = _on_leave(person, project, source)
        changed = replace(project, people=tuple(people))
        if _is_as_short(changed, project):
            return changed
    return project


def _is_as_short(changed: Project, project: Project) -> bool:
    """Whether the load of the annotators is what it was, and that of all others ample, distinct people or not."""
    before, after = labeling_load(project), labeling_load(changed)
    if before.load > LOADS[1] and (
        after.tight.keys() != before.tight.keys() or after.load > before.load * ALIKE
    ):
        return False
    rest = changed
    if before.load > LOADS[1]:
        rest = replace(changed, kinds=tuple(kind for kind in project.kinds if kind.name not in before.tight))
    free = labeling_load(changed, distinct=False).load
    most_free = max(labeling_load(project, distinct=False).load, LOADS[1])
    return (not rest.kinds or labeling(rest) <= LOADS[1] * ALIKE) and free <= most_free * ALIKE


def _on_leave(person: Person, project: Project, source: np.random.Generator) -> Person:
    days = int(source.integers(5, 11))
    begin = project.start + int(source.integers(0, max(1, project.days - days))) * DAY
    first = datetime.fromtimestamp(begin, UTC).date()
    return replace(person, away=(first, first + timedelta(days=days - 1)))


def _with_backlog(project: Project, source: np.random.Generator) -> Project:
    """As much as people can work off, beside what comes in, until the last two weeks of intake begin."""
    load = labeling(project)
    weeks = (project.days - 14) / 7 * (1 - load) / load * float(source.uniform(0.3, 0.9))
    return replace(project, backlog=max(0.0, weeks))
