"""What was measured, as it would be with another team: for the loads once a change is in force."""

from dataclasses import replace

import numpy as np

from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import with_people_like
from schemas.team import Member, Team, may_do


def changed(measured: Measured, before: Team, after: Team) -> Measured:
    """The same flow with the votes, the plan and the people of another team, whenever these come or go."""
    found = _with_plan(_with_votes(measured, before, after), before, after)
    known = {person.id: person for person in before.people}
    for person in after.people:
        if person.id not in known and person.id not in measured.people.names:
            found = _with_newcomer(found, person)
        elif person != known.get(person.id):
            found = _with_other_hours(found, known.get(person.id), person)
    return found


def _with_votes(measured: Measured, before: Team, after: Team) -> Measured:
    times = [after.votes(cell) / before.votes(cell) for cell in measured.cells.names]
    return measured.with_cells(votes=measured.cells.votes * np.array(times))


def _with_plan(measured: Measured, before: Team, after: Team) -> Measured:
    """More or less comes in, and is contested, as the plan is changed; where none was, the new one comes in."""
    cells = measured.cells
    first, times = cells.first.copy(), np.ones(len(cells.names))
    for place, cell in enumerate(cells.names):
        planned, wanted = before.plan.get(cell), after.plan.get(cell)
        if wanted is None or wanted == planned:
            continue
        came = first[place] or (planned or 0.0) / WEEK_HOURS
        first[place] = came * wanted / planned if planned else wanted / WEEK_HOURS
        times[place] = first[place] / came if came else 1.0
    return measured.with_cells(first=first, again=cells.again * times, sent=cells.sent * times)


def _with_newcomer(measured: Measured, person: Member) -> Measured:
    is_judge = person.role == "adjudicator"
    names = enumerate(measured.cells.names)
    work = frozenset((is_judge, place) for place, cell in names if may_do(person.cells, cell))
    return with_people_like(measured, work, _hours(measured, person.weekly_hours), 1)


def _with_other_hours(measured: Measured, before: Member | None, after: Member) -> Measured:
    """Somebody who is there, with other hours, or none any more."""
    people = measured.people
    if after.id not in people.names:
        return measured
    place = people.names.index(after.id)
    capacity, labels, adjudicates = people.capacity.copy(), people.labels.copy(), people.adjudicates.copy()
    if after.until is not None and after.until != (before.until if before else None):
        capacity[place] = 0.0
        labels[:, place] = adjudicates[:, place] = False
    elif before is not None and before.weekly_hours and after.weekly_hours is not None:
        capacity[place] *= after.weekly_hours / before.weekly_hours
    else:
        capacity[place] = _hours(measured, after.weekly_hours)
    new = replace(people, capacity=capacity, labels=labels, adjudicates=adjudicates)
    return replace(measured, people=new)


def _hours(measured: Measured, weekly: float | None) -> float:
    """Of the window: declared ones as far as people keep theirs; without any, as many as others have."""
    if weekly is None:
        there = measured.people.capacity[measured.people.capacity > 0]
        return float(np.median(there)) if len(there) else 0.0
    return weekly * measured.hours / WEEK_HOURS * measured.attendance
