"""The environment is made once, whole or not at all, and says in one line why it could not be."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.label_studio import environment
from schemas.errors import LabelStudioError
from tests.pipeline.label_studio.conftest import Installer

READY = "from pipeline.label_studio import environment; print(environment.ready(lambda _: None))"


def make() -> tuple[Path, list[str]]:
    told: list[str] = []
    return environment.ready(told.append), told


def test_it_has_an_interpreter_and_a_database_with_nobody_in_it(installer: Installer) -> None:
    folder, told = make()
    assert environment.interpreter(folder).exists()
    with closing(sqlite3.connect(environment.template(folder))) as template:
        assert template.execute("SELECT count(*) FROM htx_user").fetchone() == (0,)
    assert installer.calls == ["venv", "pip"]
    assert any(environment.VERSION in line for line in told)


def test_a_whole_one_is_not_touched(installer: Installer) -> None:
    folder, _ = make()
    assert make() == (folder, [])
    assert installer.calls == ["venv", "pip"]


@pytest.mark.parametrize("missing", ["whole", "template.sqlite3", "venv/bin/python"])
def test_a_half_made_one_is_removed_and_made_anew(installer: Installer, missing: str) -> None:
    folder, _ = make()
    (folder / missing).unlink()
    (folder / "litter").touch()
    _, told = make()
    assert "removing a half-made" in told[0]
    assert (folder / missing).exists()
    assert not (folder / "litter").exists()
    assert installer.calls == ["venv", "pip"] * 2


def test_two_at_once_make_one(installer: Installer) -> None:
    installer.write(first="sleep 0.3")
    both = [
        subprocess.Popen([sys.executable, "-c", READY], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = {process.communicate()[0] for process in both}
    assert len(said) == 1
    assert installer.calls == ["venv", "pip"]


def test_killed_half_way_it_is_made_by_the_next(installer: Installer) -> None:
    installer.write(first="sleep 60")
    with subprocess.Popen([sys.executable, "-c", READY], start_new_session=True) as first:
        while not installer.calls:
            time.sleep(0.02)
        os.killpg(first.pid, signal.SIGKILL)
    installer.write()
    folder, told = make()
    assert "removing a half-made" in told[0]
    assert environment.template(folder).exists()


@pytest.mark.parametrize(
    ("goes_wrong", "found", "next_step"),
    [
        (
            "echo 'error: dns error: failed to lookup address'; exit 2",
            "cannot be reached",
            "mend the network",
        ),
        ("echo 'error: No space left on device (os error 28)'; exit 1", "disk is full", "make room"),
        ("kill -9 $$", "killed by signal 9", "run headrace up again"),
        ("echo one; echo 'error: hash mismatch'; exit 1", "error: hash mismatch", "run headrace up again"),
    ],
)
def test_what_went_wrong_is_one_line_with_the_next_step(
    installer: Installer, goes_wrong: str, found: str, next_step: str
) -> None:
    installer.write(first=goes_wrong)
    with pytest.raises(LabelStudioError) as caught:
        make()
    said = str(caught.value)
    assert found in said
    assert next_step in said
    assert "install.log" in said
    assert "\n" not in said


def test_a_step_waits_for_one_that_outlived_the_command_which_began_it(tmp_path: Path) -> None:
    log, begun, done = (tmp_path / name for name in ("log", "begun", "done"))
    first = ["sh", "-c", f"touch '{begun}'; sleep 1; touch '{done}'; echo first"]
    run = "import sys; from pathlib import Path; from pipeline.label_studio import environment; "
    run += f"environment.run({first!r}, Path({str(log)!r}), 'first', print)"
    with subprocess.Popen([sys.executable, "-c", run], stdout=subprocess.DEVNULL) as command:
        while not begun.exists():
            time.sleep(0.02)
        command.kill()
    assert not done.exists()
    told: list[str] = []
    environment.run(["sh", "-c", f"test -e '{done}' && echo second"], log, "second", told.append)
    assert told == ["second", "one that was begun earlier still goes on: waiting for it"]
    assert log.read_text() == "second\n"


def test_too_little_room_is_said_before_anything_is_downloaded(
    installer: Installer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "_NEEDED_BYTES", 1 << 60)
    with pytest.raises(LabelStudioError, match="make room there or set XDG_CACHE_HOME"):
        make()
    assert installer.calls == []


def test_a_cache_folder_that_cannot_be_written_is_named(
    installer: Installer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    with pytest.raises(LabelStudioError, match=r"file/headrace' should be a folder to write to"):
        make()
    assert installer.calls == []


def test_without_uv_it_is_made_by_venv_and_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing_wanted = tmp_path / "requirements.txt"
    nothing_wanted.write_text("# nothing\n")
    monkeypatch.setattr(environment, "REQUIREMENTS", nothing_wanted)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    if Path(sys.executable).with_name("uv").exists():
        pytest.skip("this environment has a uv of its own")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(LabelStudioError, match="making an empty database: should succeed"):
        make()
    assert (environment.place() / "venv" / "bin" / "pip").exists()


def test_the_requirements_are_pinned_and_name_no_address() -> None:
    text = environment.REQUIREMENTS.read_text()
    assert f"\nlabel-studio=={environment.VERSION} " in text
    assert "://" not in text
    assert "--index" not in text
    pins = [line for line in text.splitlines() if "==" in line and not line.lstrip().startswith("#")]
    assert len(pins) > 50
    assert all(line.endswith("\\") for line in pins)
