"""When people will be at work: as their past days were, or as they declare it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.calendars import Shift
from pipeline.progress.deriving.intervals import union
from pipeline.progress.deriving.work import Spells
from pipeline.progress.forecast.window import DAY, WEEK, Window

NIGHT = 6 * 3600.0
TOUCHING = 60.0
"""Seconds between two stretches that are one."""
USUAL, MOST = 0.04, 0.25
"""What all people together do in a week differs by so much from the mean, as a share: usually, and at most."""
PSEUDO_WEEKS, MIN_WEEKS = 4, 2
UNKNOWN = 0.15
"""How far off somebody's hours may be, as a share, where there are no two weeks to compare."""


@dataclass(frozen=True)
class Presence:
    """What is known of somebody's time at work."""

    days: tuple[tuple[Shift, ...], ...] = ()
    """Stretches of each past day, the last day first, in seconds after the day's begin; () where none is known."""
    share: float = 1.0
    """Of the declared hours, how many they are there; for whoever follows a calendar."""
    leave: tuple[int, ...] = ()
    """Past days on which they were away with notice: those say nothing of days to come."""
    gone: bool = False
    """Silent for so long that nothing more is expected of them."""

    @property
    def hours(self) -> float:
        """A day, on average over the past days."""
        total = sum(until - begin for day in self.days for begin, until in day)
        return total / 3600 / len(self.days) if self.days else 0.0


def past_days(present: Spells, actor: int, window: Window) -> tuple[tuple[Shift, ...], ...]:
    """Somebody's stretches at work, day by day; only since they were first seen."""
    own = present.at(present.actor == actor).within(window.start, window.end)
    if not len(own):
        return ()
    first = int(window.day_of(own.start[:1])[0])
    days: list[tuple[Shift, ...]] = []
    for day in range(first + 1):
        begin = window.begin_of(day)
        inside = own.within(begin, begin + DAY)
        apart = union(inside.start - begin, inside.end - begin, TOUCHING)
        days.append(tuple(zip(apart.start.tolist(), apart.end.tolist(), strict=True)))
    return tuple(days)


def repeated(presence: Presence, window: Window, horizon: float, source: np.random.Generator) -> list[Shift]:
    """Days to come that each repeat a past day, drawn among those of its weekday."""
    choices = [_choices(presence, window, weekday) for weekday in range(WEEK)]
    found: list[Shift] = []
    for future in range(int(np.ceil((horizon - window.end) / DAY))):
        likely = choices[future % WEEK]
        if likely:
            begin = window.end + future * DAY
            day = presence.days[likely[int(source.random() * len(likely))]]
            found += [(begin + first, begin + last) for first, last in day]
    return found


def _choices(presence: Presence, window: Window, future: int) -> list[int]:
    """The past days that one to come may repeat; days of leave say nothing."""
    seen = len(presence.days)
    alike = [day for day in window.like(future, since=seen) if day not in presence.leave]
    if alike:
        return alike
    weekend = window.is_weekend(-1 - future)
    return [day for day in range(seen) if day not in presence.leave and window.is_weekend(day) == weekend]


def spread(presence: Presence) -> float:
    """Standard error of the mean hours a day, as a share of it: from days that are a week apart."""
    hours = np.array([sum(last - first for first, last in day) for day in presence.days])
    pairs = len(hours) - WEEK
    if pairs <= 0 or not hours.sum():
        return UNKNOWN
    differences = hours[WEEK:] - hours[:-WEEK]
    variance = float((differences**2).mean()) / 2
    return min(UNKNOWN, float(np.sqrt(variance / len(hours)) / hours.mean()))


def weekly_spread(people: Sequence[Presence]) -> float:
    """Standard error of what all people together are there for: their weeks differ more than each one's days say.

    Weeks are few: the log's own counts as much as it has, beside a few weeks as they usually are.
    """
    length = max((len(one.days) for one in people), default=0)
    hours = np.zeros(length)
    for one in people:
        for day, stretches in enumerate(one.days):
            hours[day] += sum(last - first for first, last in stretches)
    weeks = [float(hours[begin : begin + WEEK].sum()) for begin in range(0, length - WEEK + 1, WEEK)]
    if len(weeks) < MIN_WEEKS or not all(weeks):
        return USUAL
    logs = np.log(weeks)
    variance = (float(((logs - logs.mean()) ** 2).sum()) + PSEUDO_WEEKS * USUAL**2) / (
        len(weeks) - 1 + PSEUDO_WEEKS
    )
    return min(MOST, float(np.sqrt(variance)))


def by_day(stretches: Sequence[Shift]) -> list[list[Shift]]:
    """Stretches that belong to one working day, together: less than a night lies between them."""
    days: list[list[Shift]] = []
    for stretch in stretches:
        if days and stretch[0] - days[-1][-1][1] < NIGHT:
            days[-1].append(stretch)
        else:
            days.append([stretch])
    return days


def during(stretches: Sequence[Shift], allowed: Sequence[Shift]) -> list[Shift]:
    """What of the stretches falls into other stretches; both in order."""
    found: list[Shift] = []
    at = 0
    for first, last in stretches:
        while at < len(allowed) and allowed[at][1] <= first:
            at += 1
        later = at
        while later < len(allowed) and allowed[later][0] < last:
            found.append((max(first, allowed[later][0]), min(last, allowed[later][1])))
            later += 1
    return found


def stretched(stretches: Sequence[Shift], factor: float) -> list[Shift]:
    """Each longer or shorter by a factor, from its begin on; at most until the next begins."""
    found: list[Shift] = []
    for place, (first, last) in enumerate(stretches):
        until = first + (last - first) * factor
        if place + 1 < len(stretches):
            until = min(until, stretches[place + 1][0])
        if until > first:
            found.append((first, until))
    return found
