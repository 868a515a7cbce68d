"""Which tasks want no work: parked on purpose, or dropped before anybody voted."""

import numpy as np

from pipeline.progress.attempts import Attempts
from pipeline.progress.columns import Columns, Mask


def wants_work(columns: Columns, attempts: Attempts) -> Mask:
    """Of each task, whether it wants work of people, or had some.

    What is parked now and what was dropped without a vote is not part of the flow, however long it lies there.
    """
    tasks = len(columns.tasks)
    parked = parked_now(columns)
    voted = np.bincount(attempts.task, weights=attempts.counts("submitted"), minlength=tasks) > 0
    dropped = columns.last("dropped") > -np.inf
    settled = np.bincount(attempts.task, weights=attempts.counts("accepted"), minlength=tasks) > 0
    found: Mask = (~parked | settled) & (~dropped | voted)
    return found


def parked_now(columns: Columns) -> Mask:
    """Of each task, whether it was parked and not taken up again."""
    found: Mask = columns.last("held") > columns.last("resumed")
    return found
