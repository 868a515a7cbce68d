"""Rows for a columnar log: made, added and put in the order of time."""

from dataclasses import replace

import numpy as np

from pipeline.progress.columns import CODE, NOBODY, Columns, Floats, Ints
from schemas.events import EventName

_NUMBERS = ("ts", "event", "task", "actor", "cell", "attempt", "slot", "lead")


def rows_like(columns: Columns, event: EventName, ts: Floats, **given: Ints) -> Columns:
    """Rows of one event, with the names of a log; what is not given is unknown."""
    count = len(ts)
    nothing = np.full(count, NOBODY, dtype=np.int32)
    zeros = np.zeros(count, dtype=np.int32)
    return replace(
        columns,
        ts=np.asarray(ts, dtype=np.float64),
        event=np.full(count, CODE[event], dtype=np.int8),
        task=np.asarray(given.get("task", nothing), dtype=np.int32),
        actor=np.asarray(given.get("actor", nothing), dtype=np.int32),
        cell=np.asarray(given.get("cell", nothing), dtype=np.int32),
        attempt=np.asarray(given.get("attempt", zeros + 1), dtype=np.int32),
        slot=np.asarray(given.get("slot", zeros), dtype=np.int32),
        lead=np.full(count, np.nan),
    )


def merged(columns: Columns, *more: Columns) -> Columns:
    """All of them as one log in the order of time."""
    if not any(len(part) for part in more):
        return columns
    return in_order(end_to_end(columns, *more))


def end_to_end(columns: Columns, *more: Columns) -> Columns:
    """One log after the other, with the names of the first."""
    lots = (columns, *more)
    return replace(
        columns, **{name: np.concatenate([getattr(lot, name) for lot in lots]) for name in _NUMBERS}
    )


def in_order(columns: Columns) -> Columns:
    """By time; what is of one moment stays in the order given."""
    return columns.at(np.argsort(columns.ts, kind="stable"))
