"""Scores of things that were ranked or compared in pairs, with judges who are more or less reliable.

The better of two wins with probability s / (s + t), their scores; a judge of reliability r says so with probability
r, and otherwise says either. Reliabilities and scores are learned in turn.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from pipeline.quality.coded import Floats, Places

ThingT = TypeVar("ThingT", bound=Hashable)
Comparison: TypeAlias = tuple[str, ThingT, ThingT]
"""A judge, what won, what lost."""

ROUNDS, STILL = 1000, 1e-9
TURNS, SETTLED = 300, 1e-6
"""At most so many turns of learning judges; none more where no reliability moves by more than this."""
RELIABLE, PRIOR_COMPARISONS = 0.9, 5
"""How reliable judges are as long as nobody has shown it, and how many comparisons that is worth."""
DRAWN = 0.1
"""Wins added to each side of each pair that met, so that what never lost has a score."""


@dataclass(frozen=True)
class Scores(Generic[ThingT]):
    """How good each thing is, and how reliable each judge."""

    scores: Mapping[ThingT, float]
    """They sum up to 1."""
    reliability: Mapping[str, float]
    """0 says either of two at random, 1 as the scores have it."""

    def order(self) -> list[ThingT]:
        """The best first; of equals that whose name sorts first."""
        return sorted(self.scores, key=lambda one: (-round(self.scores[one], 12), str(one)))

    def wins(self, one: ThingT, other: ThingT) -> float:
        """How probably the one is better than the other."""
        return self.scores[one] / (self.scores[one] + self.scores[other])


def compared(judge: str, places: Mapping[ThingT, float]) -> list[Comparison[ThingT]]:
    """A ranking as comparisons of every two things; ties say nothing."""
    pairs = combinations(sorted(places, key=str), 2)
    ordered = ((a, b) if places[a] < places[b] else (b, a) for a, b in pairs if places[a] != places[b])
    return [(judge, better, worse) for better, worse in ordered]


def bradley_terry(comparisons: Iterable[Comparison[ThingT]], drawn: float = DRAWN) -> Scores[ThingT]:
    """Scores where all judges are alike, by Hunter's minorisation-maximisation."""
    listed = list(comparisons)
    things = sorted({thing for _, *both in listed for thing in both}, key=str)
    won, lost = _places(listed, things)
    scores = _scores(_wins(won, lost, np.ones(len(listed)), len(things)), drawn)
    judges = {judge for judge, _, _ in listed}
    return Scores(dict(zip(things, scores.tolist(), strict=True)), dict.fromkeys(sorted(judges), 1.0))


def with_judges(comparisons: Iterable[Comparison[ThingT]], drawn: float = DRAWN) -> Scores[ThingT]:
    """Scores where each judge has a reliability of their own, and those who guess count for little."""
    listed = list(comparisons)
    things = sorted({thing for _, *both in listed for thing in both}, key=str)
    names = sorted({judge for judge, _, _ in listed})
    place = {name: at for at, name in enumerate(names)}
    judge = np.array([place[name] for name, _, _ in listed], dtype=np.intp)
    won, lost = _places(listed, things)
    heads = np.bincount(judge, minlength=len(names))
    reliability: Floats = np.full(len(names), RELIABLE)
    scores = _scores(_wins(won, lost, reliability[judge], len(things)), drawn)
    for _ in range(TURNS):
        meant = reliability[judge] * scores[won] / (scores[won] + scores[lost])
        serious = meant / (meant + (1 - reliability[judge]) / 2)
        scores = _scores(_wins(won, lost, serious, len(things)), drawn)
        sums = np.bincount(judge, serious, len(names))
        before, reliability = (
            reliability,
            (sums + RELIABLE * PRIOR_COMPARISONS) / (heads + PRIOR_COMPARISONS),
        )
        if np.abs(reliability - before).max(initial=0) < SETTLED:
            break
    named = dict(zip(names, reliability.tolist(), strict=True))
    return Scores(dict(zip(things, scores.tolist(), strict=True)), named)


def _places(listed: list[Comparison[ThingT]], things: list[ThingT]) -> tuple[Places, Places]:
    place = {thing: at for at, thing in enumerate(things)}
    won = np.array([place[better] for _, better, _ in listed], dtype=np.intp)
    return won, np.array([place[worse] for _, _, worse in listed], dtype=np.intp)


def _wins(won: Places, lost: Places, weights: Floats, things: int) -> Floats:
    """How often each thing, by rows, won against each other."""
    counted = np.bincount(won * things + lost, weights, things * things)
    return counted.reshape(things, things).astype(float)


def _scores(wins: Floats, drawn: float) -> Floats:
    met = (wins + wins.T) > 0
    wins = wins + drawn * met
    together, total = wins + wins.T, wins.sum(axis=1)
    scores: Floats = np.full(len(wins), 1 / max(len(wins), 1))
    for _ in range(ROUNDS):
        sums = scores[:, None] + scores[None, :]
        new: Floats = total / np.maximum(
            np.divide(together, sums, out=np.zeros_like(wins), where=met).sum(axis=1), 1e-300
        )
        new /= new.sum()
        if np.abs(new - scores).max() < STILL:
            return new
        scores = new
    return scores
