"""One kind of work as it is looked at for what stands out about people: its votes, and a model of who gave them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.truth import People, without_own


@dataclass(frozen=True)
class Work:
    """Votes of one kind; people who do several kinds are looked at over all of them together."""

    votes: Coded
    people: People
    """How each of them errs."""
    known: Places | None = None
    """The known label of each item, UNKNOWN where there is none."""
    turn: Places | None = None
    """How many votes on its item came before each vote."""
    model: Places | None = None
    """The hidden model's label of each item, UNKNOWN where it has none."""

    @cached_property
    def others(self) -> Floats:
        """For each vote how probable each label of its item is by all other votes: votes by labels."""
        return without_own(self.votes, self.people, self.known)

    def items(self, places: Places, most: int) -> tuple[str, ...]:
        """The items of the first of some votes."""
        return tuple(str(self.votes.items[at]) for at in self.votes.item[places[:most]])


def named(works: Iterable[Work]) -> list[str]:
    """Everybody who did any of it, by name."""
    return sorted({str(name) for work in works for name in work.votes.annotators})


def added(names: Sequence[str], parts: Iterable[tuple[Sequence[str], Floats]]) -> Floats:
    """The sums by name of figures that are by name in several kinds of work."""
    place = {name: at for at, name in enumerate(names)}
    found = np.zeros(len(names))
    for some, figures in parts:
        found[[place[str(name)] for name in some]] += figures
    return found
