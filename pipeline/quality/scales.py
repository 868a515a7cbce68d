"""Distances between labels that are more than equal or not: sets of values, and rankings. Labels are JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]


def jaccard(labels: Sequence[str]) -> Floats:
    """1 minus what two sets share of what they hold together, for every two; two empty sets are the same.

    A label is a JSON list of texts: `["a","b"]`.
    """
    sets = [frozenset(json.loads(label)) for label in labels]
    members = {member: place for place, member in enumerate(sorted(frozenset().union(*sets)))}
    held = np.zeros((len(sets), len(members)))
    for row, one in enumerate(sets):
        held[row, [members[member] for member in one]] = 1
    shared = held @ held.T
    sizes = held.sum(axis=1)
    together = sizes[:, None] + sizes[None, :] - shared
    found: Floats = 1 - np.divide(shared, together, out=np.ones_like(shared), where=together > 0)
    return found


def rankings(labels: Sequence[str]) -> Callable[[int, int], float]:
    """Half of 1 minus Kendall's tau-b of two rankings, by their places in `labels`.

    0 is the same order, 1 the reverse, 0.5 what chance gives. A label is a JSON object from what is ranked to its
    place; what only one of the two ranks is passed over.
    """

    @cache
    def distance(one: int, other: int) -> float:
        return 0.0 if one == other else (1 - kendall(json.loads(labels[one]), json.loads(labels[other]))) / 2

    return distance


def kendall(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Kendall's tau-b of what both rank; 0 where one of them orders nothing."""
    agree = a_orders = b_orders = 0
    for one, other in combinations(sorted(a.keys() & b.keys()), 2):
        in_a, in_b = _sign(a[one] - a[other]), _sign(b[one] - b[other])
        agree += in_a * in_b
        a_orders += in_a != 0
        b_orders += in_b != 0
    return agree / sqrt(a_orders * b_orders) if a_orders and b_orders else 0.0


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)
