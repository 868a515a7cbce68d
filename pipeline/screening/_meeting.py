"""Which records meet: those that share a bucket, found bucket by bucket, each only once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus import Corpus

Places = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.uint64]
"""The place of the later one, then that of the earlier one, in 32 bits each."""

CROWD, NEAR, FIRST = 64, 10, 10
"""In a bucket with more records than a CROWD, each meets the NEAR ones before it, and the FIRST of the bucket only."""


@dataclass(frozen=True, slots=True)
class Field:
    """The sketches that are held against each other, and the place of each record among all of them.

    Records known before stand before new ones, and each of them in the order of their positions.
    """

    corpus: Corpus
    known: tuple[str, ...]
    """Files of sketches of records that were screened before."""
    new: tuple[str, ...]
    order: str
    """The file that holds the positions of all that take part, in their places."""
    old: int
    """How many of them are known."""

    def sketches(self, *columns: str) -> Iterator[tuple[Places, pa.Table]]:
        """Some columns of each file, with the place of each row; those that take no part are left out."""
        order = np.concatenate(
            [batch.column("position").to_numpy() for batch in self.corpus.read(self.order)] or [_NONE]
        )
        for files, among, before in (
            (self.known, order[: self.old], 0),
            (self.new, order[self.old :], self.old),
        ):
            for file in files:
                batches = list(self.corpus.read(file, ("position", *columns)))
                if not batches:
                    continue
                table = pa.Table.from_batches(batches)
                here, places = _places(table["position"].to_numpy(), among)
                yield places + before, table.filter(pa.array(here)) if not here.all() else table

    def weights(self) -> Places:
        """How much there is to compare of each record, by its place."""
        found = np.zeros(0, np.int64)
        for places, table in self.sketches("weight"):
            found.resize(max(len(found), int(places.max(initial=-1)) + 1), refcheck=False)
            found[places] = table["weight"].to_numpy()
        return found

    def names(self, asked: set[int]) -> dict[int, str]:
        """The records at some places."""
        wanted = np.fromiter(asked, np.int64, len(asked))
        found: dict[int, str] = {}
        for places, table in self.sketches("record_id"):
            here = np.isin(places, wanted)
            ids = table["record_id"].filter(pa.array(here)).to_pylist()
            found |= zip(places[here].tolist(), ids, strict=True)
        return found


_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Meet:
    """Some of the buckets to go through; the pairs go to a file."""

    field: Field
    buckets: tuple[int, ...]
    out: str

    def __str__(self) -> str:
        return f"screen {self.out}"


def meet(job: Meet) -> int:
    """Do a Meet; returns how many pairs there are."""
    names = [f"key_{bucket}" for bucket in job.buckets]
    places: list[Places] = []
    keys: list[list[pa.ChunkedArray]] = [[] for _ in names]
    for where, table in job.field.sketches(*names):
        places.append(where)
        for name, column in zip(names, keys, strict=True):
            column.append(table[name])
    found: Pairs = np.zeros(0, np.uint64)
    if places:
        where = np.concatenate(places)
        for column in keys:
            met = _pairs(
                where, pa.chunked_array([c for one in column for c in one.chunks], pa.uint64()), job.field.old
            )
            found = np.union1d(found, met)
    job.field.corpus.write(job.out, pa.table({"pair": found}))
    return len(found)


def _pairs(places: Places, keys: pa.ChunkedArray, old: int) -> Pairs:
    """The pairs that share a key and are not both known."""
    there = keys.is_valid().to_numpy()
    where, key = places[there], keys.drop_null().to_numpy()
    new = where >= old
    if not new.all():  # of what is known, only what new ones can meet
        use = new | np.isin(key, key[new])
        where, key = where[use], key[use]
    where, key = _shared(where, key)
    order = np.lexsort((where, key))
    where, key = where[order], key[order]
    return np.concatenate([np.zeros(0, np.uint64), *_met(where, key, old)])


def _shared(where: Places, key: Keys) -> tuple[Places, Keys]:
    """Those whose key another one has too: few, and only they are worth sorting by two things."""
    order = np.argsort(key)
    ordered = key[order]
    same = np.zeros(len(key) + 1, dtype=bool)
    same[1:-1] = ordered[1:] == ordered[:-1]
    shared = order[same[1:] | same[:-1]]
    return where[shared], key[shared]


def _met(where: Places, key: Keys, old: int) -> Iterator[Pairs]:
    """Each with those before it in its bucket; in a crowd, with some of them."""
    count = len(key)
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if count else _NONE
    sizes = np.diff(np.append(begins, count))
    start, crowd = np.repeat(begins, sizes), np.repeat(sizes > CROWD, sizes)
    rank = np.arange(count) - start
    new = (rank > 0) & (where >= old)
    later = np.flatnonzero(new)
    for back in range(1, CROWD):
        later = later[(rank[later] >= back) & ~(crowd[later] & (back > NEAR))]
        if not len(later):
            break
        yield _packed(where[later], where[later - back])
    crowded = np.flatnonzero(new & crowd)
    for first in range(FIRST):
        far = crowded[rank[crowded] > NEAR + first]
        yield _packed(where[far], where[start[far] + first])


def _packed(later: Places, earlier: Places) -> Pairs:
    return later.astype(np.uint64) << np.uint64(32) | earlier.astype(np.uint64)


def places_of(pairs: Pairs) -> tuple[Places, Places]:
    """The places of the later ones and of the earlier ones."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _places(positions: Places, among: Places) -> tuple[npt.NDArray[np.bool_], Places]:
    """Which positions take part, and the places of those."""
    if not len(among):
        return np.zeros(len(positions), dtype=bool), _NONE
    places = np.searchsorted(among, positions)
    here = among[np.minimum(places, len(among) - 1)] == positions
    return here, places[here]
