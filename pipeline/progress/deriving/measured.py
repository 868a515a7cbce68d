"""Starved and at work as a log tells it that has people sign on: from each row to the person's next."""

import numpy as np

from pipeline.progress.attempts import Places, before_by
from pipeline.progress.columns import CODE, NOBODY, Columns
from pipeline.progress.deriving.work import Spells, none, stretches
from schemas.events import EventName

_OWN: tuple[EventName, ...] = (
    "served",
    "submitted",
    "skipped",
    "adjudication_started",
    "accepted",
    "rejected",
    "signed_on",
    "signed_off",
    "starved",
)
LONGEST = 16 * 3600.0
"""Seconds after which a person had left, whatever the log says: the row of it is lost."""


def spells_of(columns: Columns) -> tuple[Spells, Spells]:
    """Starved, and at work, of everybody who signs on; where a leaving is lost, the last row before ends the day."""
    rows = np.flatnonzero(columns.are(*_OWN) & (columns.actor != NOBODY))
    rows = rows[np.argsort(columns.actor[rows], kind="stable")]
    if not len(rows):
        return none(), none()
    actor, event = columns.actor[rows], columns.event[rows]
    signs = np.isin(actor, np.unique(actor[np.isin(event, (CODE["signed_on"], CODE["signed_off"]))]))
    stays = _stays(columns, rows)
    stays = stays[signs[stays]]
    present = stretches(actor[stays], columns.ts[rows][stays], columns.ts[rows][stays + 1])
    return _starved(columns, rows), _merged(present)


def _starved(columns: Columns, rows: Places) -> Spells:
    """A verdict ends no waiting where the log has when work on it began: it may be put on record long after it."""
    if columns.are("adjudication_started").any():
        rows = rows[~columns.are("accepted", "rejected")[rows]]
    actor, ts = columns.actor[rows], columns.ts[rows]
    waits = columns.are("starved")[rows]
    stays = _stays(columns, rows)
    starves = stays[waits[stays]]
    open_end = columns.span[1]
    last = np.flatnonzero(np.append(np.diff(actor) != 0, [True]))
    waiting = last[waits[last] & (open_end - ts[last] < LONGEST)]
    return stretches(
        np.concatenate((actor[starves], actor[waiting])),
        np.concatenate((ts[starves], ts[waiting])),
        np.concatenate((ts[starves + 1], np.full(len(waiting), open_end))),
    )


def _stays(columns: Columns, rows: Places) -> Places:
    """The rows, by their places among these, after which their person was still there until the next one."""
    actor, event, ts = columns.actor[rows], columns.event[rows], columns.ts[rows]
    gone = (event[:-1] == CODE["signed_off"]) | (event[1:] == CODE["signed_on"]) | (np.diff(ts) > LONGEST)
    return np.flatnonzero((actor[1:] == actor[:-1]) & ~gone)


def _merged(spells: Spells) -> Spells:
    """Stretches of one person that follow on each other as one."""
    order = np.argsort(spells.actor, kind="stable")
    spells = spells.at(order)
    if not len(spells):
        return spells
    before = before_by(spells.actor, spells.end)
    new = np.flatnonzero(spells.start > before)
    last = np.append(new[1:], len(spells)) - 1
    return stretches(spells.actor[new], spells.start[new], spells.end[last])
