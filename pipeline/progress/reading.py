"""Between the log as a table and the log as columns."""

import numpy as np
import pyarrow as pa

from pipeline.progress.columns import NOBODY, Columns, Ints
from pipeline.store.log import EventLog
from schemas.events import EVENTS


def columns_of(log: EventLog) -> Columns:
    """The log as numpy arrays."""
    task, actor, cell = log.coded("task"), log.coded("actor"), log.coded("cell")
    codes = " ".join(f"WHEN '{event}' THEN {code}" for code, event in enumerate(EVENTS))
    return Columns(
        ts=log.numbers("epoch_us(ts)").astype(np.float64) / 1e6,
        event=log.numbers(f"(CASE event {codes} END)::TINYINT").astype(np.int8),
        task=task.codes,
        actor=actor.codes,
        cell=cell.codes,
        attempt=log.numbers("greatest(coalesce(attempt, 1), 1)").astype(np.int32),
        slot=log.numbers("coalesce(slot, 0)").astype(np.int32),
        lead=log.numbers("coalesce(lead_seconds, 'NaN'::DOUBLE)").astype(np.float64),
        tasks=task.names,
        actors=actor.names,
        cells=cell.names,
    )


def table_of(columns: Columns) -> pa.Table:
    """Columns as an Arrow table of the log's columns, such as `EventLog.of_arrow` and `EventLog.add` take."""
    return pa.table(
        {
            "ts": pa.array(np.round(columns.ts * 1e6).astype("datetime64[us]")),
            "event": pa.DictionaryArray.from_arrays(
                pa.array(columns.event.astype(np.int32)), pa.array(EVENTS)
            ),
            "task": _named(columns.task, columns.tasks),
            "actor": _named(columns.actor, columns.actors),
            "cell": _named(columns.cell, columns.cells),
            "attempt": pa.array(columns.attempt),
            "slot": pa.array(columns.slot, mask=columns.slot == 0),
            "lead_seconds": pa.array(columns.lead, mask=np.isnan(columns.lead)),
        }
    )


def _named(codes: Ints, names: tuple[str, ...]) -> pa.DictionaryArray:
    known = pa.array(codes.astype(np.int32), mask=codes == NOBODY)
    return pa.DictionaryArray.from_arrays(known, pa.array(names, pa.string()))
