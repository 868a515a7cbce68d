"""What waits for people, hour by hour, and who usually is there: the witness of what rates and hours say."""

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.columns import NOBODY, Floats, Ints, Mask
from pipeline.progress.deriving.work import Spells, Work
from pipeline.progress.measured import HOUR, Queues, Span
from pipeline.progress.screening import Passage, passed_over, waiting_at
from pipeline.progress.staffing import Staff
from pipeline.progress.tallies import Tallies

DAY_HOURS, WEEK_DAYS = 24, 7
WORKING_DAY = 0.2
"""A day of the week on which less than this share of the fullest day's work is done, though work waits, is off."""
NOTHING_WAITS = 0.1
"""As a share of what waits on the average."""


def queues(tallies: Tallies, votes: Floats, passed: Passage | None, work: Work, staff: Staff) -> Queues:
    """The queues at every full hour of the window."""
    start, end = tallies.window
    moments: Floats = np.arange(start, end - HOUR / 2, HOUR, dtype=np.float64) + HOUR / 2
    waiting = _votes_waiting(tallies, votes, moments)
    return Queues(
        moments=moments,
        votes=waiting,
        adjudication=_adjudications_waiting(tallies, moments),
        screening=waiting_at(passed, moments),
        attended=staff.of_actors(_attended(work, tallies, moments, waiting.sum(axis=0)).T).T,
    )


def _votes_waiting(tallies: Tallies, votes: Floats, moments: Floats) -> Floats:
    """Votes that are wanted and that nobody has taken up; what an attempt lacks at its end counts as given up."""
    attempts, columns = tallies.attempts, tallies.columns
    here = tallies.wanted & ~_passed_over(tallies) & (attempts.cell != NOBODY)
    wanted = np.zeros(attempts.count)
    wanted[here] = votes[attempts.cell[here]]
    rows = attempts.rows("served")
    if not len(rows):
        rows = attempts.rows("submitted")
    of = attempts.of_row[rows]
    rows = rows[(columns.ts[rows] <= tallies.closed[of]) & here[of]]
    of = attempts.of_row[rows]
    left = wanted - np.bincount(of, minlength=attempts.count)
    ended = here & np.isfinite(tallies.closed)
    return _levels(
        len(columns.cells),
        moments,
        (
            (attempts.cell[here], tallies.opened[here], wanted[here]),
            (attempts.cell[of], columns.ts[rows], -np.ones(len(rows))),
            (attempts.cell[ended], tallies.closed[ended], -left[ended]),
        ),
    )


def _passed_over(tallies: Tallies) -> Mask:
    """Attempts that nobody takes up though those of their cell that came later are: parked, and the log lost it."""
    attempts = tallies.attempts
    taken = np.isfinite(np.minimum(attempts.first("served", "submitted"), tallies.closed))
    found = np.zeros(attempts.count, dtype=bool)
    for cell in range(len(tallies.columns.cells)):
        mine = np.flatnonzero(tallies.wanted & (attempts.cell == cell))
        found[mine] = passed_over(tallies.opened[mine], taken[mine])
    return found


def _adjudications_waiting(tallies: Tallies, moments: Floats) -> Floats:
    attempts = tallies.attempts
    sent = tallies.wanted & np.isfinite(tallies.sent)
    taken = np.maximum(
        attempts.first("adjudication_started", "rejected", "accepted", "dropped"), tallies.sent
    )
    gone = sent & np.isfinite(taken)
    ones = np.ones(attempts.count)
    return _levels(
        len(tallies.columns.cells),
        moments,
        (
            (attempts.cell[sent], tallies.sent[sent], ones[sent]),
            (attempts.cell[gone], taken[gone], -ones[gone]),
        ),
    )


def _levels(cells: int, moments: Floats, changes: tuple[tuple[Ints, Floats, Floats], ...]) -> Floats:
    """What the changes (cell, moment, by how much) have added up to at each moment, cells by moments."""
    found = np.zeros((cells, len(moments) + 1))
    for cell, when, change in changes:
        np.add.at(found, (cell, np.searchsorted(moments, when)), change)
    levels: Floats = np.maximum(np.cumsum(found[:, :-1], axis=1), 0.0)
    return levels


def _attended(work: Work, tallies: Tallies, moments: Floats, waiting: Floats) -> Floats:
    """How much of such an hour of a working day each actor usually is at work, actors by moments.

    By the hour of the day: who ran out of work on a Thursday would have worked on, and is not seen to.
    """
    actors = len(tallies.columns.actors)
    spells = work.present if len(work.present) else work.busy
    by_hour = _by_hour(spells, tallies.window, actors, moments)
    hour = (moments // HOUR % DAY_HOURS).astype(int)
    weekday = (moments // (HOUR * DAY_HOURS) % WEEK_DAYS).astype(int)
    working = _working_days(by_hour.sum(axis=0), waiting, weekday)[weekday]
    usual = np.zeros((actors, DAY_HOURS))
    for one in np.unique(hour[working]):
        usual[:, one] = by_hour[:, (hour == one) & working].mean(axis=1)
    found: Floats = np.where(working, usual[:, hour], 0.0)
    return found


def _working_days(present: Floats, waiting: Floats, weekday: NDArray[np.int_]) -> Mask:
    """Which days of the week people work on: those on which they do, or on which there was nothing to be done."""
    hours = np.maximum(np.bincount(weekday, minlength=WEEK_DAYS), 1)
    done = np.bincount(weekday, weights=present, minlength=WEEK_DAYS) / hours
    left = np.bincount(weekday, weights=waiting, minlength=WEEK_DAYS) / hours
    works: Mask = (done >= WORKING_DAY * done.max()) | (left <= NOTHING_WAITS * waiting.mean())
    return works


def _by_hour(spells: Spells, window: Span, actors: int, moments: Floats) -> Floats:
    """Share of each hour that each actor is in one of the spells."""
    inside = spells.within(*window)
    edges = moments - HOUR / 2
    edges = np.append(edges, edges[-1] + HOUR)
    first = np.searchsorted(edges, inside.start, side="right") - 1
    found = np.zeros((actors, len(moments)))
    for ahead in range(DAY_HOURS):
        place = first + ahead
        valid = place < len(moments)
        place = np.minimum(place, len(moments) - 1)
        share = np.minimum(inside.end, edges[place + 1]) - np.maximum(inside.start, edges[place])
        valid &= share > 0
        if not valid.any():
            break
        np.add.at(found, (inside.actor[valid], place[valid]), share[valid] / HOUR)
    clipped: Floats = np.minimum(found, 1.0)
    return clipped
