"""How long a vote takes: by cell, times how fast each person is, so that it adds up to the hours they were busy."""

import numpy as np

from pipeline.progress.columns import NOBODY, Floats
from pipeline.progress.deriving.work import HOUR, Spells
from pipeline.progress.tallies import ENOUGH

PSEUDO_JOBS = 20
"""Jobs at the usual pace that everybody is credited with, so that a few jobs make nobody fast or slow."""
WINSOR = 0.99
"""Longer ones count as the longest of so many: an open tab is no work."""


def usual(spells: Spells, cells: int, fallback: float) -> Floats:
    """Hours that a job usually takes, by cell; that of all cells where one has too few."""
    known = spells.at(spells.cell != NOBODY)
    hours = known.seconds / HOUR
    overall = _mean(hours) if len(hours) >= ENOUGH else fallback
    order = np.argsort(known.cell, kind="stable")
    bounds = np.searchsorted(known.cell[order], np.arange(cells + 1))
    found = np.full(cells, overall)
    for cell in range(cells):
        mine = hours[order[bounds[cell] : bounds[cell + 1]]]
        if len(mine) >= ENOUGH:
            found[cell] = _mean(mine)
    return found


def paces(spells: Spells, usual_hours: Floats, actors: int) -> Floats:
    """Each actor's time for a job as a multiple of the usual, drawn to 1 where they did few.

    Added up over what somebody did, it gives the hours they were busy: what comes in and what they have to give are
    then measured with the same yardstick, however long a pause in it was.
    """
    known = spells.at(spells.cell != NOBODY)
    expected = np.bincount(known.actor, weights=usual_hours[known.cell], minlength=actors)
    busy = np.bincount(known.actor, weights=known.seconds, minlength=actors) / HOUR
    jobs = np.bincount(known.actor, minlength=actors)
    credit = PSEUDO_JOBS * np.where(jobs > 0, expected / np.maximum(jobs, 1), 1.0)
    found: Floats = (busy + credit) / (expected + credit)
    return found


def jobs_by(spells: Spells, actors: int, cells: int) -> Floats:
    """How many jobs, cells by actors."""
    known = spells.at(spells.cell != NOBODY)
    flat = known.cell.astype(np.int64) * actors + known.actor
    return np.bincount(flat, minlength=cells * actors).reshape(cells, actors).astype(np.float64)


def _mean(hours: Floats) -> float:
    return float(np.minimum(hours, np.quantile(hours, WINSOR)).mean())
