"""A labels table as numbers: who said what of which item, in arrays that every model of truth reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.intp]
Floats: TypeAlias = NDArray[np.float64]
Rating: TypeAlias = tuple[str, str, str]
"""Item, annotator, label."""
UNKNOWN = -1
"""Stands for the label of an item whose truth is not known."""


@dataclass(frozen=True)
class Coded:
    """Votes, at most one of a person on an item; `item`, `annotator` and `label` are places in the names."""

    items: Sequence[str]
    annotators: Sequence[str]
    labels: Sequence[str]
    item: Places
    annotator: Places
    label: Places

    @classmethod
    def of(cls, ratings: Iterable[Rating], labels: Iterable[str] = ()) -> Self:
        """From rows; of several by one person on one item the last counts.

        Names are sorted. `labels` gives those of a scale in its order, whether somebody used them or not; other ones
        come after them.
        """
        last = {(item, annotator): label for item, annotator, label in ratings}
        items = sorted({item for item, _ in last})
        annotators = sorted({annotator for _, annotator in last})
        scale = list(dict.fromkeys(labels))
        names = scale + sorted(set(last.values()) - set(scale))
        places = [{name: at for at, name in enumerate(one)} for one in (items, annotators, names)]
        item = np.fromiter((places[0][one] for one, _ in last), dtype=np.intp, count=len(last))
        annotator = np.fromiter((places[1][one] for _, one in last), dtype=np.intp, count=len(last))
        label = np.fromiter((places[2][one] for one in last.values()), dtype=np.intp, count=len(last))
        return cls(items, annotators, names, item, annotator, label)

    @property
    def n(self) -> int:
        """How many votes there are."""
        return len(self.item)

    def counts(self) -> Floats:
        """How many gave each label to each item: items by labels."""
        shape = len(self.items), len(self.labels)
        found = np.bincount(self.item * shape[1] + self.label, minlength=shape[0] * shape[1])
        return found.reshape(shape).astype(float)

    def votes_per_item(self) -> Places:
        """How many votes each item has."""
        return np.bincount(self.item, minlength=len(self.items))

    def votes_per_annotator(self) -> Places:
        """How many votes each person gave."""
        return np.bincount(self.annotator, minlength=len(self.annotators))

    def known(self, gold: Iterable[tuple[str, str]]) -> Places:
        """The known label of each item, by (item, label); UNKNOWN where there is none, or nobody ever said it."""
        items = {name: at for at, name in enumerate(self.items)}
        labels = {name: at for at, name in enumerate(self.labels)}
        found = np.full(len(self.items), UNKNOWN, dtype=np.intp)
        for item, label in gold:
            if item in items and label in labels:
                found[items[item]] = labels[label]
        return found

    def only(self, kept: NDArray[np.bool_]) -> Self:
        """The votes that are kept; every name keeps its place."""
        cut = (one[kept] for one in (self.item, self.annotator, self.label))
        return type(self)(self.items, self.annotators, self.labels, *cut)


def last_of_each(item: Places, annotator: Places) -> Places:
    """The places of the votes that count, in their order: of several by one person on one item the last one."""
    if not item.size:
        return np.zeros(0, dtype=np.intp)
    pair = item * (int(annotator.max()) + 1) + annotator
    _, from_the_end = np.unique(pair[::-1], return_index=True)
    kept: Places = np.sort(len(pair) - 1 - from_the_end)
    return kept
