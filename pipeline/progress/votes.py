"""How many votes the settled attempts of each cell got: what a policy asks for, as the log shows it."""

import numpy as np

from pipeline.progress.attempts import Attempts, Places
from pipeline.progress.columns import NOBODY

MOST = 50
"""Votes beyond which a task's are not told apart."""


def settled_by_votes(attempts: Attempts) -> Places:
    """How many attempts were settled with so many votes: cells, the last of no cell, by votes up to MOST."""
    cells = len(attempts.columns.cells) + 1
    votes = np.minimum(attempts.counts("submitted"), MOST)
    settled = (attempts.counts("accepted", "sent_to_adjudication") > 0) & (votes > 0)
    place = np.where(attempts.cell == NOBODY, cells - 1, attempts.cell)[settled].astype(np.int64)
    counts = np.bincount(place * (MOST + 1) + votes[settled], minlength=cells * (MOST + 1))
    return counts.reshape(cells, MOST + 1)
