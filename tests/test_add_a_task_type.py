"""docs/how-to/add-a-task-type.md builds a task type from nothing: what it shows is what is built and used here."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context, run_stage
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.stages import STAGES, load
from pipeline.stages.release import release
from pipeline.store import Store
from schemas.project import read_project
from tasks import _own, task_types
from tests.pipeline.releasing.read import manifest, rows
from tests.pipeline.stages.conftest import Clock

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-to" / "add-a-task-type.md"

pytestmark = pytest.mark.skipif(
    not PAGE.exists(), reason="an installed wheel comes without the documentation"
)


def shown(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project that the page builds."""
    (tmp_path / "tasks" / "guidelines").mkdir(parents=True)
    (tmp_path / "tasks" / "clarity.py").write_text(shown("python"), "utf-8")
    (tmp_path / "tasks" / "guidelines" / "clarity.md").write_text(shown("markdown"), "utf-8")
    (tmp_path / "project.toml").write_text(f'name = "clear"\n{shown("toml")}', "utf-8")
    prompts = [{"prompt": f"What is {n} + {n}?"} for n in range(3)]
    (tmp_path / "problems.jsonl").write_text("\n".join(map(json.dumps, prompts)), "utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def _forgotten(tmp_path: Path) -> Iterator[None]:
    yield
    _own.look_in(tmp_path / "nowhere")


def say(number: int) -> list[Any]:
    """Of the first problem that it is bad, of the others how clear they are."""
    task_type = task_types()["clarity"]
    said_of = {1: "guess", 2: "clear"}
    said = (
        {"escape": {"kind": "bad_problem", "reason": "Adds nothing."}}
        if number == 0
        else {"clear": said_of[number]}
    )
    return task_type.result(task_type.label.model_validate(said))


def test_what_the_page_builds_goes_from_a_source_to_a_release(project: Path) -> None:
    studio = FakeLabelStudio(Clock())
    _own.look_in(project)
    ctx = Context(
        folder=project, project=read_project(project), store=Store(":memory:"), connect=lambda: studio
    )
    for _ in STAGES:
        for name in STAGES:
            run_stage(ctx, name, load(name))
    (remote,) = ctx.store.rows("SELECT project_id FROM remote_projects")
    for email in ("ana@people.example", "ben@people.example"):
        person = studio.person(email)
        while (task := studio.next_task(remote["project_id"], person.id)) is not None:
            (number,) = re.findall(r"\d", str(studio.data(task)["prompt"]))[:1]
            studio.annotate(task, person.id, say(int(number)), 5.0)
    for name in STAGES:
        run_stage(ctx, name, load(name))
    _, _, folder = release(ctx)
    said = manifest(folder)
    assert (said.counts.rows, said.counts.passed) == (2, 1)
    assert {one.name: (one.row_class, one.splits) for one in said.sets} == {
        "clarity": ("ScoredPromptRow", {"train": 2}),
        "clarity-passed": ("PassedRow", {"train": 1}),
    }
    scores = [row["scores"] for row in rows(folder, "clarity")]
    assert sorted(scores, key=str) == [[{"name": "clear", "value": 1.0}], [{"name": "clear", "value": 2.0}]]
    (passed,) = rows(folder, "clarity-passed")
    assert (passed["prompt"], passed["reason"]) == ("What is 0 + 0?", "Adds nothing.")
    card = (folder / "README.md").read_text("utf-8")
    assert "clarity-passed" in card


def test_it_keeps_the_contract_by_the_command_that_the_page_shows(project: Path) -> None:
    words = shown("sh").split()
    assert words[0] == "HEADRACE_PROJECT=/path/to/project"
    assert words[1] == "pytest"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words[2:]],
        cwd=ROOT,
        env={**os.environ, "HEADRACE_PROJECT": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d\d passed", done.stdout)


def test_the_page_names_every_member_that_a_type_must_have() -> None:
    from tasks.base import TaskType

    members = sorted(TaskType.__abstractmethods__)
    assert members
    assert [name for name in members if f"`{name}(" not in PAGE.read_text("utf-8")] == []
