"""What goes wrong is one line that says what and what to do, an exit code, and a store as it was before."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.store import StorePlace

NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "TOML"),
        ("", "name"),
        ('name = "x"\nsuorces = []', "sources"),
        ('name = "x"\n[[tasks]]\ntype = "preference_pair"\noverlap = 0', "overlap"),
        ('name = "x"\n[[sources]]\nreader = "jsonll"\npath = "problems.jsonl"', "jsonl"),
        ('name = "x"\n[[sources]]\nreader = "jsonl"\npath = "nowhere.jsonl"', "nowhere.jsonl"),
        ('name = "x"\n[[sources]]\nreader = "jsonl"\npath = "."', "file"),
        ('name = "x"\n[[sources]]\nreader = "parquet"\npath = "problems.jsonl"', "parquet"),
        ('name = "x"', "sources"),
        ("\x00", "TOML"),
    ],
)
def test_a_project_that_cannot_be_used(folder: Any, text: str, says: str) -> None:
    with folder.unchanged():
        (folder.path / "project.toml").write_text(text)
        ended = folder.run("ingest")
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert says in ended.err
    assert ended.out == ""


def test_a_folder_without_a_project(folder: Any) -> None:
    (folder.path / "project.toml").unlink()
    for command in ("ingest", "status", "report", "release"):
        ended = folder.run(command)
        assert (ended.code, ended.is_one_line()) == (1, True)
        assert "headrace init" in ended.err


@pytest.mark.parametrize("command", ["push", "sync"])
def test_a_server_that_nobody_started(folder: Any, command: str) -> None:
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    with StorePlace(folder.path).writing("prepare", 30) as store:
        store._con.execute(
            "INSERT INTO remote_projects VALUES ('embedded', 'c', 'preference_pair', 1, 'label', 1, now())"
        )
    with folder.unchanged():
        ended = folder.run(command)
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert "headrace up" in ended.err


def test_a_server_that_does_not_answer(folder: Any) -> None:
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    with folder.unchanged():
        ended = folder.run(
            "push", HEADRACE_LABEL_STUDIO_URL=NOBODY, HEADRACE_LABEL_STUDIO_TOKEN="secret-token"
        )
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert NOBODY in ended.err
    assert "secret-token" not in ended.err


@pytest.mark.parametrize("command", ["push", "status", "run"])
def test_a_password_in_the_address_is_refused_and_never_shown(folder: Any, command: str) -> None:
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    environment = {
        "HEADRACE_LABEL_STUDIO_URL": "http://me:hush-hush@127.0.0.1:9",
        "HEADRACE_LABEL_STUDIO_TOKEN": "t",
    }
    ended = folder.run(command, **environment)
    assert ended.code == 1
    assert "HEADRACE_LABEL_STUDIO_TOKEN" in ended.err
    assert "hush" not in ended.out + ended.err


@pytest.mark.live
def test_a_wrong_token(folder: Any, label_studio_server: Any) -> None:
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    with folder.unchanged():
        ended = folder.run(
            "push", HEADRACE_LABEL_STUDIO_URL=label_studio_server.url, HEADRACE_LABEL_STUDIO_TOKEN="0" * 40
        )
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert "token" in ended.err.lower()


def test_a_store_that_another_command_holds(folder: Any) -> None:
    folder.run("ingest")
    folder.run("screen")
    with StorePlace(folder.path).writing("headrace watch", 30):
        ended = folder.run("ingest", "--wait", "0")
        looked = folder.run("status", "--json")
    assert ended.code == 75
    assert ended.is_one_line()
    assert "headrace watch" in ended.err
    assert str(os.getpid()) in ended.err
    assert looked.json["counts"]["records"] == 5


@pytest.mark.parametrize(
    "arguments", [["ingst"], ["ingest", "--nope"], ["release", "1.x"], ["lineage", "zz"], []]
)
def test_a_command_line_that_asks_for_what_is_not_there(folder: Any, arguments: list[str]) -> None:
    folder.run("ingest")
    ended = folder.run(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_a_gate_that_refuses(folder: Any) -> None:
    folder.run("ingest")
    with folder.unchanged():
        ended = folder.run("release", "--json")
    assert (ended.code, ended.out, ended.is_one_line()) == (3, "", True)


def test_a_damaged_store(folder: Any) -> None:
    folder.run("ingest")
    (folder.path / ".headrace/store.duckdb").write_bytes(b"not a store" * 1000)
    ended = folder.run("ingest")
    assert (ended.code, ended.is_one_line()) == (1, True), ended.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("a full disk is made by mounting a small one, which needs root's rights")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk(make_folder: Callable[[Path], Any], small_disk: Path) -> None:
    folder = make_folder(small_disk)
    assert folder.run("ingest").code == 0
    assert folder.run("screen").code == 0
    before = folder.facts()
    with (small_disk / "problems.jsonl").open("w") as file:  # many more records than there is room for
        for n in range(8000):
            file.write(f'{{"prompt": "Problem {n} {os.urandom(150).hex()}?", "candidates": ["a", "b"]}}\n')
    filler = small_disk / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(b"x" * max(0, free - 300_000))
    ended = folder.run("ingest")
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert "space" in ended.err
    filler.unlink()
    (small_disk / "problems.jsonl").unlink()
    after = folder.facts()
    assert after["records"] == before["records"] == 5
    folder.problems(6)
    assert folder.run("ingest").code == 0
    assert folder.run("screen", "--json").json["done"] in {1, 8001}  # a shard is there whole, or not at all


@pytest.mark.parametrize("command", [["ingest"], ["status"], ["report"]])
def test_a_missing_permission(folder: Any, command: list[str]) -> None:
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    if drop and shutil.which("setpriv") is None:
        pytest.skip("root needs setpriv to do without its rights")
    folder.run("ingest")
    folder.run("screen")
    store = folder.path / ".headrace"
    for path in (*store.iterdir(), store):
        path.chmod(0o000)
    ended = folder.run_apart(*command, before=drop)
    store.chmod(0o700)
    for path in store.iterdir():
        path.chmod(0o600)
    assert ended.code == 1
    assert ended.is_one_line(), ended.err
    assert folder.facts()["records"] == 5


def test_a_project_file_that_may_not_be_read(folder: Any) -> None:
    drop = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    if drop and shutil.which("setpriv") is None:
        pytest.skip("root needs setpriv to do without its rights")
    (folder.path / "project.toml").chmod(0o000)
    ended = folder.run_apart("ingest", before=drop)
    assert (ended.code, ended.is_one_line()) == (1, True), ended.err
