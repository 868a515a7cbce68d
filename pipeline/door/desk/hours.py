"""What somebody did today and this week, and the hours that count: by the door's own clock.

At work is from signing on to signing off, as in docs/reference/time-at-work.md; where somebody never signed off, until
the last thing they did.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

GAP = timedelta(hours=16)
"""After so long without a sign, the day before had ended."""


@dataclass(frozen=True)
class Spell:
    """Some time at work."""

    start: datetime
    end: datetime

    def seconds(self, start: datetime, end: datetime) -> float:
        """How much of it lies between two moments."""
        return max(0.0, (min(self.end, end) - max(self.start, start)).total_seconds())


@dataclass(frozen=True)
class Step:
    """One event of a person at the door."""

    at: datetime
    event: str
    uid: str | None = None
    active_seconds: float | None = None


@dataclass(frozen=True)
class Worked:
    """What was done since a moment."""

    tasks: int
    passed: int
    """Tasks left to others."""
    at_work: float | None
    """Seconds that count; None where the door has none on record."""
    active: float
    """Of these, while a task was seen and touched."""


def spells(steps: Iterable[Step]) -> list[Spell]:
    """The times at work, from a person's events in their order."""
    found: list[Spell] = []
    start = last = None
    for step in steps:
        if start and last and (step.event == "signed_on" or step.at - last > GAP):
            found.append(Spell(start, last))
            start = None
        if start is None and step.event != "signed_off":
            start = step.at
        last = step.at
        if start and step.event == "signed_off":
            found.append(Spell(start, step.at))
            start = None
    return [*found, Spell(start, last)] if start and last else found


def worked(
    steps: Sequence[Step], done: Iterable[Mapping[str, Any]], start: datetime, now: datetime
) -> Worked:
    """What a person did between two moments, by the door's events and by what Label Studio said (`done`)."""
    inside = [step for step in steps if start <= step.at <= now]
    submitted = {step.uid for step in inside if step.event == "submitted"}
    passed = {step.uid for step in inside if step.event == "skipped"}
    for row in done:
        if start <= row["at"] <= now:
            (passed if row["skipped"] else submitted).add(row["uid"])
    at_work = sum(spell.seconds(start, now) for spell in spells(steps)) if steps else None
    return Worked(
        tasks=len(submitted),
        passed=len(passed - submitted),
        at_work=at_work,
        active=sum(step.active_seconds or 0.0 for step in inside),
    )
