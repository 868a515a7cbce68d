"""The one-coin model: each annotator is right with a probability of their own, whatever the item and its label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import exp, fsum, log
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.quality.consensus import one_judgement
from pipeline.quality.parts import SLACK, alike, composed, table
from pipeline.quality.posterior import Leading, Votes
from schemas.base import Label
from tasks import AnyTaskType

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]
Judgements: TypeAlias = list[tuple[Any, list[int]]]
"""What votes say of one item, or one part of it, each with the places of the votes behind it; heaviest first."""

EXPECTED = 0.8
"""How often people are right, as long as nobody has shown it."""
PRIOR_VOTES = 5
"""How many votes that expectation is worth: for all people together, and for each of them again."""
CERTAIN = 0.99
"""Nobody is taken to be right, or wrong, more surely than this."""
FEWEST_ALTERNATIVES = 2.0
ROUNDS, STILL = 50, 1e-5


@dataclass(frozen=True)
class OneCoin:
    """How often each annotator is right, and over how many answers the errors of all of them spread.

    No label is expected more than another one beforehand: a learned share of labels costs accuracy where an item
    has few votes.
    """

    expected: float = EXPECTED
    """How often somebody is right whom the model does not know."""
    alternatives: float = FEWEST_ALTERNATIVES
    """The effective number of answers to an item: the right one, and those that errors fall on; 2 or more."""
    accuracies: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, task_type: AnyTaskType, items: Mapping[str, Votes]) -> Self:
        """Learn from the votes on many items of one task type: expectation-maximisation, started at equal people."""
        people = sorted({vote.annotator for votes in items.values() for vote in votes})
        if not people:
            return cls()
        table = _tabulated(task_type, items, people)
        expected, alternatives = EXPECTED, FEWEST_ALTERNATIVES
        accuracy: Floats = np.full(len(people), EXPECTED)
        for _ in range(ROUNDS):
            right = table.right(_log_odds(accuracy, alternatives), alternatives)
            before, (expected, accuracy) = accuracy, table.accuracy(right, len(people))
            alternatives = table.alternatives(right)
            if float(np.abs(accuracy - before).max()) < STILL:
                break
        return cls(expected, alternatives, dict(zip(people, accuracy.tolist(), strict=True)))

    def accuracy(self, annotator: str) -> float:
        """How often an annotator is right, 0..1, shrunk towards what is expected of everybody."""
        return self.accuracies.get(annotator, self.expected)

    def weight(self, annotator: str) -> float:
        """The log odds of a vote of theirs; 0 for somebody no better than chance: no vote counts against its label."""
        return float(_log_odds(np.array([self.accuracy(annotator)]), self.alternatives)[0])

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """The heaviest judgement, against the other ones and against those that nobody has given.

        Where the type is agreed part by part that is so for each part, and the least sure one counts.
        """
        weights = [self.weight(vote.annotator) for vote in votes]
        parts = _of_parts(task_type, votes, weights)
        whole = _judgements(task_type, votes, weights)
        verdicts = [judgements[0][0] if judgements else None for judgements in parts]
        label = composed(task_type, votes, verdicts) if parts else None
        asked = [judgements for judgements in parts if judgements] or [whole]
        return Leading(label or whole[0][0], min(self._probability(one, weights) for one in asked))

    def _probability(self, judgements: Judgements, weights: Sequence[float]) -> float:
        """How probably the heaviest of them is right."""
        odds = [exp(fsum(weights[at] for at in behind)) for _, behind in judgements]
        not_given = max(0.0, self.alternatives - len(judgements))
        return odds[0] / (fsum(odds) + not_given)


@dataclass(frozen=True)
class _Table:
    """All votes as numbers. A judgement is one within one item; the judgements of an item stand together."""

    person: Places
    """Of each vote, who gave it."""
    judgement: Places
    """Of each vote, the judgement that it gives."""
    item: Places
    """Of each judgement, its item."""
    first: Places
    """Of each item, its first judgement."""

    def right(self, weights: Floats, alternatives: float) -> Floats:
        """How probably each judgement is the right one of its item, from the log odds of people."""
        support = np.bincount(self.judgement, weights[self.person], len(self.item))
        most = np.maximum.reduceat(support, self.first)
        odds = np.exp(support - most[self.item])
        not_given = np.maximum(0.0, alternatives - np.bincount(self.item)) * np.exp(-most)
        right: Floats = odds / (np.add.reduceat(odds, self.first) + not_given)[self.item]
        return right

    def accuracy(self, right: Floats, people: int) -> tuple[float, Floats]:
        """How often all people together are right, and each of them."""
        hits = np.bincount(self.person, right[self.judgement], people)
        votes = np.bincount(self.person, minlength=people)
        expected = float((hits.sum() + EXPECTED * PRIOR_VOTES) / (votes.sum() + PRIOR_VOTES))
        return expected, (hits + expected * PRIOR_VOTES) / (votes + PRIOR_VOTES)

    def alternatives(self, right: Floats) -> float:
        """1 + 1 / the share, of all pairs of wrong votes on an item, that give the same wrong judgement.

        Two answers, where all errors fall on the same one, until pairs of wrong votes say otherwise.
        """
        votes = np.bincount(self.judgement, minlength=len(self.item))
        wrong = np.add.reduceat(votes, self.first)[self.item] - votes
        same = np.add.reduceat(_pairs(votes), self.first)[self.item] - _pairs(votes)
        alike, all_wrong = float((right * same).sum()), float((right * _pairs(wrong)).sum())
        return 1 + (all_wrong + PRIOR_VOTES) / (alike + PRIOR_VOTES)


def _log_odds(accuracy: Floats, alternatives: float) -> Floats:
    sure = np.clip(accuracy, 1 - CERTAIN, CERTAIN)
    odds: Floats = np.maximum(0.0, np.log(sure / (1 - sure)) + log(alternatives - 1))
    return odds


def _pairs(count: Places) -> Places:
    pairs: Places = count * (count - 1) // 2
    return pairs


def _tabulated(task_type: AnyTaskType, items: Mapping[str, Votes], people: Sequence[str]) -> _Table:
    """The table of votes, the same in whatever order items and votes come."""
    place = {annotator: at for at, annotator in enumerate(people)}
    voted = [sorted(items[name], key=lambda vote: vote.annotator) for name in sorted(items) if items[name]]
    person: list[int] = []
    judgement: list[int] = []
    item: list[int] = []
    first: list[int] = []
    asked = ((votes, one) for votes in voted for one in _questions(task_type, votes))
    for number, (votes, judgements) in enumerate(asked):
        first.append(len(item))
        for _, behind in judgements:
            person += [place[votes[at].annotator] for at in behind]
            judgement += [len(item)] * len(behind)
            item.append(number)
    return _Table(*(np.array(column, dtype=np.intp) for column in (person, judgement, item, first)))


def _questions(task_type: AnyTaskType, votes: Votes) -> list[Judgements]:
    """What an item asks, answered: one question, or one a part where the type is agreed part by part."""
    heads = [1.0] * len(votes)
    parts = [judgements for judgements in _of_parts(task_type, votes, heads) if judgements]
    return parts or [_judgements(task_type, votes, heads)]


def _of_parts(task_type: AnyTaskType, votes: Votes, weights: Sequence[float]) -> list[Judgements]:
    """The judgements of each part; who says nothing of it is behind none. No part where nobody judges."""
    asked = table(task_type, votes) if task_type.agreed == "parts" else []
    near = partial(alike, tolerance=task_type.tolerance)
    return [_parted(_places(said), weights, near, repr) for said in asked]


def _judgements(task_type: AnyTaskType, votes: Votes, weights: Sequence[float]) -> Judgements:
    """The judgements of an item as a whole."""
    near = partial(one_judgement, task_type)
    return _parted(_places([vote.label for vote in votes]), weights, near, _json)


def _places(said: Sequence[Any]) -> dict[Any, list[int]]:
    places: dict[Any, list[int]] = {}
    for at, one in enumerate(said):
        if one is not None:
            places.setdefault(one, []).append(at)
    return places


def _json(label: Label) -> str:
    return str(label.model_dump_json())


def _parted(
    said: Mapping[Any, list[int]],
    weights: Sequence[float],
    near: Callable[[Any, Any], bool],
    name: Callable[[Any], str],
) -> Judgements:
    """What was said, parted into judgements.

    What most votes by weight are near to takes them; then the next one, of those that are left.
    """
    # of equally heavy ones the one whose name sorts first, so that the order of votes decides nothing
    left = sorted(said, key=name) if len(said) > 1 else list(said)
    found: Judgements = []
    while left:
        behind = {one: [o for o in left if near(o, one)] for one in left}
        weight = {one: fsum(weights[at] for o in behind[one] for at in said[o]) for one in left}
        most = max(weight.values())
        best = next(one for one in left if weight[one] >= most - SLACK)
        found.append((best, [at for o in behind[best] for at in said[o]]))
        left = [one for one in left if one not in behind[best]]
    return found
