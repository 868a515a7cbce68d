"""How votes are settled: from a task type's distance, its scale and its tolerance alone."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum
from typing import Any, TypeAlias

from pipeline.quality.parts import SLACK, by_parts
from schemas.base import Label, Vote
from tasks import AnyTaskType
from tasks._escape import escape_of

Votes: TypeAlias = Sequence[Vote[Any]]


@dataclass(frozen=True)
class Settled:
    """What the votes say together."""

    label: Label | None
    """None where they do not agree: a case for an adjudicator."""
    method: str
    agreement: float | None
    """1 minus the mean distance of two votes, 0..1; None for fewer than two votes."""


def settle(task_type: AnyTaskType, votes: Votes) -> Settled:
    """Settle the votes on one item by the way its task type declares; votes are not empty.

    A way out of the question is agreed on like any other label. Where it is not, it counts against the others: they
    must be more than half of all votes too.
    """
    label = _label(task_type, votes)
    if len(votes) == 1:
        method = "single"
    elif label is None:
        method = "none"
    elif all(task_type.distance(vote.label, label) == 0 for vote in votes):
        method = "unanimous"
    else:
        method = task_type.agreed
    return Settled(label, method, agreement(task_type, votes))


def _label(task_type: AnyTaskType, votes: Votes) -> Label | None:
    if len(votes) == 1:
        only: Label = votes[0].label
        return only
    judging = [vote for vote in votes if escape_of(vote.label) is None]
    if len(judging) == len(votes):
        return WAYS[task_type.agreed](task_type, votes)
    most = medoid(task_type, votes)
    if most is not None and escape_of(most) is not None:
        return most
    if task_type.agreed == "parts":
        return by_parts(task_type, votes)
    label = WAYS[task_type.agreed](task_type, judging) if judging else None
    if label is None:
        return None
    behind = _weight(judging) if task_type.agreed == "max" else _support(task_type, votes, label)
    return label if _is_majority(behind, votes) else None


def agreement(task_type: AnyTaskType, votes: Votes) -> float | None:
    """1 minus the mean distance over pairs of votes; None for fewer than two."""
    distances = [task_type.distance(a.label, b.label) for a, b in combinations(votes, 2)]
    return 1 - fsum(distances) / len(distances) if distances else None


def medoid(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The label that most votes support, where these are more than half of all by weight; None otherwise.

    First what is judged, then its wording: a vote supports every label within the type's tolerance of its own, and
    of the labels supported most the one nearest to its supporters stands for them. Where two of these stand against
    each other, neither does. Under a 0/1 distance this is the weighted majority vote.
    """
    # of equally near labels the one whose JSON sorts first, so that the order of votes decides nothing
    by_json = {vote.label.model_dump_json(): vote.label for vote in votes}
    labels: list[Label] = [by_json[name] for name in sorted(by_json)]
    most = max(_support(task_type, votes, label) for label in labels)
    best = [label for label in labels if _support(task_type, votes, label) >= most - SLACK]
    against = any(not one_judgement(task_type, *two) for two in combinations(best, 2))
    if against or not _is_majority(most, votes):
        return None
    costs = [_cost(task_type, votes, label) for label in best]
    return next(label for label, cost in zip(best, costs, strict=True) if cost <= min(costs) + SLACK)


def leading(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The label that most votes by weight support, a majority or not; None where several lead."""
    by_json = {vote.label.model_dump_json(): vote.label for vote in votes}
    labels: list[Label] = [by_json[name] for name in sorted(by_json)]
    supports = [_support(task_type, votes, label) for label in labels]
    best = [
        label for label, support in zip(labels, supports, strict=True) if support >= max(supports) - SLACK
    ]
    if any(not one_judgement(task_type, *two) for two in combinations(best, 2)):
        return None
    return min(best, key=lambda label: _cost(task_type, votes, label))


def ordinal(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The weighted median on the type's scale, where more than half of the votes by weight support it; else None.

    Of two neighbours it is the one nearer the middle; between others there is none. A vote supports what is within
    the type's tolerance of it: two votes at the ends of the scale and one in its middle settle nothing.
    """
    ranked = sorted(votes, key=lambda vote: (task_type.position(vote.label), vote.label.model_dump_json()))
    half = _weight(votes) / 2
    below, above = _at(ranked, half, strict=False), _at(ranked, half, strict=True)
    if not one_judgement(task_type, below, above):
        return None
    median = min(
        (below, above), key=lambda label: (abs(task_type.position(label)), task_type.position(label))
    )
    return median if _is_majority(_support(task_type, votes, median), votes) else None


def highest(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The highest severity that anybody said, field by field: one person who sees a fault is enough."""
    label: Label = task_type.worst([vote.label for vote in votes])
    return label


def mean_rank(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The answers by the mean of their places (Borda), equal means tied, where more than half support it; else None.

    Votes that rank different numbers of answers come to nothing.
    """
    places = [(task_type.places(vote.label), vote.weight) for vote in votes]
    if len({len(one) for one, _ in places}) != 1:
        return None
    total = _weight(votes)
    by_answer = zip(*(one for one, _ in places), strict=True)
    means = [
        round(fsum(place * weight for place, (_, weight) in zip(each, places, strict=True)) / total, 9)
        for each in by_answer
    ]
    mean = task_type.ranked(means)
    # in somebody's words where somebody ranked them so, the same ones whatever the order of votes
    said = [vote.label for vote in votes if task_type.distance(vote.label, mean) == 0]
    label: Label = min(said, key=lambda one: str(one.model_dump_json()), default=mean)
    return label if _is_majority(_support(task_type, votes, label), votes) else None


def one_judgement(task_type: AnyTaskType, a: Label, b: Label) -> bool:
    """Whether two labels are no farther apart than the type tolerates."""
    return bool(task_type.distance(a, b) <= task_type.tolerance + SLACK)


def _weight(votes: Iterable[Vote[Any]]) -> float:
    return fsum(vote.weight for vote in votes)


def _support(task_type: AnyTaskType, votes: Votes, label: Label) -> float:
    """The weight of the votes that are the same judgement as a label."""
    return _weight(vote for vote in votes if one_judgement(task_type, vote.label, label))


def _cost(task_type: AnyTaskType, votes: Votes, label: Label) -> float:
    """How far a label is from the votes that support it."""
    supporters = (vote for vote in votes if one_judgement(task_type, vote.label, label))
    return fsum(vote.weight * task_type.distance(label, vote.label) for vote in supporters)


def _is_majority(support: float, votes: Votes) -> bool:
    return support > _weight(votes) / 2 + SLACK


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
    "max": highest,
    "rank": mean_rank,
    "parts": by_parts,
}
