"""How often something happens: counts that are few lean on what is like them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from schemas.team import task_type_of

STRENGTH = 20.0
"""Cases that the wider group counts as: a cell leans on its task type, a task type on all."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is known of a probability: a Beta distribution."""

    yes: float
    no: float

    @property
    def mean(self) -> float:
        """Expected."""
        return self.yes / (self.yes + self.no)

    def drawn(self, source: np.random.Generator) -> float:
        """One value it may have."""
        return float(source.beta(self.yes, self.no)) if self.yes > 0 and self.no > 0 else self.mean


NEVER = Share(0.0, 1.0)


def shares(cells: Sequence[str], yes: Sequence[int], of: Sequence[int]) -> list[Share]:
    """By cell: `yes` of so many, each leaning on its task type and that on all; never where it never happened."""
    if not sum(yes):
        return [NEVER for _ in cells]
    everywhere = sum(yes) / sum(of)
    kinds = [task_type_of(cell) for cell in cells]
    found = []
    for cell, kind in enumerate(kinds):
        like = [other for other, that in enumerate(kinds) if that == kind]
        prior = _leaning(sum(yes[one] for one in like), sum(of[one] for one in like), everywhere)
        mean = STRENGTH * prior
        found.append(Share(yes[cell] + mean, of[cell] - yes[cell] + STRENGTH - mean))
    return found


def _leaning(yes: int, of: int, on: float) -> float:
    return (yes + STRENGTH * on) / (of + STRENGTH)


@dataclass(frozen=True, slots=True)
class Votes:
    """How many people vote on a task: `first` at once, then one more with probability `more`, up to `most`."""

    first: int
    most: int
    more: float = 0.0


def declared_votes(number: float) -> Votes:
    """From a number; 2.3 is two, and a third on 30 of 100 tasks."""
    first = int(number)
    return Votes(first, first, 0.0) if number == first else Votes(first, first + 1, number - first)


FEW = 20
RARE = 0.05
"""A number of votes that fewer tasks have than this is a loss in the log, not a policy."""


def measured_votes(given: Sequence[int], otherwise: Votes) -> Votes:
    """From the votes that settled attempts had; `otherwise` where they are few."""
    if len(given) < FEW:
        return otherwise
    counts = np.bincount(np.asarray(given))
    usual = np.flatnonzero(counts >= RARE * len(given))
    first, most = int(usual[0]), int(usual[-1])
    if first in (most, 0):
        return Votes(most, most, 0.0)
    kept = np.clip(np.asarray(given), first, most)
    asked = np.array([(kept >= more).sum() for more in range(first, most + 1)], dtype=float)
    return Votes(first, most, float(asked[1:].sum() / asked[:-1].sum()))
