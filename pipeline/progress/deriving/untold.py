"""When a log does not tell of somebody's comings and goings, so that they are derived.

A door that opened last week, or not to all, tells the rest nothing.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pipeline.progress.attempts import Places
from pipeline.progress.columns import NOBODY, Columns, Floats, Mask
from pipeline.progress.deriving.intervals import Intervals, union
from pipeline.progress.deriving.measured import LONGEST
from pipeline.progress.deriving.serving import Served

NEAR = 60.0
"""Seconds that an act may lie outside of a stay and still be part of it: clocks, and rows of one moment."""


def untold(columns: Columns, served: tuple[Served, ...], span: tuple[float, float]) -> dict[int, Intervals]:
    """Of each actor who did something that the log tells no beginning of, the time around it; whole of who never signs.

    An act is told where the log has its beginning, or where it lies between a signing on and the signing off after it.
    A single one that is not, within hours of what is, lost its row. Around those that are not told, nothing is known
    from the last thing that is to the next.
    """
    signs = np.flatnonzero(columns.are("signed_on", "signed_off", "starved") & (columns.actor != NOBODY))
    if len(signs) and columns.are("starved")[signs].all():
        return {}  # who waits is told, who comes is not
    always = Intervals(np.array([span[0]]), np.array([span[1]]))
    if not len(signs):
        people = np.unique(np.concatenate([one.spells.actor for one in served]))
        return {int(person): always for person in people}
    found: dict[int, Intervals] = {}
    for person, ts, told in _acts(served):
        own = signs[columns.actor[signs] == person]
        if not len(own):
            found[person] = always
            continue
        gaps = _gaps(ts, told | _within(ts, _stays(columns, own)), columns.ts[own], span)
        if len(gaps):
            found[person] = gaps
    return found


def _acts(served: tuple[Served, ...]) -> Iterator[tuple[int, Floats, Mask]]:
    """Of each actor: when they handed something in, in order, and whether the log has its beginning."""
    actor = np.concatenate([one.spells.actor[one.finished] for one in served])
    ts = np.concatenate([one.spells.end[one.finished] for one in served])
    told = np.concatenate([one.measured[one.finished] for one in served])
    order = np.lexsort((ts, actor))
    actor, ts, told = actor[order], ts[order], told[order]
    bounds = np.flatnonzero(np.diff(actor, prepend=-2, append=-2))
    for first, last in pairwise(bounds):
        yield int(actor[first]), ts[first:last], told[first:last]


def _stays(columns: Columns, own: Places) -> Intervals:
    """From each signing on to the signing off that comes next, of one person; not where one of the two is lost."""
    rows = own[~columns.are("starved")[own]]
    leaves = columns.are("signed_off")[rows]
    ts = columns.ts[rows]
    pairs = np.flatnonzero(~leaves[:-1] & leaves[1:] & (np.diff(ts) <= LONGEST))
    return union(ts[pairs] - NEAR, ts[pairs + 1] + NEAR)


def _within(ts: Floats, stays: Intervals) -> Mask:
    if not len(stays):
        return np.zeros(len(ts), dtype=bool)
    place = np.searchsorted(stays.start, ts, side="right") - 1
    found: Mask = (place >= 0) & (ts <= stays.end[np.maximum(place, 0)])
    return found


def _gaps(ts: Floats, told: Mask, signs: Floats, span: tuple[float, float]) -> Intervals:
    """The stretches between things told that hold acts which are not."""
    known = np.sort(np.concatenate((ts[told], signs)))
    edges = np.concatenate(([-np.inf], known, [np.inf]))
    strange = ts[~told]
    place, first, many = np.unique(
        np.searchsorted(known, strange, side="right"), return_index=True, return_counts=True
    )
    alone = (many == 1) & (
        np.minimum(strange[first] - edges[place], edges[place + 1] - strange[first]) <= LONGEST
    )
    start, end = np.maximum(edges[place], span[0])[~alone], np.minimum(edges[place + 1], span[1])[~alone]
    return union(start, end)
