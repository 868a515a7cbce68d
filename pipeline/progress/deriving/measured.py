"""Starved and at work as a log tells it that has people sign on: from each row to the person's next."""

import numpy as np

from pipeline.progress.attempts import before_by
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
    actor, event, ts = columns.actor[rows], columns.event[rows], columns.ts[rows]
    if not len(rows):
        return none(), none()
    same = actor[1:] == actor[:-1]
    gone = (event[:-1] == CODE["signed_off"]) | (event[1:] == CODE["signed_on"]) | (np.diff(ts) > LONGEST)
    stays = np.flatnonzero(same & ~gone)
    starves = np.flatnonzero(same & ~gone & (event[:-1] == CODE["starved"]))
    signs = np.isin(actor, np.unique(actor[np.isin(event, (CODE["signed_on"], CODE["signed_off"]))]))
    stays = stays[signs[stays]]
    open_end = columns.span[1]
    last = np.append(np.flatnonzero(~same), len(rows) - 1)
    waiting = last[(event[last] == CODE["starved"]) & (open_end - ts[last] < LONGEST)]
    starved = stretches(
        np.concatenate((actor[starves], actor[waiting])),
        np.concatenate((ts[starves], ts[waiting])),
        np.concatenate((ts[starves + 1], np.full(len(waiting), open_end))),
    )
    return starved, _merged(stretches(actor[stays], ts[stays], ts[stays + 1]))


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
