"""Rankings of many items by the same judges: how reliable each judge is, and so how good each answer.

As in `bradley_terry`: the better of two wins with probability s / (s + t), and a judge of reliability r says so with
probability r, and otherwise either. Answers belong to one item each, so all items are worked out at once, side by side.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Self, TypeAlias

import numpy as np

from pipeline.quality.bradley_terry import DRAWN, PRIOR_COMPARISONS, RELIABLE
from pipeline.quality.coded import Floats, Places

Ranked: TypeAlias = tuple[str, Sequence[float]]
"""A judge, and the place of each answer, 1 the best, ties sharing one."""
TURNS, SETTLED = 50, 1e-4
ROUNDS, STILL = 100, 1e-6
KNOWN = 20.0
"""How many comparisons a known order is worth."""
SURE, LEAST = 0.99, 1e-300


@dataclass(frozen=True)
class Judges:
    """How reliable each judge is: 0 says either of two at random, 1 as the scores have it."""

    expected: float = RELIABLE
    """Of somebody who is not known."""
    reliability: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, items: Mapping[str, Sequence[Ranked]], known: Mapping[str, Sequence[float]]) -> Self:
        """Learn from many items' rankings, and from the known ones of some of them."""
        names = sorted({judge for ranked in items.values() for judge, _ in ranked})
        place = {name: at for at, name in enumerate(names)}
        rows = [
            (at, place[judge], *pair)
            for at, name in enumerate(sorted(items))
            for judge, places in items[name]
            for pair in pairs(places)
        ]
        if not rows:
            return cls()
        item, judge, better, worse = np.array(rows, dtype=np.intp).T
        held = [(at, *pair) for at, name in enumerate(sorted(items)) for pair in pairs(known.get(name, ()))]
        width = 1 + max(int(better.max()), int(worse.max()), *(max(pair) for _, *pair in held))
        sure = np.zeros((len(items), width, width))
        for one in held:
            sure[one] = KNOWN
        heads = np.bincount(judge, minlength=len(names))
        reliability: Floats = np.full(len(names), RELIABLE)
        at = item, better, worse
        scores = _scores(sure + _wins(at, reliability[judge], sure.shape))
        for _ in range(TURNS):
            serious = _serious(reliability[judge], scores[item, better], scores[item, worse])
            scores = _scores(sure + _wins(at, serious, sure.shape))
            sums = np.bincount(judge, serious, len(names))
            before = reliability
            reliability = (sums + RELIABLE * PRIOR_COMPARISONS) / (heads + PRIOR_COMPARISONS)
            if np.abs(reliability - before).max() < SETTLED:
                break
        expected = float((reliability * heads).sum() / heads.sum())
        return cls(expected, dict(zip(names, map(float, reliability), strict=True)))

    def of(self, judge: str) -> float:
        """How reliable somebody is."""
        return min(self.reliability.get(judge, self.expected), SURE)

    def scores(self, ranked: Iterable[Ranked]) -> Floats:
        """How good each answer of one item is; the rankings are of as many answers each, and are not none."""
        listed = list(ranked)
        width = len(listed[0][1])
        wins = np.zeros((1, width, width))
        for judge, places in listed:
            for better, worse in pairs(places):
                wins[0, better, worse] += self.of(judge)
        found: Floats = _scores(wins)[0]
        return found


def pairs(places: Sequence[float]) -> list[tuple[int, int]]:
    """Every two answers as (better, worse); ties say nothing."""
    both = combinations(range(len(places)), 2)
    return [(a, b) if places[a] < places[b] else (b, a) for a, b in both if places[a] != places[b]]


def _serious(reliability: Floats, won: Floats, lost: Floats) -> Floats:
    meant = reliability * won / (won + lost)
    found: Floats = meant / (meant + (1 - reliability) / 2)
    return found


def _wins(at: tuple[Places, Places, Places], weights: Floats, shape: tuple[int, ...]) -> Floats:
    """How often each answer, by rows, won against each other one of its item."""
    flat = np.ravel_multi_index(at, shape)
    found: Floats = np.bincount(flat, weights, int(np.prod(shape))).reshape(shape).astype(float)
    return found


def _scores(wins: Floats) -> Floats:
    """Items by answers; an answer that met no other has the score of all at first."""
    both = wins + wins.transpose(0, 2, 1)
    met = both > 0
    together, total = both + 2 * DRAWN * met, (wins + DRAWN * met).sum(axis=2)
    is_there = met.any(axis=2)
    scores: Floats = np.ones(wins.shape[:2])
    for _ in range(ROUNDS):
        sums = scores[:, :, None] + scores[:, None, :]
        new = np.where(is_there, total / np.maximum((together / sums).sum(axis=2), LEAST), 0)
        # their mean is 1, so that those that met nothing may have 1 as well
        new *= is_there.sum(axis=1, keepdims=True) / np.maximum(new.sum(axis=1, keepdims=True), LEAST)
        new = np.where(is_there, new, 1.0)
        moved = np.abs(new - scores).max(initial=0)
        scores = new
        if moved < STILL:
            break
    return scores
