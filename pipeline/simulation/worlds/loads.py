"""The loads of a made-up project, computed from what it is made of: hours of work that come in for each hour.

The linear program here is not the one by which a bottleneck is found (pipeline.progress.load), and shares no line with
it, on purpose. What is planted must not depend on what is to name it: by the same program, a mistake in it would be
planted and found again, and every benchmark would agree. This one sees what no log says: minutes, speeds and shifts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.simulation.worlds.hours import hours_in_window
from pipeline.simulation.worlds.project import Kind, Person, Project

NEVER = 1e6
"""The load where somebody is missing whom the work cannot do without."""
NOTICEABLE = 0.05
"""Of the highest price of an hour in a cell, what still says that the cell competes for the busiest hours."""


@dataclass(frozen=True)
class LabelingLoad:
    """Of the annotators: the least that the busiest of them can be loaded with."""

    load: float
    tight: dict[str, float]
    """Cell = its share of what loads the busiest; cells that do not are not there."""


def labeling_load(project: Project, *, distinct: bool = True, silent: bool = True) -> LabelingLoad:
    """Who does what is chosen best, by a linear program: votes of a cell by a person, within their hours.

    `distinct`: nobody votes twice on an attempt. `silent`: who is silent at the end gives no hours.
    """
    from scipy.optimize import linprog

    people = [person for person in project.people if not person.adjudicates]
    hours = [hours_in_window(person, project, silent=silent) for person in people]
    pairs = _pairs(project, people, hours)
    if not pairs:
        return LabelingLoad(NEVER, {})
    kinds = project.kinds
    work = np.zeros((len(people), len(pairs) + 1))
    votes = np.zeros((len(kinds), len(pairs) + 1))
    for at, (cell, person) in enumerate(pairs):
        work[person, at] = kinds[cell].minutes / 60 / people[person].speed
        votes[cell, at] = 1.0
    work[:, -1] = [-own for own in hours]
    needed = [kind.attempts * kind.votes for kind in kinds]
    most = [(0, kinds[cell].attempts if distinct else None) for cell, _ in pairs]
    cost = np.zeros(len(pairs) + 1)
    cost[-1] = 1.0
    found = linprog(cost, work, np.zeros(len(people)), votes, needed, [*most, (0, None)], method="highs")
    if not found.success:
        return LabelingLoad(NEVER, {})
    prices = [float(price) / kind.minutes for kind, price in zip(kinds, found.eqlin.marginals, strict=True)]
    return LabelingLoad(
        float(found.fun),
        {
            kind.name: price * kind.minutes * need
            for kind, price, need in zip(kinds, prices, needed, strict=True)
            if price > NOTICEABLE * max(prices)
        },
    )


def short_of_hours(project: Project) -> frozenset[str]:
    """The cells that have less than the hours they need: the tightest, then those left with too few by these."""
    found: set[str] = set()
    while left := tuple(kind for kind in project.kinds if kind.name not in found):
        rest = replace(project, kinds=left, people=_not_needed_for(found, project))
        helpless = {kind.name for kind in left if _able(rest, kind) < kind.first}
        tightest = labeling_load(
            replace(rest, kinds=tuple(kind for kind in left if kind.name not in helpless))
        )
        if not helpless and tightest.load < 1:
            break
        found |= helpless or tightest.tight.keys()
    return frozenset(found)


def _not_needed_for(cells: set[str], project: Project) -> tuple[Person, ...]:
    return tuple(
        person
        for person in project.people
        if person.adjudicates or not any(person.may(cell) for cell in cells)
    )


def _able(project: Project, kind: Kind) -> int:
    return sum(
        person.may(kind.name) and hours_in_window(person, project, silent=True) > 0
        for person in project.people
        if not person.adjudicates
    )


def _pairs(project: Project, people: Sequence[Person], hours: Sequence[float]) -> list[tuple[int, int]]:
    """Who may do which cell."""
    return [
        (cell, at)
        for cell, kind in enumerate(project.kinds)
        for at, person in enumerate(people)
        if hours[at] > 0 and person.may(kind.name)
    ]


def adjudication_hours(project: Project, *, silent: bool = True) -> float:
    """Hours of adjudicators a week, as of somebody of speed 1."""
    return sum(
        hours_in_window(person, project, silent=silent) * person.speed
        for person in project.people
        if person.adjudicates
    )


def adjudications(project: Project) -> float:
    """Tasks sent to adjudication a week."""
    return sum(kind.attempts * kind.p_escalated for kind in project.kinds)


def adjudication_load(project: Project, *, silent: bool = True) -> float:
    """Of the adjudicators."""
    hours = adjudication_hours(project, silent=silent)
    return adjudications(project) * project.adjudication_minutes / 60 / hours if hours else NEVER


def screenings(project: Project) -> float:
    """Tasks that come in a week."""
    return sum(kind.weekly / (1 - kind.p_dropped) for kind in project.kinds)


def screening_load(project: Project) -> float:
    """Of the processes that screen, round the clock."""
    return screenings(project) * project.screening_minutes / 60 / (project.screeners * 168)
