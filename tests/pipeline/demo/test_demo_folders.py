"""The folders that a demo goes on with, and those that it leaves alone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.annotators import Handed
from pipeline.demo.annotators import work as people_at_work
from pipeline.demo.people import PEOPLE
from pipeline.demo.project import project_toml
from pipeline.demo.walk import walk
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.store import StorePlace
from schemas.errors import HeadraceError, LabelStudioRefused, ProjectError
from tests.pipeline.demo.office import Interrupting, office, quiet


def test_a_project_of_somebody_elses_is_refused_and_left_alone(tmp_path: Path) -> None:
    project = tmp_path / "project.toml"
    project.write_text('name = "mine"\n')
    with pytest.raises(ProjectError, match="the demo's project was expected"):
        quiet(tmp_path, FakeLabelStudio())
    assert [path.name for path in tmp_path.iterdir()] == ["project.toml"]
    assert project.read_text() == 'name = "mine"\n'


def test_a_demo_with_other_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(project_toml().replace("pairs.jsonl", "mine.jsonl"))
    with pytest.raises(ProjectError, match="found another"):
        quiet(tmp_path, FakeLabelStudio())


def test_a_demo_of_an_older_version_is_refused_kindly_in_one_line(tmp_path: Path) -> None:
    older = re.sub(r"overlap = {.*", "overlap = 2", project_toml())
    (tmp_path / "project.toml").write_text(older)
    with pytest.raises(ProjectError, match="found an older one's or a changed one") as refused:
        quiet(tmp_path, FakeLabelStudio())
    assert "\n" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["project.toml"]
    assert (tmp_path / "project.toml").read_text() == older


@pytest.mark.parametrize("found", ["notes.txt", "pairs.jsonl", ".headrace"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, found: str) -> None:
    (tmp_path / found).write_text("mine")
    with pytest.raises(ProjectError, match=f"found '{found}' in it"):
        quiet(tmp_path, FakeLabelStudio())
    assert (tmp_path / found).read_text() == "mine"


class Strange:
    """A seat at which a task lies that nobody of the demo made."""

    def next_task(self) -> Handed | None:
        return Handed(id=1, uid="another", purpose="label")

    def submit(self, handed: Handed, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        raise AssertionError((handed, result, lead_seconds))


def test_a_task_of_somebody_elses_is_a_refusal_in_one_line() -> None:
    with pytest.raises(LabelStudioRefused, match="found somebody else's") as refused:
        list(people_at_work([Strange()] * len(PEOPLE), 1, {}))
    assert "\n" not in str(refused.value)


@pytest.mark.proof
def test_a_demo_from_before_there_was_a_door_is_gone_on_with(tmp_path: Path) -> None:
    older = re.sub(r"(?m)^(gold|priority) = .*\n", "", project_toml())
    assert "gold" not in older
    (tmp_path / "project.toml").write_text(older)
    with pytest.raises(KeyboardInterrupt):
        walk(tmp_path, lambda _: None, Interrupting(after=1), office(FakeLabelStudio()))
    with StorePlace(tmp_path).reading() as store:
        assert store.value("SELECT count(*) FROM tasks") == 178


def test_without_reasoning_gym_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.demo.walk.find_spec", lambda _: None)
    with pytest.raises(HeadraceError, match="headrace\\[synthetic\\]"):
        quiet(tmp_path / "demo", FakeLabelStudio())
    assert list(tmp_path.iterdir()) == []
