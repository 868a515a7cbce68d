"""Pairs that met, compared: which of them are alike, and so, which records are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.screening._meeting import Field, Pairs, Places, places_of
from pipeline.screening.base import Across
from pipeline.screening.choosing import Chosen

_AT_ONCE = 2_000_000
"""The weight of the pairs compared at a time: numbers held in memory, a few times over."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Pairs to be compared, in a file; those that are alike go to another."""

    field: Field
    chosen: Chosen[Across]
    pairs: str
    out: str

    def __str__(self) -> str:
        return f"screen {self.out}"


@dataclass(frozen=True, slots=True)
class Alike:
    """Pairs that are alike, and how much."""

    pairs: Pairs
    likeness: npt.NDArray[np.float64]


def compare(job: Compare) -> int:
    """Do a Compare; returns how many pairs are alike."""
    corpus = job.field.corpus
    pairs: Pairs = np.concatenate([batch.column("pair").to_numpy() for batch in corpus.read(job.pairs)])
    later, earlier = places_of(pairs)
    needed, rows = _rows(job, np.union1d(later, earlier))
    weights = rows["weight"].to_numpy()
    later, earlier = np.searchsorted(needed, later), np.searchsorted(needed, earlier)
    likeness: list[npt.NDArray[np.float64]] = [np.zeros(0)]
    for here in cut(weights[later] + weights[earlier], _AT_ONCE):
        a, b = rows.take(earlier[here]), rows.take(later[here])
        likeness.append(job.chosen.screen.alike(a, b, job.chosen.options))
    found = np.concatenate(likeness)
    alike = found >= 0
    corpus.write(job.out, pa.table({"pair": pairs[alike], "likeness": found[alike]}))
    return int(alike.sum())


def cut(weights: npt.NDArray[np.int64], most: int) -> Iterator[slice]:
    """Where to cut things, so that no part weighs more than that, but for a single heavy one."""
    sums = np.cumsum(weights)
    start = 0
    while start < len(weights):
        before = sums[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(sums, before + most, side="right")))
        yield slice(start, end)
        start = end


def _rows(job: Compare, needed: Places) -> tuple[Places, pa.Table]:
    """What is compared of the records at these places, in the order of the places."""
    places, tables = [], []
    for where, table in job.field.sketches("weight", *job.chosen.screen.compared):
        here = np.isin(where, needed)
        places.append(where[here])
        tables.append(table.filter(pa.array(here)))
    found = np.concatenate(places)
    order = np.argsort(found)
    return found[order], pa.concat_tables(tables).take(order).combine_chunks()


@dataclass(frozen=True, slots=True)
class Repeat:
    """A record that is like one that is kept, both by their places."""

    screen: int
    """Which of the screens found it, counted from 0."""
    place: int
    kept: int
    likeness: float


def repeats(alike: Sequence[Alike], rejects: Sequence[bool]) -> list[Repeat]:
    """What each screen finds, record after record, from the pairs that are alike by each screen.

    A record is found where it is like an earlier one that was not rejected, the earliest of those being named;
    the first screen that rejects it is the last that says something of it.
    """
    found: list[Repeat] = []
    rejected: set[int] = set()
    said = (-1, -1)
    for later, n, earlier, likeness in _in_order(alike):
        if later in rejected or earlier in rejected or (later, n) == said:
            continue
        said = (later, n)
        found.append(Repeat(n, later, earlier, likeness))
        if rejects[n]:
            rejected.add(later)
    return found


def _in_order(alike: Sequence[Alike]) -> Iterator[tuple[int, int, int, float]]:
    """Each pair as later, screen, earlier, likeness: by the later one, then by the screen, then by the earlier one."""
    pairs = np.concatenate([np.zeros(0, np.uint64), *(one.pairs for one in alike)])
    likeness = np.concatenate([np.zeros(0), *(one.likeness for one in alike)])
    screens = np.repeat(np.arange(len(alike)), [len(one.pairs) for one in alike])
    later, earlier = places_of(pairs)
    order = np.lexsort((earlier, screens, later))
    for start in range(0, len(order), _ROWS):
        here = order[start : start + _ROWS]
        columns = (later[here], screens[here], earlier[here], likeness[here])
        yield from zip(*(column.tolist() for column in columns), strict=True)


_ROWS = 100_000
"""Pairs as Python's objects at a time."""
