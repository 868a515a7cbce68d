"""What stands around a command: interruptions, closed pipes, narrow terminals, hostile text, places to write to."""

import json
import os
import signal
import subprocess
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.store import StorePlace

BUFFERED = {"PYTHONUNBUFFERED": ""}


def shell(folder: Any, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash in which $H is the command."""
    return subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        timeout=120,
        env={**folder.environment, **BUFFERED, "H": " ".join(folder.command()), **environment},
        check=False,
    )


@pytest.mark.proof
def test_an_interruption_is_one_line_and_loses_nothing(folder: Any) -> None:
    watch = folder.start("watch", "--every", "60", **BUFFERED)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with StorePlace(folder.path).reading() as store:
            if store.count("records"):
                break
        time.sleep(0.1)
    os.killpg(watch.pid, signal.SIGINT)
    out, err = watch.communicate(timeout=60)
    assert watch.returncode == 130, err
    assert err.splitlines()[-1].startswith("interrupted; what was done is kept")
    assert "Traceback" not in out + err
    assert folder.facts()["records"] == 5


@pytest.mark.proof
@pytest.mark.parametrize("command", ["status", "report", "--help", "status --json"])
def test_a_reader_that_goes_away_is_no_fault(folder: Any, command: str) -> None:
    folder.run("ingest")
    done = shell(folder, f"$H {command} | true; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.proof
def test_a_watch_in_a_pipe_tells_each_round_at_once(folder: Any) -> None:
    watch = folder.start("watch", "--every", "60", "--json", **BUFFERED)
    assert watch.stdout is not None
    assert json.loads(watch.stdout.readline())["round"] == 1
    os.killpg(watch.pid, signal.SIGTERM)
    watch.communicate(timeout=60)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("report", marks=pytest.mark.proof),
        "status",
        "init other --from problems.jsonl --task preference_pair",
    ],
)
def test_a_narrow_terminal_gets_all_of_it(folder: Any, command: str) -> None:
    (folder.path / "problems.jsonl").write_text(
        json.dumps({"prompt": "一半?", "candidates": ["½", "许多"], "domain": "reasoning"}) + "\n"
    )
    folder.run("ingest")
    done = shell(folder, f"cd {folder.path} && $H {command}", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_a_closed_stdout_is_no_fault(folder: Any) -> None:
    done = shell(folder, "$H status >&-")
    assert (done.returncode, done.stderr) == (0, "")


def test_text_from_outside_is_shown_and_never_obeyed(folder: Any) -> None:
    with (folder.path / "problems.jsonl").open("a") as file:
        file.write('{"prompt": "x", "domain": "\\u001b[31mred\\nforged: line\\u202e"}\n')
    folder.run("ingest")
    shown = folder.run("rejects").out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert not any(line.startswith("forged") for line in shown.splitlines())


@pytest.mark.proof
def test_a_report_is_written_through_a_link_and_to_a_pipe_and_never_over_a_folder(folder: Any) -> None:
    folder.run("ingest")
    target, link = folder.path / "target.html", folder.path / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    assert folder.run("report", "--html", str(link)).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith("<!")
    pipe = folder.path / "pipe"
    os.mkfifo(pipe)
    done = shell(folder, f"cat {pipe} & $H report --html {pipe} > /dev/null; wait")
    assert done.stdout.startswith("<!")
    assert pipe.is_fifo()
    refused = folder.run("report", "--html", str(folder.path))
    assert (refused.code, refused.is_one_line()) == (1, True)


@pytest.mark.parametrize("left", [0, 100])
def test_a_damaged_snapshot_is_made_anew_from_the_store(folder: Any, left: int) -> None:
    folder.run("ingest")
    folder.run("screen")
    os.truncate(folder.path / ".headrace/snapshot.duckdb", left)
    assert folder.run("status", "--json").json["counts"]["records"] == 5


@pytest.mark.proof
def test_what_a_killed_writer_committed_is_seen_after_the_next_command(folder: Any) -> None:
    folder.run("ingest")
    folder.run("screen")
    snapshot = (folder.path / ".headrace/snapshot.duckdb").read_bytes()
    folder.problems(6)
    folder.run("ingest")
    folder.run("screen")
    (folder.path / ".headrace/snapshot.duckdb").write_bytes(snapshot)  # as if killed before it was published
    assert folder.run("ingest", "--json").json["done"] == 0
    assert folder.run("status", "--json").json["counts"]["records"] == 6


def test_readers_never_wait_for_the_first_writer(folder: Any) -> None:
    with StorePlace(folder.path).writing("headrace run", 30):
        began = datetime.now(UTC)
        assert folder.run("status").code == 0
        assert (datetime.now(UTC) - began).total_seconds() < 50


@pytest.mark.parametrize(
    "arguments", [["up", "--port", "99999999"], ["watch", "--every", "inf"], ["ingest", "--wait", "-1"]]
)
def test_numbers_out_of_range_are_wrong_usage(folder: Any, arguments: list[str]) -> None:
    assert folder.run(*arguments).code == 2


@pytest.mark.parametrize(
    "text",
    ['\ufeffname = "x"\n[[sources]]\nreader = "jsonl"\npath = "problems.jsonl"\ndomain = "reasoning"'],
)
def test_a_byte_order_mark_is_passed_over(folder: Any, text: str) -> None:
    (folder.path / "project.toml").write_text(text)
    assert folder.run("ingest").code == 0


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 50_000, 'name = "x"\n[[sources]]\nreader = "jsonl"\nlimit = 1' + "0" * 30]
)
def test_a_project_file_made_to_break_us_is_one_line(folder: Any, text: str) -> None:
    (folder.path / "project.toml").write_text(text)
    ended = folder.run("ingest")
    assert (ended.code, ended.is_one_line()) == (1, True), ended.err[-300:]
    assert "fault of its own" not in ended.err
