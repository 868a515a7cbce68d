"""Answer checks: what is held against what, how it is shown, and what becomes of the verdict."""

import pytest

from schemas.records import Record
from schemas.rows import PromptCompletionRow, UnpairedRow
from tasks.answer_check import AnswerCheckItem, AnswerCheckLabel, task_type
from tasks.base import Answers, NoItem, ParseError, say_choices, say_text

ITEM = AnswerCheckItem(prompt="Half of 3?", answer="So it is \\boxed{\\frac{3}{2}}.", reference="1.5")
EQUAL, NOT_EQUAL = AnswerCheckLabel(verdict="equal"), AnswerCheckLabel(verdict="not_equal")
CANNOT_TELL = AnswerCheckLabel(verdict="cannot_tell")


def record(*texts: str, **fields: object) -> Record:
    candidates = [{"text": text} for text in texts]
    return Record.model_validate(
        {"prompt": "Half of 3?", "domain": "reasoning", "candidates": candidates, **fields}
    )


def test_each_different_answer_is_held_against_the_reference() -> None:
    items = task_type.items(record("1.5", "2", " 2\n", reference={"answer": "1.5"}), {})
    assert sorted((item.answer.strip(), item.reference) for item in items) == [("1.5", "1.5"), ("2", "1.5")]


def test_a_solution_is_the_reference_where_there_is_no_answer() -> None:
    (item,) = task_type.items(record("2", reference={"solution": "3 / 2 = 1.5\n#### 1.5"}), {})
    assert item.reference == "3 / 2 = 1.5\n#### 1.5"
    assert item.solution is None
    assert ">1.5<" in str(task_type.data(item)["reference_final"])


@pytest.mark.parametrize("reference", [None, {}, {"answer": " "}])
def test_without_a_reference_there_is_nothing_to_check(reference: object) -> None:
    with pytest.raises(NoItem, match="reference"):
        task_type.items(record("2", reference=reference), {})


def test_without_an_answer_there_is_nothing_to_check() -> None:
    with pytest.raises(NoItem, match="candidates"):
        task_type.items(record(reference={"answer": "1.5"}), {})


def test_how_the_source_arrives_at_the_reference_is_folded_away_or_left_out() -> None:
    given = record("2", reference={"answer": "1.5", "solution": "unmistakable"})
    (shown,), (hidden,) = task_type.items(given, {}), task_type.items(given, {"show_solution": False})
    data = task_type.data(shown)
    assert "unmistakable" in str(data["reference"]).partition("<details")[2]
    assert "unmistakable" not in str(task_type.data(hidden))


def test_the_final_answer_is_shown_apart_and_the_whole_one_too() -> None:
    data = task_type.data(ITEM)
    assert "<mfrac>" in str(data["answer_final"])
    assert "So it is" not in str(data["answer_final"])
    assert "So it is" in str(data["answer"])


def test_a_short_answer_is_shown_large_and_once() -> None:
    data = task_type.data(ITEM.replace(answer="\\frac{3}{2}"))
    assert "<mfrac>" in str(data["answer_final"])
    assert data["answer"] == ""


def test_an_answer_that_names_no_final_one_is_shown_as_it_stands() -> None:
    data = task_type.data(ITEM.replace(answer="Perhaps two.\nOr a bit less."))
    assert data["answer_final"] == ""
    assert "Perhaps two." in str(data["answer"])


@pytest.mark.parametrize("said", ["splendid", "", "Equal"])
def test_a_verdict_is_one_of_three(said: str) -> None:
    with pytest.raises(ParseError, match="verdict"):
        task_type.parse(ITEM, Answers([say_choices("verdict", "answer", said)]))


def test_a_verdict_is_needed() -> None:
    with pytest.raises(ParseError, match="verdict"):
        task_type.parse(ITEM, Answers([say_text("comment", "answer", "hm")]))


def test_a_way_out_is_no_verdict() -> None:
    said = [say_choices("verdict", "answer", "equal"), say_choices("escape", "answer", "bad_problem")]
    label = task_type.parse(ITEM, Answers(said))
    assert label.verdict is None
    assert task_type.summary(label) == "bad problem"
    assert task_type.distance(label, EQUAL) == 1.0


def test_a_comment_changes_no_verdict() -> None:
    assert task_type.distance(EQUAL, EQUAL.replace(comment="3/2 = 1.5")) == 0.0
    assert task_type.distance(EQUAL, NOT_EQUAL) == task_type.distance(EQUAL, CANNOT_TELL) == 1.0


def test_an_equal_answer_is_good_and_worth_imitating() -> None:
    unpaired, completion = task_type.rows(ITEM, EQUAL)
    assert unpaired == UnpairedRow(prompt="Half of 3?", completion=ITEM.answer, label=True)
    assert completion == PromptCompletionRow(prompt="Half of 3?", completion=ITEM.answer)


def test_another_answer_is_bad_and_that_is_all() -> None:
    (row,) = task_type.rows(ITEM, NOT_EQUAL.replace(comment="off by one"))
    assert row == UnpairedRow(prompt="Half of 3?", completion=ITEM.answer, label=False, comment="off by one")


def test_what_nobody_can_tell_makes_no_row() -> None:
    assert list(task_type.rows(ITEM, CANNOT_TELL)) == []


def test_the_summary_says_the_verdict_and_why() -> None:
    assert task_type.summary(CANNOT_TELL.replace(comment="it gives\ntwo")) == "cannot tell: it gives two"
    assert task_type.summary(NOT_EQUAL) == "not equal"
