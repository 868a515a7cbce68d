"""How alike two sets of shingles are: the exact Jaccard index, of many pairs at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.screening._shingles import ANSWERS, PARTS, PROGRAMS, PROMPT

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The Jaccard index of each pair, of all they hold and of each part; 1 where neither holds anything."""

    whole: Floats
    prompt: Floats
    answers: Floats
    programs: Floats


def likeness(earlier: pa.ChunkedArray, later: pa.ChunkedArray) -> Likeness:
    """The likeness of sets row by row; each row a list of 32-bit shingles with their part in the lowest bits."""
    count = len(earlier)
    a, b = _keys(earlier), _keys(later)
    both = np.concatenate([a, b])
    both.sort()
    shared = _tally(both[:-1][both[1:] == both[:-1]], count)
    union = _tally(a, count) + _tally(b, count) - shared
    parts = [_share(shared[:, part], union[:, part]) for part in (PROMPT, ANSWERS, PROGRAMS)]
    whole = _share(shared.sum(axis=1), union.sum(axis=1))
    return Likeness(whole, *parts)


def _keys(lists: pa.ChunkedArray) -> Keys:
    """Each shingle once, behind the number of its row."""
    lengths = pc.list_value_length(lists).to_numpy()
    values = pc.list_flatten(lists).to_numpy().astype(np.uint64)
    keys: Any = values | (np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths) << np.uint64(32))
    once: Keys = np.unique(keys)
    return once


def _tally(keys: Keys, count: int) -> npt.NDArray[np.int64]:
    """How many shingles each row has in each part."""
    slots = (keys >> np.uint64(32)) * np.uint64(PARTS) + (keys & np.uint64(3))
    return np.bincount(slots.astype(np.int64), minlength=count * PARTS).reshape(count, PARTS)


def _share(shared: npt.NDArray[np.int64], union: npt.NDArray[np.int64]) -> Floats:
    return np.where(union > 0, shared / np.maximum(union, 1), 1.0)
