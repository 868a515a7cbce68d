"""A resource with too few hours for what comes in, where nothing else explains it: a skill, adjudication, screening."""

from dataclasses import replace

import numpy as np

from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import with_people_like
from schemas.flow import ADJUDICATION, SCREENING

EASY = 0.8
"""The load at which a resource holds nothing back: what undoing its shortage brings it to."""


def shortage(case: Case) -> Finding:
    """The resource itself: more of it, or less work for it, is what removes the overload."""
    if case.resource.name == SCREENING:
        return Finding("slow_screening", None, _screening(case), _screened_at_once(case))
    weeks = case.measured.hours / WEEK_HOURS
    hours = case.measured.people.capacity[list(case.resource.scarce)].sum() / weeks
    if case.resource.name == ADJUDICATION:
        return Finding("slow_adjudication", None, _adjudication(case, hours), enough_people(case))
    return Finding("skill_shortage", case.resource.name, _skill(case, hours), enough_people(case))


def enough_people(case: Case) -> Measured:
    """The world with as many more people for this work as make it easy."""
    count = max(1, int(np.ceil(case.measured.cells.votes.max(initial=1.0))))
    demand = case.model.demand
    places = list(case.resource.queues)
    hours = [row[~np.isnan(row)] for row in demand.service[places]]
    service = np.array([row.mean() if len(row) else 1.0 for row in hours])
    needed = float((demand.tasks[places] * demand.votes[places] * service).sum()) * case.measured.hours
    return with_people_like(case.measured, case.resource.work, needed / EASY, count)


def _screened_at_once(case: Case) -> Measured:
    """Screening is no limit any more, and what it held back arrives."""
    screening, cells = case.measured.screening, case.measured.cells
    held_back = max(1.0, screening.came / screening.went) if screening else 1.0
    return replace(
        case.measured.with_cells(
            first=cells.first * held_back, again=cells.again * held_back, sent=cells.sent * held_back
        ),
        screening=None,
    )


def _screening(case: Case) -> tuple[str, ...]:
    found = case.measured.screening
    if found is None:
        return ()
    return (
        f"{found.came * 24:.0f} tasks a day come in, {found.went * 24:.0f} leave screening.",
        f"Screening was at work {found.busy / max(found.busy + found.idle, 1e-9):.0%} of the time.",
        f"{case.measured.queues.screening[-1]:.0f} tasks wait for screening.",
    )


def _adjudication(case: Case, hours: float) -> tuple[str, ...]:
    cells = case.measured.cells
    minutes = 60 * float(np.average(cells.adjudication, weights=np.maximum(cells.sent, 1e-12)))
    return (
        f"{cells.sent.sum() * WEEK_HOURS:.0f} contested tasks a week take {minutes:.0f} minutes each.",
        f"{_heads(len(case.resource.scarce), 'adjudicator')} {hours:.0f} hours a week for them.",
        f"{case.measured.queues.adjudication[:, -1].sum():.0f} wait for adjudication.",
    )


def _waits(votes: float) -> tuple[str, ...]:
    return (f"{votes:.0f} votes wait that nobody has taken up.",) if votes >= 1 else ()


def _heads(count: int, one: str, more: str | None = None) -> str:
    return f"1 {one} has" if count == 1 else f"{count} {more or one + 's'} have"


def _skill(case: Case, hours: float) -> tuple[str, ...]:
    measured, names = case.measured, case.measured.cells.names
    cells = sorted(cell for judges, cell in case.resource.work if not judges)
    others = [names[cell] for cell in cells if names[cell] != case.resource.name]
    others += [ADJUDICATION] * any(judges for judges, _ in case.resource.work)
    shared = (f"They also do {', '.join(others)}, which is as full.",) if others else ()
    heads = _heads(len(case.resource.scarce), "person", "people")
    return (
        f"{heads} {hours:.0f} hours a week for {hours * case.resource.load:.0f} hours of work.",
        *shared,
        *_waits(measured.queues.votes[cells, -1].sum()),
    )
