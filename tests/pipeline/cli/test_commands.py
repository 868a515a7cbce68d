"""The commands: what they print for people and as JSON, and that nothing else goes to stdout."""

import subprocess
import sys
from typing import Any

import pytest

from pipeline.stages import STAGES

GROUPS = {
    "Everyday:": {
        "backup", "demo", "doctor", "down", "init", "report", "restore", "run", "serve", "status", "up",
        "watch"
    },
    "Stages (each can be run again at any time):": set(STAGES),
    "Steering:": {"cells", "disputes", "gold", "people", "redo", "what-if", "withdraw"},
    "Releases:": {"diff", "export", "lineage", "publish", "release", "releases", "sign"},
    "Looking closer:": {"adopt", "findings", "rejects", "suspects", "why"},
    "Files (no project and no server needed):": {"analyse", "benchmark"},
}  # fmt: skip


def test_help_names_every_command_with_its_group(folder: Any) -> None:
    _, *lines = folder.run("--help").out.partition("Options:")[2].splitlines()
    listed: dict[str, list[str]] = {}
    for line in lines:
        if line.endswith(":") and not line.startswith(" "):
            listed[line] = []
        elif line.startswith("  ") and line[2:3].isalpha():
            listed[[*listed][-1]].append(line.split()[0])
    assert [*listed] == [*GROUPS]
    assert {group: sorted(names) for group, names in listed.items()} == {
        group: sorted(names) for group, names in GROUPS.items()
    }


def test_help_imports_nothing_heavy() -> None:
    probe = (
        "import sys; from pipeline.cli import app, register; register();"
        "print([m for m in ('pydantic', 'duckdb', 'pyarrow', 'numpy', 'datasets', 'label_studio_sdk', 'rich.markdown',"
        " 'httpx', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_ingest_twice(folder: Any) -> None:
    first, second = folder.run("ingest", "--json").json, folder.run("ingest", "--json").json
    assert first.keys() == {"stage", "done", "skipped", "rejected", "seconds"}
    assert (first["done"], second["done"], second["skipped"]) == (5, 0, 5)


def test_generate_says_what_nobody_has_screened(folder: Any) -> None:
    folder.run("ingest")
    before = folder.run("generate")
    assert before.err.startswith("generate: 5 records wait to be screened; next: headrace screen")
    folder.run("screen")
    assert not folder.run("generate").err


def test_status_and_report_as_json(folder: Any) -> None:
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    status = folder.run("status", "--json").json
    assert status["label_studio"].keys() == {"url", "public_url", "version", "running"}
    assert status["counts"] == {
        "records": 5, "rejects": 0, "tasks": 5, "pushed": 0, "annotations": 0, "labels": 0, "resolutions": 0,
        "released": 0,
    }  # fmt: skip
    assert status["states"] == {"ready": 5}
    assert folder.run("report", "--json").json["project"] == "tried"


def test_run_goes_as_far_as_it_can_and_says_why_it_stopped(folder: Any) -> None:
    ended = folder.run("run")
    assert ended.code == 1
    assert "headrace up" in ended.err
    assert folder.run("status", "--json").json["counts"]["tasks"] == 5


def test_watch_goes_on_without_a_server_and_ends_after_its_rounds(folder: Any) -> None:
    ended = folder.run("watch", "--rounds", "2", "--every", "0", "--json")
    assert ended.code == 0
    assert ended.out.count('"round"') == 2
    assert folder.facts()["tasks"] == 5


def test_rejects_are_listed_with_their_reasons(folder: Any) -> None:
    with (folder.path / "problems.jsonl").open("a") as file:
        file.write("{broken\n")
    assert folder.run("ingest", "--json").json["rejected"] == {"malformed row": 1}
    shown = folder.run("rejects", "--json").json
    assert shown["reasons"] == {"malformed row": shown["total"]}
    assert shown["total"] == 1
    assert shown["rejects"][0]["detail"].startswith("problems.jsonl:6")
    assert "problems.jsonl:6" in folder.run("rejects").out


def test_a_screen_that_is_none_is_said_by_the_stage(folder: Any) -> None:
    with (folder.path / "project.toml").open("a") as file:
        file.write('[screens]\nexact_duplicate = "reject"\n')
    assert folder.run("ingest").code == 0
    ended = folder.run("screen")
    assert ended.code == 1
    assert "exact_duplicates" in ended.err


@pytest.mark.parametrize("name", ["status", "rejects", "releases", "report"])
def test_reading_commands_work_before_anything_was_written(folder: Any, name: str) -> None:
    ended = folder.run(name, "--json")
    assert ended.code == 0, ended.err
    assert ended.json is not None


def test_a_project_is_found_from_below(folder: Any) -> None:
    inner = folder.path / "a" / "b"
    inner.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "ingest", "--json"],
        cwd=inner,
        capture_output=True,
        text=True,
        env={**folder.environment, "PYTHONPATH": ":".join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
