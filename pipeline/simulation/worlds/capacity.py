"""Capacities set so that a made-up project has the loads that are wanted of it."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.simulation.worlds.loads import (
    adjudication_hours,
    adjudications,
    labeling_load,
    screenings,
)
from pipeline.simulation.worlds.project import Project, Unsuitable
from pipeline.simulation.worlds.shape import scaled

USUAL_ADJUDICATION = 10.0
"""Minutes, about which the number of adjudicators is chosen."""
FEWEST_ADJUDICATIONS = 100.0
"""A week."""
SHORTEST, LONGEST = 1.0, 30.0
EXACT = 0.002
TRIES = 30


def raised(
    project: Project, wanted: float, load: Callable[[Project], float], cells: frozenset[str] | None = None
) -> Project:
    """So many times the tasks, in some cells or in all, that a load is what is wanted."""
    for _ in range(TRIES):
        now = load(project)
        if abs(now - wanted) <= EXACT * wanted:
            return project
        project = scaled(project, min(4.0, max(0.25, wanted / now)), cells)
    raise Unsuitable


def labeling(project: Project) -> float:
    """The load of the annotators."""
    return labeling_load(project).load


def with_adjudication(project: Project, load: float) -> Project:
    """As many of the adjudicators as bring the length of an adjudication nearest to the usual."""
    pool = [person for person in project.people if person.adjudicates]
    rest = [person for person in project.people if not person.adjudicates]
    choices = [
        _with_minutes(replace(project, people=(*rest, *pool[: number + 1])), load)
        for number in range(len(pool))
    ]
    best = min(choices, key=lambda choice: abs(math.log(choice.adjudication_minutes / USUAL_ADJUDICATION)))
    if not SHORTEST <= best.adjudication_minutes <= LONGEST:
        raise Unsuitable
    return best


def with_short_adjudication(project: Project, load: float) -> Project:
    """The same for a load that is planted: for enough tasks that chance does not undo it."""
    if adjudications(project) < FEWEST_ADJUDICATIONS:
        raise Unsuitable
    return with_adjudication(project, load)


def _with_minutes(project: Project, load: float) -> Project:
    """Found by trying: what is finished after a shift adds to the hours."""
    for _ in range(TRIES):
        minutes = load * adjudication_hours(project) * 60 / adjudications(project)
        project = replace(project, adjudication_minutes=min(LONGEST + 1, max(SHORTEST / 2, minutes)))
    return project


def with_screening(project: Project, load: float, screeners: int) -> Project:
    """Screening that takes as long as the load asks for."""
    minutes = load * screeners * 168 * 60 / screenings(project)
    return replace(project, screeners=screeners, screening_minutes=minutes)


def with_ample_rest(
    project: Project, source: np.random.Generator, *, adjudication: bool = True, screening: bool = True
) -> Project:
    """Adjudication and screening such that they are not short."""
    if adjudication:
        project = with_adjudication(project, source.uniform(0.3, 0.65))
    if screening:
        project = with_screening(project, source.uniform(0.02, 0.5), int(source.integers(1, 4)))
    return project
