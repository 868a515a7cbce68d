"""Whether people come: what their past days were, how much of what they declare they keep, who is gone."""

from collections.abc import Sequence

import numpy as np

from pipeline.calendars import hours_between, in_team, shifts
from pipeline.progress.columns import NOBODY
from pipeline.progress.forecast.presence import Presence, by_day, past_days
from pipeline.progress.forecast.seen import Deeds, Seen
from pipeline.progress.forecast.window import DAY, WEEK
from schemas.team import Member

SILENT = 4 * DAY
"""Somebody may be gone who was silent for longer than this."""
MISSED = 2.5
"""Days of work that somebody who is gone has missed at least, by their own habit."""
WORK, DECISIONS = 30, 5
"""Votes, or decisions of adjudicators, that show that there was work for whoever was silent."""
PSEUDO_HOURS = 10.0
"""Hours, kept as by the whole team, that each person's record begins with."""
USUALLY_MISSED, PSEUDO_DAYS = 0.03, 40.0
"""Working days missed, as a share, and the days that this assumption counts as."""
MOST = 1.5
"""Times the declared hours, at most."""


def presence_of(seen: Seen, done: Deeds, actor: int, member: Member | None) -> Presence:
    """Somebody's past days, and whether they are gone."""
    window = seen.habits
    days = past_days(seen.shifts, actor, window)
    leave = tuple(
        day for day in range(len(days)) if member is not None and _on_leave(member, window.begin_of(day))
    )
    return Presence(
        days=days, leave=leave, gone=_is_gone(seen, done, actor, Presence(days=days, leave=leave))
    )


def _on_leave(member: Member, begin: float) -> bool:
    """Whether more than half of a day is leave, or before they began or after they ended."""
    if not (member.away or member.from_ or member.until):
        return False
    return sum(last - first for first, last in in_team(member, begin, begin + DAY)) < DAY / 2


def _is_gone(seen: Seen, done: Deeds, actor: int, presence: Presence) -> bool:
    """Silent for days on which they used to work, while others did what they could have done."""
    silence = seen.window.end - float(done.last[actor])
    if silence < SILENT:
        return False
    if silence >= len(presence.days) * DAY:
        return True
    silent = int(silence // DAY)
    before = [day for day in range(silent, len(presence.days)) if day not in presence.leave]
    missed = sum(
        _often(presence, [then for then in before if (then - day) % WEEK == 0])
        for day in range(silent)
        if day not in presence.leave
    )
    return missed >= MISSED and _there_was_work(seen, done, actor, silence)


def _often(presence: Presence, days: list[int]) -> float:
    """On what share of these days somebody was there."""
    return sum(bool(presence.days[day]) for day in days) / len(days) if days else 0.0


def _there_was_work(seen: Seen, done: Deeds, actor: int, silence: float) -> bool:
    """Whether others went on with what somebody used to do."""
    since = seen.window.end - silence
    own = np.flatnonzero(done.votes[actor] > 0)
    votes = seen.votes.within(since, seen.window.end)
    judged = seen.adjudications.within(since, seen.window.end)
    return len(votes.at(np.isin(votes.cell, own))) >= WORK or (not len(own) and len(judged) >= DECISIONS)


def never_came(seen: Seen, member: Member | None) -> bool:
    """Whether somebody should have been seen by now: days of declared work went by without them."""
    if member is None or not len(seen.columns):
        return False
    begin = max(seen.window.start, seen.columns.span[0])
    due = hours_between(member, begin, seen.window.end)
    weekly = hours_between(member, seen.window.end - WEEK * DAY, seen.window.end)
    return due > 0 and due >= weekly / WEEK * (SILENT / DAY)


def kept(seen: Seen, done: Deeds, people: Sequence[tuple[Member | None, int]]) -> list[float]:
    """Of the hours that each declares (a member and an actor), how many they were there; each leaning on all."""
    start, end = seen.window.start, seen.window.end
    due = np.array(
        [hours_between(one, start, end) if one and actor != NOBODY else 0.0 for one, actor in people]
    )
    there = np.array(
        [done.shifts[actor] if hours else 0.0 for (_, actor), hours in zip(people, due, strict=True)]
    )
    due[there == 0] = 0.0  # whoever is gone says nothing about who is not
    overall = min(MOST, (there.sum() + PSEUDO_HOURS) / (due.sum() + PSEUDO_HOURS))
    shares: list[float] = np.minimum(MOST, (there + PSEUDO_HOURS * overall) / (due + PSEUDO_HOURS)).tolist()
    return shares


def missed(seen: Seen, people: Sequence[tuple[Member | None, int]]) -> float:
    """Share of declared working days on which people who are not gone did not come."""
    start, end = seen.habits.start, seen.habits.end
    days = absent = 0
    for member, actor in people:
        own = seen.shifts.at(seen.shifts.actor == actor).within(start, end)
        if member is None or not member.hours or not len(own):
            continue
        seen_days = [day for day in by_day(shifts(member, start, end)) if day[-1][1] > own.start.min()]
        days += len(seen_days)
        absent += sum(not ((own.start < day[-1][1]) & (own.end > day[0][0])).any() for day in seen_days)
    return (absent + USUALLY_MISSED * PSEUDO_DAYS) / (days + PSEUDO_DAYS)
