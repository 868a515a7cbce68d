"""The truth of a running project: one more vote changes what is known of its item, and nothing else.

People's errors are as the last fit had them; the next fit learns them anew. Between fits a new vote costs as much as
one item's votes, however large the project is.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from pipeline.quality.coded import Coded, Floats
from pipeline.quality.truth import LEAST, NEVER, People, Truth


class Standing:
    """Votes item by item, with the models of people that settle them."""

    def __init__(self, labels: Sequence[str], models: Sequence[People], places: Mapping[str, int]) -> None:
        self.labels = list(labels)
        self._label = {name: at for at, name in enumerate(self.labels)}
        self._places = places
        self._logs = [np.log(np.maximum(one.errors, NEVER)) for one in models]
        self._of_anybody = [np.log(np.maximum(one.errors.mean(axis=0), NEVER)) for one in models]
        self._shares = [np.log(np.maximum(one.shares, LEAST)) for one in models]
        self._votes: dict[str, dict[str, int]] = {}

    @classmethod
    def of(cls, votes: Coded, truth: Truth) -> Self:
        """What was fitted, ready for one vote more; `truth` has models of people."""
        places = {str(name): at for at, name in enumerate(votes.annotators)}
        found = cls(list(votes.labels), truth.models, places)
        triples = zip(votes.item.tolist(), votes.annotator.tolist(), votes.label.tolist(), strict=True)
        items, names = list(map(str, votes.items)), list(map(str, votes.annotators))
        for item, annotator, label in triples:
            found._votes.setdefault(items[item], {})[names[annotator]] = label
        return found

    def vote(self, item: str, annotator: str, label: str) -> Floats:
        """Take a vote, in the place of an earlier one by the same person; what the item's votes come to then."""
        self._votes.setdefault(item, {})[annotator] = self._label[label]
        return self.posterior(item)

    def posterior(self, item: str) -> Floats:
        """How probable each label of an item is: the mean of what the models say; somebody new errs as all do."""
        return self.of_votes(self._votes.get(item, {}))

    def of_votes(self, said: Mapping[str, int]) -> Floats:
        """The same of votes given as each annotator's place in `labels`."""
        found = [
            _shares(
                shares
                + sum((self._log(at, who)[label] for who, label in said.items()), np.zeros(len(shares)))
            )
            for at, shares in enumerate(self._shares)
        ]
        mean: Floats = np.mean(found, axis=0)
        return mean

    def _log(self, model: int, annotator: str) -> Floats:
        place = self._places.get(annotator)
        found: Floats = self._of_anybody[model] if place is None else self._logs[model][place]
        return found


def _shares(odds: Floats) -> Floats:
    odds = np.exp(odds - odds.max())
    found: Floats = odds / odds.sum()
    return found


class Together:
    """Several models of the same people, asked at once about the votes on one item."""

    def __init__(self, models: Mapping[str, People], annotators: Sequence[str]) -> None:
        self.names = tuple(models)
        errors = np.stack([one.errors for one in models.values()])
        # somebody new errs as all do
        usual = errors.mean(axis=1, keepdims=True)
        self._logs = np.log(np.maximum(np.concatenate([errors, usual], axis=1), NEVER))
        self._shares = np.log(np.maximum(np.stack([one.shares for one in models.values()]), LEAST))
        self._places = {name: at for at, name in enumerate(annotators)}
        self._new = len(annotators)

    def of_votes(self, said: Mapping[str, int]) -> Floats:
        """How probable each label is by each model, models by labels; a vote is a place in the labels."""
        who = [self._places.get(name, self._new) for name in said]
        odds: Floats = self._shares + self._logs[:, who, list(said.values()), :].sum(axis=1)
        np.exp(odds - odds.max(axis=1, keepdims=True), out=odds)
        odds /= odds.sum(axis=1, keepdims=True)
        return odds
