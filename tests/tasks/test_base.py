"""What task types are made of: answers read control by control, labels stated, and what a type need not say itself."""

from typing import Any

import pytest

from schemas.base import Frozen, Label
from tasks import task_types
from tasks.answer_check import AnswerCheckItem, AnswerCheckLabel
from tasks.base import (
    Answers,
    ParseError,
    TaskType,
    Typed,
    say_choices,
    say_rating,
    say_text,
    stated,
)
from tasks.issue_review import IssueReview, IssueReviewLabel


class Size(Frozen):
    """Something with a number and a name."""

    width: int
    name: Typed = ""


class Severity(Label):
    """How bad something is, in fields of every kind that can be worst."""

    level: int | None = None
    share: float = 0.0
    broken: bool = False
    note: str = ""


class Severities(IssueReview):
    """Labels agreed as max."""

    label = Severity  # type: ignore[assignment] # another label, settled the same way


def region(control: str, **value: object) -> dict[str, Any]:
    return {"from_name": control, "to_name": "x", "type": "any", "value": value}


SAID = Answers(
    [say_choices("one", "x", "a"), say_choices("two", "x", "b", "c"), say_text("why", "x", " so\n")]
)


def test_a_choice_is_read_by_its_control() -> None:
    assert SAID.choice("one") == "a"
    assert SAID.choices("two") == ("b", "c")
    assert SAID.choice_or_none("one") == "a"
    assert SAID.controls() == {"one", "two", "why"}


def test_what_was_left_alone_says_nothing() -> None:
    assert SAID.choices("none") == ()
    assert SAID.choice_or_none("none") is None
    assert SAID.text("none") == ""
    assert SAID.rating("none") is None
    assert SAID.regions("none") == []


def test_one_choice_is_one() -> None:
    with pytest.raises(ParseError, match="'two': should hold one choice"):
        SAID.choice("two")
    with pytest.raises(ParseError, match="'two'"):
        SAID.choice_or_none("two")
    with pytest.raises(ParseError, match="'none': should hold one choice"):
        SAID.choice("none")


def test_what_was_typed_is_kept_or_stripped() -> None:
    assert SAID.typed("why") == " so\n"
    assert SAID.text("why") == "so"
    parts = Answers([region("why", text=["a", "b"]), region("why", text="c")])
    assert parts.text("why") == "a\nb\nc"


def test_regions_of_one_control_come_as_they_are() -> None:
    mine = [region("spans", labels=["a"]), region("spans", labels=["b"])]
    assert Answers([mine[0], region("other"), mine[1]]).regions("spans") == mine


def test_a_rating_is_a_number_of_stars() -> None:
    assert Answers([region("other", rating="x"), say_rating("step", "x", 2)]).rating("step") == 2
    assert Answers([region("step", rating=0)]).rating("step") is None
    for strange in ("2", None, True, 2.0):
        with pytest.raises(ParseError, match="'step': should hold a rating"):
            Answers([region("step", rating=strange)]).rating("step")
    with pytest.raises(ParseError, match="'step': should hold a rating"):
        Answers([{"from_name": "step", "value": 2}]).rating("step")


@pytest.mark.parametrize("result", [None, 3, {}, "text", [None], [[]], ["a"]])
def test_what_is_no_list_of_regions_is_refused(result: Any) -> None:
    with pytest.raises(ParseError, match="result"):
        Answers(result).choices("one")


@pytest.mark.parametrize("value", [None, {}, {"choices": None}, {"choices": 3}, {"choices": ["a", 1]}, "a"])
def test_a_value_that_holds_no_choices_is_refused(value: Any) -> None:
    with pytest.raises(ParseError, match="'one': should hold a list of choices"):
        Answers([{"from_name": "one", "value": value}]).choices("one")
    assert Answers([{"from_name": "one", "value": value}]).choices("two") == ()


def test_a_choice_may_come_without_its_list() -> None:
    assert Answers([region("one", choices="a")]).choices("one") == ("a",)


def test_what_is_stated_is_read_and_what_is_not_is_named() -> None:
    assert stated(Size, {"width": 3, "name": " wide "}) == Size(width=3, name="wide")
    with pytest.raises(ParseError, match=r"^'width': input should be a valid integer, .*, is 'much'$"):
        stated(Size, {"width": "much"})


def test_a_page_starts_from_a_label_as_json() -> None:
    task_type: TaskType[Any, Any] = task_types()["answer_check"]
    item = AnswerCheckItem(prompt="1 + 1?", answer="2", reference="2")
    assert task_type.prefilled(item, {"verdict": "equal"}) == AnswerCheckLabel(verdict="equal")
    for strange in ("equal", ["equal"], None):
        with pytest.raises(ParseError, match="should be an object"):
            task_type.prefilled(item, strange)
    assert task_type.asked(item) == "1 + 1?"
    assert task_type.part_of(item) is None
    with pytest.raises(TypeError, match="answer_check: its items stand for themselves"):
        task_type.rows_together([])


def test_the_worst_of_each_field_is_the_highest_and_of_texts_all() -> None:
    labels = [
        Severity(level=None, share=0.5, note="b"),
        Severity(level=2, share=0.25, broken=True, note="a"),
        Severity(level=1, note="b"),
        Severity(note=""),
    ]
    worst: Any = Severities().worst(labels)  # type: ignore[arg-type] # likewise
    assert worst == Severity(level=2, share=0.5, broken=True, note="a\nb")
    assert Severities().worst([Severity()]) == Severity()  # type: ignore[list-item, comparison-overlap] # likewise


def test_what_is_neither_number_nor_text_has_no_worst() -> None:
    class Listed(Label):
        lines: tuple[int, ...] = ()

    class Listing(IssueReview):
        label = Listed  # type: ignore[assignment] # likewise

    with pytest.raises(TypeError, match="neither number nor text"):
        Listing().worst([Listed(lines=(1,))])  # type: ignore[list-item] # likewise


def test_settling_that_is_not_declared_is_refused() -> None:
    task_type: TaskType[Any, Any] = task_types()["answer_check"]
    label = AnswerCheckLabel(verdict="equal")
    for settle in (
        lambda: task_type.position(label),
        lambda: task_type.worst([label]),
        lambda: task_type.verdicts([label]),
        lambda: task_type.of_verdicts(["equal"], [label]),
        lambda: task_type.places(label),
        lambda: task_type.ranked([1.0]),
    ):
        with pytest.raises(TypeError, match=r"^answer_check: only"):
            settle()
    assert task_types()["issue_review"].worst(
        [IssueReviewLabel(underspecified=0, tests_unfair=1, difficulty=2)]
    )
