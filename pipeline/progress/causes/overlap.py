"""Too few different people: might one person vote twice on a task, there would be hours enough."""

import numpy as np

from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.causes.thresholds import CERTAINLY, EXPLAINS_OVERLAP
from pipeline.progress.load import NO_HOURS
from pipeline.progress.measured import WEEK_HOURS, Measured


def overlap_shortage(case: Case) -> Finding | None:
    """The cell whose tasks want so many different people that single ones of them cannot keep up."""
    cells = [cell for judges, cell in case.resource.work if not judges]
    if not case.resource.people_work or not cells:
        return None
    undone = _alone(case.measured, cells)
    if case.relief(undone) < EXPLAINS_OVERLAP or case.load_in(undone) >= CERTAINLY:
        return None
    _, cell = max((case.relief(_alone(case.measured, [cell])), cell) for cell in cells)
    return Finding("overlap_shortage", case.measured.cells.names[cell], _evidence(case, cell), undone)


def _alone(measured: Measured, cells: list[int]) -> Measured:
    distinct = measured.cells.distinct.copy()
    distinct[cells] = False
    return measured.with_cells(distinct=distinct)


def _evidence(case: Case, cell: int) -> tuple[str, ...]:
    measured, people = case.measured, case.measured.people
    there = np.flatnonzero(people.labels[cell] & (people.capacity > NO_HOURS * measured.hours))
    weeks = measured.hours / WEEK_HOURS
    hours = ", ".join(f"{people.names[one]} {people.capacity[one] / weeks:.0f}" for one in there[:6])
    return (
        f"Each {measured.cells.names[cell]} task wants {measured.cells.votes[cell]:.3g} different people.",
        f"{len(there)} may do it (hours a week: {hours}).",
        "Could one person give two of the votes, their hours would do: it is heads that are missing, not hours.",
    )
