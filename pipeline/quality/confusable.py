"""Pairs of labels that people who know their job take for each other: where a guideline is unclear.

A pair is confused `score` times as often as if labels were given by lot in their frequencies. What one bad person does
goes away without that person; what a guideline leaves open stays, whoever is left out.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.signs import MOST_ITEMS

RESAMPLES, FEWEST_RESAMPLES, MOST_CELLS, SEED = 400, 50, 10_000_000, 20_260_101
FEWEST = 5
"""So many items on which people differ between two labels are needed."""
STANDS_OUT = 2.0
"""Confused so many times as often as the other pairs are, in the middle."""
BY_ONE = 0.5
"""A score that falls below this share of itself without one person is that person's doing."""


@dataclass(frozen=True)
class Confusable:
    """Two labels, and how often one person says the one where another says the other."""

    labels: tuple[str, str]
    score: float
    """How often, against labels given by lot: 1 is as often."""
    interval: tuple[float, float]
    """95 in 100, by drawing items anew."""
    items: int
    people: int
    """How many people are on either side."""
    by_one: str | None
    """The person without whom it is less than half as much; None where it is the guideline rather."""
    stands_out: bool
    """Whether it is confused much more than other pairs, for sure."""
    tasks: tuple[str, ...]
    """Items to look at, those most evenly split first."""


def confusable(votes: Coded, passing: NDArray[np.bool_] | None = None) -> list[Confusable]:
    """Pairs of labels among people who pass gold (everybody, if not said), the most confused first."""
    kept = votes if passing is None else votes.only(passing[votes.annotator])
    counts = kept.counts()
    used = [int(at) for at in np.flatnonzero(counts.sum(axis=0))]
    weights = _draws(len(counts))
    whole = {(a, b): score(counts, a, b) for a, b in combinations(used, 2)}
    middle = float(np.median(list(whole.values()))) if len(whole) > 1 else np.inf
    found = [
        _pair(kept, counts, pair, weights, middle)
        for pair in whole
        if np.count_nonzero(np.minimum(*counts[:, pair].T)) >= FEWEST
    ]
    return sorted(found, key=lambda one: -one.score)


def score(counts: Floats, a: int, b: int) -> float:
    """P(one says a, another b) / (2 P(a) P(b)), each item alike; 0 where nobody says one of them.

    `counts` is items by labels; items with fewer than two votes say nothing.
    """
    return float(_scores(counts, (a, b), np.ones((1, len(counts))))[0])


def _scores(counts: Floats, pair: tuple[int, int], weights: Floats) -> Floats:
    """The same for each row of weights of items."""
    heads = counts.sum(axis=1)
    some, n = counts[heads > 1][:, pair], heads[heads > 1]
    weights = weights[:, heads > 1]
    total = np.maximum(weights.sum(axis=1), 1e-300)
    both = weights @ (2 * some[:, 0] * some[:, 1] / (n * (n - 1))) / total
    by_lot = 2 * np.prod(weights @ (some / n[:, None]) / total[:, None], axis=1)
    found: Floats = np.divide(both, by_lot, out=np.zeros_like(both), where=by_lot > 0)
    return found


def _draws(items: int) -> Floats:
    """How often each item is drawn, in each of some resamples."""
    random = np.random.default_rng(SEED)
    resamples = min(RESAMPLES, max(FEWEST_RESAMPLES, MOST_CELLS // max(items, 1)))
    return random.poisson(1.0, (resamples, items)).astype(float)


def _pair(votes: Coded, counts: Floats, pair: tuple[int, int], weights: Floats, middle: float) -> Confusable:
    whole = score(counts, *pair)
    low, high = np.percentile(_scores(counts, pair, weights), [2.5, 97.5])
    split = np.minimum(*counts[:, pair].T)
    between = np.flatnonzero(split)
    even = between[np.lexsort((between, -split[between] / counts[between].sum(axis=1)))]
    sides = np.isin(votes.item, between) & np.isin(votes.label, pair)
    return Confusable(
        labels=(votes.labels[pair[0]], votes.labels[pair[1]]),
        score=whole,
        interval=(float(low), float(high)),
        items=int(between.size),
        people=int(np.unique(votes.annotator[sides]).size),
        by_one=_by_one(votes, counts, pair, sides, whole),
        stands_out=bool(low > STANDS_OUT * middle),
        tasks=tuple(str(votes.items[at]) for at in even[:MOST_ITEMS]),
    )


def _by_one(
    votes: Coded, counts: Floats, pair: tuple[int, int], sides: NDArray[np.bool_], whole: float
) -> str | None:
    """The one person whose doing it is, if it is one person's."""
    people: Places = np.bincount(votes.annotator[sides], minlength=len(votes.annotators)).argsort()[::-1]
    width = counts.shape[1]
    for person in people[:MOST_ITEMS]:
        own = votes.annotator == person
        theirs = np.bincount(votes.item[own] * width + votes.label[own], minlength=counts.size)
        left = np.maximum(counts - theirs.reshape(counts.shape), 0)
        if score(left, *pair) < BY_ONE * whole:
            return str(votes.annotators[person])
    return None
