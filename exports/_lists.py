"""Columns of lists, worked on as whole columns: never a row at a time."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole = npt.NDArray[np.int64]


def integers(values: npt.NDArray[Any]) -> pa.Array:
    """Whole numbers of 64 bits from their bytes: Arrow's own way would first import pandas."""
    held = np.ascontiguousarray(values, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)])


def flags(values: npt.NDArray[np.bool_]) -> pa.Array:
    """Yes and no, likewise."""
    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def lengths(lists: pa.Array) -> Whole:
    """How many each list holds; 0 where there is none."""
    return np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)


def rows_of(lists: pa.Array) -> tuple[Whole, Whole]:
    """Of each element of all lists, the list it stands in and its place there, both counted from 0."""
    held = lengths(lists)
    rows = np.repeat(np.arange(len(held), dtype=np.int64), held)
    return rows, np.arange(len(rows), dtype=np.int64) - np.repeat(np.cumsum(held) - held, held)


def lists_of(values: pa.Array, held: npt.NDArray[Any]) -> pa.Array:
    """Lists of so many of the values each, in their order."""
    ends = np.concatenate([[0], np.cumsum(held)]).astype(np.int32)
    offsets = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    return pa.ListArray.from_arrays(offsets, values)


def kept(lists: pa.Array, keep: npt.NDArray[np.bool_]) -> pa.Array:
    """The lists without some of their elements."""
    rows, _ = rows_of(lists)
    return lists_of(lists.flatten().filter(flags(keep)), np.bincount(rows[keep], minlength=len(lists)))


def joined(*columns: pa.Array) -> pa.Array:
    """Lists one after the other, row by row."""
    held = [lengths(lists) for lists in columns]
    total = np.sum(held, axis=0)
    ends = np.cumsum(total)
    order = np.empty(int(total.sum()), dtype=np.int64)
    start, base = ends - total, 0
    for lists, of_each in zip(columns, held, strict=True):
        _, places = rows_of(lists)
        order[np.repeat(start, of_each) + places] = base + np.arange(len(places))
        start, base = start + of_each, base + len(places)
    values = pa.concat_arrays([lists.flatten() for lists in columns])
    return lists_of(values.take(integers(order)), total)


def constant(value: Any, count: int, kind: pa.DataType | None = None) -> pa.Array:  # noqa: ANN401 - any value
    """One value many times."""
    return pa.repeat(pa.scalar(value, kind), count)


def where(mask: npt.NDArray[np.bool_]) -> Whole:
    """The places that are meant."""
    return np.flatnonzero(mask).astype(np.int64)


def first_in(rows: Whole, places: Whole, mask: npt.NDArray[np.bool_], count: int) -> Whole:
    """Of each list, the place of the first element that is meant; a number above all places where there is none."""
    first = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(first, rows[mask], places[mask])
    return first
