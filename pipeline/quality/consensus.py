"""How votes are settled: from a task type's distance, its scale and its tolerance alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from schemas.base import Label, Vote
from tasks import AnyTaskType

Votes: TypeAlias = Sequence[Vote[Any]]
SLACK = 1e-9
"""Sums of distances are compared up to this, so that the order of votes decides nothing."""


@dataclass(frozen=True)
class Settled:
    """What the votes say together."""

    label: Label | None
    """None where they do not agree: a case for an adjudicator."""
    method: str
    agreement: float | None
    """1 minus the mean distance of two votes, 0..1; None for fewer than two votes."""


def settle(task_type: AnyTaskType, votes: Votes) -> Settled:
    """Settle the votes on one item by the way its task type declares; votes are not empty."""
    label = WAYS[task_type.agreed](task_type, votes)
    if len(votes) == 1:
        method = "single"
    elif label is None:
        method = "none"
    elif all(task_type.distance(vote.label, label) == 0 for vote in votes):
        method = "unanimous"
    else:
        method = task_type.agreed
    return Settled(label, method, agreement(task_type, votes))


def agreement(task_type: AnyTaskType, votes: Votes) -> float | None:
    """1 minus the mean distance over pairs of votes; None for fewer than two."""
    distances = [task_type.distance(a.label, b.label) for a, b in combinations(votes, 2)]
    return 1 - sum(distances) / len(distances) if distances else None


def medoid(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The label nearest to all the others by weight; None where another as near stands against it.

    Labels within the type's tolerance are one judgement. Under a 0/1 distance this is the weighted majority vote.
    """

    def cost(label: Label) -> float:
        return sum(vote.weight * task_type.distance(label, vote.label) for vote in votes)

    costs = {vote.label.model_dump_json(): (cost(vote.label), vote.label) for vote in votes}
    # of equally near labels the one whose JSON sorts first, so that the order of votes decides nothing
    least = min(found for found, _ in costs.values())
    best = next(costs[name][1] for name in sorted(costs) if costs[name][0] <= least + SLACK)
    rivals = (label for found, label in costs.values() if found <= least + SLACK)
    against = any(task_type.distance(rival, best) > task_type.tolerance + SLACK for rival in rivals)
    return None if against else best


def ordinal(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The weighted median on the type's scale; of two neighbours the one nearer the middle, None between others."""
    ranked = sorted(votes, key=lambda vote: (task_type.position(vote.label), vote.label.model_dump_json()))
    half = sum(vote.weight for vote in votes) / 2
    below, above = _at(ranked, half, strict=False), _at(ranked, half, strict=True)
    if task_type.distance(below, above) > task_type.tolerance + SLACK:
        return None
    return min((below, above), key=lambda label: (abs(task_type.position(label)), task_type.position(label)))


def _at(ranked: Votes, half: float, *, strict: bool) -> Label:
    """The label at which the summed weight reaches half of all, or passes it."""
    reached = 0.0
    for vote in ranked:
        reached += vote.weight
        if reached > half + SLACK or (not strict and reached >= half - SLACK):
            break
    label: Label = vote.label
    return label


WAYS: dict[str, Callable[[AnyTaskType, Votes], Label | None]] = {
    "vote": medoid,
    "medoid": medoid,
    "ordinal": ordinal,
}
