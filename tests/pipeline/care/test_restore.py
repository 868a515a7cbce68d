"""A restore brings back what was put aside, touches nothing where it must not, and loses nothing that was there."""

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.care.restore import restore
from pipeline.label_studio.state import Home
from pipeline.store import StorePlace
from schemas.errors import BackupError
from schemas.project import read_project
from tests.pipeline.care.shelf import cut_off, make, said, say, tasks


def test_what_came_after_is_gone_after_a_restore_and_kept_aside(
    folder: Path, patient: Any, tmp_path: Path
) -> None:
    make(folder, tmp_path / "kept")
    say(folder, "since")
    patient.problems(9)
    patient.run()
    (folder / "guidelines" / "pairs.md").write_text("Another text.")
    assert (tasks(folder), said(folder)) == (9, ["then", "since"])
    kept = restore(folder, tmp_path / "kept", force=True).kept
    assert (tasks(folder), said(folder)) == (6, ["then"])
    assert kept is not None
    assert (folder / "guidelines" / "pairs.md").read_text() == "The better answer is the true one."
    assert (kept / "project" / "guidelines" / "pairs.md").read_text() == "Another text."
    assert {path.name for path in kept.iterdir()} == {
        "label-studio",
        "project",
        "snapshot.duckdb",
        "store.duckdb",
    }
    with closing(sqlite3.connect(kept / "label-studio" / "data" / "label_studio.sqlite3")) as rows:
        assert rows.execute("SELECT count(*) FROM said").fetchone() == (2,)


def test_a_restore_into_an_empty_folder_brings_the_whole_project(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept", releases=True)
    other = tmp_path / "other" / "place"
    done = restore(other, tmp_path / "kept", force=False)
    assert done.kept is None
    assert (tasks(other), said(other)) == (6, ["then"])
    assert read_project(other).name == "effort"
    assert (other / "releases" / "1.0.0" / "train.jsonl").exists()
    server, former = Home(other).read(), Home(folder).read()
    assert server is not None
    assert former is not None
    assert (server.token, server.pid) == (former.token, None)
    assert stat.S_IMODE(Home(other).file.stat().st_mode) == 0o600


def test_a_project_that_has_gone_on_is_not_put_back_unless_forced(
    folder: Path, patient: Any, tmp_path: Path
) -> None:
    make(folder, tmp_path / "kept")
    restore(folder, tmp_path / "kept", force=False)
    patient.run("ingest")
    before = StorePlace(folder).path.read_bytes()
    with pytest.raises(
        BackupError, match=r"stages have run since, .*; restore into another folder, or with --force"
    ):
        restore(folder, tmp_path / "kept", force=False)
    assert StorePlace(folder).path.read_bytes() == before
    assert tasks(folder) == 6


def test_another_projects_store_is_not_replaced_unless_forced(
    folder: Path, patient: Any, tmp_path: Path
) -> None:
    make(folder, tmp_path / "kept")
    StorePlace(folder).path.unlink()
    patient.run("ingest")
    with pytest.raises(BackupError, match="of another project"):
        restore(folder, tmp_path / "kept", force=False)


def test_a_damaged_store_may_be_replaced(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    StorePlace(folder).path.write_bytes(b"no store at all")
    kept = restore(folder, tmp_path / "kept", force=False).kept
    assert tasks(folder) == 6
    assert kept is not None
    assert (kept / "store.duckdb").read_bytes() == b"no store at all"


@pytest.mark.parametrize("name", ["store.duckdb", "label-studio/database.sqlite3", "project/people.csv"])
def test_a_flipped_bit_is_named_and_nothing_is_touched(folder: Path, tmp_path: Path, name: str) -> None:
    make(folder, tmp_path / "kept")
    path = tmp_path / "kept" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    say(folder, "since")
    with pytest.raises(BackupError) as error:
        restore(folder, tmp_path / "kept", force=True)
    lines = str(error.value).splitlines()
    assert lines[0].startswith(f"{tmp_path / 'kept'}: should be as it was made, 1 of 8 files differ")
    assert lines[1:] == [f"{path}: expected as it was, found other content of the same length"]
    assert said(folder) == ["then", "since"]
    assert not list((folder / ".headrace").glob("*restore*"))


def test_missing_and_cut_files_are_named(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    (tmp_path / "kept" / "store.duckdb").unlink()
    (tmp_path / "kept" / "project" / "people.csv").write_text("n")
    with pytest.raises(
        BackupError, match=r"2 of 8 files differ(.|\n)*found 1(.|\n)*store.duckdb: .* is missing"
    ):
        restore(folder, tmp_path / "kept", force=True)


@pytest.mark.parametrize("name", ["../outside", "/outside", "project/../../outside"])
def test_a_manifest_that_reaches_outside_of_its_folder_is_refused(
    folder: Path, tmp_path: Path, name: str
) -> None:
    make(folder, tmp_path / "kept")
    path = tmp_path / "kept" / "manifest.json"
    content = json.loads(path.read_text())
    content["files"][name] = {"bytes": 0, "sha256": ""}
    path.write_text(json.dumps(content))
    with pytest.raises(BackupError, match="does not lie in the backup"):
        restore(folder, tmp_path / "kept", force=True)


def test_a_folder_that_is_no_backup_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="name a folder that headrace backup made"):
        restore(folder, tmp_path, force=True)


@pytest.mark.parametrize("at", ["comparing", "putting Label Studio", "putting the store"])
def test_a_restore_that_is_killed_loses_nothing_and_is_made_good_by_another(
    folder: Path, patient: Any, tmp_path: Path, at: str
) -> None:
    make(folder, tmp_path / "kept")
    say(folder, "since")
    patient.problems(9)
    patient.run()
    cut_off("restore", folder, tmp_path / "kept", at)
    assert tasks(folder) == 9
    restore(folder, tmp_path / "kept", force=True)
    assert (tasks(folder), said(folder)) == (6, ["then"])
    kept = (folder / ".headrace").glob("before-restore-*/label-studio/data/label_studio.sqlite3")
    stores = (folder / ".headrace").glob("before-restore-*/store.duckdb")
    assert any(b"since" in path.read_bytes() for path in kept)
    assert len(list(stores)) == 1


def test_a_backup_of_a_newer_label_studio_is_refused(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    path = tmp_path / "kept" / "manifest.json"
    content = json.loads(path.read_text())
    content["label_studio"]["version"] = "9.0.0"
    path.write_text(json.dumps(content))
    with pytest.raises(BackupError, match=r"it holds 9.0.0; upgrade headrace"):
        restore(folder, tmp_path / "kept", force=True)
