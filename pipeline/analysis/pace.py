"""How fast people work: lead times, annotations an hour at work, a day and a week."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from pipeline.analysis.submissions import Submission
from pipeline.report.words import HOUR

PAUSE = timedelta(minutes=30)
"""After so long without an annotation somebody is not at work any more."""


@dataclass(frozen=True)
class Pace:
    """The pace of one person, or of all; None where nothing is known."""

    annotator: str | None
    """None for all together."""
    annotations: int
    median_lead_seconds: float | None
    p90_lead_seconds: float | None
    active_hours: float
    """At work, all sessions together: from the start of a session's first annotation to the end of its last."""
    per_active_hour: float | None
    per_day: float | None
    """On a day with any."""
    per_week: float | None
    """In a week with any."""
    first_at: datetime | None
    last_at: datetime | None

    def to_json(self) -> dict[str, Any]:
        """All of it, times as ISO 8601."""
        times = {
            name: at and at.isoformat()
            for name, at in (("first_at", self.first_at), ("last_at", self.last_at))
        }
        return {**asdict(self), **times}


@dataclass(frozen=True)
class Paces:
    """The pace of all, of each, and how many annotations there were on which day."""

    overall: Pace
    annotators: tuple[Pace, ...]
    """The busiest first."""
    days: dict[date, int]
    """In UTC, those with any."""

    @property
    def weeks(self) -> dict[date, int]:
        """By the week's Monday."""
        return dict(_by_week(self.days))

    def to_json(self) -> dict[str, Any]:
        """All of it, days as ISO 8601."""
        return {
            "overall": self.overall.to_json(),
            "annotators": [one.to_json() for one in self.annotators],
            "days": {str(day): count for day, count in self.days.items()},
            "weeks": {str(day): count for day, count in self.weeks.items()},
        }


def paces(submissions: Iterable[Submission]) -> Paces:
    """The paces of submissions; those that were skipped or imported do not count."""
    worked = [one for one in submissions if not (one.skipped or one.imported)]
    by_annotator: dict[str, list[Submission]] = {}
    for one in worked:
        by_annotator.setdefault(one.annotator, []).append(one)
    hours = {name: active_hours(theirs) for name, theirs in by_annotator.items()}
    each = [_pace(name, theirs, hours[name]) for name, theirs in by_annotator.items()]
    each.sort(key=lambda pace: (-pace.annotations, pace.annotator or ""))
    days = Counter(one.at.date() for one in worked if one.at)
    overall = _pace(None, worked, sum(hours.values()))
    timed = sum(bool(one.at) for one in worked if hours[one.annotator])
    rate = timed / overall.active_hours if overall.active_hours else None
    return Paces(replace(overall, per_active_hour=rate), tuple(each), dict(sorted(days.items())))


def _pace(name: str | None, worked: Sequence[Submission], hours: float) -> Pace:
    leads = sorted(one.lead_seconds for one in worked if one.lead_seconds is not None)
    dated = sorted(one.at for one in worked if one.at)
    days = Counter(at.date() for at in dated)
    return Pace(
        annotator=name,
        annotations=len(worked),
        median_lead_seconds=median(leads) if leads else None,
        p90_lead_seconds=quantile(leads, 0.9),
        active_hours=hours,
        per_active_hour=len(dated) / hours if hours else None,
        per_day=len(dated) / len(days) if days else None,
        per_week=len(dated) / len(_by_week(days)) if days else None,
        first_at=dated[0] if dated else None,
        last_at=dated[-1] if dated else None,
    )


def active_hours(worked: Iterable[Submission]) -> float:
    """One person's hours at work: gaps shorter than PAUSE, and before each session its first lead time.

    Where that lead time is unknown, the person's median stands for it; none counts for longer than PAUSE.
    """
    every = list(worked)
    dated = sorted(
        ((one.at, one.lead_seconds) for one in every if one.at), key=lambda one: (one[0], one[1] or 0)
    )
    leads = [one.lead_seconds for one in every if one.lead_seconds is not None]
    usual = median(leads) if leads else 0.0
    seconds = 0.0
    before: datetime | None = None
    for at, lead in dated:
        gap = PAUSE if before is None else at - before
        begun = min(usual if lead is None else lead, PAUSE.total_seconds())
        seconds += gap.total_seconds() if gap < PAUSE else begun
        before = at
    return seconds / HOUR


def quantile(ranked: Sequence[float], share: float) -> float | None:
    """The value below which a share of sorted values lies, between two neighbours in proportion."""
    if not ranked:
        return None
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (place - below) * (ranked[above] - ranked[below])


def _by_week(days: dict[date, int]) -> Counter[date]:
    weeks: Counter[date] = Counter()
    for day, count in days.items():
        weeks[day - timedelta(days=day.weekday())] += count
    return weeks
