"""Formats that a program rewards by: what stands in them runs, and says what the row says."""

import json
from typing import Any

import pyarrow as pa
import pytest

from exports.golds import boxed, final_answers
from schemas.records import Message, TestCase
from schemas.rows import PromptCompletionRow, VerifiablePromptRow
from tests.exports.test_trl import made, table

TURN = "def turn(a, b=0):\n    return b, a"
CALLED = VerifiablePromptRow(
    id="a",
    prompt="Turn.",
    tests=(
        TestCase(input=[1, "x\n\"'\\"], output=["x\n\"'\\", 1]),
        TestCase(input={"a": 1, "b": None}, output=[None, 1]),
        TestCase(input=5, output=[0, 5]),
    ),
    assertions=("assert candidate(1, 2) == (2, 1)", "assert turn(1) == (0, 1)"),
    entry_point="turn",
)
STARTED = VerifiablePromptRow(id="b", prompt="Add.", tests=(TestCase(input="1 2\n", output="3"),))
UNCLEAR = VerifiablePromptRow(id="c", prompt="Add.", assertions=("assert candidate(1)",))
ANSWERED = PromptCompletionRow(id="d", prompt="How many?", completion="It is so.\n#### 1,234")


def statements(name: str) -> list[str]:
    (found,) = made(name, CALLED)
    if name == "open_instruct":
        return list(json.loads(found["ground_truth"]))
    return list(json.loads(found["reward_model"]["ground_truth"])["assert_case"])


@pytest.mark.parametrize("name", ["verl", "open_instruct"])
def test_tests_of_a_function_hold_for_a_right_program_and_fail_for_a_wrong_one(name: str) -> None:
    assert len(statements(name)) == 5
    for program, holds in ((TURN, True), (TURN.replace("b, a", "a, b"), False)):
        for statement in statements(name):
            space: dict[str, Any] = {}
            exec(program, space)  # noqa: S102 - a program of this file's
            if holds:
                exec(statement, space)  # noqa: S102 - made of cases of this file's
            else:
                with pytest.raises(AssertionError):
                    exec(statement, space)  # noqa: S102 - likewise


def test_verl_gets_what_it_reads() -> None:
    (found,) = made("verl", STARTED)
    assert json.loads(found["reward_model"].pop("ground_truth")) == {"inputs": ["1 2\n"], "outputs": ["3"]}
    assert found == {
        "data_source": "apps",
        "prompt": [{"role": "user", "content": "Add."}],
        "ability": "code",
        "reward_model": {"style": "rule"},
        "extra_info": {"index": 0, "split": "train", "row_id": "b"},
    }
    (answered,) = made("verl", ANSWERED, answers="mine")
    assert (answered["data_source"], answered["ability"]) == ("mine", "math")
    assert answered["reward_model"] == {"style": "rule", "ground_truth": "1,234"}


def test_open_instruct_gets_what_it_reads() -> None:
    assert made("open_instruct", STARTED) == [
        {
            "messages": [{"role": "user", "content": "Add."}],
            "ground_truth": '[{"input":"1 2\\n","output":"3"}]',
            "dataset": "code_stdio",
        }
    ]
    (called,) = made("open_instruct", CALLED)
    assert called["dataset"] == "code"
    (answered,) = made("open_instruct", ANSWERED)
    assert (answered["ground_truth"], answered["dataset"]) == ("1,234", "math")


@pytest.mark.parametrize("name", ["verl", "open_instruct"])
def test_tests_of_nobody_knows_what_are_left_out(name: str) -> None:
    misnamed = CALLED.replace(id="e", entry_point="quit() or turn")
    rows, left_out = table(name, UNCLEAR, STARTED, misnamed)
    assert len(rows) == 1
    assert left_out == {"no function is named that its tests could call": 2}


def test_of_an_answer_in_messages_the_last_counts() -> None:
    row = ANSWERED.replace(
        prompt=(Message(role="user", content="?"),),
        completion=(Message(role="assistant", content="no"), Message(role="assistant", content="so 7")),
    )
    assert made("open_instruct", row)[0]["ground_truth"] == "so 7"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("42", "42"),
        (" .5 ", ".5"),
        ("**-3.**", "-3"),
        ("$\\frac{1}{2}$", "\\frac{1}{2}"),
        ("one\n#### 5\n#### $18", "18"),
        (r"so \boxed{1}, no: \boxed{\frac{1}{\sqrt{2}}}.", r"\frac{1}{\sqrt{2}}"),
        (r"\boxed{7} and\n#### 8", "7"),
        ("The answer is 12.", "12"),
        ("the final answer: $x+1$.\nDone", "x+1"),
        ("The answer is that nobody knows.", "The answer is that nobody knows"),
        ("#### " + "x" * 201, "#### " + "x" * 201),
        ("", ""),
    ],
)
def test_the_final_answer_is_the_last_one_named(text: str, answer: str) -> None:
    assert final_answers(pa.array([text, None])).to_pylist() == [answer, None]


def test_a_boxed_answer_is_read_as_a_whole() -> None:
    prose = "Nobody\nknows."
    found = boxed(pa.array(["so\n#### 2 + 3i", prose])).to_pylist()
    assert found == [r"\boxed{2 + 3i}", prose]
