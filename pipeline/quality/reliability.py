"""How often each person is right: from gold where they answered enough of it, else from what all votes come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.intervals import Z, wilson

ENOUGH = 20
"""So many answers on gold say enough of somebody by themselves."""


@dataclass(frozen=True)
class Reliability:
    """One person's accuracy, 0..1, with an interval that holds the truth 95 times in 100."""

    annotator: str
    labels: int
    accuracy: float
    interval: tuple[float, float]
    judged_by: Literal["gold", "votes"]
    gold_right: int
    gold_of: int


def reliabilities(votes: Coded, posterior: Floats, known: Places) -> list[Reliability]:
    """Everybody's, by name; `posterior` is what votes come to, items by labels, with known items held at their label.

    A vote on an item whose label is in doubt counts for as much as it is probably right, and tells the less.
    """
    people = len(votes.annotators)
    right = posterior[votes.item, votes.label]
    is_gold = known[votes.item] != UNKNOWN
    hit = is_gold & (known[votes.item] == votes.label)
    labels = votes.votes_per_annotator()
    gold_of = np.bincount(votes.annotator, is_gold, people).astype(int)
    gold_right = np.bincount(votes.annotator, hit, people).astype(int)
    mean = np.bincount(votes.annotator, right, people) / np.maximum(labels, 1)
    doubt = np.bincount(votes.annotator, right * (1 - right), people) / np.maximum(labels, 1)
    return [
        _reliability(
            name, (int(labels[at]), float(mean[at]), float(doubt[at])), (gold_right[at], gold_of[at])
        )
        for at, name in enumerate(votes.annotators)
    ]


def _reliability(annotator: str, by_votes: tuple[int, float, float], gold: Sequence[int]) -> Reliability:
    labels, mean, doubt = by_votes
    right, of = int(gold[0]), int(gold[1])
    if of >= ENOUGH:
        return Reliability(annotator, labels, right / of, wilson(right / of, of), "gold", right, of)
    mean = min(max(mean, 0.0), 1.0)
    interval = (
        _wider(wilson(mean, labels), mean, Z * sqrt(max(doubt, 0.0) / labels)) if labels else (0.0, 1.0)
    )
    return Reliability(annotator, labels, mean, interval, "votes", right, of)


def _wider(interval: tuple[float, float], mean: float, half: float) -> tuple[float, float]:
    """An interval with a second doubt, independent of the first, within 0..1."""
    low, high = (sqrt((end - mean) ** 2 + half**2) for end in interval)
    return max(0.0, mean - low), min(1.0, mean + high)
