"""Somebody who should be there and is not: putting their hours back removes the overload."""

from datetime import UTC, datetime

import numpy as np

from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.causes.thresholds import EXPLAINS, MISSING_HOURS
from pipeline.progress.columns import Floats
from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import able


def absent_person(case: Case) -> Finding | None:
    """The missing person whose hours would relieve the resource most.

    Planned leave and people who left are no absence: the calendar has no hours for them, and what is short then is
    the skill. Somebody who was never needed is silent too, but putting them back would relieve nothing.
    """
    missing = _missing(case)
    if not missing or case.relief(_back(case, missing)) < EXPLAINS:
        return None
    relief, person = max((case.relief(_back(case, [person])), person) for person in missing)
    if relief < EXPLAINS / len(missing):
        return None
    people = case.measured.people
    return Finding(
        "absent_person", people.names[person], _evidence(case, person, relief), _back(case, [person])
    )


def _missing(case: Case) -> list[int]:
    """Who could do this work, should be there, and has been silent for long."""
    people = case.measured.people
    hours = _hours_back(case)
    gone = people.gone & (hours > 0) & (people.capacity < MISSING_HOURS * hours)
    return [person for person in able(case.model, case.resource) if gone[person]]


def _hours_back(case: Case) -> Floats:
    """Hours to be expected of each: declared ones as far as those keep theirs who have work of this kind."""
    people = case.measured.people
    there = [person for person in case.resource.scarce if people.declared[person] > 0]
    if not there:
        return people.expected
    kept = float(np.median(people.capacity[there] / people.declared[there]))
    kept = float(np.clip(kept, case.measured.attendance, 1.0))
    found: Floats = np.where(np.isnan(people.declared), people.expected, people.declared * kept)
    return found


def _back(case: Case, missing: list[int]) -> Measured:
    hours = case.measured.people.capacity.copy()
    hours[missing] = np.maximum(hours[missing], _hours_back(case)[missing])
    return case.measured.with_people(capacity=hours)


def _evidence(case: Case, person: int, relief: float) -> tuple[str, ...]:
    people, weeks = case.measured.people, case.measured.hours / WEEK_HOURS
    last = people.last_seen[person]
    seen = f"last seen {_day(last)}" if np.isfinite(last) else "never seen"
    hours = f"{_hours_back(case)[person] / weeks:.1f} h a week are to be expected of them"
    return (
        f"{people.names[person]}: {seen}, longer ago than ever before; {hours}.",
        f"With them back, {relief:.0%} of the overload is gone.",
    )


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B}"
