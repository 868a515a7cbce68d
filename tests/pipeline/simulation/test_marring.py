"""Logs as Label Studio Community yields them, and logs that suffered on their way."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from pipeline.simulation.worlds import dirtied, reduced, run, world
from pipeline.simulation.worlds.marring import UNSAID


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return run(world("none", 1))


def source() -> np.random.Generator:
    return np.random.default_rng(0)


def test_reduced_says_nothing_of_when_people_come_wait_or_begin(table: pa.Table) -> None:
    left, whole = Counter(reduced(table, source())["event"].to_pylist()), Counter(table["event"].to_pylist())
    assert left == {event: number for event, number in whole.items() if event not in UNSAID}
    without = Counter(reduced(table, source(), adjudication=False)["event"].to_pylist())
    assert set(left) - set(without) == {"adjudication_started"}


def test_reduced_lead_times_are_idle_now_and_then(table: pa.Table) -> None:
    left = reduced(table, source())
    before = leads(table.filter(~np.isin(table["event"].to_pylist(), UNSAID)))
    longer = leads(left) - before
    assert np.nanmin(longer) == 0
    assert 0.02 <= np.mean(longer[~np.isnan(longer)] > 0) <= 0.04


def test_dirtied_is_the_same_log_for_the_same_seed(table: pa.Table) -> None:
    assert dirtied(table, source()).equals(dirtied(table, source()))


def test_dirtied_loses_and_doubles_rows_and_mixes_their_order(table: pa.Table) -> None:
    found = dirtied(table, source())
    rows = Counter(map(tuple, (row.values() for row in found.to_pylist())))
    again = sum(number - 1 for number in rows.values())
    assert again / len(table) == pytest.approx(0.02, abs=0.004)
    assert 1 - len(rows) / len(table) == pytest.approx(0.01, abs=0.004)
    ts = np.diff(found["ts"].cast(pa.int64()).to_numpy())
    assert 0.05 < np.mean(ts < 0) < 0.5


def test_dirtied_clocks_differ_by_the_person_and_leads_are_off(table: pa.Table) -> None:
    found = dirtied(table, source())
    whole = {key(row): row for row in table.to_pylist() if row["event"] == "submitted"}
    moved: dict[str, set[float]] = {}
    off = Counter[str]()
    for row in found.to_pylist():
        if row["event"] != "submitted":
            continue
        before = whole[key(row)]
        moved.setdefault(row["actor"], set()).add(round((row["ts"] - before["ts"]).total_seconds(), 3))
        late = row["lead_seconds"] - before["lead_seconds"]
        off["zero" if row["lead_seconds"] == 0 else "same" if late == 0 else "forgotten"] += 1
    assert all(len(apart) == 1 for apart in moved.values())
    assert 100 < max(map(max, moved.values())) - min(map(min, moved.values())) <= 600
    assert off["zero"] / off.total() == pytest.approx(0.1, abs=0.02)
    assert off["forgotten"] / off.total() == pytest.approx(0.05, abs=0.02)


def key(row: dict[str, object]) -> tuple[object, ...]:
    return row["task"], row["attempt"], row["slot"], row["actor"]


def leads(table: pa.Table) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array(table["lead_seconds"].to_numpy(), dtype=np.float64)
