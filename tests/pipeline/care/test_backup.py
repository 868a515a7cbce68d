"""A backup holds both sides of one moment, whole or not at all, and what it brings back is what was put aside."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.care.backup import Wanted, back_up
from pipeline.care.manifest import Manifest, read
from pipeline.care.restore import restore
from pipeline.label_studio import outside
from pipeline.label_studio.state import Home
from pipeline.store import StorePlace
from schemas.errors import BackupError, LabelStudioError, StoreBusy
from schemas.project import parse_project, read_project

PROJECT = """
name = "effort"
[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"
[[tasks]]
type = "preference_pair"
guideline = "guidelines/pairs.md"
"""

CUT_OFF = """
import os, signal, sys
from pathlib import Path
from pipeline.care.backup import Wanted, back_up
from pipeline.care.restore import restore
from schemas.project import read_project

def report(line):
    if sys.argv[4] in line:
        os.kill(os.getpid(), signal.SIGKILL)

folder, other = Path(sys.argv[2]), Path(sys.argv[3])
if sys.argv[1] == "backup":
    back_up(folder, read_project(folder), other, Wanted(), report=report)
else:
    restore(folder, other, force=True, report=report)
"""


@pytest.fixture
def folder(patient: Any) -> Path:
    """The patient's folder with its own files, and a Label Studio of which only the files are there."""
    path: Path = patient.folder
    (path / "project.toml").write_text(PROJECT)
    (path / "people.csv").write_text("name,email\nann,ann@example.com\n")
    (path / "guidelines").mkdir()
    (path / "guidelines" / "pairs.md").write_text("The better answer is the true one.")
    (path / "releases" / "1.0.0").mkdir(parents=True)
    (path / "releases" / "1.0.0" / "train.jsonl").write_text("{}\n")
    home = Home(path)
    home.make()
    home.write(home.new_server(8080))
    (home.data / "media" / "upload").mkdir(parents=True)
    (home.data / "media" / "upload" / "picture.png").write_bytes(b"picture")
    (home.data / ".env").write_text("SECRET_KEY=1")
    with closing(sqlite3.connect(home.database)) as rows:
        rows.execute("CREATE TABLE said (what)")
    say(path, "then")
    return path


def say(folder: Path, what: str) -> None:
    with closing(sqlite3.connect(Home(folder).database)) as rows, rows:
        rows.execute("INSERT INTO said VALUES (?)", [what])


def said(folder: Path) -> list[str]:
    with closing(sqlite3.connect(Home(folder).database)) as rows:
        return [what for (what,) in rows.execute("SELECT what FROM said")]


def tasks(folder: Path) -> int:
    with StorePlace(folder).reading() as store:
        return store.count("tasks")


def make(folder: Path, into: Path, **wanted: bool) -> Manifest:
    return back_up(folder, read_project(folder), into, Wanted(**wanted))


def cut_off(command: str, folder: Path, other: Path, at: str) -> None:
    """Run a command in a process of its own that is killed where it reports something."""
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF, command, folder, other, at],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert done.returncode == -9


def test_a_backup_holds_both_sides_the_project_and_nothing_of_the_lock(folder: Path, tmp_path: Path) -> None:
    made = make(folder, tmp_path / "kept")
    assert sorted(made.files) == [
        "label-studio/data/.env",
        "label-studio/data/media/upload/picture.png",
        "label-studio/database.sqlite3",
        "label-studio/server.json",
        "project/guidelines/pairs.md",
        "project/people.csv",
        "project/project.toml",
        "store.duckdb",
    ]
    found = {
        str(path.relative_to(tmp_path / "kept")) for path in (tmp_path / "kept").rglob("*") if path.is_file()
    }
    assert found == {*made.files, "manifest.json"}
    assert read(tmp_path / "kept") == made
    assert made.label_studio is not None
    assert made.label_studio.kind == "sqlite"


def test_a_backup_is_for_its_owners_eyes_only(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept", releases=True)
    modes = {
        path.relative_to(tmp_path): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("kept/**/*")
    }
    files = {mode for path, mode in modes.items() if (tmp_path / path).is_file()}
    assert files == {0o600}
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    assert modes[Path("kept/label-studio")] == 0o700


def test_releases_come_along_where_they_are_asked_for(folder: Path, tmp_path: Path) -> None:
    made = make(folder, tmp_path / "kept", releases=True)
    assert "releases/1.0.0/train.jsonl" in made.files


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


def test_a_backup_never_goes_into_a_folder_that_is_there(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with pytest.raises(BackupError, match="a new folder was expected"):
        make(folder, tmp_path / "kept")
    with pytest.raises(BackupError, match="should lie outside of"):
        make(folder, folder / ".headrace" / "kept")


@pytest.mark.parametrize("at", ["database", "store"])
def test_a_backup_that_is_killed_leaves_no_folder_of_its_name_and_the_next_one_is_whole(
    folder: Path, tmp_path: Path, at: str
) -> None:
    cut_off("backup", folder, tmp_path / "kept", at)
    assert not (tmp_path / "kept").exists()
    assert (tmp_path / "kept.part").exists()
    made = make(folder, tmp_path / "kept")
    assert len(made.files) == 8
    assert not (tmp_path / "kept.part").exists()


def test_a_folder_of_somebody_elses_in_the_drafts_place_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.part").mkdir()
    with pytest.raises(BackupError, match="is no unfinished backup"):
        make(folder, tmp_path / "kept")
    assert (tmp_path / "kept.part").exists()


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


def test_a_backup_that_cannot_be_written_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    Home(folder).database.write_bytes(b"no database at all" * 100)
    with pytest.raises(LabelStudioError, match="should be a sound database"):
        make(folder, tmp_path / "kept")
    assert not list(tmp_path.glob("kept*"))


def test_a_label_studio_elsewhere_is_refused_and_this_side_backed_up_on_demand(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(outside.URL_VARIABLE, "https://labels.example.org")
    with pytest.raises(BackupError, match=r"is https://labels.example.org; .* --store-only"):
        make(folder, tmp_path / "kept")
    made = make(folder, tmp_path / "kept", store_only=True)
    assert made.label_studio is None
    assert made.left_out
    assert not any(name.startswith("label-studio") for name in made.files)
    monkeypatch.delenv(outside.URL_VARIABLE)
    say(folder, "since")
    restore(folder, tmp_path / "kept", force=False)
    assert (tasks(folder), said(folder)) == (6, ["then", "since"])


def test_a_project_in_which_nothing_has_run_is_backed_up_too(tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "project.toml").write_text('name = "new"')
    made = back_up(new, parse_project({"name": "new"}), tmp_path / "kept", Wanted())
    assert list(made.files) == ["project/project.toml"]
    assert not (new / ".headrace").exists()
    restore(tmp_path / "other", tmp_path / "kept", force=False)
    assert read_project(tmp_path / "other").name == "new"


def test_a_backup_waits_for_a_writer_and_then_says_who_it_is(folder: Path, tmp_path: Path) -> None:
    with StorePlace(folder).writing("headrace push"), pytest.raises(StoreBusy, match="headrace push"):
        back_up(folder, read_project(folder), tmp_path / "kept", Wanted(), wait=0)
    assert not list(tmp_path.glob("kept*"))


def test_a_backup_of_a_newer_label_studio_is_refused(folder: Path, tmp_path: Path) -> None:
    make(folder, tmp_path / "kept")
    path = tmp_path / "kept" / "manifest.json"
    content = json.loads(path.read_text())
    content["label_studio"]["version"] = "9.0.0"
    path.write_text(json.dumps(content))
    with pytest.raises(BackupError, match=r"it holds 9.0.0; upgrade headrace"):
        restore(folder, tmp_path / "kept", force=True)
