"""Intervals in which a figure lies in 90 of 100 cases."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from schemas.flow import NINETY, Interval

RESAMPLES, SEED = 1000, 20_260_101
FEWEST_DAYS = 5
"""Fewer days than these, drawn anew, say nothing of how days differ."""


def of_share(hits: float, of: float) -> Interval | None:
    """Wilson's interval for a share; None of nothing."""
    if of <= 0:
        return None
    share, z2 = hits / of, NINETY * NINETY
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    reach = NINETY * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def of_mean(mean: float, deviation: float | None, of: int) -> Interval | None:
    """Around the mean of many values; None of fewer than two."""
    if of < 2 or deviation is None:  # noqa: PLR2004 - one value has no spread
        return None
    reach = NINETY * deviation / sqrt(of)
    return max(0.0, mean - reach), mean + reach


def of_ratio_by_days(above: Sequence[float], below: Sequence[float]) -> Interval | None:
    """Of the sum of one over the sum of the other, by drawing the days anew, the same draws each time."""
    tops, bottoms = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    if len(tops) < FEWEST_DAYS:
        return None
    drawn = np.random.default_rng(SEED).integers(0, len(tops), (RESAMPLES, len(tops)))
    under: NDArray[np.float64] = bottoms[drawn].sum(axis=1)
    ratios = tops[drawn].sum(axis=1)[under > 0] / under[under > 0]
    if not len(ratios):
        return None
    low, high = np.quantile(ratios, [0.05, 0.95])
    return float(low), float(high)
