"""When a person was at work and found nothing: told apart from a pause and from not being there."""

import numpy as np

from pipeline.progress.attempts import Places
from pipeline.progress.columns import Floats
from pipeline.progress.deriving.days import PROMPT, Days
from pipeline.progress.deriving.intervals import Intervals, both, union, without

SHORT = 30.0
"""Seconds under which having nothing is not worth a row."""
PAUSE = 1800.0
"""Seconds between two things done, up to which a person stayed at work."""
_STAYED, _LEFT, _LIKE_NEXT = 1, 0, -1


def starved(busy: Intervals, idle: Intervals, days: Days) -> Intervals:
    """Of the times with nothing for a person, those in which they were there to find it."""
    seen, likely = days.seen, (days.share > 0) & ~days.seen
    present = union(days.window.start[seen], days.window.end[seen])
    found = _stayed(without(both(idle, present), busy), busy, present)
    unseen = days.window.at(likely)
    guessed = without(both(idle, unseen), busy)
    part = days.share[likely][_place(unseen.start, guessed.start)] if len(guessed) else np.empty(0)
    start = np.concatenate((found.start, guessed.start))
    end = np.concatenate((found.end, guessed.start + part * guessed.seconds))
    every = union(start, end)
    return every.at(every.seconds >= SHORT)


def at_work(busy: Intervals, found: Intervals) -> Intervals:
    """From coming until leaving: what was done and waited for, with the pauses between."""
    return union(np.concatenate((busy.start, found.start)), np.concatenate((busy.end, found.end)), PAUSE)


def _stayed(pieces: Intervals, busy: Intervals, present: Intervals) -> Intervals:
    """The pieces that a person stayed through, as what they did when there was work again shows."""
    if not len(pieces):
        return pieces
    ends = pieces.end
    leaves = present.end[_place(present.start, pieces.start)]
    serves = _next(busy.start, ends)
    starves = np.append(pieces.start[1:], np.inf)
    fate = np.full(len(pieces), _LEFT)
    fate[starves - ends <= PROMPT] = _LIKE_NEXT
    fate[(serves - ends <= PROMPT) | (leaves - ends <= PROMPT)] = _STAYED
    stayed = _settled(fate) == _STAYED
    until = np.minimum(np.minimum(serves, starves), leaves)  # in a log it lasts until what comes next
    end = np.where(until - ends <= PROMPT, np.maximum(until, ends), ends)
    return Intervals(pieces.start, end).at(stayed)


def _settled(fate: Places) -> Places:
    """Each undecided fate as that of the next decided one."""
    places = np.where(fate != _LIKE_NEXT, np.arange(len(fate)), len(fate))
    following = np.minimum.accumulate(places[::-1])[::-1]
    found: Places = np.append(fate, _STAYED)[following]
    return found


def _place(starts: Floats, moments: Floats) -> Places:
    """Which of the stretches that begin at these starts each moment falls into."""
    return np.maximum(np.searchsorted(starts, moments, side="right") - 1, 0)


def _next(starts: Floats, moments: Floats) -> Floats:
    """The first start at or after each moment."""
    return np.append(starts, np.inf)[np.searchsorted(starts, moments, side="left")]
