"""Which tasks want no work: parked on purpose, or dropped before anybody voted."""

import numpy as np

from pipeline.progress.attempts import Attempts
from pipeline.progress.columns import NOBODY, Columns, Floats, Mask
from schemas.events import EventName


def wants_work(columns: Columns, attempts: Attempts) -> Mask:
    """Of each task, whether it wants work of people, or had some.

    What is parked now and what was dropped without a vote is not part of the flow, however long it lies there.
    """
    tasks = len(columns.tasks)
    parked = parked_now(columns)
    voted = np.bincount(attempts.task, weights=attempts.counts("submitted"), minlength=tasks) > 0
    dropped = _last(columns, "dropped") > -np.inf
    settled = np.bincount(attempts.task, weights=attempts.counts("accepted"), minlength=tasks) > 0
    found: Mask = (~parked | settled) & (~dropped | voted)
    return found


def parked_now(columns: Columns) -> Mask:
    """Of each task, whether it was parked and not taken up again."""
    found: Mask = _last(columns, "held") > _last(columns, "resumed")
    return found


def _last(columns: Columns, event: EventName) -> Floats:
    rows = columns.are(event) & (columns.task != NOBODY)
    found = np.full(len(columns.tasks), -np.inf)
    found[columns.task[rows]] = columns.ts[rows]
    return found
