"""The grams of benchmarks in the order of their hashes, so that a batch of texts is held against all at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.screening._grams import Flags, Hashes, Kind, Places

_ROOM = 16
"""Places in the sieve for each gram: one in sixteen strange grams passes it."""


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of the units of one kind. A gram of no unit is boilerplate: too many items have it."""

    kind: Kind
    hashes: Hashes
    """Each gram once, sorted."""
    edges: Places
    """Where the units of each begin in `owners`, and the end of the last."""
    owners: Places
    """The units that have a gram, as rows of the table."""
    sieve: Flags = field(repr=False)
    shift: np.uint64

    def __len__(self) -> int:
        return len(self.hashes)

    def known(self, hashes: Hashes) -> tuple[Places, Places]:
        """Which of these are grams of a benchmark (their places), and which one each is (its place here)."""
        maybe = np.flatnonzero(self.sieve[hashes >> self.shift])
        asked = hashes[maybe]
        at = np.searchsorted(self.hashes, asked)
        at[at == len(self.hashes)] = 0
        same = self.hashes[at] == asked
        return maybe[same], at[same]

    def owned(self, grams: Places) -> tuple[Places, Places]:
        """Each of these grams (by its place among those given) with each unit that has it."""
        counts = self.edges[grams + 1] - self.edges[grams]
        which = np.repeat(np.arange(len(grams)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self.owners[self.edges[grams][which] + within]


def index(units: pa.Table, kind: Kind, shared: int) -> Grams:
    """The grams of a kind; one that more than `shared` items of one file have is boilerplate."""
    rows = _each_once(units, kind)
    lists = units["grams"].combine_chunks()
    lengths = np.asarray(lists.value_lengths().to_numpy(zero_copy_only=False), dtype=np.int64)[rows]
    hashes = lists.take(pa.array(rows)).flatten().to_numpy(zero_copy_only=False).astype(np.uint64)
    owners = np.repeat(rows, lengths)
    files, items = _numbers(units, ["file"]), _numbers(units, ["file", "item"])
    order = np.lexsort((owners, items[owners], files[owners], hashes))
    hashes, owners = hashes[order], owners[order]
    telling = ~_boilerplate(hashes, files[owners], items[owners], shared)
    every = np.unique(hashes)
    edges = np.searchsorted(hashes[telling], every)
    bits = max(10, (len(every) * _ROOM).bit_length())
    sieve = np.zeros(1 << bits, dtype=np.bool_)
    shift = np.uint64(64 - bits)
    sieve[every >> shift] = True
    return Grams(kind, every, np.append(edges, telling.sum()), owners[telling], sieve, shift)


def _each_once(units: pa.Table, kind: Kind) -> Places:
    """The units of a kind, those that say the same in the same file once."""
    seen: dict[tuple[str, bytes], int] = {}
    for number, (unit, file) in enumerate(
        zip(units["kind"].to_pylist(), units["file"].to_pylist(), strict=True)
    ):
        if unit == kind:
            said = units["grams"][number].values.to_numpy(zero_copy_only=False).tobytes()
            seen.setdefault((file, said), number)
    return np.array(list(seen.values()), dtype=np.int64)


def _numbers(units: pa.Table, columns: Sequence[str]) -> Places:
    """A number for each row: the same one where these columns say the same."""
    numbers: dict[tuple[str, ...], int] = {}
    rows = zip(*(units[name].to_pylist() for name in columns), strict=True)
    return np.array([numbers.setdefault(row, len(numbers)) for row in rows], dtype=np.int64)


def _boilerplate(hashes: Hashes, files: Places, items: Places, shared: int) -> Flags:
    """Which grams, sorted by hash, file and item, stand in more than `shared` items of their file."""
    gram = _changes(hashes)
    file = gram | _changes(files)
    item = file | _changes(items)
    groups = np.cumsum(file) - 1
    return np.bincount(groups, weights=item)[groups] > shared if len(groups) else np.zeros(0, dtype=np.bool_)


def _changes(values: npt.NDArray[np.generic]) -> Flags:
    """Where another value stands than before; the first one is another."""
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
