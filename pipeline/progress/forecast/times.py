"""How long work takes: by cell, and how fast each person is, out of lead times that cannot all be trusted."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from schemas.events import EventName

SHORTEST = 1.0
"""Seconds; a lead time under it is one that was not taken."""
BREAK = 10.0
"""A stretch without a lead time counts unless it is longer than so many times the usual: somebody went home."""
HIGHEST = 99.0
"""Percentile of a cell that longer ones are cut to: forgotten tabs."""
PSEUDO_JOBS = 20.0
"""Votes at everybody's speed that each person begins with."""
FEW = 5
"""Pieces of work under which a cell's own time is not looked at without the others'."""
DEFAULT_CV = 1.0


@dataclass(frozen=True)
class Pieces:
    """Finished pieces of work."""

    end: Floats
    actor: Ints
    cell: Ints
    seconds: Floats
    """NaN where nobody knows."""

    def __len__(self) -> int:
        return len(self.end)

    def within(self, start: float, end: float) -> "Pieces":
        """Those that ended between two moments."""
        return self.at((self.end > start) & (self.end <= end))

    def at(self, where: Mask) -> "Pieces":
        """Some of them."""
        return Pieces(self.end[where], self.actor[where], self.cell[where], self.seconds[where])


def pieces(columns: Columns, begins: EventName, *ends: EventName, among: Mask | None = None) -> Pieces:
    """Each piece with its seconds: the lead time, or from begin to end by the same person where that is less.

    `among`, where given, says which entries of the log may be ends.
    """
    may_end = columns.are(*ends) if among is None else columns.are(*ends) & among
    may_be = (columns.are(begins) | may_end) & (columns.task != NOBODY) & (columns.actor != NOBODY)
    wanted = np.flatnonzero(may_be & (columns.cell != NOBODY))
    order = wanted[np.lexsort((columns.ts[wanted], columns.actor[wanted], columns.task[wanted]))]
    is_end = columns.are(*ends)[order]
    before = np.roll(order, 1)
    paired = is_end & ~np.roll(is_end, 1)
    paired &= (columns.task[order] == columns.task[before]) & (columns.actor[order] == columns.actor[before])
    paired[:1] = False
    gap = np.where(paired, columns.ts[order] - columns.ts[before], np.nan)[is_end]
    order = order[is_end]
    lead = np.where(columns.lead[order] >= SHORTEST, columns.lead[order], np.nan)
    gap = np.where(gap >= SHORTEST, gap, np.nan)
    known = lead[~np.isnan(lead)]
    usual = float(np.median(known)) if len(known) >= FEW else _median(gap)
    gap_counts = np.where(np.isnan(lead) & (gap > BREAK * usual), np.nan, gap)
    return Pieces(columns.ts[order], columns.actor[order], columns.cell[order], np.fmin(lead, gap_counts))


@dataclass(frozen=True)
class Times:
    """Seconds a piece of work takes at everybody's speed, by cell, and each person's factor on it."""

    mean: Floats
    cv: Floats
    count: Ints
    factor: Floats
    """By actor; 2 takes twice as long."""
    by_actor: Ints
    """Pieces that a factor stands on."""


def times(found: Pieces, cells: int, actors: int, otherwise: Floats) -> Times:
    """Means and factors, fitted in turns; a cell without pieces has the mean of the others, or `otherwise`."""
    known = found.at(~np.isnan(found.seconds) & (found.cell != NOBODY))
    seconds = _cut(known, cells)
    count = np.bincount(known.cell, minlength=cells).astype(np.int32)
    by_actor = np.bincount(known.actor, minlength=actors).astype(np.int32)
    factor = np.ones(actors)
    mean = otherwise.copy()
    for _ in range(4):
        mean = _means(known, seconds / factor[known.actor], count, otherwise)
        ratio = np.bincount(known.actor, weights=seconds / mean[known.cell], minlength=actors)
        factor = (ratio + PSEUDO_JOBS) / (by_actor + PSEUDO_JOBS)
    return Times(mean, _cv(known, seconds / factor[known.actor], mean, count), count, factor, by_actor)


def _cut(known: Pieces, cells: int) -> Floats:
    seconds = known.seconds.copy()
    for cell in range(cells):
        own = known.cell == cell
        if own.any():
            seconds[own] = np.minimum(seconds[own], np.percentile(seconds[own], HIGHEST))
    return seconds


def _means(known: Pieces, seconds: Floats, count: Ints, otherwise: Floats) -> Floats:
    """By cell, those with few pieces leaning on what they are taken for otherwise, scaled as the others were."""
    total = np.bincount(known.cell, weights=seconds, minlength=len(count))
    expected = float((otherwise * count).sum())
    scale = float(total.sum()) / expected if expected > 0 else 1.0
    return (total + FEW * otherwise * scale) / (count + FEW)


def _cv(known: Pieces, seconds: Floats, mean: Floats, count: Ints) -> Floats:
    deviation = (seconds / mean[known.cell] - 1) ** 2
    squares = np.bincount(known.cell, weights=deviation, minlength=len(count))
    return np.sqrt((squares + FEW * DEFAULT_CV**2) / (count + FEW))


def _median(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else 0.0
