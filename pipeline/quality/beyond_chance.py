"""Agreement of judgements that many pairs share by chance: the first wrong step, sets of lines, and places on a scale.

Each is (po - pe) / (1 - pe): how often two people agree on an item, against how often they would if what was said were
dealt out to items by lot. Raw agreement within a step of each other says next to nothing: chance gives it half of that.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import TypeVar

import numpy as np

from pipeline.quality.coded import Floats

SaidT = TypeVar("SaidT", bound=Hashable)
RESAMPLES, SEED = 1000, 20_260_101
MOST_DIFFERENT = 2000
"""Of more different judgements than these, chance is worked out from a sample."""


@dataclass(frozen=True)
class BeyondChance:
    """Agreement with and without what chance gives."""

    value: float | None
    """1 perfect, 0 as by chance; None where no item has two judgements, or chance alone agrees on all."""
    interval: tuple[float, float] | None
    """95 in 100, by drawing items anew."""
    raw: float | None
    """The mean likeness of two people's judgements, each item alike."""
    chance: float | None
    items: int
    """With two judgements or more."""


def beyond_chance(said: Iterable[Sequence[SaidT]], likeness: Callable[[SaidT, SaidT], float]) -> BeyondChance:
    """Agreement by any likeness, 0..1, of the judgements on each item."""
    items = [tuple(one) for one in said if len(one) > 1]
    if not items:
        return BeyondChance(None, None, None, None, 0)
    like = cache(likeness)
    raw = np.array([np.mean([like(a, b) for a, b in combinations(one, 2)]) for one in items])
    kinds = sorted({judgement for one in items for judgement in one}, key=repr)[:MOST_DIFFERENT]
    place = {kind: at for at, kind in enumerate(kinds)}
    shares = np.zeros((len(items), len(kinds)))
    for row, one in enumerate(items):
        for judgement in one:
            if judgement in place:
                shares[row, place[judgement]] += 1 / len(one)
    table = np.array([[like(a, b) for b in kinds] for a in kinds])
    value, chance = _corrected(raw, shares, table)
    random = np.random.default_rng(SEED)
    drawn = (random.integers(len(items), size=len(items)) for _ in range(RESAMPLES))
    found = (_corrected(raw[at], shares[at], table)[0] for at in drawn)
    values = [estimate for estimate in found if estimate is not None]
    low, high = np.percentile(values, [2.5, 97.5]) if values else (np.nan, np.nan)
    interval = (float(low), float(high)) if values and len(items) > 1 else None
    return BeyondChance(value, interval, float(raw.mean()), chance, len(items))


def first_error(said: Iterable[Sequence[int | None]], within: int = 0) -> BeyondChance:
    """Agreement on the first wrong step, None for no error; `within` steps of each other count as the same."""

    def likeness(a: int | None, b: int | None) -> float:
        return float(a == b if a is None or b is None else abs(a - b) <= within)

    return beyond_chance(said, likeness)


def line_sets(said: Iterable[Sequence[frozenset[int]]], least: float | None = None) -> BeyondChance:
    """Agreement on sets of lines by intersection over union; with `least`, whether it reaches that (0.5 is usual)."""

    def likeness(a: frozenset[int], b: frozenset[int]) -> float:
        overlap = iou(a, b)
        return overlap if least is None else float(overlap >= least)

    return beyond_chance(said, likeness)


def iou(a: frozenset[int], b: frozenset[int]) -> float:
    """What two sets share of what they hold together; two empty ones are the same."""
    return len(a & b) / len(a | b) if a or b else 1.0


def harmonic_accuracy(found: Mapping[str, int | None], known: Mapping[str, int | None]) -> float | None:
    """The harmonic mean of the accuracy on erroneous and on clean solutions, as ProcessBench has it."""
    shares = []
    for clean in (False, True):
        items = [item for item in found if item in known and (known[item] is None) == clean]
        if not items:
            return None
        shares.append(sum(found[item] == known[item] for item in items) / len(items))
    return 2 * shares[0] * shares[1] / sum(shares) if sum(shares) else 0.0


def weighted_kappa(pairs: Iterable[tuple[float, float]], power: int = 2) -> float | None:
    """Cohen's kappa of two people's places on a scale, weighted by the distance to some power; None of one place only.

    2 is the quadratic one, 1 the linear one. The places are numbers, and their distances count.
    """
    listed = list(pairs)
    if not listed:
        return None
    first, second = (np.array([pair[side] for pair in listed], dtype=float) for side in (0, 1))
    apart = np.abs(first - second) ** power
    by_chance = np.abs(first[:, None] - second[None, :]) ** power if len(listed) <= MOST_DIFFERENT else None
    expected = float(by_chance.mean()) if by_chance is not None else _expected(first, second, power)
    return float(1 - apart.mean() / expected) if expected > 0 else None


def _expected(first: Floats, second: Floats, power: int) -> float:
    places, here = np.unique(first, return_counts=True)
    others, there = np.unique(second, return_counts=True)
    apart = np.abs(places[:, None] - others[None, :]) ** power
    return float((here / here.sum()) @ apart @ (there / there.sum()))


def _corrected(raw: Floats, shares: Floats, table: Floats) -> tuple[float | None, float]:
    of_all = shares.mean(axis=0)
    total = of_all.sum()
    chance = float(of_all @ table @ of_all / total**2) if total else 1.0
    return (float((raw.mean() - chance) / (1 - chance)) if chance < 1 else None), chance
