"""The work of people: what each had on their desk, when they found nothing to do, when they were there."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

from pipeline.progress.attempts import Places
from pipeline.progress.columns import NOBODY, Floats, Ints, Mask

Basis: TypeAlias = Literal["measured", "partly", "derived", "none"]
"""Found in the log, derived from what it holds (or the one for some and the other for the rest), or not to be had."""
HOUR = 3600.0


@dataclass(frozen=True)
class Spells:
    """Stretches of people's time: one entry a stretch, in the order of their starts."""

    actor: Ints
    start: Floats
    end: Floats
    """Seconds since 1970, UTC; never before the start."""
    cell: Ints
    task: Ints
    """NOBODY where the stretch is about no task."""
    attempt: Ints
    slot: Ints
    """0 where unknown."""

    def __len__(self) -> int:
        return len(self.start)

    def at(self, where: slice | Mask | Places) -> "Spells":
        """Some of them, in the order given."""
        return Spells(
            self.actor[where],
            self.start[where],
            self.end[where],
            self.cell[where],
            self.task[where],
            self.attempt[where],
            self.slot[where],
        )

    def within(self, start: float, end: float) -> "Spells":
        """What of them falls between two moments, cut there."""
        inside = self.at((self.start < end) & (self.end > start))
        return replace(inside, start=np.maximum(inside.start, start), end=np.minimum(inside.end, end))

    @property
    def seconds(self) -> Floats:
        """How long each is."""
        return self.end - self.start

    def hours(self, start: float, end: float, actors: int) -> Floats:
        """Hours between two moments of each of so many actors."""
        inside = self.within(start, end)
        return np.bincount(inside.actor, weights=inside.seconds, minlength=actors) / HOUR


def joined(parts: Iterable[Spells]) -> Spells:
    """Several lots of stretches as one, in the order of their starts."""
    lots = tuple(parts) or (none(),)
    names = ("actor", "start", "end", "cell", "task", "attempt", "slot")
    every = Spells(*(np.concatenate([getattr(lot, name) for lot in lots]) for name in names))
    return every.at(np.argsort(every.start, kind="stable"))


def stretches(actor: Ints, start: Floats, end: Floats) -> Spells:
    """Stretches about no task, in the order of their starts."""
    order = np.argsort(start, kind="stable")
    nothing = np.full(len(order), NOBODY, dtype=np.int32)
    zeros = np.zeros(len(order), dtype=np.int32)
    return Spells(actor[order].astype(np.int32), start[order], end[order], nothing, nothing, zeros, zeros)


def none() -> Spells:
    """No stretch at all."""
    return stretches(np.empty(0, dtype=np.int32), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class Work:
    """All that is known of people's time, and how it is known."""

    labeling: Spells
    """Served until submitted or skipped; what was never handed in ends with the working day."""
    adjudicating: Spells
    """Started until accepted or rejected by the same person."""
    starved: Spells
    """At work, and nothing there that they may do."""
    present: Spells
    """At work: from coming until leaving."""
    served_basis: Basis
    starved_basis: Basis
    present_basis: Basis
    notes: tuple[str, ...] = ()
    """What had to be assumed, in sentences."""
    aside: Spells = field(default_factory=none)
    """At gold and newcomers' tests: hours of people that bring no task on, and so none of what they have for tasks."""

    @property
    def busy(self) -> Spells:
        """Labeling and adjudicating."""
        return joined((self.labeling, self.adjudicating))

    def within(self, start: float, end: float) -> "Work":
        """What of it falls between two moments, cut there."""
        lots = ("labeling", "adjudicating", "starved", "present", "aside")
        return replace(self, **{name: getattr(self, name).within(start, end) for name in lots})

    def capacity(self, start: float, end: float, actors: int) -> Floats:
        """Hours busy and starved between two moments of each actor: what they had to give."""
        return self.busy.hours(start, end, actors) + self.starved.hours(start, end, actors)
