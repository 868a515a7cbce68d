"""The record format is frozen: golden ids, what counts as content, what does not."""

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.base import content_id
from schemas.records import CONTENT, Record

FULL: dict[str, Any] = {
    "prompt": "Was ist $\\frac{1}{2} + \\frac{1}{3}$?",
    "domain": "reasoning",
    "language": "de",
    "candidates": [{"id": "a", "model": "m", "text": "5/6", "steps": ["3/6 + 2/6", "5/6"]}, {"text": "2/5"}],
    "reference": {"answer": "5/6", "solution": "…"},
    "tests": {"entry_point": "f", "code": "assert f(1)", "cases": [{"input": [1], "output": 2}]},
    "programming_language": "python",
    "topic": "fractions",
    "difficulty": "easy",
    "license": "MIT",
    "source": {"dataset": "d", "config": "c", "split": "train", "revision": "r", "row": 7},
    "issue": {"repo": "o/r", "base_commit": "c", "patch": "p", "test_patch": "t"},
    "rubric": [{"criterion": "right", "points": 2, "tags": ["x"]}],
    "translation_of": "0" * 32,
    "draft": "…",
    "hidden_model_label": {"verdict": "correct"},
    "extra": {"column": [1, None]},
}


def test_ids_are_golden() -> None:
    # these ids stand in stores and releases all over: a change here is a break for everybody
    assert Record(prompt="2 + 2?", domain="reasoning").id == "975c64dddedded2320f08f7241c153c9"
    assert Record.model_validate(FULL).id == "4ef0517d7fec8d0926e9193fc71a34fc"
    assert Record(prompt="2 + 2?", domain="reasoning").prompt_id == "47d69279507dec284806e66ac2c7280d"


@pytest.mark.parametrize("field", sorted(set(FULL) - {"prompt", "domain"}))
def test_content_makes_the_id_and_the_rest_does_not(field: str) -> None:
    without = {name: value for name, value in FULL.items() if name != field}
    moved = Record.model_validate(without).id != Record.model_validate(FULL).id
    assert moved == (field in CONTENT)


def test_a_field_that_is_unset_moves_no_id() -> None:
    plain = Record(prompt="p", domain="coding")
    unset: dict[str, Any] = {"language": None, "candidates": [], "reference": {}, "rubric": [], "extra": {}}
    spelled = Record.model_validate({"prompt": "p", "domain": "coding", **unset})
    assert spelled.id == plain.id


def test_what_stands_in_free_json_counts_as_it_stands() -> None:
    outputs = [None, [], {}, "", 0, False, {"a": None}, [None]]
    records = [
        Record.model_validate(
            {"prompt": "p", "domain": "coding", "tests": {"cases": [{"input": 1, "output": output}]}}
        )
        for output in outputs
    ]
    assert len({record.id for record in records}) == len(outputs)


def test_candidates_count_by_text_and_steps_not_by_who_wrote_them() -> None:
    one = Record.model_validate(
        {"prompt": "p", "domain": "coding", "candidates": [{"text": "a", "model": "x"}]}
    )
    two = Record.model_validate({"prompt": "p", "domain": "coding", "candidates": [{"text": "a", "id": "7"}]})
    other = Record.model_validate({"prompt": "p", "domain": "coding", "candidates": [{"text": "b"}]})
    assert one.id == two.id != other.id
    assert one.prompt_id == other.prompt_id


def test_a_prompt_in_words_and_as_a_message_are_one() -> None:
    words = Record(prompt="p", domain="coding")
    message = Record.model_validate({"prompt": [{"role": "user", "content": "p"}], "domain": "coding"})
    assert words.id == message.id
    assert words.prompt_id == message.prompt_id
    assert words.text == message.text == "p"


def test_the_order_of_keys_makes_no_difference() -> None:
    backwards = dict(reversed(FULL.items()))
    assert Record.model_validate(backwards).id == Record.model_validate(FULL).id


def test_an_id_has_128_bits() -> None:
    assert len(content_id({"a": 1})) == 32


def test_steps_alone_are_text_enough() -> None:
    record = Record.model_validate({"prompt": "p", "domain": "coding", "candidates": [{"steps": ["x", "y"]}]})
    assert record.candidates[0].text == "x\ny"


@pytest.mark.parametrize(
    "given",
    [
        {"domain": "reasoning"},
        {"prompt": " ", "domain": "reasoning"},
        {"prompt": "p", "domain": "cooking"},
        {"prompt": "p", "domain": "coding", "language": "english!!"},
        {"prompt": "p", "domain": "coding", "candidates": [{"text": ""}]},
        {"prompt": [], "domain": "coding"},
        {"prompt": "p", "domain": "coding", "promt": "q"},
    ],
)
def test_what_is_no_record_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Record.model_validate(given)


def test_the_primary_language_is_the_first_subtag() -> None:
    assert Record(prompt="p", domain="coding", language="pt-BR").primary_language == "pt"
    assert Record(prompt="p", domain="coding").primary_language == "und"
