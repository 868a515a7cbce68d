"""The method that a task type's votes are settled by, learned from many items, and asked about one item at a time.

For types whose labels are classes (`vote`) or places on a scale (`ordinal`); of structured labels the one-coin model
knows more, for it compares them part by part.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import Any, Self

import numpy as np

from pipeline.quality.choosing import DEFAULT, choose, too_few
from pipeline.quality.coded import UNKNOWN, Coded, Floats
from pipeline.quality.consensus import leading, one_judgement
from pipeline.quality.learned import Lesson, Said, TriedOn, support
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.parts import SLACK
from pipeline.quality.posterior import Leading, Votes
from pipeline.quality.standing import Together
from pipeline.quality.truth import People
from schemas.base import Label, Vote
from tasks import AnyTaskType
from tasks._escape import escape_of

WAYS = ("vote", "ordinal")
"""The task types, by how they are agreed, that this is for."""
MAJORITY, COIN = "majority", "one_coin"
EVEN, SURE = 0.5, 0.99
"""Nobody is taken to be right, or wrong, more surely than this."""
MOST_WORDINGS = 10_000
"""Labels whose class is remembered: with remarks in them there may be one a vote."""
DIGITS = 4
"""Of each figure that is kept."""


class Classes:
    """Labels as classes: those of one judgement, and on a scale those at no distance, are one, whatever was added."""

    def __init__(self, task_type: AnyTaskType, first: Iterable[Label] = ()) -> None:
        self._task_type = task_type
        self._near = SLACK if task_type.agreed == "ordinal" else task_type.tolerance + SLACK
        self._first = list(first)
        self._known: dict[Label, int] = {}

    def place(self, label: Label, *, new: bool = True) -> int:
        """Which class a label is of; UNKNOWN for one not seen before, unless `new` ones are taken."""
        if label not in self._known:
            distance = self._task_type.distance
            found = (at for at, one in enumerate(self._first) if distance(one, label) <= self._near)
            at = next(found, UNKNOWN)
            if at == UNKNOWN and new:
                self._first.append(label)
                at = len(self._first) - 1
            if at == UNKNOWN:
                return UNKNOWN
            if len(self._known) >= MOST_WORDINGS:
                self._known.clear()
            self._known[label] = at
        return self._known[label]

    def labels(self) -> list[Label]:
        """The first label of each class that was seen."""
        return list(self._first)

    def on_scale(self) -> list[int]:
        """The classes in the order of the type's scale."""
        return sorted(range(len(self._first)), key=lambda at: self._task_type.position(self._first[at]))


@dataclass(frozen=True)
class Chosen:
    """A model of annotators by the chosen method: a `Learned`."""

    lesson: Lesson
    labels: Sequence[Label]
    """The first of each class."""
    annotators: Sequence[str]
    people: Mapping[str, People]
    """How everybody errs, by each method that models it."""
    coin: OneCoin
    """For votes whose label nobody gave before."""

    @classmethod
    def fit(
        cls, task_type: AnyTaskType, items: Mapping[str, Votes], gold: Mapping[str, Label] | None = None
    ) -> Self:
        """Learn from the votes on many items of one type, and from the known labels of some of them."""
        is_scale = task_type.agreed == "ordinal"
        classes = Classes(task_type)
        rows = [
            (name, vote.annotator, str(classes.place(vote.label)))
            for name in sorted(items)
            for vote in sorted(items[name], key=lambda vote: vote.annotator)
            if not is_scale or escape_of(vote.label) is None  # a way out stands nowhere on the scale
        ]
        known = [
            (name, str(classes.place(label)))
            for name, label in sorted((gold or {}).items())
            if not is_scale or escape_of(label) is None
        ]
        labels, coin = classes.labels(), OneCoin.fit(task_type, items, gold)
        if not rows:
            return cls(Lesson(method=DEFAULT, why=too_few(0)), [], [], {}, coin)
        places = classes.on_scale() if is_scale else range(len(labels))
        votes = Coded.of(rows, labels=map(str, places))
        choice = choose(votes, votes.known(known), "ordinal" if is_scale else "nominal")
        truths = {choice.method: choice.truth, **choice.others}
        lesson = Lesson(
            method=choice.method,
            why=choice.why,
            gold=choice.tried[0].of if choice.tried else 0,
            tried=tuple(TriedOn(method=one.method, right=one.right, of=one.of) for one in choice.tried),
            judged=choice.judged
            and TriedOn(method=choice.judged.method, right=choice.judged.right, of=choice.judged.of),
        )
        people = {name: one.models[0] for name, one in truths.items() if len(one.models) == 1}
        return cls(lesson, [labels[int(at)] for at in votes.labels], list(votes.annotators), people, coin)

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """The most probable of the labels given, and how probable it is with all that is the same judgement."""
        heard = self._heard(task_type, votes)
        if heard is None:
            return self.coin.posterior(task_type, votes)
        sure = self._by_choice(heard)
        # of equally probable labels the one whose JSON sorts first, so that the order of votes decides nothing
        given = {vote.label.model_dump_json(): vote.label for vote in votes}
        found = []
        for name in sorted(given):
            whole, own = self._share(task_type, sure, given[name])
            found.append((given[name], whole, own))
        label, probability, _ = max(found, key=lambda one: (round(one[1], 9), round(one[2], 9)))
        return Leading(label, probability)

    def weight(self, annotator: str) -> float:
        """The log odds of a vote of theirs, 0 for somebody no better than chance; of a newcomer that of all."""
        if self.lesson.method == MAJORITY:
            return 1.0
        usual = float(np.mean(list(self._accuracy.values()))) if self._accuracy else self.coin.expected
        right = min(max(self._accuracy.get(annotator, usual), 1 - SURE), SURE)
        return max(0.0, log(right / (1 - right)) + log(max(len(self.labels) - 1, 1)))

    def better(self, task_type: AnyTaskType, votes: Votes) -> Label | None:
        """The most probable label given, where there was enough gold to choose by and it is more probable than not."""
        if not self.lesson.is_tested or self.lesson.method == MAJORITY or any(map(_passes, votes)):
            return None
        leads = self.posterior(task_type, votes)
        return leads.label if leads.probability > EVEN else None

    def sure(self, task_type: AnyTaskType, votes: Votes, label: Label) -> float:
        """How probable a label is by these votes: by the blend, where shares of votes are what was chosen."""
        heard = self._heard(task_type, votes)
        if heard is None or self._classes(task_type).place(label, new=False) == UNKNOWN:
            return self.coin.sure(task_type, votes, label)
        return self._share(task_type, self._by_choice(heard), label)[0]

    def says(self, task_type: AnyTaskType, votes: Votes) -> dict[str, Said]:
        """What each method makes of these votes, the chosen one first; one coin where it does not know these labels."""
        heard = self._heard(task_type, votes)
        if heard is None:
            coin = self.coin.posterior(task_type, votes)
            found: dict[str, Said] = {COIN: (coin.label, coin.probability)}
        else:
            found = {name: self._leading(sure) for name, sure in self._sure(heard).items()}
        most = leading(task_type, votes)
        found[MAJORITY] = (most, None if most is None else support(task_type, votes, most))
        first = COIN if heard is None else self.lesson.method
        return {name: found[name] for name in sorted(found, key=lambda name: (name != first, name))}

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON."""
        return {
            "lesson": self.lesson.model_dump(mode="json"),
            "labels": [label.model_dump(mode="json") for label in self.labels],
            "annotators": list(self.annotators),
            "people": {
                name: {"errors": _kept(one.errors), "shares": _kept(one.shares)}
                for name, one in self.people.items()
            },
            "coin": self.coin.to_json(),
        }

    @classmethod
    def of_json(cls, task_type: AnyTaskType, said: Mapping[str, Any]) -> Self:
        """What `to_json` made."""
        labels, annotators = said["labels"], said["annotators"]
        shape = len(annotators), len(labels), len(labels)
        people = {
            name: People(
                np.array(one["errors"], dtype=float).reshape(shape), np.array(one["shares"], dtype=float)
            )
            for name, one in said["people"].items()
        }
        return cls(
            Lesson.model_validate(said["lesson"]),
            [task_type.label.model_validate(label) for label in labels],
            annotators,
            people,
            OneCoin.of_json(said["coin"]),
        )

    @cached_property
    def _accuracy(self) -> dict[str, float]:
        models = [self.people[name] for name in self._behind(self.lesson.method)]
        mean = np.mean([one.accuracy() for one in models], axis=0) if models else []
        return dict(zip(self.annotators, map(float, mean), strict=False))

    @cached_property
    def _together(self) -> Together:
        return Together(self.people, self.annotators)

    @cached_property
    def _met(self) -> tuple[dict[str, Classes], dict[int, list[int]]]:
        """What was made of the task type when it was first met: its classes, and those of one judgement with each."""
        return {}, {}

    def _classes(self, task_type: AnyTaskType) -> Classes:
        classes, near = self._met
        if not classes:
            classes[task_type.name] = Classes(task_type, self.labels)
            for at, label in enumerate(self.labels):
                near[at] = [to for to, one in enumerate(self.labels) if one_judgement(task_type, one, label)]
        return classes[task_type.name]

    def _behind(self, method: str) -> tuple[str, ...]:
        return (method,) if method in self.people else tuple(self.people)

    def _heard(self, task_type: AnyTaskType, votes: Votes) -> dict[str, int] | None:
        """Each annotator's class; None where one of them is of none."""
        classes = self._classes(task_type)
        said = {vote.annotator: classes.place(vote.label, new=False) for vote in votes}
        return None if UNKNOWN in said.values() or not self.people else said

    def _sure(self, said: Mapping[str, int]) -> dict[str, Floats]:
        """How probable each label is, by each method."""
        found = self._together.of_votes(said)
        return {DEFAULT: found.mean(axis=0), **dict(zip(self._together.names, found, strict=True))}

    def _by_choice(self, said: Mapping[str, int]) -> Floats:
        found = self._sure(said)
        return found.get(self.lesson.method, found[DEFAULT])

    def _share(self, task_type: AnyTaskType, sure: Floats, label: Label) -> tuple[float, float]:
        """How probable a label is with all that is one judgement with it, and by itself."""
        own = self._classes(task_type).place(label, new=False)
        return min(float(sure[self._met[1][own]].sum()), 1.0), float(sure[own])

    def _leading(self, sure: Floats) -> Said:
        at = int(np.argmax(np.round(sure, 9)))
        return self.labels[at], float(sure[at])


def _passes(vote: Vote[Any]) -> bool:
    return escape_of(vote.label) is not None


def _kept(figures: Floats) -> list[float]:
    return [float(f"{one:.{DIGITS}g}") for one in figures.ravel().tolist()]
