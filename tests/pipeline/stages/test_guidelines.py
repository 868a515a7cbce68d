"""Guidelines: the task type's own unless the project names one, shown as instructions, and versioned by their text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.pushing.guidelines import shown
from tasks import guideline


class Settings(FakeLabelStudio):
    """Tells what its projects were made from."""

    def instructions(self) -> set[str]:
        return {project.instruction for project in self._memory.projects.values()}

    def skips(self) -> set[bool]:
        return {project.skippable for project in self._memory.projects.values()}


@pytest.fixture
def told(make_effort: Callable[..., Any]) -> Callable[..., tuple[Any, Settings]]:
    """An effort with these keys in its `[[tasks]]`, pushed, and the Label Studio that was told."""

    def pushed(**task: Any) -> tuple[Any, Settings]:
        effort = make_effort(tasks=[{"type": "preference_pair", **task}])
        effort.studio = Settings(effort.ctx.clock)
        effort.run()
        return effort, effort.studio

    return pushed


def test_a_project_shows_the_guideline_that_comes_with_the_type(
    told: Callable[..., tuple[Any, Settings]],
) -> None:
    effort, studio = told()
    assert studio.instructions() == {shown(guideline("preference_pair"))}
    assert effort.ctx.store.rows("SELECT text FROM guidelines") == [{"text": guideline("preference_pair")}]


def test_a_guideline_of_the_projects_takes_its_place_and_is_another_version(
    told: Callable[..., tuple[Any, Settings]], tmp_path: Path
) -> None:
    (tmp_path / "ours.md").write_text("# Ours\n\nTake the\nshorter one.")
    effort, studio = told(guideline="ours.md")
    (told_html,) = studio.instructions()
    assert "Take the shorter one." in told_html
    (tmp_path / "ours.md").write_text("# Ours\n\nTake the longer one.")
    effort.run("push")
    (told_html,) = studio.instructions()
    assert "Take the longer one." in told_html
    versions = effort.ctx.store.rows("SELECT version FROM guidelines ORDER BY since")
    assert len({row["version"] for row in versions}) == 2


def test_label_studios_own_skip_is_off_where_there_is_a_way_out(
    told: Callable[..., tuple[Any, Settings]],
) -> None:
    _, studio = told()
    assert studio.skips() == {False}


def test_a_skip_that_arrives_all_the_same_is_no_vote(told: Callable[..., tuple[Any, Settings]]) -> None:
    effort, studio = told()
    person = studio.person("ana@people.example")
    studio.skip(effort.remote()[0], person.id)
    effort.run()
    assert effort.count("annotations") == 1
    assert effort.count("labels") == 0


def test_wrapped_lines_flow_and_lists_tables_and_code_stand() -> None:
    html = shown(
        "A line\nthat goes on.\n\n- one\n  more\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\ny\n```"
    )
    assert "A line that goes on." in html
    assert "one more" in html
    assert html.count("<li") == 2
    assert html.count("<tr") == 2
    assert "x\ny" in html or html.count('class="line"') == 2


def test_nothing_in_a_guideline_runs() -> None:
    assert "<script" not in shown("<script>alert(1)</script>")
    assert shown("") == ""
