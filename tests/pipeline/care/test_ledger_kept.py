"""The door's ledger is put aside and brought back with both sides, and lets nobody in by what was brought back."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pipeline.care.restore import restore
from pipeline.door import process
from pipeline.door.process import Wish
from pipeline.ledger.keys import Account, Keys
from pipeline.ledger.place import LedgerPlace
from schemas.errors import BackupError
from tests.pipeline.care.shelf import make

LI = Account(annotator="ann-1", email="li@vendor.example", password="first", person_id=7)


@contextmanager
def keys(folder: Path) -> Iterator[Keys]:
    with closing(LedgerPlace(folder)) as place:
        yield Keys(place)


def ledger_files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("door.*")}


def test_accounts_come_back_and_links_and_sessions_do_not(folder: Path, tmp_path: Path) -> None:
    with keys(folder) as ours:
        ours.keep(LI)
        link, entered = ours.link("ann-1"), ours.enter(ours.link("ann-1"), "annotator")
        assert entered is not None
        form = ours.form_token("x")
    made = make(folder, tmp_path / "kept")
    assert {"door/door.sqlite", "door/door.key"} <= set(made.files)
    with keys(folder) as ours:
        ours.keep(LI.replace(password="second"))
        ours.revoke(["ann-1"])
    kept = restore(folder, tmp_path / "kept", force=True).kept
    with keys(folder) as ours:
        assert ours.account("ann-1") == LI
        assert ours.form_token("x") == form  # the same key
        assert ours.whose(link) is None
        assert ours.session(entered[0]) is None
        assert ours.whose(ours.link("ann-1")) == "ann-1"
    assert kept is not None
    assert {"door.sqlite", "door.key"} <= ledger_files(kept / "door")


def test_a_ledger_that_the_backup_does_not_know_is_kept_aside(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    with keys(folder) as ours:
        ours.keep(LI)
    kept = restore(folder, tmp_path / "kept", force=True).kept
    assert not LedgerPlace.is_there(folder)
    assert kept is not None
    assert "door.sqlite" in ledger_files(kept / "door")


def test_while_the_door_is_open_nothing_is_restored(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    process.up(folder, "http://127.0.0.1:1", Wish(port=port))
    try:
        with pytest.raises(BackupError, match="headrace down"):
            restore(folder, tmp_path / "kept", force=True)
    finally:
        process.down(folder)
    restore(folder, tmp_path / "kept", force=True)
