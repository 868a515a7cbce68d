"""Values of Python as Arrow's columns, straight from their bytes: Arrow's own way would first import pandas."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def strings(values: Sequence[str | bytes | None]) -> pa.Array:
    """Texts, as they are or in UTF-8; less than 2 GiB of them."""
    if values and values.count(values[0]) == len(values):
        return _same(values[0], len(values))
    held = [value if isinstance(value, bytes) else value.encode() if value else b"" for value in values]
    missing = values.count(None)
    valid = _bits([value is not None for value in values]) if missing else None
    return _texts(held, np.fromiter(map(len, held), dtype=np.int32, count=len(held)), valid, missing)


def _same(value: str | bytes | None, count: int) -> pa.Array:
    """One text many times, which most columns are."""
    if value is None:
        return pa.nulls(count, pa.string())
    text = value if isinstance(value, bytes) else value.encode()
    return _texts([text * count], np.full(count, len(text), dtype=np.int32))


def _texts(
    held: Sequence[bytes], lengths: npt.NDArray[np.int32], valid: pa.Buffer | None = None, missing: int = 0
) -> pa.Array:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    data = pa.py_buffer(b"".join(held))
    return pa.StringArray.from_buffers(len(lengths), pa.py_buffer(offsets), data, valid, missing)


def integers(values: Sequence[int] | npt.NDArray[np.int64], kind: pa.DataType | None = None) -> pa.Array:
    """Whole numbers of 64 bits, or what is kept as such."""
    held = np.ascontiguousarray(values, dtype=np.int64)
    return pa.Array.from_buffers(kind or pa.int64(), len(held), [None, pa.py_buffer(held)])


def booleans(values: npt.NDArray[np.bool_]) -> pa.Array:
    """Yes and no."""
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def _bits(values: Sequence[bool] | npt.NDArray[np.bool_]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(np.asarray(values, dtype=bool), bitorder="little"))
