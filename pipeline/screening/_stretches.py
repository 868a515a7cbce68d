"""Where in a text the grams of one benchmark's text stand."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.screening._grams import Flags, Hashes, Places


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of a text is in common with a benchmark's, in tokens."""

    first: int
    last: int
    """The grams that the longest stretch begins and ends with."""
    length: int
    """Its tokens."""
    telling: int
    """Its different grams that tell something."""
    covered: int
    """All tokens in common, what comes again in the text counted once."""

    @classmethod
    def of(cls, hashes: Hashes, unit: Hashes, telling: Places, size: int) -> Self:
        """Of a text's grams, a unit's (sorted), the places of those that tell something, and the tokens in a gram."""
        at = np.searchsorted(unit, hashes)
        at[at == len(unit)] = 0
        inside = unit[at] == hashes
        first, last = _longest(inside)
        within = telling[(telling >= first) & (telling <= last)]
        return cls(
            first, last, last - first + size, len(np.unique(hashes[within])), _covered(hashes, inside, size)
        )


def _longest(inside: Flags) -> tuple[int, int]:
    """The longest run of grams one after the other that are in the unit: its first and its last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inside, [False]))))
    starts, ends = edges[::2], edges[1::2]
    best = int(np.argmax(ends - starts))
    return int(starts[best]), int(ends[best]) - 1


def _covered(hashes: Hashes, inside: Flags, size: int) -> int:
    """The tokens under the grams that are in the unit, a gram that comes again counted once."""
    _, first = np.unique(hashes, return_index=True)
    starts = first[inside[first]]
    depth = np.zeros(len(hashes) + size, dtype=np.int64)
    np.add.at(depth, starts, 1)
    np.add.at(depth, starts + size, -1)
    return int(np.count_nonzero(np.cumsum(depth)))
