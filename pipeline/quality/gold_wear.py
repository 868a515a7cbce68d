"""Gold that is worn: shown so often, or known so suddenly, that its answer may have been told around."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, TypeAlias

Reason: TypeAlias = Literal["shown often", "known suddenly"]

MOST_SHOWN = 30
FEWEST = 8
"""So many answers are needed on either side of a jump."""
SURE = 3.5
"""By so many standard errors the later answers must be better: the place of the jump was looked for, too."""


@dataclass(frozen=True)
class Worn:
    """Why an item should be given to nobody any more."""

    reason: Reason
    shown: int
    before: float
    """The share that was right up to the jump; of all where there is none."""
    after: float


def worn(right: Sequence[bool]) -> Worn | None:
    """Whether a gold item is worn, from everybody's answers in their order; None where it is not."""
    jump = _jump(right)
    if jump is not None:
        return Worn("known suddenly", len(right), *jump)
    if len(right) >= MOST_SHOWN:
        share = sum(right) / len(right)
        return Worn("shown often", len(right), share, share)
    return None


def _jump(right: Sequence[bool]) -> tuple[float, float] | None:
    best, found = SURE, None
    n, hits = len(right), sum(right)
    common = (hits + 1) / (n + 2)
    for at in range(FEWEST, n - FEWEST + 1):
        before = sum(right[:at]) / at
        after = (hits - sum(right[:at])) / (n - at)
        rise = (after - before) / sqrt(common * (1 - common) * (1 / at + 1 / (n - at)))
        if rise > best:
            best, found = rise, (before, after)
    return found
