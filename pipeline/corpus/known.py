"""Which records are known, sixteen bytes each: millions of them stay in memory."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ids = npt.NDArray[np.bytes_]


class Known:
    """A growing set of record ids, kept as a few sorted arrays of which each is much longer than the next."""

    def __init__(self) -> None:
        self._sorted: list[Ids] = []

    def take(self, column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
        """Which of these ids are new, the first time that each stands there; from then on all are known."""
        ids = _bytes(column)
        unique, first = np.unique(ids, return_index=True)
        for known in self._sorted:
            fresh = ~_in(unique, known)
            unique, first = unique[fresh], first[fresh]
        self._add(unique)
        new = np.zeros(len(ids), dtype=bool)
        new[first] = True
        return new

    def _add(self, ids: Ids) -> None:
        while self._sorted and len(self._sorted[-1]) < 2 * len(ids):
            ids = np.sort(np.concatenate([self._sorted.pop(), ids]), kind="stable")  # two runs: a merge
        if len(ids):
            self._sorted.append(ids)


def _bytes(column: pa.ChunkedArray) -> Ids:
    """Ids in hexadecimal digits as sixteen bytes each."""
    if not len(column):
        return np.array([], dtype="S16")
    return np.frombuffer(bytes.fromhex("".join(column.to_pylist())), dtype="S16")


def _in(ids: Ids, known: Ids) -> npt.NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    found: npt.NDArray[np.bool_] = known[at] == ids
    return found
