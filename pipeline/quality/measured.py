"""Labels that are measures: what is true lies on a line, and each person is off by a bias and a spread of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType

import numpy as np

from pipeline.quality.choosing import ENOUGH, clearly_best, too_few
from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places

DEFAULT = "weighted_mean"
ROUNDS, STILL = 50, 1e-6
PRIOR_VOTES = 5
"""How many votes without bias, and of the spread of all, each person's own must outweigh."""
NARROWEST = 0.05
"""Nobody's spread is less than this share of that of all: nobody decides alone."""
BINS = 7


@dataclass(frozen=True)
class Measured:
    """What each item measures, by one method."""

    method: str
    value: Floats
    why: str


def measure(votes: Coded, known: Places) -> Measured:
    """The weighted mean, or what is clearly nearer on gold, if there is enough of that."""
    gold = np.flatnonzero(known != UNKNOWN)
    said = {name: way(votes) for name, way in WAYS.items()}
    if gold.size < ENOUGH:
        return Measured(DEFAULT, said[DEFAULT], too_few(gold.size))
    truth = numbers(votes)[known[gold]]
    off = {name: np.abs(value[gold] - truth) for name, value in said.items()}
    clear = clearly_best({name: off[DEFAULT] - one for name, one in off.items()})
    best = clear or DEFAULT
    why = "clearly nearer than the weighted mean" if clear else "no other method is clearly nearer"
    return Measured(best, said[best], f"on {gold.size} gold items {why}")


def numbers(votes: Coded) -> Floats:
    """The labels as the numbers that they are."""
    return np.array([float(label) for label in votes.labels])


def mean(votes: Coded) -> Floats:
    """The mean of each item's votes."""
    return _weighted(votes, numbers(votes)[votes.label], np.ones(votes.n))


def median(votes: Coded) -> Floats:
    """The median of each item's votes, between the middle two where there are two."""
    values = numbers(votes)[votes.label]
    ranked = np.lexsort((values, votes.item))
    heads = votes.votes_per_item()
    starts = np.cumsum(heads) - heads
    sorted_values = np.append(values[ranked], np.nan)
    below, above = (
        sorted_values[np.where(heads > 0, starts + at, -1)] for at in ((heads - 1) // 2, heads // 2)
    )
    middle: Floats = (below + above) / 2
    return middle


def weighted_mean(votes: Coded) -> Floats:
    """The mean of votes set right by each person's bias, weighted by how little each person spreads."""
    values = numbers(votes)[votes.label]
    people = len(votes.annotators)
    heads = votes.votes_per_annotator()
    truth, spread = median(votes), np.ones(people)
    for _ in range(ROUNDS):
        off = values - truth[votes.item]
        bias = np.bincount(votes.annotator, off, people) / (heads + PRIOR_VOTES)
        bias -= _middle(
            bias, heads / spread
        )  # votes alone cannot tell a bias of all: most by weight have none
        squares = np.bincount(votes.annotator, (off - bias[votes.annotator]) ** 2, people)
        common = squares.sum() / max(votes.n, 1)
        if common <= 0:
            return truth
        spread = np.maximum((squares + PRIOR_VOTES * common) / (heads + PRIOR_VOTES), NARROWEST * common)
        before, truth = truth, _weighted(votes, values - bias[votes.annotator], 1 / spread[votes.annotator])
        if np.nanmax(np.abs(truth - before)) < STILL * sqrt(common):
            break
    return truth


WAYS: Mapping[str, Callable[[Coded], Floats]] = MappingProxyType(
    {"weighted_mean": weighted_mean, "median": median, "mean": mean}
)


def binned(votes: Coded) -> tuple[Coded, Places]:
    """The same votes in a few classes of about as many votes each, and the class of each label."""
    values = numbers(votes)
    ranked = np.sort(values[votes.label])
    cuts = np.unique(ranked[np.linspace(0, votes.n, BINS + 1)[1:-1].astype(int)])
    of_label = np.searchsorted(cuts, values, side="right")
    names = [str(at) for at in range(len(cuts) + 1)]
    return Coded(
        votes.items, votes.annotators, names, votes.item, votes.annotator, of_label[votes.label]
    ), of_label


def _middle(values: Floats, weights: Floats) -> float:
    """The weighted median."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


def _weighted(votes: Coded, values: Floats, weights: Floats) -> Floats:
    items = len(votes.items)
    total = np.bincount(votes.item, weights, items)
    found: Floats = np.bincount(votes.item, weights * values, items) / np.maximum(total, 1e-300)
    return np.where(total > 0, found, np.nan)
