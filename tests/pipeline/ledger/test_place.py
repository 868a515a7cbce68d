"""The ledger's file: made once, by whoever comes first; what is written is there, and what is not whole is not."""

import multiprocessing
import sqlite3
import stat
import threading
from pathlib import Path

import pytest

from pipeline.ledger import LedgerPlace
from schemas.errors import StoreError


@pytest.fixture
def place(tmp_path: Path) -> LedgerPlace:
    return LedgerPlace(tmp_path)


def put(place: LedgerPlace, name: str) -> None:
    with place.writing() as con:
        con.execute("INSERT INTO settings VALUES (?, '')", [name])


def names(place: LedgerPlace) -> set[str]:
    with place.reading() as con:
        return {row["name"] for row in con.execute("SELECT name FROM settings")}


def test_only_its_owner_may_read_it(place: LedgerPlace) -> None:
    put(place, "one")
    place.key()
    for path in [*place.folder.glob("door.sqlite*"), place.folder / "door.key"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_there_is_none_until_somebody_needs_it(tmp_path: Path, place: LedgerPlace) -> None:
    assert not LedgerPlace.is_there(tmp_path)
    put(place, "one")
    assert LedgerPlace.is_there(tmp_path)


def test_what_is_written_is_there_for_others(tmp_path: Path, place: LedgerPlace) -> None:
    put(place, "one")
    assert names(LedgerPlace(tmp_path)) == {"one"}


def test_of_what_goes_wrong_half_way_nothing_is_written(place: LedgerPlace) -> None:
    with pytest.raises(sqlite3.IntegrityError), place.writing() as con:
        con.executemany("INSERT INTO settings VALUES (?, '')", [["half"], ["half"]])
    assert names(place) == set()


def test_all_questions_in_one_reading_see_one_state(place: LedgerPlace) -> None:
    put(place, "one")
    with place.reading() as con:
        assert con.execute("SELECT count(*) FROM settings").fetchone()[0] == 1
        other = threading.Thread(target=put, args=(place, "two"))
        other.start()
        other.join()
        assert con.execute("SELECT count(*) FROM settings").fetchone()[0] == 1
    assert names(place) == {"one", "two"}


def test_one_may_read_within_ones_own_writing(place: LedgerPlace) -> None:
    with place.writing() as con:
        con.execute("INSERT INTO settings VALUES ('mine', '')")
        assert names(place) == {"mine"}
    assert names(place) == {"mine"}


def _first(folder: str) -> None:
    place = LedgerPlace(Path(folder))
    put(place, place.key().hex() + multiprocessing.current_process().name)


def test_several_that_open_a_new_one_at_once_make_one(tmp_path: Path) -> None:
    apart = multiprocessing.get_context("spawn")
    begun = [apart.Process(target=_first, args=(str(tmp_path),)) for _ in range(4)]
    for one in begun:
        one.start()
    for one in begun:
        one.join()
    assert [one.exitcode for one in begun] == [0] * 4
    found = names(LedgerPlace(tmp_path))
    assert len(found) == 4
    assert len({name[:64] for name in found}) == 1, "one key for all"


def test_one_of_a_newer_headrace_is_refused(tmp_path: Path, place: LedgerPlace) -> None:
    put(place, "one")
    place.close()
    with sqlite3.connect(place.path) as con:
        con.execute("PRAGMA user_version = 99")
    con.close()
    with pytest.raises(StoreError, match="made by a newer headrace"), LedgerPlace(tmp_path).reading():
        pass


def test_what_is_no_ledger_is_told_in_a_line(place: LedgerPlace) -> None:
    place.folder.mkdir()
    place.path.write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(StoreError, match=r"door\.sqlite: should be readable"), place.reading():
        pass


def test_closed_it_opens_again(place: LedgerPlace) -> None:
    put(place, "one")
    place.close()
    assert names(place) == {"one"}
