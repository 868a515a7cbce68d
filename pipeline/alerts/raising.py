"""When something is told: rules over the snapshots that were taken, each thing once and not at every wobble."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from schemas.base import content_id
from schemas.snapshots import AlertFact, AlertKind, SnapshotFact

FALL = 0.15
"""So much less likely than it was makes a target news."""
HALF = 0.5
"""And so does less than this."""
FEW_HOURS = 2.0
"""Less open work than this is news where people are at work."""
PLENTY = 2 * FEW_HOURS
"""Once told, it is told again only after there was as much as this."""
NONE = "none"


@dataclass(frozen=True)
class Seen:
    """The snapshots so far, the oldest first, and when each thing was last told."""

    snapshots: Sequence[SnapshotFact]
    told: dict[tuple[AlertKind, str], datetime] = field(default_factory=dict)
    """Kind and subject (for bottlenecks: "") = the moment."""

    @classmethod
    def of(cls, snapshots: Sequence[SnapshotFact], alerts: Sequence[AlertFact]) -> "Seen":
        """From the facts."""
        told: dict[tuple[AlertKind, str], datetime] = {}
        for alert in alerts:
            key = (alert.kind, "" if alert.kind == "bottleneck changed" else alert.subject)
            told[key] = max(alert.raised_at, told.get(key, alert.raised_at))
        return cls(sorted(snapshots, key=lambda one: one.taken_at), told)

    def since(self, kind: AlertKind, subject: str) -> tuple[bool, Sequence[SnapshotFact]]:
        """Whether it was told before, and the snapshots from then on; all where it never was."""
        moment = self.told.get((kind, subject))
        if moment is None:
            return False, self.snapshots
        return True, [one for one in self.snapshots if one.taken_at >= moment]


def raised(now: SnapshotFact, seen: Seen, *, is_sure: bool = True) -> tuple[AlertFact, ...]:
    """The alerts that a new snapshot raises.

    Args:
        now: The snapshot.
        seen: Those before it, and what they raised.
        is_sure: False where the analysis doubts the bottleneck that it names: another name is no news then.
    """
    return (*(_bottleneck(now, seen) if is_sure else ()), *_targets(now, seen), *_work(now, seen))


def name_of(snapshot: SnapshotFact) -> str:
    """The bottleneck of a snapshot in words."""
    cause = snapshot.cause.replace("_", " ")
    return f"{cause} ({snapshot.subject})" if snapshot.subject else cause


def _bottleneck(now: SnapshotFact, seen: Seen) -> Iterator[AlertFact]:
    """Another name than the one that was told last, or was there when the watch began."""
    _, since = seen.since("bottleneck changed", "")
    if not since or (since[0].cause, since[0].subject) == (now.cause, now.subject):
        return
    if now.cause == NONE:
        said = f"nothing holds the labeling back any more; before: {name_of(since[0])}"
    else:
        load = f", at {now.load:.0%} of capacity" if now.load is not None else ""
        before = "nothing" if since[0].cause == NONE else name_of(since[0])
        said = f"the bottleneck is now {name_of(now)}{load}; before: {before}"
    yield _alert("bottleneck changed", name_of(now), said, now)


def _targets(now: SnapshotFact, seen: Seen) -> Iterator[AlertFact]:
    kind: AlertKind = "target in danger"
    for cell, likely in _numbers(now.probabilities).items():
        was_told, since = seen.since(kind, cell)
        series = [known[cell] for one in since if cell in (known := _numbers(one.probabilities))]
        best = max(_steady(series), default=likely)
        falls = best - likely >= FALL
        is_low = likely < HALF and (not was_told or (bool(series) and series[0] >= HALF))
        if falls or is_low:
            before = f", {best:.0%} before" if best > likely else ""
            yield _alert(
                kind, cell, f"{cell} is {likely:.0%} likely to reach its target in time{before}", now
            )


def _work(now: SnapshotFact, seen: Seen) -> Iterator[AlertFact]:
    kind: AlertKind = "work runs out"
    for cell, hours in _numbers(now.open_hours).items():
        was_told, since = seen.since(kind, cell)
        most = max((_numbers(one.open_hours).get(cell, 0.0) for one in since), default=0.0)
        if hours < FEW_HOURS and (not was_told or most >= PLENTY):
            said = f"{cell} has {hours:.1f} h of open work left, with people at work there"
            yield _alert(kind, cell, said, now)


def _steady(series: Sequence[float]) -> list[float]:
    """Each with its neighbours' median: one odd run of the simulation is no height to fall from."""
    return [median(series[max(0, place - 1) : place + 2]) for place in range(len(series))]


def _numbers(text: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(text)
    return found


def _alert(kind: AlertKind, subject: str, said: str, now: SnapshotFact) -> AlertFact:
    return AlertFact(
        alert_id=content_id([kind, subject, now.taken_at.isoformat()]),
        kind=kind,
        subject=subject,
        said=said,
        raised_at=now.taken_at,
    )
