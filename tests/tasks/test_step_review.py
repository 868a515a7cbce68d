"""Step review: what annotators say of steps, and what becomes of it."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.records import Record
from schemas.rows import Prm800kRow, StepwiseRow
from tasks._escape import Escape
from tasks.base import Answers, ParseError, Region, say_choices, say_rating, say_text
from tasks.step_review import StepReviewItem, StepReviewLabel, task_type

ITEM = StepReviewItem(prompt="1+1+1?", steps=("1+1=2", "2+1=4", "So 4."), reference="3", solution="Count.")
RATE = ITEM.replace(after_error="rate")
STARS = {"bad": 1, "neutral": 2}


def record(**fields: object) -> Record:
    return Record.model_validate({"prompt": "1+1?", "domain": "reasoning", **fields})


def said(
    marks: dict[int, str] | None = None, rest: str | None = "solved", fixes: dict[int, str] | None = None
) -> Answers:
    """What a page says; steps are counted from 1."""
    result: list[Region] = [
        say_rating(f"step_{number}", f"text_{number}", STARS[mark]) for number, mark in (marks or {}).items()
    ]
    result += [say_text(f"fix_{number}", f"text_{number}", text) for number, text in (fixes or {}).items()]
    return Answers([*result, say_choices("rest", "problem", rest)] if rest else result)


def label(*ratings: str | None, **fields: object) -> StepReviewLabel:
    return StepReviewLabel.model_validate({"ratings": ratings, "finish": "found_error", **fields})


def rows(item: StepReviewItem, one: StepReviewLabel) -> tuple[StepwiseRow, Prm800kRow]:
    stepwise, prm = task_type.rows(item, one)
    assert isinstance(stepwise, StepwiseRow)
    assert isinstance(prm, Prm800kRow)
    return stepwise, prm


def test_the_rest_is_good() -> None:
    assert task_type.parse(ITEM, said()) == StepReviewLabel(finish="solved")
    assert task_type.parse(ITEM, said({2: "neutral"})) == StepReviewLabel(
        ratings=("good", "neutral"), finish="solved"
    )
    assert task_type.parse(ITEM, said({2: "bad"})) == label("good", "bad")


def test_a_good_chain_may_reach_no_answer_but_an_error_is_an_error() -> None:
    assert task_type.parse(ITEM, said(rest="unfinished")).finish == "unfinished"
    assert task_type.parse(ITEM, said({1: "bad"}, rest="unfinished")).finish == "found_error"


def test_what_stands_behind_the_error_is_kept_only_where_the_review_goes_on() -> None:
    answers = said({1: "bad", 3: "neutral"}, fixes={3: "2+2=4"})
    assert task_type.parse(ITEM, answers) == task_type.parse(ITEM, said({1: "bad"})) == label("bad")
    found = task_type.parse(RATE, answers)
    assert found.ratings == ("bad", None, "neutral")
    assert rows(ITEM, found)[0].ratings == (-1,)  # as older stores may hold it
    assert rows(RATE, found)[0].ratings == (-1, 1, 0)


@pytest.mark.parametrize(
    ("item", "marks", "unrated"),
    [
        (ITEM, {}, "1, 2, 3"),
        (ITEM, {2: "bad"}, "1"),
        (RATE, {2: "bad"}, "1, 3"),
        (ITEM, {1: "neutral"}, "2, 3"),
        (ITEM, {1: "neutral", 2: "bad"}, "none"),
    ],
)
def test_without_a_word_on_the_rest_the_unrated_steps_are_named(
    item: StepReviewItem, marks: dict[int, str], unrated: str
) -> None:
    with pytest.raises(
        ParseError, match=f"'rest': should call the rest good, is missing; unrated: {unrated}$"
    ):
        task_type.parse(item, said(marks, None))


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        (said(rest="found_error"), "finish"),
        (said(rest="bored"), "finish"),
        (said({1: "bad"}, rest="bored"), "finish"),
        (said({4: "bad"}), "'step_4': the page has 3 steps"),
        (said({1: "bad"}, fixes={7: "x"}), "fix_7"),
        (Answers([say_rating("step_1", "text_1", 3), *said().result]), "'step_1': should be 1 for bad"),
        (Answers([say_rating("step_1", "text_1", -1), *said().result]), "step_1"),
        (Answers([say_choices("step_1", "text_1", "bad"), *said().result]), "'step_1': should hold a rating"),
        (Answers([say_choices("rest", "problem", "solved", "unfinished")]), "rest"),
    ],
)
def test_what_cannot_be_meant_is_refused(answers: Answers, names: str) -> None:
    with pytest.raises(ParseError, match=names):
        task_type.parse(ITEM, answers)


def test_a_mark_taken_back_says_nothing() -> None:
    answers = Answers([say_rating("step_1", "text_1", 0), *said().result])
    assert task_type.parse(ITEM, answers) == StepReviewLabel(finish="solved")


def test_a_way_out_wins_over_whatever_else_is_filled_in() -> None:
    answers = Answers([*said({1: "bad"}, None).result, say_choices("escape", "problem", "bad_problem")])
    assert task_type.parse(ITEM, answers) == StepReviewLabel(escape=Escape(kind="bad_problem"))


def test_a_correction_counts_with_its_bad_step_and_is_dropped_without() -> None:
    found = task_type.parse(ITEM, said({2: "bad"}, fixes={1: "no", 2: " 2+1=3 "}))
    assert found.corrections == ((1, "2+1=3"),)


def test_ratings_are_kept_in_one_way() -> None:
    assert StepReviewLabel(ratings=("good", "neutral", "good"), finish="solved").ratings == (
        "good",
        "neutral",
    )
    assert label("good", "bad", "good", "neutral", "good").ratings == ("good", "bad", None, "neutral")
    assert StepReviewLabel(ratings=("good", None), finish="solved").ratings == ("good", None)


@pytest.mark.parametrize("ratings", [(), ("bad",)])
def test_an_error_is_found_exactly_where_a_step_is_bad(ratings: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="found_error exactly where a step is bad"):
        label(*ratings, finish="solved" if ratings else "found_error")


def test_labels_of_version_one_are_still_read() -> None:
    old: dict[str, Any] = {"ratings": ["good", None], "corrections": [], "finish": "solved", "comment": "x"}
    assert StepReviewLabel.model_validate(old).ratings == ("good", None)
    gave_up = StepReviewLabel.model_validate({**old, "finish": "give_up"})
    assert gave_up == StepReviewLabel(escape=Escape(kind="cannot_judge", reason="x"))
    assert StepReviewLabel.model_validate({"finish": "bad_problem"}).escape == Escape(kind="bad_problem")


def test_the_old_word_for_rating_on_is_still_read() -> None:
    (item,) = task_type.items(record(candidates=[{"text": "a"}]), {"after_error": "continue"})
    assert item.after_error == "rate"
    with pytest.raises(ValidationError, match="after_error"):
        task_type.options.model_validate({"after_error": "halt"})


def test_votes_of_one_outcome_never_stand_against_each_other() -> None:
    one, other = label("good", "good", "bad"), label("neutral", "neutral", "bad", None, "bad")
    assert task_type.distance(one, other) == pytest.approx(0.2 * 3 / 5)
    assert task_type.distance(one, other) <= task_type.tolerance
    worst = label("neutral", "neutral", finish="solved")
    assert task_type.distance(StepReviewLabel(finish="solved"), worst) == task_type.tolerance


def test_another_first_error_stands_against() -> None:
    solved = StepReviewLabel(finish="solved")
    assert task_type.distance(label("good", "bad"), label("bad")) == pytest.approx(1.0)
    assert task_type.distance(label("bad"), solved) == 1.0
    assert task_type.distance(solved, StepReviewLabel(finish="unfinished")) == 0.8
    assert task_type.distance(solved, StepReviewLabel(escape=Escape(kind="cannot_judge"))) == 1.0


def test_a_row_ends_with_the_first_error_and_counts_neutral_as_right() -> None:
    stepwise, _ = rows(ITEM, label("neutral", "bad", "bad"))
    assert stepwise.completions == ("1+1=2", "2+1=4")
    assert stepwise.labels == (True, False)
    assert stepwise.ratings == (0, -1)


def test_where_steps_behind_an_error_are_rated_the_row_has_them_all() -> None:
    stepwise, _ = rows(RATE, label("neutral", "bad", "good", finish="found_error"))
    assert stepwise.completions == RATE.steps
    assert stepwise.labels == (True, False, True)
    assert stepwise.ratings == (0, -1, 1)


def test_a_solved_row_has_all_steps_and_an_unrated_one_stays_unrated() -> None:
    assert rows(ITEM, StepReviewLabel(finish="solved"))[0].ratings == (1, 1, 1)
    stepwise, prm = rows(ITEM, StepReviewLabel(ratings=("good", None), finish="solved"))
    assert stepwise.labels == (True, True, True)
    assert stepwise.ratings == (1, None, 1)
    assert [step.completions[0].rating for step in prm.label.steps] == [1, None, 1]


def test_a_row_of_prm800k_says_what_its_authors_would_have_written() -> None:
    _, found = rows(ITEM, label("neutral", "bad", corrections=((1, "2+1=3"),)))
    written = found.model_dump()
    assert written["question"]["pre_generated_steps"] == ITEM.steps
    assert written["question"]["ground_truth_answer"] == "3"
    assert written["question"]["ground_truth_solution"] == "Count."
    assert written["label"]["finish_reason"] == "found_error"
    assert [step["completions"][0]["rating"] for step in written["label"]["steps"]] == [0, -1]
    assert [step["chosen_completion"] for step in written["label"]["steps"]] == [0, None]
    assert written["label"]["steps"][1]["human_completion"]["text"] == "2+1=3"
    assert rows(ITEM, StepReviewLabel(finish="solved"))[1].label.finish_reason == "solution"
    assert rows(ITEM, StepReviewLabel(finish="unfinished"))[1].label.finish_reason == "give_up"


def test_how_the_steps_were_cut_stands_in_the_item() -> None:
    candidates = [{"steps": ["a", "b"]}, {"text": "c\n\nd"}, {"text": "e\nf"}]
    items = list(task_type.items(record(candidates=candidates), {}))
    assert [item.cut for item in items] == ["given", "blank_line", "line"]


def test_a_summary_says_what_the_review_came_to() -> None:
    assert task_type.summary(label("good", "bad")) == "first wrong step: 2"
    assert task_type.summary(StepReviewLabel(finish="solved")) == "solved"
    passed = StepReviewLabel(escape=Escape(kind="pass", reason="no\ntime"))
    assert task_type.summary(passed) == "pass: no time"


def test_each_of_thirty_steps_has_its_key_and_shows_it() -> None:
    config = task_type.config()
    data = task_type.data(StepReviewItem(prompt="p", steps=tuple("abcdefghijklmnopqrstuvwxyzABCDEF")))
    steps: Any = data["steps"]
    for at, key in enumerate("1234567890qwertyioasdfhjklzxcv"):
        assert (
            f'name="step_{at + 1}" toName="text_{at + 1}" maxRating="2" size="small" hotkey="{key}"' in config
        )
        assert f'class="key">{key.upper()}<' in steps[at][0]["html"]
    assert 'class="key"' not in steps[30][0]["html"]
    assert config.count('hotkey="ctrl+alt+shift+f19"') == 20


def test_what_comes_after_an_error_is_said_on_the_screen() -> None:
    assert "first bad step" in str(task_type.data(ITEM)["hint"])
    assert "each bad step" in str(task_type.data(RATE)["hint"])
    assert [bool(task_type.data(item)["stop"]) for item in (ITEM, RATE)] == [True, False]
