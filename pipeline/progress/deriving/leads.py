"""How long a task takes in each cell, as the plausible lead times tell: for those that are not."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Floats, Ints

FEW = 5
"""Leads from which on a cell speaks for itself."""
WIDE = 3.0
"""Spreads above the middle, on the scale of logarithms, beyond which a lead is an idle tab."""
GUESS = 300.0
"""Seconds a task takes where not one lead is known."""
NARROWEST = 0.3


@dataclass(frozen=True)
class Usual:
    """What a task takes, of each cell; the last entry is of those without a cell."""

    mean: Floats
    """Seconds, idle tabs left out."""
    most: Floats
    """Seconds beyond which a lead is not believed."""


def usual(cell: Ints, lead: Floats, cells: int) -> Usual:
    """What a task takes in each of so many cells, by the known leads; a cell with few is as all are."""
    known = lead > 0  # not so of an unknown one
    cell, lead = cell[known], lead[known]
    of_all = _usual(lead) if len(lead) >= FEW else (GUESS, GUESS * np.exp(WIDE))
    found = np.tile(of_all, (cells + 1, 1))
    order = np.argsort(cell, kind="stable")
    bounds = np.searchsorted(cell[order], np.arange(cells + 1))
    for place in range(cells):
        own = lead[order[bounds[place] : bounds[place + 1]]]
        if len(own) >= FEW:
            found[place] = _usual(own)
    return Usual(found[:, 0], found[:, 1])


def _usual(leads: Floats) -> tuple[float, float]:
    low, middle, high = np.percentile(np.log(leads), (25, 50, 75))
    spread = max((high - low) / 1.349, NARROWEST)  # of a normal distribution
    most = float(np.exp(middle + WIDE * spread))
    return float(leads[leads <= most].mean()), most


def unknown_cell(cell: Ints) -> Ints:
    """The cells as places in Usual's arrays: the last is of no cell."""
    return np.where(cell == NOBODY, -1, cell)
