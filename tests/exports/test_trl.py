"""TRL's formats, with the columns that its documentation names (dataset_formats.md)."""

from typing import Any

import pytest

from exports import export_formats
from exports.base import Part
from exports.writing import Asked
from schemas.records import Message
from schemas.rows import (
    CritiqueRow,
    PreferenceRow,
    PromptCompletionRow,
    Row,
    StepwiseRow,
    UnpairedRow,
    VerifiablePromptRow,
)
from tests.exports.released import batch_of

PAIR = PreferenceRow(id="a", prompt="Why?", chosen="So.", rejected="No.", margin=2)
TALK = (Message(role="system", content="Be brief."), Message(role="user", content="Why?"))
TALKING = PreferenceRow(
    id="a",
    prompt=TALK,
    chosen=(Message(role="assistant", content="So."),),
    rejected=(Message(role="assistant", content="No."),),
)
ASKED, SO, NO = (
    {"role": "user", "content": "Why?"},
    {"role": "assistant", "content": "So."},
    {"role": "assistant", "content": "No."},
)


def made(name: str, *rows: Row, **chosen: Any) -> list[dict[str, Any]]:
    """What a format makes of rows."""
    return table(name, *rows, **chosen)[0]


def table(name: str, *rows: Row, **chosen: Any) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The same, with what it left out."""
    one = export_formats()[name]
    choices = one.choices.model_validate(chosen)
    batch = batch_of(rows)
    part = Part("set", type(rows[0]).__name__, "train", batch.schema)
    assert one.refuses(part, choices) is None
    found = one.table(batch.select(Asked(one, choices).columns(part)), part, choices)
    return found.table.to_pylist(), dict(found.left_out)


def test_a_preference_has_its_prompt_beside_it() -> None:
    whole = {"prompt": [ASKED], "chosen": [SO], "rejected": [NO], "margin": 2.0}
    assert made("trl_preference", PAIR) == [whole]
    texts = {"prompt": "Why?", "chosen": "\nSo.", "rejected": "\nNo."}
    assert made("trl_preference", PAIR, form="standard", between="\n", margin=False) == [texts]


def test_an_implicit_preference_begins_with_its_prompt() -> None:
    whole = {"chosen": [ASKED, SO], "rejected": [ASKED, NO], "margin": 2.0}
    assert made("trl_preference_implicit", PAIR) == [whole]
    texts = {"chosen": "Why?\n\nSo.", "rejected": "Why?\n\nNo.", "margin": 2.0}
    assert made("trl_preference_implicit", PAIR, form="standard") == [texts]


def test_conversations_stay_as_they_are_and_are_never_made_texts() -> None:
    (found,) = made("trl_preference_implicit", TALKING)
    assert found["chosen"] == [*(one.model_dump() for one in TALK), SO]
    one = export_formats()["trl_preference"]
    part = Part("set", "PreferenceRow", "train", batch_of([TALKING]).schema)
    assert "conversations" in str(one.refuses(part, one.choices(form="standard")))
    assert one.refuses(part, one.choices()) is None


def test_an_unpaired_answer_is_good_or_not() -> None:
    good, bad = (
        UnpairedRow(id=str(label), prompt="Why?", completion="So.", label=label) for label in (True, False)
    )
    whole = {"prompt": [ASKED], "completion": [SO]}
    assert made("trl_unpaired", good, bad) == [{**whole, "label": True}, {**whole, "label": False}]


def test_a_pair_is_two_unpaired_answers_the_better_first() -> None:
    other = PAIR.replace(id="b", prompt="How?")
    found = made("trl_unpaired", PAIR, other, form="standard", between="")
    assert [(row["prompt"], row["completion"], row["label"]) for row in found] == [
        ("Why?", "So.", True),
        ("Why?", "No.", False),
        ("How?", "So.", True),
        ("How?", "No.", False),
    ]


@pytest.mark.parametrize(
    "row",
    [
        PromptCompletionRow(prompt="Why?", completion="So."),
        PAIR,
        UnpairedRow(prompt="Why?", completion="So.", label=True),
    ],
)
def test_what_is_good_is_learned_from(row: Row) -> None:
    assert made("trl_prompt_completion", row) == [{"prompt": [ASKED], "completion": [SO]}]
    assert made("trl_language_modeling", row) == [{"messages": [ASKED, SO]}]
    assert made("trl_language_modeling", row, form="standard", between=" ") == [{"text": "Why? So."}]


def test_what_is_bad_is_not_learned_from_and_that_is_said() -> None:
    good, bad = (
        UnpairedRow(id=str(label), prompt="p", completion="c", label=label) for label in (True, False)
    )
    rows, left_out = table("trl_prompt_completion", bad, good, bad)
    assert len(rows) == 1
    assert left_out == {"the answer is not good": 2}


def test_a_critic_is_asked_about_the_answer() -> None:
    row = CritiqueRow(prompt="Why?", completion="So.", critique="No reason.")
    question = {"role": "user", "content": "Right?"}
    (found,) = made("trl_prompt_completion", row, question="Right?")
    assert found["prompt"] == [ASKED, SO, question]
    assert found["completion"] == [{"role": "assistant", "content": "No reason."}]
    (text,) = made("trl_language_modeling", row, question="Right?", form="standard", between="|")
    assert text == {"text": "Why?|So.|Right?|No reason."}


# Steps

RATED = StepwiseRow(
    prompt="p",
    completions=("one", "two", "three", "four"),
    labels=(True, True, True, False),
    ratings=(1, 0, None, -1),
    rest=("five",),
)


def stepwise(row: StepwiseRow = RATED, **chosen: str) -> tuple[list[str], list[bool]]:
    (found,) = made("trl_stepwise", row, **chosen)
    assert found["prompt"] == "p"
    return found["completions"], found["labels"]


def test_a_neutral_step_is_right_and_nothing_is_said_behind_an_unrated_one() -> None:
    assert stepwise() == (["one", "two"], [True, True])


def test_what_neutral_and_unrated_steps_mean_can_be_chosen() -> None:
    assert stepwise(neutral="wrong", unrated="right")[1] == [True, False, True, False]
    assert stepwise(neutral="right", unrated="wrong")[1] == [True, True, False, False]
    assert stepwise(neutral="cut") == (["one"], [True])
    rows, left_out = table(
        "trl_stepwise", RATED, RATED.replace(id="b", ratings=(1, 1, 1, -1)), unrated="leave_out"
    )
    assert [row["labels"] for row in rows] == [[True, True, True, False]]
    assert left_out == {"a step is left out": 1}


def test_without_ratings_the_labels_are_taken_and_the_rest_is_no_step() -> None:
    row = RATED.replace(ratings=())
    assert stepwise(row) == (["one", "two", "three", "four"], [True, True, True, False])


def test_a_row_without_a_rated_step_is_left_out() -> None:
    rows, left_out = table("trl_stepwise", RATED.replace(ratings=(None, None, None, None)))
    assert rows == []
    assert left_out == {"no step is rated": 1}


# Prompts


def test_prompts_alone_have_what_rewards_need_beside_them() -> None:
    answered = PromptCompletionRow(prompt="Why?", completion="It is\n#### 42")
    assert made("trl_prompt_only", answered) == [{"prompt": [ASKED], "solution": r"\boxed{42}"}]
    assert made("trl_prompt_only", answered, solution="as_it_stands")[0]["solution"] == "It is\n#### 42"
    assert made("trl_prompt_only", answered, rewards="false") == [{"prompt": [ASKED]}]
    assert made("trl_prompt_only", PAIR, form="standard") == [{"prompt": "Why?"}]
    tested = VerifiablePromptRow(prompt="Why?", assertions=("assert f()",), entry_point="f")
    (found,) = made("trl_prompt_only", tested)
    assert (found["assertions"], found["entry_point"], found["tests"]) == (["assert f()"], "f", [])
