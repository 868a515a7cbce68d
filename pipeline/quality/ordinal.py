"""Labels on a scale: each person says more or less than what is true by a bias and a spread of their own.

Two figures a person instead of a whole matrix, so that few votes tell much; somebody who always says one step too much
is as useful as somebody who is right.
"""

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.truth import Truth, learned

PRIOR_VOTES = 5
"""How many votes without bias, and of the spread of all, each person's own must outweigh."""
NARROWEST = 0.3
"""Nobody's spread is taken to be less, in steps of the scale."""


def ordinal(votes: Coded, known: Places | None = None) -> Truth:
    """The same model with matrices of that shape; the labels of `votes` stand in the order of the scale."""
    posterior, people = learned(votes, known, _shaped)
    return Truth("ordinal", posterior, (people,))


def _shaped(counts: Floats) -> Floats:
    steps = np.arange(counts.shape[1])
    off = (steps[:, None] - steps[None, :]).astype(float)
    heads = counts.sum(axis=(1, 2))
    bias = (counts * off).sum(axis=(1, 2)) / (heads + PRIOR_VOTES)
    around = (off[None] - bias[:, None, None]) ** 2
    squares = (counts * around).sum(axis=(1, 2))
    common = squares.sum() / max(heads.sum(), 1)
    spread = np.maximum((squares + PRIOR_VOTES * common) / (heads + PRIOR_VOTES), NARROWEST**2)
    density = np.exp(-around / (2 * spread[:, None, None]))
    errors: Floats = density / density.sum(axis=1, keepdims=True)
    return errors
