"""Sets of moments as rows of starts and ends, apart from each other and in order."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import Floats, Mask


@dataclass(frozen=True)
class Intervals:
    """Stretches of time, each with its end after its start and before the next."""

    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.start)

    def at(self, where: Mask | slice) -> "Intervals":
        """Some of them."""
        return Intervals(self.start[where], self.end[where])

    @property
    def seconds(self) -> Floats:
        """How long each is."""
        return self.end - self.start

    def overlap(self, start: Floats, end: Floats) -> Floats:
        """How many seconds of them fall into each of these stretches."""
        return self._before(end) - self._before(start)

    def _before(self, moments: Floats) -> Floats:
        """The seconds of them that lie before each moment."""
        if not len(self):
            return np.zeros(len(moments))
        total = np.concatenate(([0.0], np.cumsum(self.seconds)))
        place = np.searchsorted(self.start, moments, side="right")
        last = np.maximum(place - 1, 0)
        found: Floats = total[place] - np.where(place > 0, np.maximum(self.end[last] - moments, 0.0), 0.0)
        return found


def union(start: Floats, end: Floats, gap: float = 0.0) -> Intervals:
    """Stretches made one where they touch or leave at most this gap."""
    order = np.argsort(start, kind="stable")
    start, end = start[order], end[order]
    if not len(start):
        return Intervals(start, end)
    reach = np.maximum.accumulate(end)
    new = np.concatenate(([True], start[1:] > reach[:-1] + gap))
    last = np.append(np.flatnonzero(new)[1:] - 1, len(start) - 1)
    found = Intervals(start[new], reach[last])
    return found.at(found.end > found.start)


def both(one: Intervals, other: Intervals) -> Intervals:
    """What lies in both."""
    times = np.concatenate((one.start, one.end, other.start, other.end))
    up = np.concatenate((np.ones(len(one)), -np.ones(len(one)), np.ones(len(other)), -np.ones(len(other))))
    order = np.argsort(times, kind="stable")
    level = np.cumsum(up[order])
    times = times[order]
    inside = np.flatnonzero((level[:-1] >= 2) & (np.diff(times) > 0))  # noqa: PLR2004 - of both sets
    return union(times[inside], times[inside + 1])


def without(one: Intervals, other: Intervals) -> Intervals:
    """What lies in the one and not in the other."""
    if not len(one):
        return one
    outside = Intervals(np.concatenate(([-np.inf], other.end)), np.append(other.start, np.inf))
    return both(one, outside.at(outside.end > outside.start))
