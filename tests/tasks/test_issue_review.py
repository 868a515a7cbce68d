"""Issue review: severities, how they are settled, and what the page folds."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.records import Record
from tasks._escape import Escape
from tasks.base import Answers, NoItem, ParseError, Region, say_choices, say_text
from tasks.issue_review import LONG, IssueReviewItem, IssueReviewLabel, task_type

PATCH = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-return 1\n+return 2\n"
ITEM = IssueReviewItem(prompt="f is wrong.", repo="demo/repo", test_patch=PATCH, patch=PATCH)
GOOD = IssueReviewLabel(underspecified=0, tests_unfair=0, difficulty=0)


def record(**issue: str) -> Record:
    return Record.model_validate(
        {"prompt": "f is wrong.", "domain": "coding", "issue": {"repo": "demo/repo", **issue}}
    )


def said(**scales: str) -> list[Region]:
    known = {"underspecified": "1", "tests_unfair": "3", "difficulty": "2", **scales}
    return [say_choices(name, "issue", value) for name, value in known.items()]


def test_scales_are_numbers_and_no_major_issue_is_the_default() -> None:
    label = task_type.parse(ITEM, Answers([*said(), say_text("notes", "issue", "hm")]))
    assert label == IssueReviewLabel(underspecified=1, tests_unfair=3, difficulty=2, notes="hm")
    assert not label.major_issue
    assert task_type.parse(ITEM, Answers(said(major_issue="yes"))).major_issue


@pytest.mark.parametrize("name", ["underspecified", "tests_unfair", "difficulty"])
def test_every_scale_must_be_said_and_known(name: str) -> None:
    with pytest.raises(ParseError, match=name):
        task_type.parse(ITEM, Answers([one for one in said() if one["from_name"] != name]))
    for strange in ("4", "-1", "01", "1.0", "\u0661", ""):
        with pytest.raises(ParseError, match=name):
            task_type.parse(ITEM, Answers(said(**{name: strange})))


def test_a_way_out_wins_over_the_scales() -> None:
    left = Answers([say_choices("escape", "issue", "bad_problem"), *said()])
    assert task_type.parse(ITEM, left) == IssueReviewLabel(escape=Escape(kind="bad_problem"))


def test_the_worst_that_anybody_said_counts_field_by_field() -> None:
    vague = IssueReviewLabel(underspecified=2, tests_unfair=0, difficulty=1, notes="Which f?")
    broken = IssueReviewLabel(underspecified=0, tests_unfair=1, difficulty=0, major_issue=True)
    worst = task_type.worst([GOOD, vague, broken])
    assert worst == IssueReviewLabel(
        underspecified=2, tests_unfair=1, difficulty=1, major_issue=True, notes="Which f?"
    )
    assert task_type.worst([broken, GOOD, vague]) == worst


def test_distance_is_the_mean_over_the_questions() -> None:
    far = IssueReviewLabel(underspecified=3, tests_unfair=3, difficulty=3, major_issue=True)
    assert task_type.distance(GOOD, far) == 1.0
    assert task_type.distance(GOOD, GOOD.replace(underspecified=3)) == 0.25
    assert task_type.distance(GOOD, GOOD.replace(difficulty=1)) == pytest.approx(1 / 12)
    assert task_type.distance(GOOD, GOOD.replace(notes="other words")) == 0.0


def test_the_row_holds_a_score_a_question() -> None:
    (row,) = task_type.rows(ITEM, task_type.parse(ITEM, Answers(said(major_issue="yes"))))
    assert row.scores == {"underspecified": 1, "tests_unfair": 3, "difficulty": 2, "major_issue": 1}
    assert row.prompt == ITEM.prompt


def test_an_issue_with_tests_is_needed() -> None:
    with pytest.raises(NoItem, match="'issue':"):
        list(task_type.items(Record(prompt="What?", domain="coding"), {}))
    with pytest.raises(NoItem, match=r"'issue\.test_patch':"):
        list(task_type.items(record(patch=PATCH, test_patch=" \n"), {}))
    (item,) = task_type.items(record(test_patch=PATCH), {})
    assert item.patch is None


def test_all_that_is_known_of_the_issue_comes_with_it() -> None:
    given = record(test_patch="+assert f", patch="+f", base_commit="5f1c9a7")
    (item,) = task_type.items(given, {})
    assert item == IssueReviewItem(
        prompt="f is wrong.", repo="demo/repo", test_patch="+assert f", patch="+f", base_commit="5f1c9a7"
    )


@pytest.mark.parametrize("name", ["underspecified", "tests_unfair", "difficulty"])
def test_every_scale_counts_as_much_as_any_other(name: str) -> None:
    for said in (1, 2, 3):
        assert task_type.distance(GOOD, GOOD.replace(**{name: said})) == pytest.approx(said / 12)
    assert task_type.distance(GOOD, GOOD.replace(major_issue=True)) == 0.25
    for off in (-1, 4):
        with pytest.raises(ValidationError, match=name):
            GOOD.replace(**{name: off})


def test_the_notes_stand_in_the_row() -> None:
    (row,) = task_type.rows(ITEM, GOOD.replace(notes="The repr is new."))
    assert row.comment == "The repr is new."
    assert row.scores["major_issue"] == 0


def test_the_patch_may_be_hidden() -> None:
    given = record(test_patch="+assert f", patch="+unmistakable")
    (shown,), (hidden,) = task_type.items(given, {}), task_type.items(given, {"show_patch": False})
    assert "unmistakable" in str(task_type.data(shown))
    assert "unmistakable" not in str(task_type.data(hidden))


def patches(patch: str) -> Any:
    return task_type.data(ITEM.replace(patch=None, test_patch=patch))["patches"]


def test_a_patch_is_a_coloured_diff_and_a_long_one_is_folded() -> None:
    assert '<span class="gi">+return 2</span>' in patches(PATCH)
    assert "<details" not in patches(PATCH)
    long = patches(PATCH * LONG)
    assert f"Tests: {6 * LONG} lines in {LONG} files" in long
    assert '<span class="gd">-return 1</span>' in long.split("<details")[1]


def test_the_summary_says_every_answer() -> None:
    label = IssueReviewLabel(underspecified=1, tests_unfair=3, difficulty=0, major_issue=True)
    assert task_type.summary(label) == "some blanks, unfair, < 15 min, other major issue"
    assert task_type.summary(IssueReviewLabel(escape=Escape(kind="bad_problem"))) == "bad problem"
