"""A backup holds both sides of one moment, whole or not at all."""

import stat
from pathlib import Path

import pytest

from pipeline.care.backup import Wanted, back_up
from pipeline.care.manifest import read
from pipeline.care.restore import restore
from pipeline.label_studio import outside
from pipeline.label_studio.state import Home
from pipeline.store import StorePlace
from schemas.errors import BackupError, LabelStudioError, StoreBusy
from schemas.project import parse_project, read_project
from tests.pipeline.care.shelf import cut_off, make, said, say, tasks


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


def test_the_projects_own_task_types_are_backed_up_too(tmp_path: Path) -> None:
    new = tmp_path / "new"
    (new / "tasks" / "guidelines").mkdir(parents=True)
    (new / "project.toml").write_text('name = "new"')
    (new / "tasks" / "mine.py").write_text("task_type = None")
    (new / "tasks" / "guidelines" / "mine.md").write_text("# Mine")
    back_up(new, parse_project({"name": "new"}), tmp_path / "kept", Wanted())
    restore(tmp_path / "other", tmp_path / "kept", force=False)
    assert (tmp_path / "other" / "tasks" / "mine.py").read_text() == "task_type = None"
    assert (tmp_path / "other" / "tasks" / "guidelines" / "mine.md").read_text() == "# Mine"


def test_a_backup_waits_for_a_writer_and_then_says_who_it_is(folder: Path, tmp_path: Path) -> None:
    with StorePlace(folder).writing("headrace push"), pytest.raises(StoreBusy, match="headrace push"):
        back_up(folder, read_project(folder), tmp_path / "kept", Wanted(), wait=0)
    assert not list(tmp_path.glob("kept*"))
