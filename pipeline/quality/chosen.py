"""The method that a task type's votes are settled by, learned from many items, and asked about one item at a time.

For types whose labels are classes (`vote`) or places on a scale (`ordinal`); of structured labels the one-coin model
knows more, for it compares them part by part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import Self

import numpy as np

from pipeline.quality.choosing import Choice, choose
from pipeline.quality.coded import UNKNOWN, Coded
from pipeline.quality.consensus import one_judgement
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.parts import SLACK
from pipeline.quality.posterior import Leading, Votes
from pipeline.quality.standing import Standing
from schemas.base import Label
from tasks import AnyTaskType
from tasks._escape import escape_of

WAYS = ("vote", "ordinal")
"""The task types, by how they are agreed, that this is for."""
SURE = 0.99
"""Nobody is taken to be right, or wrong, more surely than this."""


class Classes:
    """Labels as classes: those at no distance of each other are one, whatever words were added."""

    def __init__(self, task_type: AnyTaskType) -> None:
        self._task_type = task_type
        self._first: list[Label] = []
        self._known: dict[str, int] = {}

    def place(self, label: Label, *, new: bool = True) -> int:
        """Which class a label is of; UNKNOWN for one not seen before, unless `new` ones are taken."""
        name = label.model_dump_json()
        if name not in self._known:
            found = (
                at for at, one in enumerate(self._first) if self._task_type.distance(one, label) <= SLACK
            )
            at = next(found, UNKNOWN)
            if at == UNKNOWN and new:
                self._first.append(label)
                at = len(self._first) - 1
            if at == UNKNOWN:
                return UNKNOWN
            self._known[name] = at
        return self._known[name]

    def names(self) -> list[str]:
        """Each class in one line for people."""
        return [self._task_type.summary(label) for label in self._first]

    def on_scale(self) -> list[int]:
        """The classes in the order of the type's scale."""
        return sorted(range(len(self._first)), key=lambda at: self._task_type.position(self._first[at]))


@dataclass(frozen=True)
class Chosen:
    """A model of annotators by the chosen method: a `Posterior`."""

    choice: Choice
    votes: Coded
    classes: Classes
    standing: Standing
    coin: OneCoin
    """For votes whose label nobody gave before."""
    _item: Mapping[str, int] = field(repr=False)
    _label: Mapping[str, int] = field(repr=False)
    _accuracy: Mapping[str, float] = field(repr=False)

    @classmethod
    def fit(
        cls, task_type: AnyTaskType, items: Mapping[str, Votes], gold: Mapping[str, Label] | None = None
    ) -> Self:
        """Learn from the votes on many items of one type, and from the known labels of some of them."""
        classes = Classes(task_type)
        voted = {name: sorted(items[name], key=lambda vote: vote.annotator) for name in sorted(items)}
        rows = [
            (name, vote.annotator, str(classes.place(vote.label)))
            for name, votes in voted.items()
            for vote in votes
        ]
        known = [(name, str(classes.place(label))) for name, label in sorted((gold or {}).items())]
        # who takes a way out stands nowhere on the scale
        judged = all(escape_of(vote.label) is None for one in voted.values() for vote in one)
        is_scale = task_type.agreed == "ordinal" and judged
        places = classes.on_scale() if is_scale else range(len(classes.names()))
        votes = Coded.of(rows, labels=map(str, places))
        choice = choose(votes, votes.known(known), "ordinal" if is_scale else "nominal")
        models = choice.truth.models or choice.others["blend"].models
        accuracy = np.mean([one.accuracy() for one in models], axis=0).tolist()
        return cls(
            choice=choice,
            votes=votes,
            classes=classes,
            standing=Standing(
                list(votes.labels), models, {name: at for at, name in enumerate(votes.annotators)}
            ),
            coin=OneCoin.fit(task_type, items),
            _item={name: at for at, name in enumerate(votes.items)},
            _label={name: at for at, name in enumerate(votes.labels)},
            _accuracy=dict(zip(votes.annotators, accuracy, strict=True)),
        )

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """The most probable of the labels given, and how probable it is with all that is the same judgement."""
        places = [self.classes.place(vote.label, new=False) for vote in votes]
        if not all(str(at) in self._label for at in places):
            return self.coin.posterior(task_type, votes)
        said = {vote.annotator: self._label[str(at)] for vote, at in zip(votes, places, strict=True)}
        sure = self.standing.of_votes(said)
        # of equally probable labels the one whose JSON sorts first, so that the order of votes decides nothing
        given = {vote.label.model_dump_json(): vote.label for vote in votes}
        found = []
        for name in sorted(given):
            same = {
                self._label[str(at)]
                for vote, at in zip(votes, places, strict=True)
                if one_judgement(task_type, given[name], vote.label)
            }
            own = self._label[str(self.classes.place(given[name], new=False))]
            found.append((given[name], float(sure[sorted(same)].sum()), float(sure[own])))
        label, probability, _ = max(found, key=lambda one: (round(one[1], 9), round(one[2], 9)))
        return Leading(label, min(probability, 1.0))

    def weight(self, annotator: str) -> float:
        """The log odds of a vote of theirs, 0 for somebody no better than chance; of a newcomer that of all."""
        usual = float(np.mean(list(self._accuracy.values()))) if self._accuracy else self.coin.expected
        right = min(max(self._accuracy.get(annotator, usual), 1 - SURE), SURE)
        return max(0.0, log(right / (1 - right)) + log(max(len(self.votes.labels) - 1, 1)))

    def others(self, item: str) -> dict[str, tuple[str, float]]:
        """What each method says of an item, in one line for people, and how probable that is; the chosen one first."""
        at, names = self._item[item], self.classes.names()
        truths = {self.choice.method: self.choice.truth, **self.choice.others}
        return {
            method: (names[int(self.votes.labels[int(one.best()[at])])], float(one.posterior[at].max()))
            for method, one in truths.items()
        }
