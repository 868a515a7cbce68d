"""Items ranked by how likely their label is wrong, for a second look; and how many of the accepted labels are wrong.

A verifier and a model are heard as one more annotator each: how often they err, and how, is learned from what people
say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.quality.coded import UNKNOWN, Coded, Places
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.savings import clopper_pearson
from pipeline.quality.truth import Truth, posterior_of

DRAWS, SEED = 10_000, 20_260_101


@dataclass(frozen=True)
class Suspect:
    """An item to look at again."""

    item: str
    label: str
    wrong: float
    """How probably its label is wrong, 0..1."""
    rather: str
    """What is most probable instead."""
    agreed: int
    of: int


def suspects(
    votes: Coded, truth: Truth, agreed: Places | None = None, machines: Mapping[str, Places] | None = None
) -> list[Suspect]:
    """Items by how probably the agreed label (by default the most probable one) is wrong, the likeliest first.

    `machines` gives the label of each item (UNKNOWN where there is none) by each verifier or model.
    """
    label = truth.best() if agreed is None else agreed
    posterior = truth.posterior
    if machines:
        heard = _with(votes, machines)
        people = pooled(heard).models[0]
        posterior = posterior_of(heard, people)
    at = np.flatnonzero((label != UNKNOWN) & (votes.votes_per_item() > 0))
    right = posterior[at, label[at]]
    others = posterior[at].copy()
    others[np.arange(at.size), label[at]] = -1
    rather = others.argmax(axis=1)
    counts = votes.counts()[at]
    gave, heads = counts[np.arange(at.size), label[at]], counts.sum(axis=1)
    # of equally probable ones first those that fewer people gave
    order = np.lexsort((at, gave / heads, right))
    return [
        Suspect(
            str(votes.items[at[one]]),
            votes.labels[label[at[one]]],
            float(1 - right[one]),
            votes.labels[rather[one]],
            int(gave[one]),
            int(heads[one]),
        )
        for one in order
    ]


@dataclass(frozen=True)
class Slice:
    """Accepted items of one kind, some of them audited."""

    accepted: int
    audited: int
    wrong: int


@dataclass(frozen=True)
class AcceptedError:
    """The estimated share of wrong labels among all that were accepted; None without an audit."""

    share: float | None
    interval: tuple[float, float]
    """95 times in 100: Clopper-Pearson where all were audited at one rate, else by Beta posteriors of the slices."""
    audited: int
    wrong: int


def accepted_error(slices: Iterable[Slice]) -> AcceptedError:
    """From audits, each slice at a rate of its own; a slice without an audit may be anything."""
    kept = [one for one in slices if one.accepted]
    audited, wrong = sum(one.audited for one in kept), sum(one.wrong for one in kept)
    if not audited:
        return AcceptedError(None, (0.0, 1.0), 0, 0)
    if len(kept) == 1:
        return AcceptedError(wrong / audited, clopper_pearson(wrong, audited), audited, wrong)
    total = sum(one.accepted for one in kept)
    seen = [one for one in kept if one.audited]
    share = sum(one.accepted * one.wrong / one.audited for one in seen) / sum(one.accepted for one in seen)
    random = np.random.default_rng(SEED)
    drawn = sum(
        one.accepted / total * random.beta(one.wrong + 0.5, one.audited - one.wrong + 0.5, DRAWS)
        for one in kept
    )
    low, high = np.percentile(drawn, [2.5, 97.5])
    return AcceptedError(share, (float(low), float(high)), audited, wrong)


def _with(votes: Coded, machines: Mapping[str, Places]) -> Coded:
    """The votes with those of machines, each a person more."""
    names = [*votes.annotators, *(f"machine {name}" for name in machines)]
    items, people, labels = [votes.item], [votes.annotator], [votes.label]
    for at, said in enumerate(machines.values(), len(votes.annotators)):
        known = np.flatnonzero(said != UNKNOWN)
        items.append(known)
        people.append(np.full(known.size, at))
        labels.append(said[known])
    return Coded(votes.items, names, votes.labels, *(np.concatenate(one) for one in (items, people, labels)))
