"""First error: which step people blame, and what becomes of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.records import Record
from tasks._escape import Escape
from tasks.base import Answers, ParseError, Region, say_choices, say_text
from tasks.first_error import FirstErrorItem, FirstErrorLabel, task_type

ITEM = FirstErrorItem(prompt="1+1+1?", steps=("1+1=2", "2+1=4", "So 4."))
NONE = FirstErrorLabel(first_error="none")


def said(first_error: str | None, **others: str) -> Answers:
    result: list[Region] = [say_choices(name, "problem", one) for name, one in others.items()]
    return Answers([*result, say_choices("first_error", "problem", first_error)] if first_error else result)


def test_a_step_or_none_is_wrong() -> None:
    assert task_type.parse(ITEM, said("2")) == FirstErrorLabel(first_error=1)
    assert task_type.parse(ITEM, said("none")) == NONE


def test_the_kind_of_error_may_be_said() -> None:
    found = task_type.parse(ITEM, said("3", kind="missing_step"))
    assert found == FirstErrorLabel(first_error=2, kind="missing_step")
    assert task_type.parse(ITEM, said("none", kind="logic")) == NONE


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        (said(None), "'first_error' should be stated"),
        (said(None, kind="logic"), "'first_error' should be stated"),
        (said("0"), "'first_error': should be none or 1 to 3, is '0'"),
        (said("4"), "first_error"),
        (said("-1"), "first_error"),
        (said("2", kind="typo"), "kind"),
        (Answers([say_choices("first_error", "problem", "1", "2")]), "first_error"),
    ],
)
def test_what_cannot_be_meant_is_refused(answers: Answers, names: str) -> None:
    with pytest.raises(ParseError, match=names):
        task_type.parse(ITEM, answers)


def test_a_way_out_wins_over_whatever_else_is_filled_in() -> None:
    answers = Answers([*said("2", escape="pass").result, say_text("escape_why", "problem", "tired")])
    assert task_type.parse(ITEM, answers) == FirstErrorLabel(escape=Escape(kind="pass", reason="tired"))


def test_another_step_stands_against_and_another_kind_does_not() -> None:
    logic, other = (FirstErrorLabel(first_error=1, kind=kind) for kind in ("logic", "other"))
    unsaid = FirstErrorLabel(first_error=1)
    assert task_type.distance(logic, other) == task_type.tolerance
    assert task_type.distance(logic, unsaid) == 0.0
    assert task_type.distance(logic, FirstErrorLabel(first_error=0)) == 1.0
    assert task_type.distance(FirstErrorLabel(first_error=0), NONE) == 1.0
    assert task_type.distance(NONE, FirstErrorLabel(escape=Escape(kind="cannot_judge"))) == 1.0


def test_a_row_ends_with_the_first_error() -> None:
    (row,) = task_type.rows(ITEM, FirstErrorLabel(first_error=1))
    assert row.completions == ("1+1=2", "2+1=4")
    assert row.labels == (True, False)
    (first,) = task_type.rows(ITEM, FirstErrorLabel(first_error=0))
    assert first.labels == (False,)


def test_a_chain_without_an_error_is_right_in_every_step() -> None:
    (row,) = task_type.rows(ITEM, NONE)
    assert row.completions == ITEM.steps
    assert row.labels == (True, True, True)


def test_a_chain_of_any_length_is_one_task() -> None:
    record = Record.model_validate(
        {"prompt": "?", "domain": "reasoning", "candidates": [{"text": "\n".join(map(str, range(300)))}]}
    )
    (item,) = task_type.items(record, {})
    assert (len(item.steps), item.cut) == (300, "line")
    options: Any = task_type.data(item)["steps"]
    assert [one["alias"] for one in options] == [*map(str, range(1, 301)), "none"]


def test_all_that_is_known_of_the_problem_comes_with_it() -> None:
    record = Record.model_validate(
        {
            "prompt": "1+1+1?",
            "domain": "reasoning",
            "candidates": [{"steps": ["1+1=2", "So 3."]}],
            "reference": {"answer": "3", "solution": "Count."},
        }
    )
    (item,), (hidden,) = task_type.items(record, {}), task_type.items(record, {"show_reference": False})
    assert item == FirstErrorItem(
        prompt="1+1+1?", steps=("1+1=2", "So 3."), reference="3", solution="Count.", cut="given"
    )
    assert hidden == item.replace(reference=None, solution=None)


def test_an_item_has_a_step_and_no_step_is_before_the_first() -> None:
    with pytest.raises(ValidationError, match="steps"):
        FirstErrorItem(prompt="1+1?", steps=())
    assert FirstErrorItem(prompt="1+1?", steps=("2",)).steps == ("2",)
    with pytest.raises(ValidationError, match="first_error"):
        FirstErrorLabel(first_error=-1)


def test_each_of_thirty_steps_has_its_key_and_shows_it() -> None:
    options: Any = task_type.data(ITEM.replace(steps=tuple(map(str, range(32)))))["steps"]
    for one, key in zip(options, "1234567890qwertyioasdfhjklzxcv", strict=False):
        assert one["hotkey"] == key
        assert f'class="key">{key.upper()}<' in one["html"]
    assert 'class="key"' not in options[31]["html"]
    assert options[31]["hotkey"] == "ctrl+alt+shift+f19"
    assert options[-1]["hotkey"] == "g"


def test_a_summary_says_which_step_and_what_is_wrong_with_it() -> None:
    assert task_type.summary(NONE) == "no step is wrong"
    assert task_type.summary(FirstErrorLabel(first_error=1)) == "first wrong step: 2"
    kind = FirstErrorLabel(first_error=0, kind="missing_step")
    assert task_type.summary(kind) == "first wrong step: 1 (missing step)"
    assert task_type.summary(FirstErrorLabel(escape=Escape(kind="bad_problem"))) == "bad problem"
