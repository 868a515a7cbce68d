"""A store of an older version: brought up to date once, with a copy of it kept, and nothing lost."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.store import Store, StorePlace
from pipeline.store.migrations import MIGRATIONS, m001_tables
from schemas.errors import StoreError

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROWS: dict[str, list[Any]] = {
    "records": ["r1", "p1", "reasoning", "en", None, None, None, "MIT", None, 2, '{"prompt":"1?"}', NOW],
    "sources": ["s1", "jsonl", None, 1, NOW],
    "generated": ["r1", "preference_pair", 1, 1, NOW],
    "tasks": ["t1", "i1", "preference_pair", 1, "en/preference_pair", 1, 2, "{}", NOW],
    "record_tasks": ["r1", "t1"],
    "remote_projects": ["embedded", "en/preference_pair", "preference_pair", 1, 7, NOW],
    "pushes": ["t1", "embedded", 7, 70, NOW],
    "people": ["ann-1", "embedded", 3, "ana@people.example", "Ana", False, NOW],
    "annotations": ["v1", "a1", "t1", "ann-1", "embedded", 5, "[]", 3.0, False, False, False, NOW, NOW, NOW],
    "syncs": ["embedded", 7, NOW, NOW],
    "labels": ["v1", "a1", "t1", "ann-1", '{"preference":1,"reason":""}', False, NOW],
    "rejects": ["j1", "ingest", "x", "bad row", "a line", "null", NOW],
    "resolutions": ["s1", "t1", '{"preference":1,"reason":""}', "single", None, 1, ["v1"], False, NOW],
    "releases": ["1.0.0", "d", 1, False, NOW, NOW],
    "release_members": ["1.0.0", "t1", "s1", 1],
    "release_rows": ["1.0.0", "w1", "t1", "preference_pair", "train", "{}"],
    "runs": ["u1", "ingest", NOW, NOW, 1, 0, "{}", None],
}
"""A row of each table of version 1."""


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The path of a store as version 1 left it, with its snapshot beside it."""
    folder = tmp_path / ".headrace"
    folder.mkdir()
    for name in ("store.duckdb", "snapshot.duckdb"):
        con = duckdb.connect(str(folder / name))
        m001_tables(con)
        con.execute("CREATE TABLE store_version (version BIGINT)")
        con.execute("INSERT INTO store_version VALUES (1)")
        con.execute("DELETE FROM store_identity")
        con.execute("INSERT INTO store_identity VALUES ('an-old-store')")
        for table, row in ROWS.items():
            con.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in row)})", row)  # noqa: S608 - ours
        con.close()
    return folder / "store.duckdb"


def test_every_row_of_an_older_store_is_there_after_it_was_brought_up_to_date(older: Path) -> None:
    with Store(older) as store:
        assert store.id == "an-old-store"
        for table, row in ROWS.items():
            (found,) = store.rows(f"SELECT * FROM {table}")  # noqa: S608 - ours
            values = list(found.values())
            known = [value for value in row if value != NOW or table != "syncs"]
            assert all(value in values for value in known), table
        assert store.value("SELECT max(version) FROM store_version") == len(MIGRATIONS)
        assert store.value("SELECT state FROM task_states") == "released"
        assert store.value("SELECT count(*) FROM votes") == 1


def test_what_label_studio_says_of_tasks_is_read_from_the_start_once(older: Path) -> None:
    with Store(older) as store:
        assert store.rows("SELECT seen_until, stamp FROM syncs") == [{"seen_until": None, "stamp": None}]


def test_a_copy_of_the_older_store_is_kept_and_never_written_over(older: Path) -> None:
    before = older.read_bytes()
    Store(older).close()
    kept = older.with_name("store.v1.duckdb")
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.write_bytes(b"kept")
    Store(older).close()
    assert kept.read_bytes() == b"kept"


def test_readers_of_an_older_snapshot_get_a_new_one(older: Path) -> None:
    with StorePlace(older.parents[1]).reading() as store:
        assert store.count("tasks") == 1
        assert store.count("asks") == 0


def test_a_store_that_cannot_be_copied_is_left_as_it_is(older: Path) -> None:
    before = older.read_bytes()
    older.with_name("store.v1.duckdb.part").mkdir()
    with pytest.raises(StoreError, match="nothing has changed"):
        Store(older)
    assert older.read_bytes() == before
