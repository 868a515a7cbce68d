"""What votes weigh where labels are more or less near: from how near each person is to what others say.

Of structured labels there is no confusion matrix, only a distance. Whoever is on average nearer to the label that all
come to weighs more in the next round, as the inverse of their distance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Generic, TypeVar

LabelT = TypeVar("LabelT")
ROUNDS, STILL = 10, 1e-6
PRIOR_VOTES = 5
"""How many votes as far off as all are on average each person's own must outweigh."""
NEAREST = 0.02
"""Nobody is taken to be nearer than this on average: weights stay within bounds."""


@dataclass(frozen=True)
class Medoids(Generic[LabelT]):
    """Of each item the vote that is nearest to all, and what each person's votes weigh: 1 on average."""

    labels: Mapping[str, LabelT]
    weights: Mapping[str, float]
    margin: Mapping[str, float]
    """By how much the weighted mean distance of the next best other label is larger, 0..1; 1 where all are the same."""


def medoids(
    items: Mapping[str, Sequence[tuple[str, LabelT]]], distance: Callable[[LabelT, LabelT], float]
) -> Medoids[LabelT]:
    """From each item's votes, as (annotator, label); the distance is 0..1."""
    apart = {name: [[distance(a, b) for _, b in votes] for _, a in votes] for name, votes in items.items()}
    weights = {who: 1.0 for votes in items.values() for who, _ in votes}
    chosen: dict[str, int] = {}
    for _ in range(ROUNDS):
        chosen = {
            name: _nearest(_costs(apart[name], votes, weights)) for name, votes in items.items() if votes
        }
        before, weights = weights, _weights(items, apart, chosen)
        if max((abs(weights[who] - before[who]) for who in weights), default=0) < STILL:
            break
    chosen = {name: _nearest(_costs(apart[name], votes, weights)) for name, votes in items.items() if votes}
    labels = {name: items[name][at][1] for name, at in chosen.items()}
    margin = {
        name: _margin(_costs(apart[name], items[name], weights), apart[name][at], at)
        for name, at in chosen.items()
    }
    return Medoids(labels, weights, margin)


def _costs(
    apart: list[list[float]], votes: Sequence[tuple[str, LabelT]], weights: Mapping[str, float]
) -> list[float]:
    """The weighted mean distance of each vote's label to all votes."""
    total = fsum(weights[who] for who, _ in votes)
    return [
        fsum(weights[who] * far for (who, _), far in zip(votes, row, strict=True)) / total for row in apart
    ]


def _nearest(costs: list[float]) -> int:
    return min(range(len(costs)), key=lambda at: (round(costs[at], 12), at))


def _margin(costs: list[float], from_chosen: list[float], chosen: int) -> float:
    other = [cost for cost, far in zip(costs, from_chosen, strict=True) if far > 0]
    return min(other) - costs[chosen] if other else 1.0


def _weights(
    items: Mapping[str, Sequence[tuple[str, LabelT]]],
    apart: Mapping[str, list[list[float]]],
    chosen: Mapping[str, int],
) -> dict[str, float]:
    """The inverse of each person's mean distance, one's own label left out where it is the chosen one."""
    off: dict[str, list[float]] = {}
    for name, votes in items.items():
        for at, (who, _) in enumerate(votes):
            others = [far for place, far in enumerate(apart[name][at]) if place != at]
            own = chosen[name] == at
            far = fsum(others) / len(others) if own and others else apart[name][at][chosen[name]]
            off.setdefault(who, []).append(far)
    every = [far for ones in off.values() for far in ones]
    usual = fsum(every) / len(every) if every else 0.0
    inverse = {
        who: 1 / max((fsum(ones) + PRIOR_VOTES * usual) / (len(ones) + PRIOR_VOTES), NEAREST)
        for who, ones in off.items()
    }
    mean = fsum(inverse.values()) / max(len(inverse), 1)
    return {who: one / mean for who, one in inverse.items()}
