"""A project's own task types: found in its folder, told apart from another's, and refused in one line."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tasks
from schemas.errors import ProjectError
from tasks import _own, names, task_types

OWN = """
from tasks.preference_pair import PreferencePair
{more}

class Mine(PreferencePair):
    name = "{name}"
    version = 1
    title = "{title}"

task_type = Mine()
"""


@pytest.fixture(autouse=True)
def _forgotten(tmp_path: Path) -> Iterator[None]:
    yield
    _own.look_in(tmp_path / "nowhere")


def written(project: Path, name: str, title: str = "Mine", *, called: str = "", more: str = "") -> Path:
    (project / "tasks").mkdir(parents=True, exist_ok=True)
    path = project / "tasks" / f"{name}.py"
    path.write_text(OWN.format(name=called or name, title=title, more=more))
    return path


def test_a_file_in_the_project_is_a_task_type(tmp_path: Path) -> None:
    written(tmp_path, "mine")
    _own.look_in(tmp_path)
    assert "mine" in names()
    assert task_types()["mine"].title == "Mine"
    assert task_types()["mine"] is task_types()["mine"]
    assert tasks.is_current("mine", 1)
    assert len(task_types()) == len(list(task_types())) == len(names())


def test_another_project_knows_nothing_of_it(tmp_path: Path) -> None:
    written(tmp_path / "a", "mine", "One")
    written(tmp_path / "b", "mine", "Other")
    _own.look_in(tmp_path / "a")
    assert task_types()["mine"].title == "One"
    _own.look_in(tmp_path / "b")
    assert task_types()["mine"].title == "Other"
    _own.look_in(tmp_path)
    assert "mine" not in names()
    assert "mine" not in task_types()
    assert not tasks.is_current("mine", 1)


def test_it_may_import_from_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "_words.py").write_text("TITLE = 'Two'")
    written(tmp_path, "mine", more="from . import _words")
    _own.look_in(tmp_path)
    assert task_types()["mine"].title == "Mine"
    assert "_words" not in names()


def test_nothing_runs_before_it_is_asked_for(tmp_path: Path) -> None:
    written(tmp_path, "mine", more="raise ValueError('run')")
    _own.look_in(tmp_path)
    assert "mine" in names()
    assert "mine" in task_types()
    with pytest.raises(ProjectError, match=r"mine\.py: cannot be read \(ValueError: run\); mend it"):
        task_types()["mine"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:", r"mine\.py: cannot be read \(SyntaxError, line 1: "),
        ("import nothing_of_that_name", r"mine\.py: cannot be read \(ModuleNotFoundError: "),
        ("x = 1", r"mine\.py should hold `task_type`, an instance of TaskType"),
        (OWN.format(name="yours", title="T", more=""), r"mine\.py calls its task type 'yours'"),
    ],
)
def test_a_file_at_fault_is_named_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "mine.py").write_text(text)
    _own.look_in(tmp_path)
    with pytest.raises(ProjectError, match=said) as refused:
        task_types()["mine"]
    assert "\n" not in str(refused.value)


def test_a_name_of_ours_is_taken(tmp_path: Path) -> None:
    written(tmp_path, "preference_pair")
    _own.look_in(tmp_path)
    with pytest.raises(ProjectError, match=r"preference_pair\.py: headrace has a task type of that name"):
        task_types()["preference_pair"]


@pytest.mark.parametrize("place", ["tasks/mine.py", "tasks", "."])
def test_code_that_anybody_may_write_does_not_run(place: str, tmp_path: Path) -> None:
    written(tmp_path, "mine", more="import sys; sys.headrace_ran = True")
    (tmp_path / place).chmod(0o777)
    _own.look_in(tmp_path)
    with pytest.raises(ProjectError, match="anybody can; run: chmod o-w"):
        task_types()["mine"]
    assert not hasattr(sys, "headrace_ran")
    (tmp_path / place).chmod(0o755)


def test_its_guideline_stands_beside_it(tmp_path: Path) -> None:
    written(tmp_path, "mine")
    _own.look_in(tmp_path)
    assert tasks.guideline("mine") == ""
    (tmp_path / "tasks" / "guidelines").mkdir()
    (tmp_path / "tasks" / "guidelines" / "mine.md").write_text("# Mine")
    assert tasks.guideline("mine") == "# Mine"
