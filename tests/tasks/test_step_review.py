"""Step review: what annotators say of steps, and what becomes of it."""

import pytest

from schemas.records import Candidate, Record
from tasks._steps import split
from tasks.base import Answers, NoItem, ParseError, say_choices, say_text
from tasks.step_review import StepReviewItem, StepReviewLabel, task_type

ITEM = StepReviewItem(prompt="1+1+1?", steps=("1+1=2", "2+1=4", "So 4."))


def record(**fields: object) -> Record:
    return Record.model_validate({"prompt": "1+1?", "domain": "reasoning", **fields})


def said(*ratings: str | None, finish: str | None = None, fixes: dict[int, str] | None = None) -> Answers:
    result = [say_choices(f"step_{at}", f"text_{at}", rating) for at, rating in enumerate(ratings) if rating]
    result += [say_text(f"fix_{at}", f"text_{at}", text) for at, text in (fixes or {}).items()]
    return Answers([*result, say_choices("finish", "problem", finish)] if finish else result)


def test_no_step_is_required_once_a_finish_is_given() -> None:
    assert task_type.parse(ITEM, said(finish="bad_problem")) == StepReviewLabel(finish="bad_problem")


def test_a_bad_step_without_a_finish_means_an_error_was_found() -> None:
    label = task_type.parse(ITEM, said("good", "bad"))
    assert (label.finish, label.first_error) == ("found_error", 1)


def test_all_steps_right_without_a_finish_means_solved() -> None:
    assert task_type.parse(ITEM, said("good", "neutral", "good")).finish == "solved"


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        (said("good"), "finish"),
        (said(), "finish"),
        (said("good", finish="found_error"), "finish"),
        (said("bad", finish="solved"), "finish"),
        (said("great", finish="solved"), "ratings"),
        (said("good", finish="bored"), "finish"),
        (said("good", "good", "good", "bad", finish="found_error"), "step_3"),
        (said("bad", fixes={7: "x"}, finish="found_error"), "fix_7"),
        (
            Answers([say_choices("step_0", "text_0", "good", "bad"), say_choices("finish", "p", "solved")]),
            "step_0",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(answers: Answers, names: str) -> None:
    with pytest.raises(ParseError, match=names):
        task_type.parse(ITEM, answers)


def test_a_correction_counts_with_its_bad_step_and_is_dropped_without() -> None:
    label = task_type.parse(ITEM, said("good", "bad", finish="found_error", fixes={0: "no", 1: " 2+1=3 "}))
    assert label.corrections == ((1, "2+1=3"),)


def test_unrated_steps_at_the_end_make_no_difference() -> None:
    assert StepReviewLabel(ratings=("bad", None, None), finish="found_error") == StepReviewLabel(
        ratings=("bad",), finish="found_error"
    )


def test_votes_of_one_outcome_never_stand_against_each_other() -> None:
    one = StepReviewLabel(ratings=("good", "good", "bad", "good"), finish="found_error")
    other = StepReviewLabel(ratings=("neutral", "neutral", "bad", "bad"), finish="found_error")
    assert task_type.distance(one, other) == pytest.approx(0.15)
    assert task_type.distance(one, other) <= task_type.tolerance


def test_even_steps_rated_all_differently_stay_within_the_tolerance() -> None:
    one = StepReviewLabel(ratings=("good",) * 7, finish="solved")
    other = StepReviewLabel(ratings=("neutral",) * 7, finish="solved")
    assert task_type.distance(one, other) == task_type.tolerance


def test_another_first_error_stands_against() -> None:
    one = StepReviewLabel(ratings=("good", "bad"), finish="found_error")
    other = StepReviewLabel(ratings=("bad",), finish="found_error")
    solved = StepReviewLabel(finish="solved")
    assert task_type.distance(one, other) == 1.0
    assert task_type.distance(one, solved) == 0.8


def test_a_row_ends_with_the_first_error_and_counts_neutral_as_right() -> None:
    label = StepReviewLabel(ratings=("neutral", "bad", "bad"), finish="found_error")
    (row,) = task_type.rows(ITEM, label)
    assert row.completions == ("1+1=2", "2+1=4")
    assert row.labels == (True, False)
    assert row.ratings == (0, -1)


def test_a_solved_row_has_all_steps_and_the_unrated_ones_are_right() -> None:
    (row,) = task_type.rows(ITEM, StepReviewLabel(ratings=("good",), finish="solved"))
    assert row.completions == ITEM.steps
    assert row.labels == (True, True, True)
    assert row.ratings == (1, None, None)


@pytest.mark.parametrize("finish", ["bad_problem", "give_up"])
def test_nobody_learns_from_a_bad_problem(finish: str) -> None:
    label = StepReviewLabel.model_validate({"ratings": ("good", "bad"), "finish": finish})
    assert list(task_type.rows(ITEM, label)) == []


def test_given_steps_come_first_and_text_is_cut_where_there_are_none() -> None:
    candidates = [{"steps": ["a", " ", "b"]}, {"text": "c\n\nd\ne"}]
    items = list(task_type.items(record(candidates=candidates), {}))
    assert [item.steps for item in items] == [("a", "b"), ("c", "d\ne")]


def test_only_given_steps_will_do_where_the_option_says_so() -> None:
    with pytest.raises(NoItem, match="steps"):
        task_type.items(record(candidates=[{"text": "a\nb"}]), {"steps": "given"})
    cut = list(task_type.items(record(candidates=[{"text": "a\nb", "steps": ["ab"]}]), {"steps": "split"}))
    assert cut[0].steps == ("a", "b")


def test_a_reference_is_shown_unless_it_is_not_to_be() -> None:
    given = record(candidates=[{"text": "a"}], reference={"answer": "unmistakable", "solution": "because"})
    (shown,), (hidden,) = task_type.items(given, {}), task_type.items(given, {"show_reference": False})
    assert "unmistakable" in str(task_type.data(shown)["problem"])
    assert "unmistakable" not in str(task_type.data(hidden))


def test_the_same_answer_twice_is_one_item() -> None:
    same = [Candidate(text="a", model="x"), Candidate(text="a", model="y")]
    assert len(list(task_type.items(record(candidates=same), {}))) == 1


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a\n\nb\nc\n \nd\n", ("a", "b\nc", "d")),
        ("a\nb\r\nc", ("a", "b", "c")),
        ("one", ("one",)),
        ("a\n\n$$\nx\n\ny\n$$\n\nb", ("a", "$$\nx\n\ny\n$$", "b")),
        ("a\n```\nx\n\ny\n```\nb", ("a", "```\nx\n\ny\n```", "b")),
    ],
)
def test_a_text_is_cut_at_blank_lines_or_else_at_line_breaks(text: str, steps: tuple[str, ...]) -> None:
    assert split(text) == steps


def test_each_verdict_has_its_key_up_to_step_eighteen() -> None:
    data = task_type.data(StepReviewItem(prompt="p", steps=tuple("abcdefghijklmnopqrst")))
    steps = data["steps"]
    assert isinstance(steps, list)
    keys = ["".join(str(choice["hotkey"])[-1] for choice in step["ratings"]) for step in steps[:18]]
    assert keys[:9] == ["1qa", "2ws", "3ed", "4rf", "5tg", "6yh", "7pj", "8ik", "9ol"]
    assert keys[9:] == keys[:9]
    assert all("key" not in choice["html"] for choice in steps[18]["ratings"])


def test_what_comes_after_an_error_is_said_on_the_screen() -> None:
    (go_on,) = task_type.items(record(candidates=[{"text": "a"}]), {"after_error": "continue"})
    assert "also after a bad one" in str(task_type.data(go_on)["hint"])
