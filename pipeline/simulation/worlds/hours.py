"""When the people of a made-up project are at work, and the hours that this gives them."""

import math
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.calendars import Shift
from pipeline.simulation.worlds.project import DAY, Person, Project

JITTER = 0.2
"""Hours by which somebody comes sooner or later."""
SICK = 0.02
"""Share of days on which somebody stays away without having said so."""
PAUSE_FROM, PAUSE = 6.0, 0.75
"""Hours of a day from which on there is a pause in the middle, and its length."""


def shifts_of(person: Person, project: Project) -> list[Shift]:
    """Their shifts, from the start to the end; the same whenever asked."""
    return list(_shifts(replace(person, until=math.inf), project.start, project.days + project.tail_days))


@lru_cache(maxsize=4096)
def _shifts(person: Person, start: float, days: int) -> tuple[Shift, ...]:
    source = np.random.default_rng([zlib.crc32(person.id.encode()), int(start)])
    zone = ZoneInfo(person.zone)
    first = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)
    found: list[Shift] = []
    for ahead in range(days + 3):
        late, sick = float(source.normal(0, JITTER)), source.random() < SICK
        day = first + timedelta(days=ahead)
        on_leave = person.away is not None and person.away[0] <= day <= person.away[1]
        if day.weekday() not in person.weekdays or on_leave or sick:
            continue
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
        found += _of_a_day(midnight + (person.begin + max(-1.0, min(1.0, late))) * 3600, person.hours)
    return tuple(shift for shift in found if shift[1] > start)


def _of_a_day(begin: float, hours: float) -> list[Shift]:
    if hours < PAUSE_FROM:
        return [(begin, begin + hours * 3600)]
    noon = begin + hours / 2 * 3600
    return [(begin, noon), (noon + PAUSE * 3600, begin + (hours + PAUSE) * 3600)]


def hours_in_window(person: Person, project: Project, *, silent: bool = False) -> float:
    """Hours a week of the last two weeks of intake; `silent` leaves out what somebody does not do any more.

    Somebody who finishes what they have in hand after a shift works the longer for it: half a task's length, more
    where lengths are uneven.
    """
    begin, end = project.window
    if silent and person.until < project.end:
        return 0.0
    stretches = [
        (max(first, begin), min(last, end))
        for first, last in shifts_of(person, project)
        if last > begin and first < end
    ]
    worked = sum(last - first for first, last in stretches)
    return (worked + len(stretches) * _overhang(person, project)) / (end - begin) * 7 * DAY / 3600


def _overhang(person: Person, project: Project) -> float:
    if not project.overtime:
        return 0.0
    if person.adjudicates:
        return project.adjudication_minutes * 60
    own = [kind.minutes * (1 + kind.cv**2) / 2 for kind in project.kinds if person.may(kind.name)]
    return 60 * sum(own) / len(own) if own else 0.0
