"""The event log: read from every format, whatever its columns look like; what cannot be used is counted."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.progress.reading import columns_of, table_of
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.errors import UsageError
from schemas.events import COLUMNS, EVENTS
from tests.pipeline.filled import START, Filled

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROWS = [
    {"ts": "2026-01-05T09:00:00Z", "event": "ready", "task": "t1", "cell": "zh/code_review", "attempt": 1},
    {"ts": "2026-01-05T10:00:00Z", "event": "served", "task": "t1", "actor": "li", "slot": 1},
    {"ts": "2026-01-05T10:05:00Z", "event": "submitted", "task": "t1", "actor": "li", "lead_seconds": 300.5},
]


def lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in COLUMNS} for row in rows])


def write(path: Path, form: str) -> Path:
    file = path / f"events.{form}"
    if form == "parquet":
        pa.parquet.write_table(table(ROWS), file)
    elif form == "csv":
        pa.csv.write_csv(table(ROWS), file)
    elif form == "jsonl.gz":
        file.write_bytes(gzip.compress(lines(ROWS).encode()))
    elif form == "json":
        file.write_text(json.dumps(ROWS, indent=1))
    else:
        file.write_text(lines(ROWS))
    return file


@pytest.mark.parametrize("form", ["parquet", "jsonl", "jsonl.gz", "json", "csv"])
def test_every_format_gives_the_same_log(form: str, tmp_path: Path) -> None:
    log = EventLog.of_file(write(tmp_path, form))
    served, submitted = log.rows("FROM log WHERE event IN ('served', 'submitted') ORDER BY seq")
    assert served == {
        "seq": 2, "ts": NINE + timedelta(hours=1), "event": "served", "task": "t1", "record": None, "actor": "li",
        "cell": None, "attempt": None, "slot": 1, "lead_seconds": None, "reason": None,
    }  # fmt: skip
    assert submitted["lead_seconds"] == 300.5
    assert log.counts == {"rows": 3, "events": 3}
    log.close()


@pytest.mark.parametrize(
    "said",
    [
        "2026-01-05T09:00:00Z", "2026-01-05 09:00", "2026-01-05T11:00:00+02:00", 1767603600, 1767603600.0,
        1767603600000, "1767603600", "1767603600000",
    ],
)  # fmt: skip
def test_a_time_is_taken_however_it_is_written(said: str | float, tmp_path: Path) -> None:
    file = tmp_path / "e.jsonl"
    file.write_text(lines([{"ts": said, "event": "ready", "task": "t"}]))
    assert EventLog.of_file(file).rows("SELECT ts FROM log") == [{"ts": NINE}]


@pytest.mark.parametrize(
    "ts",
    [
        pa.array([NINE], pa.timestamp("us", "Europe/Berlin")),
        pa.array([NINE.replace(tzinfo=None)], pa.timestamp("ns")),
        pa.array([1767603600], pa.int32()),
        pa.array([1767603600000], pa.int64()),
        pa.array([1767603600.0]),
        pa.array(["2026-01-05T09:00:00+00:00"]),
    ],
    ids=lambda ts: str(ts.type),
)
def test_a_column_of_times_may_be_of_any_type(ts: pa.Array) -> None:
    assert EventLog.of_arrow({"ts": ts, "event": ["ready"]}).rows("SELECT ts FROM log") == [{"ts": NINE}]


def test_what_cannot_be_used_is_counted_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "dirty.jsonl"
    good = [
        *ROWS,
        {"ts": "2026-01-05T08:00:00Z", "event": " Ingested ", "task": 7, "lead_seconds": "4.5", "x": [1]},
    ]
    bad = [
        {"ts": "yesterday", "event": "ready"}, {"ts": None, "event": "ready"}, {"ts": "0001-01-01", "event": "ready"},
        {"ts": 5, "event": "arrived"}, {"ts": 5}, [1, 2], "text",
    ]  # fmt: skip
    file.write_text(lines([*good, *bad]) + "no json\n\n{'ts': 1}\n")
    log = EventLog.of_file(file)
    assert log.counts == {
        "rows": 13, "events": 4, "out_of_order": 1, "unreadable_rows": 4, "unreadable_times": 3, "unknown_events": 2,
    }  # fmt: skip
    assert log.unknown == {"arrived": 1, "": 1}
    (first,) = log.rows("FROM log WHERE seq = 1")
    assert (first["event"], first["task"], first["lead_seconds"]) == ("ingested", "7", 4.5)


def test_numbers_that_are_none_are_null_and_the_event_stays() -> None:
    log = EventLog.of_arrow(
        {
            "ts": [1767603600] * 3,
            "event": ["submitted"] * 3,
            "lead_seconds": ["NaN", "soon", "inf"],
            "slot": [1.0, float("nan"), None],
        }
    )
    assert [row["lead_seconds"] for row in log.rows("FROM log")] == [None] * 3
    assert [row["slot"] for row in log.rows("FROM log")] == [1, None, None]


def test_events_are_sorted_by_time_and_those_of_one_moment_stay_in_order() -> None:
    log = EventLog.of_arrow({"ts": [20, 10, 20, 10], "event": ["accepted", "ready", "released", "served"]})
    assert [row["event"] for row in log.rows("FROM log")] == ["ready", "served", "accepted", "released"]
    assert log.counts["out_of_order"] == 2


def test_as_of_shows_the_log_as_it_was_then(tmp_path: Path) -> None:
    file = write(tmp_path, "jsonl")
    moment = NINE + timedelta(hours=1)
    log = EventLog.of_file(file, moment)
    assert [row["event"] for row in log.rows("FROM log")] == ["ready", "served"]
    assert log.counts["after_as_of"] == 1
    earlier = EventLog.of_file(file, NINE)
    assert earlier.rows("SELECT event FROM log") == [{"event": "ready"}]
    assert len(EventLog.of_file(file).rows("FROM log")) == 3


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("e.jsonl", '{"timestamp": 1, "event": "ready"}\n', "'ts', has none; rename 'timestamp'"),
        ("e.jsonl", '{"ts": 1, "Event": "ready"}\n', "'event', has none; did you mean 'Event'?"),
        ("e.csv", "ts,kind\n1,ready\n", "'event', has none; rename 'kind'"),
        ("e.jsonl", "", "is it an event log?"),
        ("e.jsonl", '{"ts": 1, "event": "nothing"}\n', "holds none that can be read (1 unknown events)"),
        ("e.jsonl", "\x00\x01 no text", "cannot be read"),
        ("e.parquet", "PAR1 no parquet", "cannot be read"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_one_line(
    name: str, text: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(UsageError) as refused:
        EventLog.of_file(file)
    assert told in str(refused.value)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        EventLog.of_file(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="Is a directory"):
        EventLog.of_file(tmp_path)


def test_a_log_reads_its_own_file_and_no_other(tmp_path: Path) -> None:
    other = tmp_path / "other[1].csv"
    other.write_text("a,b\n1,2\n")
    file = tmp_path / "e'vents [1] *.jsonl"
    file.write_text(lines(ROWS))
    log = EventLog.of_file(file)
    assert log.counts["events"] == 3
    for opened in (log, EventLog.of_arrow({"ts": [1], "event": ["ready"]})):
        with pytest.raises(duckdb.PermissionException):
            opened.rows(f"FROM read_csv('{other}')")
        with pytest.raises(duckdb.Error):
            opened.rows("SET enable_external_access = true")


def test_derived_events_are_added_in_their_place() -> None:
    log = EventLog.of_arrow({"ts": [10, 20], "event": ["ready", "submitted"], "actor": [None, "li"]})
    log.keep("counted", "SELECT count(*) AS n FROM log")
    log.add({"ts": [20.0, 15.0], "event": ["served", "signed_on"], "actor": ["wu", "li"]})
    assert [row["event"] for row in log.rows("FROM log")] == ["ready", "signed_on", "submitted", "served"]
    assert [row["seq"] for row in log.rows("FROM log")] == [1, 2, 3, 4]
    log.keep("counted", "SELECT count(*) AS n FROM log")
    assert log.rows("FROM counted") == [{"n": 4}]


def test_events_of_a_record_stand_under_its_tasks() -> None:
    log = EventLog.of_arrow(
        {
            "ts": [1, 1, 2, 3, 3, 4, 4],
            "event": ["ingested", "ingested", "screened", "ready", "ready", "dropped", "dropped"],
            "task": [None, None, None, "t1", "t2", None, None],
            "record": ["r1", "r2", "r1", "r1", "r1", "r1", "r2"],
            "cell": [None, None, None, "en/a", "en/b", None, None],
        }
    )
    assert [(row["event"], row["task"], row["cell"]) for row in log.rows("FROM log ORDER BY ts, task")] == [
        ("ingested", "r2", None),
        ("ingested", "t1", "en/a"),
        ("ingested", "t2", "en/b"),
        ("screened", "t1", "en/a"),
        ("screened", "t2", "en/b"),
        ("ready", "t1", "en/a"),
        ("ready", "t2", "en/b"),
        ("dropped", "r2", None),
    ]


def test_a_store_gives_its_events_and_leaves_its_own_tables_alone() -> None:
    with Store(":memory:") as store:
        filled = Filled(store)
        alone, both = filled.record(), filled.record(ingested_at=START + timedelta(hours=1))
        task = filled.task(alone, both)
        log = EventLog.of_store(store)
        assert [(row["event"], row["task"]) for row in log.rows("FROM log")] == [
            ("ingested", task),
            ("ready", task),
        ]
        log.keep("log_tasks", "SELECT DISTINCT task FROM log")
        assert store.count("tasks") == 1
        assert len(EventLog.of_store(store, START - timedelta(days=1)).rows("FROM log")) == 0
        assert store.count("events") == 3


EVENT = st.tuples(
    st.integers(0, 10**6),
    st.sampled_from(EVENTS),
    st.sampled_from(["t1", "t2", "ü", None]),
    st.sampled_from(["li", None]),
    st.one_of(st.none(), st.floats(0, 1e5)),
)


@settings(deadline=None, max_examples=20)
@given(st.lists(EVENT, max_size=20))
def test_columns_and_table_tell_the_same(
    events: list[tuple[int, str, str | None, str | None, float | None]],
) -> None:
    names = ("ts", "event", "task", "actor", "lead_seconds")
    rows = list(zip(*events, strict=True)) or [()] * len(names)
    log = EventLog.of_arrow(dict(zip(names, map(list, rows), strict=True)))
    columns = columns_of(log)
    kept = log.rows("FROM log")
    assert len(columns) == len(kept) == len(events)
    for n, row in enumerate(kept):
        assert columns.ts[n] == row["ts"].timestamp()
        assert EVENTS[columns.event[n]] == row["event"]
        assert (columns.tasks[columns.task[n]] if columns.task[n] >= 0 else None) == row["task"]
        assert (
            np.isnan(columns.lead[n])
            if row["lead_seconds"] is None
            else columns.lead[n] == row["lead_seconds"]
        )
    again = EventLog.of_arrow(table_of(columns)).rows("SELECT * EXCLUDE (attempt) FROM log")
    assert again == [{name: value for name, value in row.items() if name != "attempt"} for row in kept]
