"""Between the log as a table and the log as columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.progress.columns import NOBODY, Columns, Ints, Mask
from pipeline.store.log import EventLog
from schemas.events import EVENTS


def columns_of(log: EventLog) -> Columns:
    """The log as numpy arrays; an attempt of 0 is unknown, until the log is cleaned."""
    task, actor, cell = log.coded("task"), log.coded("actor"), log.coded("cell")
    codes = " ".join(f"WHEN '{event}' THEN {code}" for code, event in enumerate(EVENTS))
    return Columns(
        ts=log.numbers("epoch_us(ts)").astype(np.float64) / 1e6,
        event=log.numbers(f"(CASE event {codes} END)::TINYINT").astype(np.int8),
        task=task.codes,
        actor=actor.codes,
        cell=cell.codes,
        attempt=log.numbers("greatest(coalesce(attempt, 0), 0)").astype(np.int32),
        slot=log.numbers("coalesce(slot, 0)").astype(np.int32),
        lead=log.numbers("coalesce(lead_seconds, 'NaN'::DOUBLE)").astype(np.float64),
        tasks=task.names,
        actors=actor.names,
        cells=cell.names,
        past=log.past,
    )


def table_of(columns: Columns) -> pa.Table:
    """Columns as an Arrow table of the log's columns, such as `EventLog.of_arrow` and `EventLog.add` take."""
    events = pa.DictionaryArray.from_arrays(_numbers(columns.event.astype(np.int32)), _texts(EVENTS))
    found = {
        "ts": _numbers(np.round(columns.ts * 1e6).astype(np.int64)).cast(pa.timestamp("us")),
        "event": events,
        "task": _named(columns.task, columns.tasks),
        "actor": _named(columns.actor, columns.actors),
        "cell": _named(columns.cell, columns.cells),
        "attempt": _numbers(columns.attempt),
        "slot": _numbers(columns.slot, columns.slot == 0),
        "lead_seconds": _numbers(columns.lead, np.isnan(columns.lead)),
    }
    return pa.Table.from_arrays(list(found.values()), names=list(found))


def _named(codes: Ints, names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(_numbers(codes.astype(np.int32), codes == NOBODY), _texts(names))


def _numbers(values: NDArray[Any], missing: Mask | None = None) -> pa.Array:
    """From its buffers, as below: pa.array would import pandas, which takes longer than a small analysis."""
    known = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [known, pa.py_buffer(np.ascontiguousarray(values))])


def _texts(names: Sequence[str]) -> pa.Array:
    encoded = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, encoded)]).astype(np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)
