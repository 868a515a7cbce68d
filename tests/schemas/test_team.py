"""The team file: what it may hold, in TOML and in JSON, and how each fault is told in a line."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import UsageError
from schemas.team import Team, may_do, read_team, task_type_of

TOML = """
overlap = { code_review = 3, "en/step_review" = 1 }
surprise = "is passed over"

[[people]]
id = "li"
cells = ["zh/code_review", "en/code_review/*"]
weekly_hours = 20
zone = "Asia/Shanghai"
from = 2026-12-01
away = [2027-01-01, "2027-02-05/2027-02-12"]
pay = { per = "hour", amount = 30 }
grade = "A"

[[people]]
id = "ann"
role = "adjudicator"
hours = { mon = "9-12 13-17" }

[plan]
"zh/code_review" = 400

[targets]
"zh/code_review" = { accepted = 4000, by = 2027-01-31 }
"""


def written(folder: Path, text: str, name: str = "team.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_team_is_read_from_toml_with_its_dates(tmp_path: Path) -> None:
    team = read_team(written(tmp_path, TOML))
    li, ann = team.people
    assert (li.from_, li.away) == ("2026-12-01", ("2027-01-01", "2027-02-05/2027-02-12"))
    assert (ann.role, ann.hours, ann.cells) == ("adjudicator", {"mon": "9-12 13-17"}, ())
    assert team.plan == {"zh/code_review": 400}
    assert team.targets["zh/code_review"].accepted == 4000
    assert team.with_role("adjudicator") == (ann,)


def test_json_says_the_same_and_null_is_what_was_not_given(tmp_path: Path) -> None:
    as_json = {
        "overlap": {"code_review": 3, "en/step_review": 1},
        "people": [
            {
                "id": "li",
                "cells": ["zh/code_review", "en/code_review/*"],
                "weekly_hours": 20,
                "zone": "Asia/Shanghai",
                "from": "2026-12-01",
                "away": ["2027-01-01", "2027-02-05/2027-02-12"],
                "pay": {"per": "hour", "amount": 30},
                "until": None,
                "team": None,
                "hours": None,
            },
            {"id": "ann", "role": "adjudicator", "hours": {"mon": "9-12 13-17"}, "cells": None},
        ],
        "plan": {"zh/code_review": 400},
        "target": {"zh/code_review": {"accepted": 4000, "by": "2027-01-31"}},
        "minutes": None,
    }
    team = read_team(written(tmp_path, json.dumps(as_json), "team.JSON"))
    assert team == read_team(written(tmp_path, TOML))


def test_votes_go_by_the_cell_then_by_its_task_type_then_by_the_default() -> None:
    team = Team.model_validate({"overlap": {"code_review": 3, "en/step_review": 1}})
    votes = {cell: team.votes(cell) for cell in ("zh/code_review/rust", "en/step_review", "zh/step_review")}
    assert votes == {"zh/code_review/rust": 3, "en/step_review": 1, "zh/step_review": 2}
    assert Team.model_validate({"overlap": 2.5}).votes("anything") == 2.5


def test_minutes_go_by_the_cell_then_by_its_task_type_and_then_nobody_knows() -> None:
    team = Team.model_validate({"minutes": {"code_review": 4, "en/code_review": 0}})
    asked = ("en/code_review", "zh/code_review/rust", "zh/step_review")
    assert [team.minutes_of(cell) for cell in asked] == [0, 4, None]


def test_an_id_may_be_a_number_and_an_empty_team_is_one() -> None:
    assert Team.model_validate({"people": [{"id": 12}]}).people[0].id == "12"
    assert Team.model_validate({}) == Team()


def test_who_may_do_what() -> None:
    assert may_do((), "zh/code_review")
    assert may_do(("zh/code_review",), "zh/code_review")
    assert may_do(("en/code_review/*",), "en/code_review/rust")
    assert not may_do(("zh/code_review",), "en/code_review")
    assert [task_type_of(cell) for cell in ("zh/code_review/rust", "zh/code_review", "odd")] == [
        "code_review",
        "code_review",
        "odd",
    ]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"people": [{"id": "li"}, {"id": "li"}]}, "people: each id was expected once, 'li' stands twice"),
        ({"people": [{}]}, "people.0.id: must be given"),
        ({"people": [{"id": "li", "role": "boss"}]}, "people.0.role"),
        ({"people": [{"id": "li", "weekly_hours": -1}]}, "people.0.weekly_hours"),
        ({"overlap": 0}, "overlap"),
        ({"plan": {"zh/a": float("inf")}}, "plan.zh/a"),
        ({"targets": {"zh/a": {"accepted": 10, "by": "soon"}}}, "targets.zh/a.by"),
    ],
)
def test_a_fault_is_told_in_a_line_that_says_where(given: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps(given), "team.json")
    with pytest.raises(UsageError) as refused:
        read_team(path)
    assert f"{path}: {told}" in str(refused.value)
    assert all(line.startswith(f"{path}: ") for line in str(refused.value).splitlines())


@pytest.mark.parametrize(
    ("name", "text"), [("team.toml", "people = ["), ("team.json", "{"), ("team.json", "[1]"), ("none", "")]
)
def test_what_is_no_team_is_refused(name: str, text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text, name) if name != "none" else tmp_path / "none.toml"
    with pytest.raises(UsageError) as refused:
        read_team(path)
    assert str(refused.value).startswith(f"{path}: ")
