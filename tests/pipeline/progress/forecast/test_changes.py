"""Changes as the command line writes them."""

import pytest

from pipeline.progress.forecast.changes import FORMS, Known, apply, change
from schemas.errors import UsageError
from schemas.team import Member, Team

CELLS = ("en/code_review", "zh/code_review/rust", "zh/step_review")
KNOWN = Known(CELLS, ("log-only",))
TEAM = Team(
    overlap=3,
    people=(Member(id="li", weekly_hours=20, hours={"mon": "9-13"}), Member(id="wu", weekly_hours=30)),
)


def changed(kind: str, text: str, team: Team = TEAM) -> Team:
    return apply(team, [change(kind, text)], KNOWN)


def test_people_are_added_to_a_cell_with_a_day_and_hours() -> None:
    new = changed("add", "zh/code_review:2@2026-12-07:15").people[2:]
    assert [one.id for one in new] == ["new person 1", "new person 2"]
    assert {(one.cells, one.from_, one.weekly_hours, one.role) for one in new} == {
        (("zh/code_review/*",), "2026-12-07", 15.0, "annotator")
    }


def test_newcomers_work_as_much_as_people_here_do() -> None:
    assert changed("add", "zh/step_review:1").people[-1].weekly_hours == 25
    assert changed("adjudicators", "1").people[-1].role == "adjudicator"


def test_two_additions_are_different_people() -> None:
    found = apply(TEAM, [change("add", "zh/step_review:1"), change("add", "en/code_review:1")], KNOWN)
    assert len({one.id for one in found.people}) == 4


def test_somebody_leaves_on_a_day_or_at_once() -> None:
    assert changed("remove", "li@2026-12-07").people[0].until == "2026-12-07"
    assert (changed("remove", "li").people[0].until or "9") < "2000"


def test_other_hours_a_week_stand_for_hours_of_the_day_too() -> None:
    li = changed("hours", "li=30").people[0]
    assert (li.weekly_hours, li.hours) == (30.0, {})


def test_somebody_whom_the_log_alone_knows_may_be_changed() -> None:
    assert changed("hours", "log-only=5").people[-1] == Member(id="log-only", weekly_hours=5)


def test_an_overlap_is_changed_everywhere_or_for_one_task_type() -> None:
    assert {changed("overlap", "2").votes(cell) for cell in CELLS} == {2}
    one = changed("overlap", "code_review:2")
    assert [one.votes(cell) for cell in CELLS] == [2, 2, 3]


def test_a_plan_is_changed_cell_by_cell() -> None:
    assert changed("plan", "zh/step_review=600", Team(plan={"en/code_review": 10})).plan == {
        "en/code_review": 10,
        "zh/step_review": 600,
    }


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("add", "zh/code_review"),
        ("add", "zh/code_review:none"),
        ("add", "zh/code_review:0"),
        ("add", "zh/code_review:1@soon"),
        ("add", "zh/code_review:1@2026-13-07"),
        ("hours", "li"),
        ("hours", "li=many"),
        ("overlap", "0"),
        ("overlap", "code_review:"),
        ("plan", "zh/code_review"),
        ("adjudicators", "some"),
        ("remove", "li@2026-02-31"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_with_the_form(kind: str, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        change(kind, text)
    assert str(refused.value).startswith(f"--{kind}: should be {FORMS[kind]}; found {text!r}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("add", "fr/code_review:1"),
        ("remove", "nobody"),
        ("hours", "nobody=3"),
        ("overlap", "essay:2"),
        ("plan", "x=3"),
    ],
)
def test_what_is_not_there_is_refused_in_one_line(kind: str, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        changed(kind, text)
    assert "\n" not in str(refused.value)
