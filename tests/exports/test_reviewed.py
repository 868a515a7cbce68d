"""Formats of published sets: PRM800K, ProcessBench and HelpSteer3, with their columns and what these mean."""

import pytest

from schemas.records import Message
from schemas.rows import (
    PreferenceRow,
    Prm800kCompletion,
    Prm800kLabel,
    Prm800kQuestion,
    Prm800kRow,
    Prm800kStep,
    StepwiseRow,
)
from tests.exports.test_trl import made, table


def test_prm800k_has_its_seven_columns_in_their_order() -> None:
    step = Prm800kStep(completions=(Prm800kCompletion(text="one", rating=1),))
    row = Prm800kRow(
        question=Prm800kQuestion(problem="p", pre_generated_steps=("one",)),
        label=Prm800kLabel(steps=(step,), finish_reason="solution"),
    )
    (found,) = made("prm800k", row)
    assert list(found) == [
        "labeler",
        "timestamp",
        "generation",
        "is_quality_control_question",
        "is_initial_screening_question",
        "question",
        "label",
    ]
    assert found == row.model_dump(exclude={"id", "simulated"}) | {
        "question": {**row.question.model_dump(), "pre_generated_steps": ["one"]},
        "label": {
            "steps": [
                {
                    "completions": [{"text": "one", "rating": 1, "flagged": None}],
                    "human_completion": None,
                    "chosen_completion": 0,
                }
            ],
            "total_time": None,
            "finish_reason": "solution",
        },
    }


SOLVED = StepwiseRow(id="a", prompt="p", completions=("1", "2"), labels=(True, True), ratings=(1, 0))
WRONG = StepwiseRow(id="b", prompt="p", completions=("1", "2"), labels=(True, False), rest=("3", "4"))
STOPPED = SOLVED.replace(id="c", rest=("3",))
UNRATED = SOLVED.replace(id="d", ratings=(1, None))


def test_processbench_has_all_steps_and_the_first_wrong_one() -> None:
    found = made("processbench", SOLVED, WRONG)
    assert found[1] == {
        "id": "b",
        "generator": None,
        "problem": "p",
        "steps": ["1", "2", "3", "4"],
        "final_answer_correct": None,
        "label": 1,
    }
    assert (found[0]["steps"], found[0]["label"]) == (["1", "2"], -1)


def test_processbench_says_of_no_solution_what_nobody_looked_at() -> None:
    rows, left_out = table("processbench", STOPPED, SOLVED, UNRATED)
    assert [row["id"] for row in rows] == ["a"]
    assert left_out == {"nobody judged all steps up to the first error": 2}


@pytest.mark.parametrize("neutral", ["leave_out", "cut"])
def test_processbench_takes_a_neutral_step_as_chosen(neutral: str) -> None:
    assert made("processbench", SOLVED, neutral="wrong")[0]["label"] == 1
    rows, left_out = table("processbench", SOLVED, WRONG, neutral=neutral)
    assert [row["id"] for row in rows] == ["b"]
    assert left_out == {"a step is left out": 1}


def preference(row_id: str, margin: float) -> PreferenceRow:
    return PreferenceRow(id=row_id, prompt="p", chosen="good", rejected="bad", margin=margin)


def test_helpsteer3_says_by_how_much_which_response_is_better() -> None:
    (found,) = made("helpsteer3", preference("0f", 2), domain="stem")
    assert found == {
        "domain": "stem",
        "language": "en",
        "context": [{"role": "user", "content": "p"}],
        "response1": "good",
        "response2": "bad",
        "overall_preference": -2,
        "individual_preference": [],
    }


def test_helpsteer3_lets_the_place_say_nothing() -> None:
    rows = [preference(f"{number:x}", 1) for number in range(16)]
    found = made("helpsteer3", *rows)
    assert sorted(row["overall_preference"] for row in found) == [-1] * 8 + [1] * 8
    for row in found:
        better = row["response1"] if row["overall_preference"] < 0 else row["response2"]
        assert better == "good"
    first = made("helpsteer3", *rows, order="chosen_first")
    assert {row["overall_preference"] for row in first} == {-1}


def test_helpsteer3_has_no_preference_beyond_its_scale() -> None:
    found = made("helpsteer3", *(preference("a", margin) for margin in (0.0, 0.4, 2.6, 7)))
    assert [row["overall_preference"] for row in found] == [1, 1, 3, 3]


def test_helpsteer3_takes_responses_out_of_conversations() -> None:
    said = (Message(role="assistant", content="good"),)
    row = PreferenceRow(
        id="0",
        prompt=(Message(role="user", content="p"),),
        chosen=said,
        rejected=(Message(role="assistant", content="bad"),),
    )
    assert made("helpsteer3", row)[0]["response1"] == "good"
