"""Step reviews as parts: what each says of the end and of every step, and the review that such parts come to."""

import re
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.records import Record
from tasks._step_parts import PLACES, said, verdicts
from tasks.base import Verdict
from tasks.step_review import MOST, StepReviewItem, StepReviewLabel, task_type

GOOD, NEUTRAL, BAD = PLACES["good"], PLACES["neutral"], PLACES["bad"]


def label(*ratings: str | None, **fields: object) -> StepReviewLabel:
    finish = "found_error" if "bad" in ratings else "solved"
    return StepReviewLabel.model_validate({"ratings": ratings, "finish": finish, **fields})


def of(*labels: StepReviewLabel) -> list[list[Verdict]]:
    return [list(one) for one in task_type.verdicts(labels)]


def test_good_and_neutral_are_one_judgement_and_bad_stands_against_both() -> None:
    assert task_type.tolerance + 1e-9 >= GOOD - NEUTRAL
    assert task_type.tolerance < NEUTRAL - BAD
    assert (BAD, NEUTRAL, GOOD) == (0.0, 0.8, 1.0)


def test_what_is_not_marked_is_good_up_to_the_last_step_that_anybody_marked() -> None:
    assert of(label(), label("good", "neutral")) == [["solved", GOOD, GOOD], ["solved", GOOD, NEUTRAL]]
    assert of(label(), label(finish="unfinished")) == [["solved"], ["unfinished"]]
    assert verdicts([]) == []


def test_a_step_left_unrated_has_no_verdict() -> None:
    assert of(label("good", None), label("bad")) == [["solved", GOOD, None], ["found_error", BAD, None]]


def test_behind_its_error_a_review_says_nothing() -> None:
    assert of(label("bad"), label("good", "good", "bad")) == [
        ["found_error", BAD, None, None],
        ["found_error", GOOD, GOOD, BAD],
    ]


def test_behind_an_error_steps_are_good_where_anybody_rated_on() -> None:
    one, other = of(label("good", "bad", None, "neutral"), label("bad", None, "bad"))
    assert one == ["found_error", GOOD, BAD, GOOD, NEUTRAL]
    assert other == ["found_error", BAD, GOOD, BAD, GOOD]


@pytest.mark.parametrize(
    ("settled", "finish", "ratings"),
    [
        (["solved", GOOD, NEUTRAL], "solved", ("good", "neutral")),
        (["unfinished", GOOD], "unfinished", ("good",)),
        (["unfinished", BAD], "found_error", ("bad",)),
        (["found_error", GOOD, None], "solved", ("good", None)),
        (["solved", NEUTRAL, BAD, None], "found_error", ("neutral", "bad", None)),
    ],
)
def test_an_error_is_found_exactly_where_a_step_comes_to_bad(
    settled: list[Verdict], finish: str, ratings: tuple[str | None, ...]
) -> None:
    assert said(settled) == (finish, ratings)


def test_a_correction_is_taken_from_whoever_found_the_same_step_bad_the_first_first() -> None:
    first = label("good", "bad", corrections=((1, "mine"),), comment="dropped")
    second = label("bad", "good", "bad", corrections=((0, "other"), (2, "last")))
    third = label("good", "bad", corrections=((1, "later"),))
    settled: list[Verdict] = ["found_error", GOOD, BAD, BAD]
    assert task_type.of_verdicts(settled, [first, second, third]) == label(
        "good", "bad", "bad", corrections=((1, "mine"), (2, "last"))
    )


def test_corrections_stand_in_the_order_of_their_steps() -> None:
    found = label("bad", None, "bad", corrections=((2, "last"), (1, "dropped"), (0, " first ")))
    assert found.corrections == ((0, "first"), (2, "last"))


@pytest.mark.parametrize("ratings", ["", "bad", 3, None])
def test_ratings_are_a_list(ratings: object) -> None:
    with pytest.raises(ValidationError, match=rf"ratings\n.*input_value={re.escape(repr(ratings))}"):
        StepReviewLabel.model_validate({"ratings": ratings, "finish": "solved"})


def test_an_item_has_a_step() -> None:
    with pytest.raises(ValidationError, match="steps"):
        StepReviewItem(prompt="1+1?", steps=())
    assert len(StepReviewItem(prompt="1+1?", steps=("2",)).shown) == 1


def test_all_that_is_known_of_the_problem_comes_with_its_steps() -> None:
    given: dict[str, Any] = {
        "prompt": "1+1?",
        "domain": "reasoning",
        "candidates": [{"steps": ["1+1=2", "So 2."]}],
        "reference": {"answer": "2", "solution": "Count."},
    }
    options = {"after_error": "rate"}
    (item,) = task_type.items(Record.model_validate(given), options)
    assert item == StepReviewItem(
        prompt="1+1?",
        steps=("1+1=2", "So 2."),
        reference="2",
        solution="Count.",
        after_error="rate",
        cut="given",
    )
    (hidden,) = task_type.items(Record.model_validate(given), {"show_reference": False})
    assert hidden == item.replace(reference=None, solution=None, after_error="stop")


@pytest.mark.parametrize(("steps", "pages"), [(MOST, 1), (MOST + 1, 2), (2 * MOST, 2), (2 * MOST + 1, 3)])
def test_a_page_has_fifty_steps_at_most(steps: int, pages: int) -> None:
    given: dict[str, Any] = {"prompt": "?", "domain": "reasoning"}
    chain = [{"steps": [str(at) for at in range(steps)]}]
    items = list(task_type.items(Record.model_validate({**given, "candidates": chain}), {}))
    assert len(items) == pages
    assert [at for item in items for at in item.shown] == list(range(steps))
    assert max(len(item.shown) for item in items) <= 50
