"""What each person had before them and from when: as the log says, else from the act before and the lead time."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.progress.attempts import Attempts, Places, before_by
from pipeline.progress.beginnings import begun
from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.deriving.intervals import Intervals
from pipeline.progress.deriving.leads import Usual, unknown_cell, usual
from pipeline.progress.deriving.work import Spells
from schemas.events import EventName

BACK_TO_BACK = 2.0
"""Times the usual, up to which the time since the act before is taken as the lead that is unknown."""
_ACTS: tuple[EventName, ...] = ("submitted", "skipped", "accepted", "rejected")
_ALL: tuple[EventName, ...] = (*_ACTS, "served", "adjudication_started", "starved", "signed_on", "signed_off")


@dataclass(frozen=True)
class Served:
    """Stretches at one kind of task, and how each start is known."""

    spells: Spells
    """From taking it up until the end, less the time in which it lay there untouched, where the log tells that."""
    since: Floats
    """From when on each was in somebody's hands."""
    measured: Mask
    """Whether the log has the start."""
    finished: Mask
    """Whether the task was handed in; else it was left."""
    skipped: Mask
    """Handed in without an answer."""
    usual: Usual

    @cached_property
    def in_hands(self) -> Spells:
        """The same, but from when on others could not have it."""
        return replace(self.spells, start=np.minimum(self.since, self.spells.start))


def labeling(attempts: Attempts) -> Served:
    """Of annotators: served until submitted or skipped."""
    rows = attempts.rows("submitted", "skipped")
    return _served(attempts, rows, "served")


def adjudicating(attempts: Attempts) -> Served:
    """Of adjudicators: started until accepted or rejected, where a person did that after a split vote."""
    sent = attempts.counts("sent_to_adjudication", "adjudication_started") > 0
    rows = attempts.rows("accepted", "rejected")
    return _served(attempts, rows[sent[attempts.of_row[rows]]], "adjudication_started")


def _served(attempts: Attempts, ends: Places, begin: EventName) -> Served:
    columns = attempts.columns
    ends = ends[columns.actor[ends] != NOBODY]
    cell = unknown_cell(attempts.cell[attempts.of_row[ends]])
    began, left = begun(attempts, ends, begin)
    previous = _previous(columns)[ends]
    taken = at_it(columns, ends, began, previous)
    times = usual(
        cell, np.where(np.isnan(taken) | (taken <= 0), columns.lead[ends], taken), len(columns.cells)
    )
    measured = ~np.isnan(began)
    taken = np.minimum(taken, times.most[cell])
    start = np.where(measured, columns.ts[ends] - taken, _guessed(attempts, ends, previous, times))
    of_ended = _spells(attempts, ends, np.minimum(start, columns.ts[ends]), columns.ts[ends])
    of_left = _left(attempts, left, times)
    both = [np.append(getattr(of_ended, name), getattr(of_left, name)) for name in _NAMES]
    order = np.argsort(both[1], kind="stable")
    flags = (measured, np.ones(len(ends), dtype=bool), columns.are("skipped")[ends])
    ones = (np.ones(len(left), dtype=bool), np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool))
    known, finished, skipped = (np.append(*pair)[order] for pair in zip(flags, ones, strict=True))
    since = np.append(np.where(measured, began, of_ended.start), of_left.start)[order]
    return Served(Spells(*both).at(order), since, known, finished, skipped, times)


def at_it(columns: Columns, ends: Places, began: Floats, previous: Floats) -> Floats:
    """Seconds at what was begun and ended; NaN where the beginning is unknown.

    The log may say how long it took within that time; else it is all but what came before, and what the person was
    signed off.
    """
    ts, lead, actor = columns.ts[ends], columns.lead[ends], columns.actor[ends]
    said = lead > 0  # not so of an unknown one
    began = np.where(np.isnan(began) | said, began, np.maximum(began, previous))
    open_seconds = ts - began - off_between(columns, actor, began, ts)
    found: Floats = np.where(said, np.minimum(open_seconds, lead), open_seconds)
    return found


_NAMES = ("actor", "start", "end", "cell", "task", "attempt", "slot")


def _spells(attempts: Attempts, rows: Places, start: Floats, end: Floats) -> Spells:
    columns = attempts.columns
    cell = attempts.cell[attempts.of_row[rows]]
    return Spells(
        columns.actor[rows], start, end, cell, columns.task[rows], columns.attempt[rows], columns.slot[rows]
    )


def off_between(columns: Columns, actor: Ints, start: Floats, end: Floats) -> Floats:
    """The seconds that each of these people were signed off between two moments."""
    rows = np.flatnonzero(columns.are("signed_on", "signed_off") & (columns.actor != NOBODY))
    rows = rows[np.argsort(columns.actor[rows], kind="stable")]
    left = columns.are("signed_off")[rows]
    pairs = np.flatnonzero(left[:-1] & ~left[1:] & (columns.actor[rows[:-1]] == columns.actor[rows[1:]]))
    off = np.zeros(len(start))
    for person in np.unique(columns.actor[rows[pairs]]):
        own = pairs[columns.actor[rows[pairs]] == person]
        away = Intervals(columns.ts[rows[own]], columns.ts[rows[own + 1]])
        mine = (actor == person) & ~np.isnan(start)
        off[mine] = away.overlap(start[mine], end[mine])
    return off


def _previous(columns: Columns) -> Floats:
    """Of each row, when its actor's act before it was; -inf where there was none."""
    rows = np.flatnonzero(columns.are(*_ACTS) & (columns.actor != NOBODY))
    found = np.full(len(columns), -np.inf)
    found[rows] = before_by(columns.actor[rows], columns.ts[rows])
    return found


def _guessed(attempts: Attempts, ends: Places, previous: Floats, times: Usual) -> Floats:
    """The lead back from the end, but not before the act before; where the lead is unknown, the usual one."""
    columns = attempts.columns
    ts, lead = columns.ts[ends], columns.lead[ends]
    cell = unknown_cell(attempts.cell[attempts.of_row[ends]])
    mean = times.mean[cell]
    opened = attempts.first("ready")[attempts.of_row[ends]]
    opened = np.where(ts - opened > mean / 10, opened, -np.inf)  # else it was put back, or a clock is off
    earliest = np.maximum(previous, opened)
    imputed = np.where(ts - earliest <= BACK_TO_BACK * mean, earliest, ts - mean)
    with np.errstate(invalid="ignore"):  # an unknown lead is not believed
        believed = (lead > 0) & (np.minimum(lead, ts - previous) <= times.most[cell])
    return np.where(believed, np.maximum(ts - lead, previous), np.maximum(imputed, previous))


def _left(attempts: Attempts, begins: Places, times: Usual) -> Spells:
    """What was begun and never handed in: until the person's next act, and no longer than a task may take."""
    columns = attempts.columns
    rows = np.flatnonzero(columns.are(*_ALL) & (columns.actor != NOBODY))
    order = np.argsort(columns.actor[rows], kind="stable")
    following = np.full(len(columns), np.inf)
    same = columns.actor[rows][order][1:] == columns.actor[rows][order][:-1]
    following[rows[order[:-1][same]]] = columns.ts[rows[order[1:][same]]]
    start = columns.ts[begins]
    most = start + times.most[unknown_cell(attempts.cell[attempts.of_row[begins]])]
    end = np.minimum(np.minimum(following[begins], most), max(columns.span[1], 0.0))
    return _spells(attempts, begins, start, np.maximum(end, start))
