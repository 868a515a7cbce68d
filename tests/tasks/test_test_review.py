"""Test review: the cases of a record, verdicts on each, and the prompts that can be verified."""

import pytest
from pydantic import ValidationError

from schemas.records import Record, TestCase
from tasks._escape import Escape
from tasks.base import Answers, NoItem, ParseError, say_choices
from tasks.test_review import KEYS, RIGHT_KEY, TestReviewItem, TestReviewLabel, Verdict, task_type

CASES = (TestCase(input=[17, 0], output=17), "assert gcd(3, 12) == 3", TestCase(input="a\nb\n", output="2"))
ITEM = TestReviewItem(prompt="Greatest common divisor.", cases=CASES, entry_point="gcd")
REST = say_choices("rest", "task", "right")


def record(**tests: object) -> Record:
    return Record.model_validate({"prompt": "Add.", "domain": "coding", "tests": tests})


def label(*cases: Verdict) -> TestReviewLabel:
    return TestReviewLabel(cases=cases)


def test_what_is_not_marked_is_right_where_somebody_says_so() -> None:
    marked = [say_choices("case_1", "text_1", "too_narrow"), REST]
    assert task_type.parse(ITEM, Answers(marked)) == label("right", "too_narrow", "right")
    assert task_type.parse(ITEM, Answers([REST])) == label("right", "right", "right")


def test_a_case_left_out_is_named_and_none_is_taken_for_right() -> None:
    marked = [say_choices("case_0", "text_0", "wrong"), say_choices("case_2", "text_2", "right")]
    with pytest.raises(ParseError, match="case 2 is not"):
        task_type.parse(ITEM, Answers(marked))


@pytest.mark.parametrize("name", ["case_3", "case_01", "case_"])
def test_a_case_that_the_item_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(ParseError, match="3 cases"):
        task_type.parse(ITEM, Answers([say_choices(name, "text_3", "wrong"), REST]))


def test_a_verdict_nobody_knows_is_refused() -> None:
    with pytest.raises(ParseError, match="cases"):
        task_type.parse(ITEM, Answers([say_choices("case_0", "text_0", "fine"), REST]))


def test_a_way_out_wins_over_the_cases() -> None:
    left = [say_choices("escape", "task", "cannot_judge"), REST]
    assert task_type.parse(ITEM, Answers(left)) == TestReviewLabel(escape=Escape(kind="cannot_judge"))


def test_distance_is_the_share_of_cases_judged_otherwise() -> None:
    assert task_type.distance(label("right", "wrong"), label("right", "right")) == 0.5
    assert task_type.distance(label("wrong"), label("too_narrow")) == 1.0
    assert task_type.distance(label("right"), label("right", "right")) == 1.0


def test_cases_are_settled_each_by_itself() -> None:
    labels = [label("right", "wrong").replace(comment="mine"), label("right", "too_narrow", "wrong")]
    assert [list(one) for one in task_type.verdicts(labels)] == [
        ["right", "wrong"],
        ["right", "too_narrow", "wrong"],
    ]
    assert task_type.of_verdicts(["right", "too_narrow", None], labels) == label("right", "too_narrow")


def test_labels_that_share_a_verdict_on_no_case_are_as_far_apart_as_can_be() -> None:
    assert task_type.distance(label("right", "wrong", "wrong"), label("right", "right", "wrong")) == 1 / 3
    assert task_type.distance(label("right", "wrong"), label("wrong", "right")) == 1.0
    with pytest.raises(ValidationError, match="cases"):
        label()


def test_the_row_holds_the_cases_found_right() -> None:
    (row,) = task_type.rows(ITEM, label("right", "right", "wrong"))
    assert (row.tests, row.assertions, row.entry_point) == (CASES[:1], CASES[1:2], "gcd")
    assert row.prompt == ITEM.prompt
    assert list(task_type.rows(ITEM, label("wrong", "cannot_tell", "too_narrow"))) == []


def test_cases_come_before_code_and_each_once() -> None:
    twice = [{"input": 1, "output": 2}, {"input": True, "output": 2}, {"input": 1, "output": 2}]
    (item,) = task_type.items(record(cases=twice, code="assert f(1)"), {})
    assert item.cases == (TestCase(input=1, output=2), TestCase(input=True, output=2))
    assert item.code is None


def test_all_that_is_known_of_the_tests_comes_with_them() -> None:
    given = record(code="assert f(1)", entry_point="f")
    given = given.replace(programming_language="python", reference={"solution": "def f(x): return x"})
    (item,) = task_type.items(given, {})
    assert item == TestReviewItem(
        prompt="Add.",
        cases=("assert f(1)",),
        entry_point="f",
        programming_language="python",
        code="assert f(1)",
        reference="def f(x): return x",
    )
    (lua,) = task_type.items(
        record(code="assert(f(1))\nassert(f(2))").replace(programming_language="lua"), {}
    )
    assert lua.cases == ("assert(f(1))\nassert(f(2))",)
    with pytest.raises(ValidationError, match="cases"):
        TestReviewItem(prompt="Add.", cases=())


def test_code_is_taken_apart_and_shown_whole() -> None:
    (item,) = task_type.items(record(code="def check(f):\n    assert f(1)\n    assert f(2)  # why"), {})
    assert item.cases == ("assert f(1)", "assert f(2)")
    assert "# why" in str(task_type.data(item)["task"])


@pytest.mark.parametrize("tests", [{}, {"code": " \n"}, {"entry_point": "f"}])
def test_a_record_without_tests_is_refused(tests: dict[str, str]) -> None:
    with pytest.raises(NoItem, match="'tests'"):
        list(task_type.items(record(**tests), {}))


def test_the_reference_is_folded_away_or_left_out() -> None:
    given = record(code="assert f(1)").replace(reference={"solution": "def unmistakable(): pass"})
    (shown,), (hidden,) = task_type.items(given, {}), task_type.items(given, {"show_reference": False})
    folded = str(task_type.data(shown)["task"]).split("<details")[-1]
    assert "unmistakable" in folded
    assert "unmistakable" not in str(task_type.data(hidden))


def test_input_and_output_are_shown_as_they_are() -> None:
    cases = task_type.data(ITEM)["cases"]
    assert isinstance(cases, list)
    assert "Input" in cases[0]["html"]
    assert "Output" not in cases[1]["html"]
    assert 'line">a\n' in cases[2]["html"]


def test_ten_cases_have_a_key_for_every_exception_and_all_are_different() -> None:
    taken = [*"".join(KEYS.values()), RIGHT_KEY]
    assert {len(keys) for keys in KEYS.values()} == {10}
    assert len(set(taken)) == len(taken)
    many = task_type.data(ITEM.replace(cases=[f"assert f({n})" for n in range(11)]))["cases"]
    assert isinstance(many, list)
    assert [one["hotkey"] for one in many[9]["verdicts"]] == ["ctrl+alt+shift+f19", "0", "x", "v"]
    assert {one["hotkey"] for one in many[10]["verdicts"]} == {"ctrl+alt+shift+f19"}


def test_the_summary_names_the_exceptions() -> None:
    assert task_type.summary(label("right", "too_narrow", "wrong")) == "2 too narrow, 3 wrong"
    assert task_type.summary(label("right", "right")) == "all 2 right"
