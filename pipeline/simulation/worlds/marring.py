"""What befalls a log on its way: Label Studio Community does not say all of it, and what is said can be wrong."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

UNSAID = ("signed_on", "signed_off", "served", "starved")
"""Events that Label Studio Community does not know."""
IDLE, IDLE_SECONDS, LONGEST_IDLE = 0.03, 1200.0, 7200.0
"""Share of tasks that stay open while somebody does something else, for how long on average, and at most."""
TWICE, LOST, LATE = 0.02, 0.01, 0.1
APART = 300.0
"""Seconds by which a clock is fast or slow at most."""
FORGOTTEN, FORGOTTEN_SECONDS, ZERO = 0.05, 7200.0, 0.1


def reduced(table: "pa.Table", source: np.random.Generator, *, adjudication: bool = True) -> "pa.Table":
    """What Label Studio Community yields: nothing of when people come, wait or begin, and lead times as a page counts.

    `adjudication` False leaves out adjudication_started too.
    """
    unsaid = UNSAID if adjudication else (*UNSAID, "adjudication_started")
    events = np.asarray(table["event"].to_pylist())
    table = table.filter(~np.isin(events, unsaid))
    lead = _leads(table)
    tails = np.minimum(source.exponential(IDLE_SECONDS, len(lead)), LONGEST_IDLE)
    return _with_leads(table, lead + tails * (source.random(len(lead)) < IDLE))


def dirtied(table: "pa.Table", source: np.random.Generator) -> "pa.Table":
    """Rows twice, late, out of order and lost; clocks apart; lead times of forgotten pages, and of none at all."""
    table = _with_other_clocks(table, source)
    lead = _leads(table)
    drawn = source.random(len(lead))
    lead = np.where(drawn < FORGOTTEN, lead + FORGOTTEN_SECONDS, lead)
    lead = np.where(drawn > 1 - ZERO, np.where(np.isnan(lead), lead, 0.0), lead)
    table = _with_leads(table, lead)
    rows = np.arange(len(table))
    kept = rows[source.random(len(rows)) >= LOST]
    again = kept[source.random(len(kept)) < TWICE]
    both = np.concatenate([kept, again])
    places = both + source.exponential(len(rows) / 20, len(both)) * (source.random(len(both)) < LATE)
    places[len(kept) :] += source.exponential(len(rows) / 50, len(again))
    return table.take(both[np.argsort(places, kind="stable")])


def _with_other_clocks(table: "pa.Table", source: np.random.Generator) -> "pa.Table":
    import pyarrow as pa

    encoded = table["actor"].combine_chunks().dictionary_encode()
    offsets = np.append(source.uniform(-APART, APART, len(encoded.dictionary)), 0.0)
    actors = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    ts = table["ts"].cast(pa.int64()).to_numpy() + (offsets[actors] * 1e6).astype(np.int64)
    return table.set_column(table.column_names.index("ts"), "ts", pa.array(ts).cast(table["ts"].type))


def _leads(table: "pa.Table") -> NDArray[np.float64]:
    return np.array(table["lead_seconds"].to_numpy(), dtype=np.float64)


def _with_leads(table: "pa.Table", lead: NDArray[np.float64]) -> "pa.Table":
    import pyarrow as pa

    column = pa.array(lead, mask=np.isnan(lead))
    return table.set_column(table.column_names.index("lead_seconds"), "lead_seconds", column)
