"""What people's differences come from: an unclear clause, or one person; a model with both tells them apart.

Whether two votes on an item differ is a logistic regression on the clause of the item and on both people, each drawn
towards the others (ridge). A clause that nobody agrees on, and a person whom nobody agrees with, then have each an
effect of their own, though the differences of either look alike in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Literal, TypeAlias

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.intervals import Z
from pipeline.quality.signs import MOST_ITEMS

Cause: TypeAlias = Literal["clause", "person"]
RIDGE = 1.0
"""The prior precision of effects, in log odds."""
ROUNDS, STILL = 50, 1e-8
TWICE, SURELY = 2.0, 1.5
"""Odds of differing, as estimated and at the lower end of their interval, from which on a cause is named."""
MOST_PAIRS = 2_000_000
FEWEST_ITEMS = 10
"""So many items with two votes are needed to say something of a clause or a person."""


@dataclass(frozen=True)
class Difference:
    """How much more people differ on a clause, or with a person, than elsewhere: the odds, 1 as elsewhere."""

    cause: Cause
    name: str
    odds: float
    interval: tuple[float, float]
    """95 times in 100; votes on one item are taken together."""
    differing: float
    """The share of pairs of votes that differ there."""
    items: int
    named: bool
    """Whether it is clear enough to be called the cause."""
    tasks: tuple[str, ...]
    """Items to look at: those on which people differ most."""


def differences(votes: Coded, clause: Places, clauses: Sequence[str]) -> list[Difference]:
    """Clauses and people, the largest odds first; `clause` is the place of each item's one in `clauses`."""
    one, other = _pairs(votes)
    if not one.size:
        return []
    differ = (votes.label[one] != votes.label[other]).astype(float)
    item = votes.item[one]
    groups = len(clauses)
    columns = np.stack([clause[item], groups + votes.annotator[one], groups + votes.annotator[other]])
    fitted = _fitted(columns, differ, item, groups + len(votes.annotators))
    effect, error = _beside_others(*fitted, np.bincount(columns.ravel(), minlength=len(fitted[0])), groups)
    names = [*clauses, *votes.annotators]
    found = [
        _difference(
            at,
            ("clause" if at < groups else "person", str(names[at])),
            (effect, error),
            (columns, differ, item),
            votes,
        )
        for at in range(len(names))
        if np.unique(item[(columns == at).any(axis=0)]).size >= FEWEST_ITEMS
    ]
    return sorted(found, key=lambda one: -one.odds)


def _difference(
    at: int,
    what: tuple[Cause, str],
    fitted: tuple[Floats, Floats],
    data: tuple[Places, Floats, Places],
    votes: Coded,
) -> Difference:
    (effect, error), (columns, differ, item) = fitted, data
    here = (columns == at).any(axis=0)
    low, high = effect[at] - Z * error[at], effect[at] + Z * error[at]
    rate = np.bincount(item[here], differ[here], len(votes.items))
    tasks = np.argsort(-rate, kind="stable")[:MOST_ITEMS]
    return Difference(
        cause=what[0],
        name=what[1],
        odds=exp(effect[at]),
        interval=(exp(low), exp(high)),
        differing=float(differ[here].mean()),
        items=int(np.unique(item[here]).size),
        named=bool(effect[at] >= np.log(TWICE) and low > np.log(SURELY)),
        tasks=tuple(str(votes.items[task]) for task in tasks if rate[task] > 0),
    )


def _fitted(columns: Places, differ: Floats, item: Places, effects: int) -> tuple[Floats, Floats]:
    """Each effect and their covariance, by Newton's method; the last column is what all have in common.

    The covariance is that of a sandwich with items as clusters, for the pairs of one item say much the same.
    """
    from scipy.sparse import csr_matrix

    pairs, width = len(differ), effects + 1
    rows = np.tile(np.arange(pairs), len(columns))
    ones = csr_matrix((np.ones(columns.size), (rows, columns.ravel())), shape=(pairs, effects))
    design: Any = _with_constant(ones)
    penalty = np.append(np.full(effects, RIDGE), 0.0)
    beta, curve = np.zeros(width), np.eye(width)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-(design @ beta)))
        weight = np.maximum(chance * (1 - chance), 1e-9)
        curve = (design.T @ design.multiply(weight[:, None])).toarray() + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, design.T @ (differ - chance) - penalty * beta)
        beta += step
        if np.abs(step).max() < STILL:
            break
    inverse = np.linalg.inv(curve)
    of_item = csr_matrix((np.ones(pairs), (item, np.arange(pairs))))
    scores = of_item @ design.multiply((differ - 1 / (1 + np.exp(-(design @ beta))))[:, None])
    spread = inverse @ (scores.T @ scores).toarray() @ inverse + inverse @ np.diag(penalty) @ inverse
    return beta[:-1], spread[:-1, :-1]


def _beside_others(effect: Floats, spread: Floats, times: Places, groups: int) -> tuple[Floats, Floats]:
    """How much each clause differs from the other clauses, and each person from the others, and its standard error.

    What all clauses have in common cannot be told from what all people have, and is nobody's.
    """
    contrast = np.eye(len(effect))
    for family in (slice(0, groups), slice(groups, len(effect))):
        weight = np.tile(times[family].astype(float), (len(times[family]), 1))
        np.fill_diagonal(weight, 0.0)
        contrast[family, family] -= weight / np.maximum(weight.sum(axis=1, keepdims=True), 1)
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", contrast, spread, contrast), 0))
    return contrast @ effect, error


def _with_constant(design: Any) -> Any:  # noqa: ANN401 - scipy's own
    from scipy.sparse import csr_matrix, hstack

    return hstack([design, csr_matrix(np.ones((design.shape[0], 1)))]).tocsr()


def _pairs(votes: Coded) -> tuple[Places, Places]:
    """All unordered pairs of votes on one item; of too many those of a sample of items."""
    order = np.argsort(votes.item, kind="stable")
    heads = votes.votes_per_item()
    starts = np.cumsum(heads) - heads
    many = heads.astype(np.int64) * (heads - 1) // 2
    drawn = np.random.default_rng(0).permutation(len(heads))
    heads = heads.copy()
    heads[drawn[np.cumsum(many[drawn]) > MOST_PAIRS]] = 0
    one, other = [np.zeros(0, dtype=np.intp)], [np.zeros(0, dtype=np.intp)]
    for size in np.unique(heads[heads > 1]):
        base = starts[heads == size][:, None]
        a, b = np.triu_indices(int(size), 1)
        one.append((base + a).ravel())
        other.append((base + b).ravel())
    return order[np.concatenate(one)], order[np.concatenate(other)]
