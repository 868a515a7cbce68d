"""People whose errors are learned: one coin, a confusion matrix each (Dawid and Skene), and one that leans on others'.

With few votes a matrix of one's own is guesswork, with many a coin is too plain. `pooled` is between: each person's
matrix starts as the matrix of all people together, worth some votes.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.truth import LEAST, ROUNDS, STILL, Truth, learned, mean_of

Model: TypeAlias = Callable[[Coded, Places | None], Truth]

SMOOTHING = 0.1
"""Votes added to each cell of each person's matrix."""
EXPECTED, PRIOR_VOTES = 0.8, 5
"""How often people are right as long as nobody has shown it, and how many votes that is worth, for all and for each."""
LEAN = 10
"""How many votes of their own, for each true label, a person's matrix must outweigh the matrix of all with."""
POOL_VOTES = 20
"""How many votes that of all must outweigh plain accuracy with."""
SURE = 0.99
"""Nobody is taken to be right, or wrong, more surely than this by one coin."""


def one_coin(votes: Coded, known: Places | None = None) -> Truth:
    """Each person is right with a probability of their own, and wrong labels are equally likely.

    No label is expected more than others, for a learned share costs accuracy where an item has few votes; accuracies
    are drawn towards that of all.
    """
    posterior, people = learned(votes, known, coins, flat=True)
    return Truth("one_coin", posterior, (people,))


def dawid_skene(
    votes: Coded,
    known: Places | None = None,
    smoothing: float = SMOOTHING,
    rounds: int = ROUNDS,
    still: float = STILL,
) -> Truth:
    """Each person has a confusion matrix of their own, and true labels are as frequent as they turn out to be."""
    posterior, people = learned(
        votes, known, lambda counts: _shares(counts + smoothing), rounds=rounds, still=still
    )
    return Truth("dawid_skene", posterior, (people,))


def pooled(votes: Coded, known: Places | None = None) -> Truth:
    """Confusion matrices drawn towards that of all people, with true labels as frequent as they turn out to be."""
    posterior, people = learned(votes, known, _drawn)
    return Truth("pooled", posterior, (people,))


def pooled_flat(votes: Coded, known: Places | None = None) -> Truth:
    """The same where all true labels are expected alike."""
    posterior, people = learned(votes, known, _drawn, flat=True)
    return Truth("pooled_flat", posterior, (people,))


def blend(votes: Coded, known: Places | None = None) -> Truth:
    """The mean of these four: what one model makes of noise, the others seldom make of it too."""
    return mean_of("blend", [model(votes, known) for model in BLENDED.values()])


BLENDED: Mapping[str, Model] = MappingProxyType(
    {"one_coin": one_coin, "dawid_skene": dawid_skene, "pooled": pooled, "pooled_flat": pooled_flat}
)


def coins(counts: Floats) -> Floats:
    """The errors of people who have one coin each."""
    labels = counts.shape[1]
    right, heads = np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2))
    expected = (right.sum() + EXPECTED * PRIOR_VOTES) / (heads.sum() + PRIOR_VOTES)
    accuracy = np.clip((right + expected * PRIOR_VOTES) / (heads + PRIOR_VOTES), 1 - SURE, SURE)
    return _plain(accuracy, labels)


def _drawn(counts: Floats) -> Floats:
    of_all = counts.sum(axis=0)
    right = (np.trace(of_all) + EXPECTED * PRIOR_VOTES) / (of_all.sum() + PRIOR_VOTES)
    common = _shares(of_all[None] + POOL_VOTES * _plain(np.array([right]), counts.shape[1]))
    return _shares(counts + LEAN * common)


def _plain(accuracy: Floats, labels: int) -> Floats:
    """Matrices where right is as probable as that, and all wrong labels share the rest."""
    others = (1 - accuracy) / max(labels - 1, 1)
    errors = np.repeat(others[:, None, None], labels, axis=1).repeat(labels, axis=2)
    errors[:, range(labels), range(labels)] = accuracy[:, None]
    return errors


def _shares(counts: Floats) -> Floats:
    """What each true label is called, as shares of 1; a label that somebody never gives takes no part."""
    is_used = counts.sum(axis=2, keepdims=True) > 0
    safe: Floats = np.where(is_used, np.maximum(counts, LEAST), 0)
    shares: Floats = safe / np.maximum(safe.sum(axis=1, keepdims=True), LEAST)
    return shares
