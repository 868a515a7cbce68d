"""Code review: verdicts, the lines at fault, and what becomes of them."""

import pytest

from schemas.records import Record
from tasks.base import Answers, NoItem, ParseError, Region, say_choices, say_text
from tasks.code_review import CodeReviewItem, CodeReviewLabel, task_type, unfenced

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
    (row,) = task_type.rows(ITEM, task_type.parse(ITEM, said("incorrect", "2", severity="critical")))
    assert (row.label, row.lines, row.severity, row.comment) == (False, (2,), "critical", "minus")
    assert row.completion == ITEM.code
    (right,) = task_type.rows(ITEM, CodeReviewLabel(verdict="correct"))
    assert right.label


def test_what_cannot_be_judged_makes_no_row() -> None:
    assert list(task_type.rows(ITEM, CodeReviewLabel(verdict="cannot_judge"))) == []


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("```Python\nx = 1\n```", "x = 1", "python"),
        ("\n```\nx\n\ny\n```\n", "x\n\ny", None),
        ("    return 1\n", "    return 1", None),
        ("Here:\n```\nx\n```", "Here:\n```\nx\n```", None),
        ("```\na\n```\nand\n```\nb\n```", "```\na\n```\nand\n```\nb\n```", None),
        ("a\r\nb", "a\nb", None),
    ],
)
def test_the_one_fence_around_a_program_is_taken_off(text: str, code: str, language: str | None) -> None:
    assert unfenced(text) == (code, language)


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
    assert task_type.summary(CodeReviewLabel(verdict="cannot_judge")) == "cannot judge"
