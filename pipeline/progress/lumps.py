"""Tasks that come in lumps: a window holds one lump more or less than is usual, whole rounds of them do not."""

import numpy as np

from pipeline.progress.columns import Floats, Ints

MOST_TASKS, FEW_DAYS = 0.8, 0.3
"""Lumps: so many of the tasks came on so few of the days. Of an intake on working days 0.8 come on 0.57 of them."""
TASKS, ROUNDS = 30, 3
"""Fewer tasks, or fewer lumps in the whole log, may be chance."""


def to_whole_rounds(came: Floats, ready: Floats) -> Floats:
    """By what to multiply each cell's tasks of a window so that they are those of whole rounds; 1 where nothing lumps.

    `came` are tasks that came in, cells by days of the whole log, the last day last; `ready` those that became
    ready, cells by days of the window: where screening spreads a lump over days, people see none.
    """
    return np.array([_factor(own, opened) for own, opened in zip(came, ready, strict=True)], dtype=np.float64)


def _factor(came: Floats, ready: Floats) -> float:
    here = float(came[-len(ready) :].sum()) / min(len(ready), len(came))
    begins = _rounds(came)
    if not here or len(begins) < ROUNDS or not _lumpy(ready):
        return 1.0
    before = begins[begins <= len(came) - len(ready)]
    first, last = int(before[-1]) if len(before) else int(begins[0]), int(begins[-1])
    return float(came[first:last].sum()) / (last - first) / here if last > first else 1.0


def _rounds(came: Floats) -> Ints:
    """The days on which a lump begins to come; none where tasks come all the time."""
    if came.sum() < TASKS or not _lumpy(came):
        return np.array([], dtype=np.int32)
    full = np.sort(_fullest(came))
    begins: Ints = full[np.diff(full, prepend=-2) > 1].astype(np.int32)
    return begins


def _lumpy(tasks: Floats) -> bool:
    return bool(tasks.sum()) and len(_fullest(tasks)) <= max(1.0, FEW_DAYS * len(tasks))


def _fullest(tasks: Floats) -> Ints:
    """The fullest days that together hold most of the tasks."""
    order = np.argsort(-tasks, kind="stable")
    enough = int(np.searchsorted(np.cumsum(tasks[order]), MOST_TASKS * tasks.sum())) + 1
    return order[:enough].astype(np.int32)
