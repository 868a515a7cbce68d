"""`what-if` on a log with a known shortage: the right person helps, the wrong one does not, and nothing is changed."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.history import LOG, SHORT, TEAM, History, simulated
from pipeline.demo.project import project_toml
from schemas.flow import WhatIf
from tests.pipeline.documented import examples

NOW = datetime(2026, 2, 25, 15, 30, tzinfo=UTC)
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "what-if.md"
FAST = ("--runs", "12", "--as-of", "2026-02-25T15:30")


@dataclass
class Files:
    """The demo's history as plain files."""

    folder: Path
    made: History

    @property
    def words(self) -> tuple[str, ...]:
        return ("--events", str(self.folder / LOG), "--team", str(self.folder / TEAM), *FAST)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("history")
    made = simulated(NOW)
    made.write(folder)
    with (folder / TEAM).open("a", encoding="utf-8") as file:
        file.write("\n[targets]\n")
        file.writelines(
            f'"{cell}" = {{ accepted = {one.accepted}, by = {one.by} }}\n'
            for cell, one in made.target.items()
        )
    return Files(folder, made)


def asked(folder: Any, files: Files, *words: str) -> Any:
    ended = folder.run("what-if", *files.words, *words, "--json")
    assert ended.code == 0, ended.err
    return ended.json


def test_one_more_in_the_short_cell_helps_and_one_elsewhere_does_not(folder: Any, files: Files) -> None:
    right = asked(folder, files, "--add", f"{SHORT}:1:20")
    wrong = asked(folder, files, "--add", "en/code_review:1:20")
    before, after = right["targets"][SHORT]["probability"]
    assert before < 0.5
    assert after > 0.9
    assert right["targets"][SHORT]["shortfall"][1] < right["targets"][SHORT]["shortfall"][0]
    assert wrong["targets"][SHORT]["probability"] == [before, before]
    load = right["loads"][SHORT]
    assert load["before"] > 1.3
    # a third of the hours more and then some: 32 h a week, and 20 more
    assert load["after"] == pytest.approx(load["before"] * 32 / 52, rel=0.03)
    assert wrong["loads"][SHORT]["after"] == wrong["loads"][SHORT]["before"]
    assert wrong["loads"]["en/code_review"]["after"] < wrong["loads"]["en/code_review"]["before"]


def test_somebody_who_comes_only_after_the_day_of_the_target_is_of_no_use_to_it(
    folder: Any, files: Files
) -> None:
    late = (NOW + timedelta(days=40)).date()
    found = asked(folder, files, "--add", f"{SHORT}:1@{late}")["targets"][SHORT]
    for figure in ("probability", "shortfall", "p50"):
        before, after = found[figure]
        assert after == before


def test_fewer_votes_and_less_intake_ease_the_load_and_a_leaver_adds_to_it(folder: Any, files: Files) -> None:
    def load(*words: str) -> float:
        found = asked(folder, files, *words)["loads"][SHORT]
        return float(found["after"] / found["before"])

    assert load("--overlap", "code_review:1") == pytest.approx(0.5)
    assert load("--plan", f"{SHORT}=61.25") == pytest.approx(0.5)
    assert load("--remove", "sim-01") == pytest.approx(1.5, abs=0.03)
    assert load("--hours", "sim-01=0", "--hours", "sim-02=0") > 2.5


def test_it_is_told_side_by_side(folder: Any, files: Files) -> None:
    said = folder.run("what-if", *files.words, "--add", f"{SHORT}:1:20").out
    assert "tasks in hand are settled by" in said
    assert "Chinese code review" in said
    assert "->" in said


def test_json_is_printed_as_documented(folder: Any, files: Files) -> None:
    (command,) = [name for name in examples(PAGE) if name.startswith("what-if")]
    shown = examples(PAGE)[command]
    printed = asked(folder, files, *command.split()[1:])
    assert printed.keys() == shown.keys()
    assert printed["changes"] == shown["changes"]
    assert printed["targets"][SHORT].keys() == shown["targets"][SHORT].keys()
    assert printed["loads"][SHORT].keys() == shown["loads"][SHORT].keys()
    WhatIf.model_validate({name: shown[name] for name in ("before", "after", "targets")})
    assert printed["before"].keys() == shown["before"].keys()


def test_a_project_is_asked_and_left_as_it_was(folder: Any, files: Files) -> None:
    (folder.path / "project.toml").write_text(project_toml() + files.made.toml())
    files.made.write(folder.path)
    with folder.unchanged():
        ended = folder.run("what-if", "--add", f"{SHORT}:1", *FAST, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["targets"][SHORT]["target"] == files.made.target[SHORT].accepted
    assert json.loads(ended.out)["changes"] == [f"--add {SHORT}:1"]


def test_made_up_time_stands_still_for_what_if_as_for_the_report(folder: Any, files: Files) -> None:
    (folder.path / "project.toml").write_text(project_toml() + files.made.toml())
    files.made.write(folder.path)
    asked_now = folder.run("what-if", "--add", f"{SHORT}:1", "--runs", "1", "--json").json
    ended = folder.run("report", "--no-forecast", "--json")
    assert ended.err == ""
    reported = ended.json["flow"]
    last = max(files.made.log["ts"].to_pylist())
    assert datetime.fromisoformat(asked_now["as_of"]) == datetime.fromisoformat(reported["as_of"]) == last


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "a change was expected"),
        (("--add", "zh/code_review"), "--add"),
        (("--add", "zh/code_revue:1"), "zh/code_revue"),
        (("--remove", "nobody"), "nobody"),
        (("--overlap", "0"), "--overlap"),
    ],
)
def test_a_change_that_makes_no_sense_is_one_line(
    folder: Any, files: Files, words: tuple[str, ...], said: str
) -> None:
    refused = folder.run("what-if", *files.words, *words)
    assert refused.code == 2
    assert refused.is_one_line()
    assert said in refused.err
    assert refused.out == ""


def test_of_a_project_without_events_there_is_nothing_to_ask(folder: Any) -> None:
    refused = folder.run("what-if", "--add", "zh/code_review:1")
    assert refused.code == 2
    assert refused.is_one_line()
