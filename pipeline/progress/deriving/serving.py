"""What each person had before them and from when: as the log says, else from the act before and the lead time."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.attempts import Attempts, Places, before_by
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
    measured: Mask
    """Whether the log has the start."""
    finished: Mask
    """Whether the task was handed in; else it was left."""
    skipped: Mask
    """Handed in without an answer."""
    usual: Usual


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
    begins, left = _begun(attempts, ends, begin)
    previous = _previous(columns)[ends]
    begins = np.where(np.isnan(begins), np.nan, np.maximum(begins, previous))
    taken = columns.ts[ends] - begins - off_between(columns, columns.actor[ends], begins, columns.ts[ends])
    times = usual(
        cell, np.where(np.isnan(begins) | (taken <= 0), columns.lead[ends], taken), len(columns.cells)
    )
    measured = ~np.isnan(begins)
    taken = np.minimum(taken, times.most[cell])
    start = np.where(measured, columns.ts[ends] - taken, _guessed(attempts, ends, previous, times))
    of_ended = _spells(attempts, ends, np.minimum(start, columns.ts[ends]), columns.ts[ends])
    of_left = _left(attempts, left, times)
    both = [np.append(getattr(of_ended, name), getattr(of_left, name)) for name in _NAMES]
    order = np.argsort(both[1], kind="stable")
    flags = (measured, np.ones(len(ends), dtype=bool), columns.are("skipped")[ends])
    ones = (np.ones(len(left), dtype=bool), np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool))
    known, finished, skipped = (np.append(*pair)[order] for pair in zip(flags, ones, strict=True))
    return Served(Spells(*both).at(order), known, finished, skipped, times)


_NAMES = ("actor", "start", "end", "cell", "task", "attempt", "slot")


def _spells(attempts: Attempts, rows: Places, start: Floats, end: Floats) -> Spells:
    columns = attempts.columns
    cell = attempts.cell[attempts.of_row[rows]]
    return Spells(
        columns.actor[rows], start, end, cell, columns.task[rows], columns.attempt[rows], columns.slot[rows]
    )


def _begun(attempts: Attempts, ends: Places, begin: EventName) -> tuple[Floats, Places]:
    """When each end's own beginning was, by the log (NaN: not in it); and the beginnings that came to no end."""
    columns = attempts.columns
    begins = attempts.rows(begin)
    begins = begins[columns.actor[begins] != NOBODY]
    rows = np.sort(np.concatenate((begins, ends)))
    key = attempts.of_row[rows].astype(np.int64) * (len(columns.actors) + 1) + columns.actor[rows]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    is_begin = columns.are(begin)[rows]
    pairs = np.flatnonzero((key[1:] == key[:-1]) & is_begin[:-1])  # a beginning, and what came next of it
    found = np.full(len(columns) + 1, np.nan)
    ended = pairs[~is_begin[pairs + 1]]
    found[rows[ended + 1]] = columns.ts[rows[ended]]
    followed = np.zeros(len(columns) + 1, dtype=bool)
    followed[rows[pairs]] = True
    return found[ends], begins[~followed[begins]]


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
