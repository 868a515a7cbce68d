"""Code review: verdicts, the lines at fault, and what becomes of them."""

import pytest

from schemas.records import Record, TestResult
from schemas.rows import CritiqueRow, UnpairedRow
from tasks._escape import Escape
from tasks.base import Answers, NoItem, ParseError, Region, say_choices, say_text
from tasks.code_review import CodeReviewItem, CodeReviewLabel, task_type

ITEM = CodeReviewItem(
    prompt="Add.", code="def add(a, b):\n    c = a - b\n    return c", programming_language="python"
)


def record(text: str, **fields: object) -> Record:
    return Record.model_validate(
        {"prompt": "Add.", "domain": "coding", "candidates": [{"text": text}], **fields}
    )


def said(verdict: str, *lines: str, severity: str | None = None) -> Answers:
    result: list[Region] = [say_choices("verdict", "task", verdict)]
    if lines:
        result.append(say_choices("lines", "task", *lines))
    if severity:
        result.append(say_choices("severity", "task", severity))
    return Answers([*result, say_text("comment", "task", "minus")])


def incorrect(*lines: int) -> CodeReviewLabel:
    return CodeReviewLabel(verdict="incorrect", lines=lines)


def test_lines_are_read_in_order_and_once() -> None:
    label = task_type.parse(ITEM, said("incorrect", "3", "2", "3", severity="major"))
    assert label == CodeReviewLabel(verdict="incorrect", lines=(2, 3), severity="major", comment="minus")


def test_many_lines_are_read_in_order_too() -> None:
    item = ITEM.replace(code="\n".join("abcdefghijkl"))
    assert task_type.parse(item, said("incorrect", "9", "12", "2")).lines == (2, 9, 12)


def test_a_program_is_needed() -> None:
    with pytest.raises(NoItem, match="'candidates'"):
        task_type.items(record("x").replace(candidates=()), {})


def test_wholly_other_lines_are_less_far_than_another_verdict() -> None:
    assert task_type.distance(incorrect(1), incorrect(2)) == 0.3
    assert task_type.distance(incorrect(1), incorrect(1, 2)) == pytest.approx(0.1)


def test_lines_and_severity_count_only_when_incorrect() -> None:
    label = task_type.parse(ITEM, said("correct", "2", severity="major"))
    assert (label.lines, label.severity) == ((), None)


@pytest.mark.parametrize("line", ["0", "4", "-1", "1.5", "two", "", "01", "\u0662", "9" * 40])
def test_a_line_the_program_does_not_have_is_refused(line: str) -> None:
    with pytest.raises(ParseError, match="lines"):
        task_type.parse(ITEM, said("incorrect", line))


def test_a_verdict_is_needed_and_known() -> None:
    with pytest.raises(ParseError, match="verdict"):
        task_type.parse(ITEM, Answers([]))
    with pytest.raises(ParseError, match="verdict"):
        task_type.parse(ITEM, said("splendid"))
    with pytest.raises(ParseError, match="severity"):
        task_type.parse(ITEM, said("incorrect", severity="awful"))


def test_a_way_out_wins_over_a_verdict() -> None:
    left = Answers([say_choices("escape", "task", "bad_problem"), *said("incorrect", "2").result])
    assert task_type.parse(ITEM, left) == CodeReviewLabel(escape=Escape(kind="bad_problem"))


def test_a_label_of_the_first_version_is_still_read() -> None:
    old = '{"verdict":"cannot_judge","lines":[],"severity":null,"comment":"No idea."}'
    cannot = CodeReviewLabel(escape=Escape(kind="cannot_judge", reason="No idea."))
    assert CodeReviewLabel.model_validate_json(old) == cannot
    said = '{"verdict":"incorrect","lines":[2],"severity":null,"comment":""}'
    assert CodeReviewLabel.model_validate_json(said) == incorrect(2)


def test_distance_follows_the_verdict_first_and_then_the_lines() -> None:
    correct = CodeReviewLabel(verdict="correct")
    assert task_type.distance(correct, incorrect(1)) == 0.7
    assert task_type.distance(incorrect(1, 2), incorrect(1, 2, 3, 4)) == pytest.approx(0.1)
    assert task_type.distance(incorrect(), incorrect()) == 0.0


def test_a_fault_is_one_judgement_unless_it_is_seen_on_wholly_other_lines() -> None:
    assert task_type.distance(incorrect(1), incorrect(*range(1, 100))) <= task_type.tolerance
    assert task_type.distance(incorrect(1), incorrect()) <= task_type.tolerance
    assert task_type.distance(incorrect(1), incorrect(2)) > task_type.tolerance


def test_a_row_says_what_is_wrong_and_where() -> None:
    row, critique = task_type.rows(ITEM, task_type.parse(ITEM, said("incorrect", "2", severity="critical")))
    assert isinstance(row, UnpairedRow)
    assert (row.label, row.lines, row.severity, row.comment) == (False, (2,), "critical", "minus")
    assert row.completion == ITEM.code
    assert isinstance(critique, CritiqueRow)
    assert (critique.completion, critique.critique) == (ITEM.code, "Line 2: minus")


def test_a_critique_without_lines_is_the_comment_alone() -> None:
    _, critique = task_type.rows(ITEM, CodeReviewLabel(verdict="incorrect", comment="It never returns."))
    assert isinstance(critique, CritiqueRow)
    assert critique.critique == "It never returns."


@pytest.mark.parametrize("label", [CodeReviewLabel(verdict="correct", comment="Neat."), incorrect(1, 2)])
def test_no_critique_is_made_up(label: CodeReviewLabel) -> None:
    (row,) = task_type.rows(ITEM, label)
    assert isinstance(row, UnpairedRow)
    assert row.label == (label.verdict == "correct")


def test_the_record_knows_the_language_better_than_the_fence() -> None:
    (item,) = task_type.items(record("```py\nx\n```", programming_language="rust"), {})
    assert item.programming_language == "rust"
    (guessed,) = task_type.items(record("```py\nx\n```"), {})
    assert guessed.programming_language == "py"


def test_tests_are_shown_where_asked_for() -> None:
    given = record("x", tests={"code": "assert unmistakable"})
    (hidden,), (shown,) = task_type.items(given, {}), task_type.items(given, {"show_tests": True})
    assert "unmistakable" not in str(task_type.data(hidden))
    assert "<details" in str(task_type.data(shown)["task"])
    assert "unmistakable" in str(task_type.data(shown)["task"])


def test_failed_tests_stand_first_and_may_be_hidden() -> None:
    results = (
        TestResult(passed=True, name="assert add(0, 0) == 0"),
        TestResult(passed=False, name="assert add(1, 1) == 2", output="AssertionError: 0"),
    )
    given = record("x").replace(candidates=[{"text": "x", "test_results": results}])
    (shown,), (hidden,) = task_type.items(given, {}), task_type.items(given, {"show_results": False})
    page = str(task_type.data(shown)["task"])
    assert "Test results: 1 of 2 failed" in page
    assert page.index("add(1, 1)") < page.index("AssertionError: 0") < page.index("add(0, 0)")
    assert "Test results" not in str(task_type.data(hidden)["task"])


def test_test_results_move_no_record() -> None:
    bare = record("x")
    assert bare.replace(candidates=[{"text": "x", "test_results": [{"passed": False}]}]).id == bare.id


def test_a_prompt_that_is_a_program_is_shown_as_one() -> None:
    prompt = 'def f(x):\n    """# Not a heading.\n\n    >>> f(1)\n    """\n'
    shown = str(task_type.data(ITEM.replace(prompt=prompt))["task"])
    assert '<span class="k">def</span>' in shown
    assert '<span class="k">' not in str(
        task_type.data(ITEM.replace(prompt="Write f, def as you like."))["task"]
    )


def test_reasoning_is_not_code() -> None:
    with pytest.raises(NoItem, match="domain"):
        task_type.items(record("x", domain="reasoning"), {})


def test_each_line_can_be_picked_and_none_by_a_key_in_use() -> None:
    lines = task_type.data(ITEM)["lines"]
    assert isinstance(lines, list)
    assert [line["alias"] for line in lines] == ["1", "2", "3"]
    assert {line["hotkey"] for line in lines} == {"ctrl+alt+shift+f19"}
    assert '<span class="k">def</span>' in lines[0]["html"]


def test_the_summary_names_the_lines() -> None:
    label = CodeReviewLabel(verdict="incorrect", lines=(2, 3), severity="major")
    assert task_type.summary(label) == "incorrect, lines 2, 3, major"
    assert task_type.summary(CodeReviewLabel(verdict="correct")) == "correct"
    assert task_type.summary(CodeReviewLabel(escape=Escape(kind="cannot_judge"))) == "cannot judge"
