"""When the people of a team work: their hours, in their own zone, as stretches of time in UTC."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.errors import UsageError
from schemas.team import Member

Shift: TypeAlias = tuple[float, float]
"""From when until when somebody works, in seconds since 1970, UTC."""
Spell: TypeAlias = tuple[int, int]
"""From when until when, in minutes after a day's midnight; over 1440 is the next day."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY = 40.0
"""Hours a week of those who declare nothing."""
FROM = 9 * 60
LONGEST = 12.0
"""Hours a day up to which declared weekly hours are spread over five days, and not over seven."""
MIDNIGHT = 24 * 60
ALL_WEEK = 24.0 * 7
_ALWAYS = dict.fromkeys(DAYS, "0-24")


def declared(member: Member) -> bool:
    """Whether somebody says how much, or when, they work."""
    return member.weekly_hours is not None or bool(member.hours)


def shifts(member: Member, start: float, end: float) -> list[Shift]:
    """When somebody works between two moments: in order, apart from each other, cut at the two moments."""
    zone = _zone(member)
    week = _week(member)
    away = [_days_off(member, text) for text in member.away]
    begins = _day(member, "from", member.from_) or date.min
    ends = _day(member, "until", member.until) or date.max
    found: list[Shift] = []
    day = datetime.fromtimestamp(start, zone).date() - timedelta(days=1)  # it may run over midnight
    last = datetime.fromtimestamp(end, zone).date()
    while day <= last:
        if begins <= day <= ends and not any(first <= day <= until for first, until in away):
            found += [_moments(day, spell, zone) for spell in week[day.weekday()]]
        day += timedelta(days=1)
    return _apart([(max(first, start), min(until, end)) for first, until in found])


def hours_between(member: Member, start: float, end: float) -> float:
    """How many hours somebody works between two moments."""
    return sum(until - first for first, until in shifts(member, start, end)) / 3600


def in_team(member: Member, start: float, end: float) -> list[Shift]:
    """When somebody has begun, has not left and is not away, at whatever hour: stretches like those of `shifts`."""
    return shifts(member.model_copy(update={"hours": _ALWAYS}), start, end)


def _zone(member: Member) -> ZoneInfo:
    try:
        return ZoneInfo(member.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{member.id!r}: zone should be a time zone such as 'Asia/Shanghai', is {member.zone!r:.60}; mend it"
        ) from None


def _week(member: Member) -> list[list[Spell]]:
    """The spells of work of each weekday, Monday first."""
    unknown = [day for day in member.hours if day.lower() not in DAYS]
    if unknown:
        raise UsageError(
            f"{member.id!r}: hours should be given by weekday ({', '.join(DAYS)}), found {unknown[0]!r:.60}; mend it"
        )
    if member.hours:
        said = {day.lower(): text for day, text in member.hours.items()}
        return [_spells(member, day, said.get(day, "")) for day in DAYS]
    weekly = min(WEEKLY if member.weekly_hours is None else member.weekly_hours, ALL_WEEK)
    days = 5 if weekly <= 5 * LONGEST else 7
    spell = (FROM, FROM + round(weekly / days * 60))
    return [[spell] if spell[1] > FROM and day < days else [] for day in range(7)]


def _spells(member: Member, day: str, text: str) -> list[Spell]:
    return [_spell(member, day, part) for part in re.split(r"[\s,;]+", text.strip()) if part]


def _spell(member: Member, day: str, text: str) -> Spell:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?-(\d{1,2})(?::(\d{2}))?", text)
    first, until = (
        (_minutes(found[1], found[2]), _minutes(found[3], found[4])) if found else (MIDNIGHT, MIDNIGHT)
    )
    if first >= MIDNIGHT or until > MIDNIGHT or first == until:
        raise UsageError(
            f"{member.id!r}: hours of {day} should be like '9-13' or '9-12 13-17:30', found {text!r:.60}; mend them"
        )
    return (first, until if until > first else until + MIDNIGHT)


def _minutes(hour: str, minute: str | None) -> int:
    """After midnight; beyond the day where the minute is none."""
    past = int(minute or 0)
    return int(hour) * 60 + past if past < 60 else 2 * MIDNIGHT  # noqa: PLR2004 - minutes an hour


def _days_off(member: Member, text: str) -> tuple[date, date]:
    """The first and the last day of an absence."""
    first, _, last = text.partition("/")
    days = _day(member, "away", first), _day(member, "away", last or first)
    if days[0] is None or days[1] is None or days[1] < days[0]:
        raise UsageError(
            f"{member.id!r}: away should be a day or 'first/last' in order, found {text!r:.60}; mend it"
        )
    return days[0], days[1]


def _day(member: Member, what: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise UsageError(
            f"{member.id!r}: {what} should be a day such as '2027-02-05', found {text!r:.60}; mend it"
        ) from None


def _moments(day: date, spell: Spell, zone: ZoneInfo) -> Shift:
    """By the clock on the wall: an hour is missing, or there twice, where the clocks change."""
    midnight = datetime.combine(day, time(), zone)
    first, until = ((midnight + timedelta(minutes=minutes)).astimezone(UTC).timestamp() for minutes in spell)
    return first, until


def _apart(found: list[Shift]) -> list[Shift]:
    """Without those that are empty, and with those made one that touch."""
    merged: list[Shift] = []
    for first, until in sorted(shift for shift in found if shift[1] > shift[0]):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], until))
        else:
            merged.append((first, until))
    return merged
