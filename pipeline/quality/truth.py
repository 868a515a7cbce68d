"""What the votes on many items come to, as probabilities of labels: majority, and people whose errors are learned.

All models of people here are one: an annotator says label l of an item that is truly t with probability
`errors[annotator, l, t]`, labels of one item independently. They differ in how many of these figures are free. They are
learned by expectation-maximisation from equal people, with items whose truth is known held at it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places

LEAST, NEVER = 1e-10, 1e-30
"""No share of labels, and no error, is less: one vote cannot rule a label out."""
ROUNDS, STILL = 100, 1e-6
"""At most so many rounds; none more where the log likelihood of a vote grows by less than this."""
EVEN = 1e-9
Errors: TypeAlias = Callable[[Floats], Floats]
"""From how often each person said l where t was true, annotators by l by t, to their errors."""


@dataclass(frozen=True)
class People:
    """How each annotator errs, as one model has learned it."""

    errors: Floats
    """Annotators by labels said by true labels: each column of one annotator sums up to 1."""
    shares: Floats
    """How frequent each true label is expected to be."""

    def accuracy(self) -> Floats:
        """How probably each annotator is right, true labels being as frequent as expected."""
        right: Floats = np.einsum("all,l->a", self.errors, self.shares)
        return right


@dataclass(frozen=True)
class Truth:
    """How probable each label of each item is, by one method."""

    method: str
    posterior: Floats
    """Items by labels; rows sum up to 1."""
    models: tuple[People, ...] = ()
    """The models of people whose posteriors this is the mean of; none for the share of votes."""

    def best(self) -> Places:
        """The most probable label of each item; of equally probable ones the one most frequent in all."""
        ranked = np.argsort(-self.posterior.sum(axis=0), kind="stable")
        most = self.posterior.max(axis=1, keepdims=True)
        found: Places = ranked[np.argmax(self.posterior[:, ranked] >= most - EVEN, axis=1)]
        return found

    def probability(self) -> Floats:
        """How probable the best label of each item is."""
        most: Floats = self.posterior.max(axis=1)
        return most


def majority(votes: Coded, known: Places | None = None) -> Truth:
    """The share of votes that each label has."""
    counts = votes.counts()
    heads = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Truth("majority", held(counts / heads, known))


def held(posterior: Floats, known: Places | None) -> Floats:
    """The same, where known items are what they are known to be."""
    if known is not None:
        sure = np.flatnonzero(known != UNKNOWN)
        posterior[sure] = 0
        posterior[sure, known[sure]] = 1
    return posterior


def learned(
    votes: Coded,
    known: Places | None,
    errors: Errors,
    *,
    flat: bool = False,
    rounds: int = ROUNDS,
    still: float = STILL,
) -> tuple[Floats, People]:
    """The posterior and the people that expectation-maximisation ends at; `flat` expects all labels alike."""
    said = _Said(votes)
    posterior = majority(votes, known).posterior
    before, people = -np.inf, _people(said, posterior, errors, flat=flat)
    for _ in range(rounds):
        posterior, likelihood = said.posterior(people)
        posterior = held(posterior, known)
        if still and likelihood - before < still * votes.n:
            break
        before, people = likelihood, _people(said, posterior, errors, flat=flat)
    return posterior, people


def posterior_of(votes: Coded, people: People, known: Places | None = None) -> Floats:
    """What people whose errors are known say together: items by labels."""
    return held(_Said(votes).posterior(people)[0], known)


def without_own(votes: Coded, people: People, known: Places | None = None) -> Floats:
    """For each vote how probable each label of its item is by all other votes: votes by labels."""
    logs = np.log(np.maximum(people.errors, NEVER))
    own = logs[votes.annotator, votes.label]
    odds = _Said(votes).odds(people)[votes.item] - own
    np.exp(odds - odds.max(axis=1, keepdims=True), out=odds)
    odds /= odds.sum(axis=1, keepdims=True)
    if known is not None:
        sure = np.flatnonzero(known[votes.item] != UNKNOWN)
        odds[sure] = 0
        odds[sure, known[votes.item[sure]]] = 1
    found: Floats = odds
    return found


def mean_of(method: str, truths: Sequence[Truth]) -> Truth:
    """The mean of several posteriors, as one method."""
    posterior = sum((one.posterior for one in truths), np.zeros_like(truths[0].posterior)) / len(truths)
    return Truth(method, posterior, tuple(model for one in truths for model in one.models))


def _people(said: "_Said", posterior: Floats, errors: Errors, *, flat: bool) -> People:
    labels = posterior.shape[1]
    shares = np.full(labels, 1 / labels) if flat else posterior.mean(axis=0)
    return People(errors(said.counts(posterior)), shares)


class _Said:
    """Votes as a sparse matrix of ones, items by what a person said: both steps are one product each."""

    def __init__(self, votes: Coded) -> None:
        from scipy.sparse import csr_matrix

        self.people, self.labels = len(votes.annotators), len(votes.labels)
        column = votes.annotator * self.labels + votes.label
        shape = len(votes.items), self.people * self.labels
        self.by_item: Any = csr_matrix((np.ones(votes.n), (votes.item, column)), shape=shape)

    def counts(self, posterior: Floats) -> Floats:
        """How often each person said l where t was true, as far as one knows."""
        found: Floats = (self.by_item.T @ posterior).reshape(self.people, self.labels, self.labels)
        return found

    def posterior(self, people: People) -> tuple[Floats, float]:
        """How probable each label of each item is, and the log likelihood of all votes."""
        odds = self.odds(people)
        most = np.maximum.reduce(list(odds.T))[:, None]  # label by label: faster than item by item
        odds -= most
        np.exp(odds, out=odds)
        sums = odds @ np.ones((self.labels, 1))
        odds /= sums
        return odds, float(np.log(sums).sum() + most.sum())

    def odds(self, people: People) -> Floats:
        """The log of how probable each label of each item is, up to a term that is the same for all labels."""
        logs = np.log(np.maximum(people.errors, NEVER)).reshape(-1, self.labels)
        found: Floats = self.by_item @ logs + np.log(np.maximum(people.shares, LEAST))
        return found
