"""Which beginning belongs to which end: of a task, or of an adjudication, by the same person in the same attempt."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.attempts import Attempts, Places
from pipeline.progress.columns import NOBODY, Columns, Floats
from schemas.events import EventName

Keys: TypeAlias = NDArray[np.int64]


def begun(attempts: Attempts, ends: Places, begin: EventName) -> tuple[Floats, Places]:
    """When each end's own beginning was, by the log (NaN: not in it); and the beginnings that came to no end."""
    columns = attempts.columns
    begins = attempts.rows(begin)
    begins = begins[columns.actor[begins] != NOBODY]
    key = attempts.of_row.astype(np.int64) * (len(columns.actors) + 1) + columns.actor
    return paired(columns, begins, ends, key)


def paired(columns: Columns, begins: Places, ends: Places, keys: Keys) -> tuple[Floats, Places]:
    """The same of any rows: an end belongs to the beginning with its key that comes right before it."""
    if not len(begins):
        return np.full(len(ends), np.nan), begins
    rows: Places = np.sort(np.concatenate((begins, ends)))
    rows = rows[np.argsort(keys[rows], kind="stable")]
    key = keys[rows]
    begin = np.zeros(len(columns), dtype=bool)
    begin[begins] = True
    is_begin = begin[rows]
    pairs = np.flatnonzero((key[1:] == key[:-1]) & is_begin[:-1])  # a beginning, and what came next of it
    found = np.full(len(columns) + 1, np.nan)
    ended = pairs[~is_begin[pairs + 1]]
    found[rows[ended + 1]] = columns.ts[rows[ended]]
    followed = np.zeros(len(columns) + 1, dtype=bool)
    followed[rows[pairs]] = True
    return found[ends], begins[~followed[begins]]
