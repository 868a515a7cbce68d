"""The working days of a person: when they usually come and leave, on which weekdays, as what they did shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.calendars import declared, in_team, shifts
from pipeline.progress.attempts import Places
from pipeline.progress.columns import Floats, Mask
from pipeline.progress.deriving.intervals import Intervals
from schemas.team import Member

HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0
PROMPT = 1200.0
"""Seconds within which somebody at work takes up what there is for them."""
SEEN = 3
"""Days on which a coming or a leaving was seen, that make it known."""
EXPOSED = 3600.0
"""Seconds in which there was something for a person on a day, from which on it tells that they did not come."""
ATTENDS = 0.35
"""Share of the days with something for them that a person came, under which they are not expected."""
_BINS = 48
_WEEKDAYS = 7


@dataclass(frozen=True)
class Days:
    """The working days of one person, each with a stretch of expected work."""

    window: Intervals
    share: Floats
    """1 on days on which they were seen, else how likely they were there unseen."""
    seen: Mask


def working_days(busy: Intervals, idle: Intervals, span: tuple[float, float], member: Member | None) -> Days:
    """When a person is expected at work, from when they were busy and when there was nothing for them."""
    allowed = _allowed(member, span)
    clock = _Clock(member, span)
    if member is not None and member.hours:
        window = _of(shifts(member, *span))
        return _seen_or_likely(window, busy, idle, clock.weekday(window.start), allowed)
    if not len(busy):
        return Days(Intervals(np.empty(0), np.empty(0)), np.empty(0), np.empty(0, dtype=bool))
    clock.night = _night(clock.local(busy.start), clock.local(busy.end))
    come, leave = _usual_hours(busy, idle, clock, member)
    first, last = (int(clock.day(np.array([moment]))[0]) for moment in span)
    numbers = np.arange(first, last + 1)
    window = Intervals(clock.utc(numbers, come), clock.utc(numbers, leave))
    days = _seen_or_likely(window, busy, idle, numbers % _WEEKDAYS, allowed)
    return days if member is None or not declared(member) else _within(days, _weekly(member), span)


def _weekly(member: Member) -> float:
    return HOUR * (member.weekly_hours or 0.0)


def _within(days: Days, weekly: float, span: tuple[float, float]) -> Days:
    """With the unseen days of each week made less likely, where they would be more than the declared hours leave."""
    week = ((days.window.start - span[0]) // WEEK).astype(np.int64)
    week -= week.min(initial=0)
    seen = np.bincount(week, weights=days.window.seconds * days.seen)
    likely = np.bincount(week, weights=days.window.seconds * days.share * ~days.seen)
    part = np.bincount(week) / _WEEKDAYS
    left = np.clip(weekly * part - seen, 0.0, likely) / np.maximum(likely, 1.0)
    return Days(days.window, np.where(days.seen, 1.0, days.share * left[week]), days.seen)


class _Clock:
    """A person's own clock: days begin in the middle of their night."""

    def __init__(self, member: Member | None, span: tuple[float, float]) -> None:
        self.night = 0.0
        zone = ZoneInfo(member.zone) if member is not None else ZoneInfo("UTC")
        self.first = int(span[0] // DAY) - 1
        moments = (
            datetime.fromtimestamp((self.first + n) * DAY, UTC)
            for n in range(int((span[1] - span[0]) // DAY) + 4)
        )
        offsets = (moment.astimezone(zone).utcoffset() for moment in moments)
        self.offsets = np.array([offset.total_seconds() if offset else 0.0 for offset in offsets])

    def _offset(self, ts: Floats) -> Floats:
        place = np.clip((ts // DAY).astype(np.int64) - self.first, 0, len(self.offsets) - 1)
        return self.offsets[place]

    def local(self, ts: Floats) -> Floats:
        """Seconds by the person's clock, since the night before."""
        return ts + self._offset(ts) - self.night

    def day(self, ts: Floats) -> Places:
        """The number of the person's day."""
        return (self.local(ts) // DAY).astype(np.int64)

    def weekday(self, ts: Floats) -> Places:
        """The weekday by the person's clock."""
        return self.day(ts) % _WEEKDAYS

    def utc(self, day: Places, seconds: float) -> Floats:
        """A time of these days."""
        local: Floats = day.astype(np.float64) * DAY + seconds + self.night
        return local - self._offset(local)


def _of(found: list[tuple[float, float]]) -> Intervals:
    pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
    return Intervals(pairs[:, 0], pairs[:, 1])


def _allowed(member: Member | None, span: tuple[float, float]) -> Intervals:
    """When a person is not away, has begun and has not left yet."""
    if member is None:
        return Intervals(np.array([span[0]]), np.array([span[1]]))
    return _of(in_team(member, *span))


def _night(start: Floats, end: Floats) -> float:
    """The second of the day in the middle of the longest time in which a person hardly works."""
    width = DAY / _BINS
    middle = (start + end) / 2
    worked = np.bincount(((middle % DAY) // width).astype(np.int64), weights=end - start, minlength=_BINS)
    quiet = np.tile(worked <= 0.01 * worked.sum(), 2)
    best, run, at = 0, 0, int(worked.argmin())
    for place, silent in enumerate(quiet):
        run = run + 1 if silent else 0
        if run > best:
            best, at = run, place - run // 2
    night = (at % _BINS) * width
    return night - DAY if night > DAY / 2 else night  # a day has the weekday of its most hours


def _usual_hours(
    busy: Intervals, idle: Intervals, clock: _Clock, member: Member | None
) -> tuple[float, float]:
    """When a person comes and leaves, in seconds of their day."""
    day = clock.day(busy.start)
    first = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    last = np.append(first[1:], len(day)) - 1
    came, left = busy.start[first], busy.end[last]
    coming, leaving = (clock.local(moment) - day[first] * DAY for moment in (came, left))
    sure_come = idle.overlap(came - PROMPT, came) <= 0
    sure_leave = idle.overlap(left, left + PROMPT) <= 0
    weekly = member.weekly_hours if member is not None and declared(member) else None
    return _fitted(coming, leaving, (sure_come, sure_leave), _length(weekly, day[first]))


def _length(weekly: float | None, days: Places) -> float | None:
    """Declared seconds a day, over the weekdays on which a person was seen."""
    if weekly is None:
        return None
    weeks = max(1.0, (days[-1] - days[0] + 1) / _WEEKDAYS)
    often = np.bincount(days % _WEEKDAYS, minlength=_WEEKDAYS) >= weeks / 3
    return weekly * HOUR / max(int(often.sum()), 5 if weekly >= 20 else 1)  # noqa: PLR2004 - a week of days


def _fitted(
    coming: Floats, leaving: Floats, sure: tuple[Mask, Mask], length: float | None
) -> tuple[float, float]:
    """The usual hours: as seen where they were seen, else as long as declared and around what was seen."""
    knows_come, knows_leave = (int(known.sum()) >= SEEN for known in sure)
    come = float(np.median(coming[sure[0]]) if knows_come else np.percentile(coming, 10))
    leave = float(np.median(leaving[sure[1]]) if knows_leave else np.percentile(leaving, 90))
    missing = max(0.0, (length or 0.0) - (leave - come))
    if not knows_leave and not knows_come:
        return max(0.0, come - missing / 2), min(DAY, leave + missing / 2)
    if not knows_leave:
        leave = min(DAY, leave + missing)
    elif not knows_come:
        come = max(0.0, come - missing)
    return come, max(leave, come)


def _seen_or_likely(
    window: Intervals,
    busy: Intervals,
    idle: Intervals,
    weekday: Places,
    allowed: Intervals,
) -> Days:
    """Windows widened by what was done on the day; those of unseen days by how often the person came on such."""
    start, end, seen = _widened(window, busy)
    there = allowed.overlap(start, end) > 0
    exposed = (end - start - idle.overlap(start, end) >= np.minimum(EXPOSED, (end - start) / 2)) | seen
    share = np.where(seen, 1.0, np.where(exposed | ~there, 0.0, _attendance(seen, exposed & there, weekday)))
    return Days(Intervals(start, end), np.where(share >= ATTENDS, share, 0.0), seen)


def _widened(window: Intervals, busy: Intervals) -> tuple[Floats, Floats, Mask]:
    """Windows that take in what was done around them, and which of them something was done in."""
    start, end = window.start.copy(), window.end.copy()
    seen = np.zeros(len(start), dtype=bool)
    if not len(start):
        return start, end, seen
    middle = (start + end) / 2
    place = np.searchsorted((middle[1:] + middle[:-1]) / 2, busy.start, side="right")
    near = np.abs(busy.start - middle[place]) < DAY / 2
    place, busy = place[near], busy.at(near)
    np.minimum.at(start, place, busy.start)
    np.maximum.at(end, place, busy.end)
    end[:-1] = np.minimum(end[:-1], start[1:])
    seen[place] = True
    return start, end, seen


def _attendance(seen: Mask, exposed: Mask, weekday: Places) -> Floats:
    """Of each day, how likely the person came: by the same weekdays, and the days around on which they were due."""
    came = np.bincount(weekday, weights=seen, minlength=_WEEKDAYS)
    due = np.bincount(weekday, weights=exposed, minlength=_WEEKDAYS)
    workdays = (np.arange(_WEEKDAYS) + 3) % _WEEKDAYS < 5  # noqa: PLR2004 - five; 1970 began on a Thursday
    found = np.empty(_WEEKDAYS)
    for kind in (workdays, ~workdays):
        many = due[kind].sum()
        pooled = came[kind].sum() / many if many >= SEEN else float(kind[4])
        found[kind] = (came[kind] + pooled) / (due[kind] + 1)
    usual = found[weekday]
    expected = exposed & (usual >= ATTENDS)
    return usual * _around(seen, expected)


def _around(seen: Mask, expected: Mask) -> Floats:
    """1 where a person came on the expected day before or after, 0 where on neither, as in a longer absence."""
    places = np.flatnonzero(expected)
    if not len(places):
        return np.ones(len(seen))
    after = np.searchsorted(places, np.arange(len(seen)), side="left")
    following = seen[places[np.minimum(after, len(places) - 1)]] | (after >= len(places))
    before = seen[places[np.maximum(after - 1, 0)]] | (after == 0)
    ends = (after == 0) | (after >= len(places))
    return np.where(ends, following & before, following | before).astype(np.float64)
