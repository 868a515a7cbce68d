"""The one-coin model: each annotator is right with a probability of their own, whatever the item and its label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import exp, fsum, log
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.quality.choosing import part_of
from pipeline.quality.coded import UNKNOWN
from pipeline.quality.consensus import one_judgement
from pipeline.quality.judgements import Judgements, against, as_a_whole, beside, json_of, of_parts, questions
from pipeline.quality.parts import alike, composed
from pipeline.quality.posterior import Leading, Votes
from schemas.base import Label
from tasks import AnyTaskType

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.intp]
EXPECTED = 0.8
"""How often people are right, as long as nobody has shown it."""
PRIOR_VOTES = 5
"""How many votes that expectation is worth: for all people together, and for each of them again."""
CERTAIN = 0.99
"""Nobody is taken to be right, or wrong, more surely than this."""
FEWEST_ALTERNATIVES = 2.0
ROUNDS, STILL = 50, 1e-5
DIGITS = 6
"""Of each accuracy that is kept."""


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
    def fit(
        cls, task_type: AnyTaskType, items: Mapping[str, Votes], known: Mapping[str, Label] | None = None
    ) -> Self:
        """Learn from the votes on many items of one task type, and from the known labels of some of them."""
        return cls.of(Tabulated.of(task_type, items, known))

    @classmethod
    def of(cls, tabulated: "Tabulated", blind_to: int | None = None) -> Self:
        """The same of votes as numbers: expectation-maximisation, started at equal people.

        Known labels of the items in one part of the gold may be left out (`choosing.part_of`).
        """
        people, table = tabulated.people, tabulated.table
        if not people:
            return cls()
        held = table.held(blind_to)
        expected, alternatives = EXPECTED, FEWEST_ALTERNATIVES
        accuracy: Floats = np.full(len(people), EXPECTED)
        for _ in range(ROUNDS):
            right = table.right(_log_odds(accuracy, alternatives), alternatives, held)
            before, (expected, accuracy) = accuracy, table.accuracy(right, len(people))
            alternatives = table.alternatives(right)
            if float(np.abs(accuracy - before).max()) < STILL:
                break
        return cls(expected, alternatives, dict(zip(people, accuracy.tolist(), strict=True)))

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON."""
        return {
            "expected": self.expected,
            "alternatives": self.alternatives,
            "accuracies": {name: round(one, DIGITS) for name, one in self.accuracies.items()},
        }

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Self:
        """What `to_json` made."""
        return cls(float(said["expected"]), float(said["alternatives"]), dict(said["accuracies"]))

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
        parts = of_parts(task_type, votes, weights)
        whole = as_a_whole(task_type, votes, weights)
        verdicts = [judgements[0][0] if judgements else None for judgements in parts]
        label = composed(task_type, votes, verdicts) if parts else None
        asked = [judgements for judgements in parts if judgements] or [whole]
        return Leading(label or whole[0][0], min(self._probability(one, weights) for one in asked))

    def better(self, task_type: AnyTaskType, votes: Votes) -> Label | None:  # noqa: ARG002 - as the protocol has it
        """None: no gold has shown anything of it."""
        return None

    def sure(self, task_type: AnyTaskType, votes: Votes, label: Label) -> float:
        """How probable any label is by these votes, as a judgement; of parts, the least probable of its verdicts."""
        weights = [self.weight(vote.annotator) for vote in votes]
        near = partial(alike, tolerance=task_type.tolerance)
        parts = [
            self._probability(against(one, said, weights, near, repr), weights)
            for said, one in beside(task_type, votes, label)
            if one is not None
        ]
        if parts:
            return min(parts)
        given = [vote.label for vote in votes]
        whole = against(label, given, weights, partial(one_judgement, task_type), json_of)
        return self._probability(whole, weights)

    def _probability(self, judgements: Judgements, weights: Sequence[float]) -> float:
        """How probably the first of them is right: the heaviest, where they come in order."""
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
    known: Floats
    """Of each judgement, 1 where it is known to be right, 0 where another one is; below 0 where nothing is known."""
    part: Places
    """Of each judgement whose item is gold, the part of the gold that it is in."""

    def held(self, blind_to: int | None) -> Places:
        """The judgements whose truth is held at what is known."""
        held: Places = np.flatnonzero(
            (self.known >= 0) & (self.part != (UNKNOWN if blind_to is None else blind_to))
        )
        return held

    def right(self, weights: Floats, alternatives: float, held: Places) -> Floats:
        """How probably each judgement is the right one of its item, from the log odds of people."""
        support = np.bincount(self.judgement, weights[self.person], len(self.item))
        most = np.maximum.reduceat(support, self.first)
        odds = np.exp(support - most[self.item])
        not_given = np.maximum(0.0, alternatives - np.bincount(self.item)) * np.exp(-most)
        right: Floats = odds / (np.add.reduceat(odds, self.first) + not_given)[self.item]
        right[held] = self.known[held]
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


@dataclass(frozen=True)
class Tabulated:
    """Votes and known labels as numbers, the same in whatever order items and votes come."""

    people: Sequence[str]
    table: _Table

    @classmethod
    def of(
        cls, task_type: AnyTaskType, items: Mapping[str, Votes], known: Mapping[str, Label] | None = None
    ) -> Self:
        """From the votes on many items of one task type, and the known labels of some of them."""
        people = sorted({vote.annotator for votes in items.values() for vote in votes})
        place = {annotator: at for at, annotator in enumerate(people)}
        rows: dict[str, list[Any]] = {
            name: [] for name in ("person", "judgement", "item", "first", "known", "part")
        }
        for name in sorted(items):
            votes = sorted(items[name], key=lambda vote: vote.annotator)
            label, part = (known or {}).get(name), part_of(name)
            for judgements, right in questions(task_type, votes, label) if votes else ():
                rows["first"].append(len(rows["item"]))
                for at, (_, behind) in enumerate(judgements):
                    rows["person"] += [place[votes[vote].annotator] for vote in behind]
                    rows["judgement"] += [len(rows["item"])] * len(behind)
                    rows["item"].append(len(rows["first"]) - 1)
                    rows["known"].append(UNKNOWN if right is None else int(at == right))
                    rows["part"].append(part)
        columns = {name: np.array(one, dtype=np.intp) for name, one in rows.items()}
        return cls(people, _Table(**{**columns, "known": columns["known"].astype(float)}))
