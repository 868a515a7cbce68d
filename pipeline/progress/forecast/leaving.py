"""What people do with a task in hand when their time is over: finish it, or go on with it the next time."""

from dataclasses import replace

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.deriving.work import Spells, Work

SHORTLY = 2.0
"""Seconds within which somebody goes who goes with what they have finished."""
MOST = 0.5
"""Of a stretch at work, what may have been added to it by finishing."""


def beyond(work: Work) -> Floats:
    """For each stretch at work, for how many seconds its last piece went on after it; NaN where there is none.

    Of each person's last stretch nobody can tell: what they then had in hand may not be handed in yet.
    """
    present, busy = work.present, work.busy
    found = np.full(len(present), np.nan)
    for actor in np.unique(present.actor):
        theirs = np.flatnonzero(present.actor == actor)[:-1]
        own = busy.at(busy.actor == actor)
        if not len(own):
            continue
        at = np.searchsorted(own.start, present.end[theirs] - SHORTLY) - 1
        inside = (at >= 0) & (own.end[at] > present.start[theirs])
        found[theirs] = np.where(inside, own.end[at] - present.end[theirs], np.nan)
    return found


def stay(work: Work, after: Floats) -> bool:
    """Whether people mostly finish what they have in hand; what they go on with is there before they come."""
    present, busy = work.present, work.busy
    carried = 0
    for actor in np.unique(present.actor):
        begins = present.start[present.actor == actor]
        own = busy.at(busy.actor == actor)
        before = np.searchsorted(own.start, begins - SHORTLY)
        running = np.searchsorted(np.sort(own.end), begins + SHORTLY)
        carried += int((before > running).sum())
    return int((np.abs(after) <= SHORTLY).sum()) >= carried


def without_overhang(present: Spells, after: Floats, seconds: float) -> Spells:
    """Stretches at work as they would have been without finishing the last piece, which takes so many seconds more."""
    cut = np.where(np.abs(after) <= SHORTLY, np.minimum(seconds, MOST * present.seconds), 0.0)
    return replace(present, end=present.end - cut)
