"""From columns to a record: what is taken, what is kept, what is refused."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.base import BadRow, SourceRow
from pipeline.sources.mapping import ColumnMapping
from schemas.errors import ProjectError
from schemas.project import SourceConfig
from schemas.records import Record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _mapped(values: dict[str, Any], *, typed: bool = True, **source: Any) -> Record | BadRow:
    config = SourceConfig.model_validate({"reader": "jsonl", "domain": "reasoning", **source})
    return ColumnMapping(config).record(SourceRow(7, values, "problems.jsonl", typed=typed))


def _record(values: dict[str, Any], *, typed: bool = True, **source: Any) -> Record:
    found = _mapped(values, typed=typed, **source)
    assert isinstance(found, Record), found
    return found


def _reason(values: dict[str, Any], **source: Any) -> str:
    found = _mapped(values, **source)
    assert isinstance(found, BadRow), found
    assert found.row == 7
    assert found.dataset == "problems.jsonl"
    assert "\n" not in found.reason
    return found.reason


def test_columns_called_like_fields_are_taken_and_others_kept() -> None:
    found = _record(
        {"prompt": "2 + 2?", "topic": "sums", "difficulty": 0.5, "id": 17, "seen": [1, {"a": None}]}
    )
    assert (found.prompt, found.topic, found.difficulty) == ("2 + 2?", "sums", 0.5)
    assert found.extra == {"id": 17, "seen": [1, {"a": None}]}


def test_a_mapped_field_wins_over_a_column_of_its_name() -> None:
    found = _record({"prompt": "the id", "question": "2 + 2?"}, columns={"prompt": "question"})
    assert found.prompt == "2 + 2?"
    assert found.extra == {"prompt": "the id"}


def test_dots_lead_into_nested_values_and_numbers_into_lists() -> None:
    values = {"question": {"problem": "2 + 2?", "turns": [{"content": "a"}, {"content": "b"}]}}
    columns = {
        "prompt": "question.problem",
        "candidates": ["question.turns.0.content", "question.turns.-1.content"],
    }
    found = _record(values, columns=columns)
    assert found.prompt == "2 + 2?"
    assert [candidate.text for candidate in found.candidates] == ["a", "b"]
    assert found.extra == values


def test_a_column_whose_name_has_a_dot_is_found_first() -> None:
    assert (
        _record({"q.text": "right", "q": {"text": "wrong"}}, columns={"prompt": "q.text"}).prompt == "right"
    )


def test_inner_fields_are_filled_side_by_side() -> None:
    columns = {
        "reference.answer": "final",
        "reference.solution": "why",
        "tests.code": "check",
        "tests.entry_point": "f",
    }
    found = _record(
        {"prompt": "p", "final": 5, "why": "because", "check": "assert f()", "f": "f"}, columns=columns
    )
    assert found.reference is not None
    assert (found.reference.answer, found.reference.solution) == ("5", "because")
    assert found.tests is not None
    assert (found.tests.code, found.tests.entry_point) == ("assert f()", "f")
    assert found.extra == {}


@pytest.mark.parametrize("value", [4, "4"])
def test_a_reference_that_is_no_object_is_the_answer(value: object) -> None:
    found = _record({"prompt": "2 + 2?", "reference": value})
    assert found.reference is not None
    assert found.reference.answer == "4"


def test_what_a_field_has_no_place_for_is_kept() -> None:
    tests = {"code": "assert True", "timeout": 3}
    found = _record(
        {"prompt": "p", "tests": tests, "candidates": [{"text": "a", "score": 0.1}, {"text": "b"}]}
    )
    assert found.tests is not None
    assert found.tests.code == "assert True"
    assert found.extra == {"tests": tests, "candidates": [{"text": "a", "score": 0.1}, {"text": "b"}]}


def test_an_empty_column_name_lets_a_column_go() -> None:
    found = _record({"prompt": "p", "tests": ["not", "tests"]}, columns={"tests": ""})
    assert found.tests is None
    assert found.extra == {"tests": ["not", "tests"]}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        (["a", "b"], ["a", "b"]),
        ([{"text": "a", "model": "m", "id": 3}, {"response": "b"}], ["a", "b"]),
        ([["one", "two"], ["three"]], ["one\ntwo", "three"]),
        ('["a", "b"]', ["a", "b"]),
        ('[["one", "two"], {"text": "b"}]', ["one\ntwo", "b"]),
        ("just one", ["just one"]),
        ("[1, 2]", ["[1, 2]"]),
        ("[not json", ["[not json"]),
        ({"text": "a"}, ["a"]),
        ([], []),
        (None, []),
    ],
)
def test_candidates_come_in_many_shapes(value: object, texts: list[str]) -> None:
    found = _record({"prompt": "p", "all": value}, columns={"candidates": "all"})
    assert [candidate.text for candidate in found.candidates] == texts


def test_candidates_keep_model_id_and_steps() -> None:
    (found,) = _record(
        {"prompt": "p", "candidates": [{"id": 3, "model": "m", "steps": ["a", "b"]}]}
    ).candidates
    assert (found.id, found.model, found.text, found.steps) == ("3", "m", "a\nb", ("a", "b"))


def test_candidates_keep_their_test_results() -> None:
    results = [{"passed": False, "name": "assert f(1)", "output": "AssertionError"}, {"passed": True}]
    found = _record({"prompt": "p", "candidates": [{"text": "a", "test_results": results}, {"text": "b"}]})
    assert [one.passed for one in found.candidates[0].test_results] == [False, True]
    assert found.candidates[1].test_results == ()
    assert "candidates" not in found.extra


def test_candidates_without_an_id_are_given_none() -> None:
    assert _record({"prompt": "p", "candidates": ["a"]}).candidates[0].id is None


def test_a_column_for_each_candidate_skips_the_unset_ones() -> None:
    columns = {"candidates": ["a", "b", "c", "d"]}
    found = _record({"prompt": "p", "a": "one", "b": None, "c": "", "d": ["s1", "s2"]}, columns=columns)
    assert [(candidate.text, candidate.steps) for candidate in found.candidates] == [
        ("one", ()),
        ("s1\ns2", ("s1", "s2")),
    ]


def test_only_untyped_columns_of_one_candidate_are_read_as_json() -> None:
    values, columns = {"prompt": "p", "a": '["s1", "s2"]'}, {"candidates": ["a"]}
    assert _record(values, columns=columns).candidates[0].steps == ()
    assert _record(values, columns=columns, typed=False).candidates[0].steps == ("s1", "s2")


def test_messages_make_a_prompt() -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2 + 2?"}]
    found = _record({"messages": messages}, columns={"prompt": "messages"})
    assert [message.content for message in found.messages] == ["Be brief.", "2 + 2?"]


def test_a_source_states_what_its_rows_leave_out() -> None:
    said: dict[str, Any] = {
        "domain": "coding",
        "language": "en",
        "license": "MIT",
        "programming_language": "rust",
        "topic": "sorting",
    }
    found = _record({"prompt": "p", "topic": "graphs", "license": ""}, **said)
    assert (found.domain, found.language, found.license, found.programming_language, found.topic) == (
        "coding",
        "en",
        "MIT",
        "rust",
        "graphs",
    )


def test_the_source_is_the_file_by_its_name() -> None:
    found = _record(
        {"prompt": "p"}, path="/srv/data/problems.jsonl", config="main", split="train", revision="r1"
    )
    assert found.source is not None
    assert found.source.model_dump() == {
        "dataset": "problems.jsonl",
        "config": "main",
        "split": "train",
        "revision": "r1",
        "row": 7,
    }


def test_a_record_that_says_where_it_is_from_is_believed() -> None:
    found = _record(
        {"prompt": "p", "source": {"dataset": "openai/gsm8k", "row": 3}, "extra": {"a": 1}, "b": 2}
    )
    assert found.source is not None
    assert (found.source.dataset, found.source.row) == ("openai/gsm8k", 3)
    assert found.extra == {"a": 1, "b": 2}
    assert _record({"prompt": "p", "source": "the web"}).extra == {"source": "the web"}


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"question": "?", "answer": "!"}, "prompt: a column was expected for it, found 'question', 'answer'"),
        ({}, "prompt: a column was expected for it, found none"),
        ({"prompt": None, "a": 1}, "prompt: a column was expected for it, found 'prompt', 'a'"),
        ({"prompt": " "}, "prompt: should say something, is blank"),
        ({"prompt": ""}, "prompt: should say something, is blank"),
        ({"prompt": 3}, "prompt: should be text, is 3"),
        (
            {"prompt": [{"role": "me", "content": "x"}]},
            "prompt.0.role: should be 'system', 'user', 'assistant' or 'tool', is 'me'",
        ),
        (
            {"prompt": "p", "language": "english!!"},
            "language: should be a BCP 47 tag such as en, zh or pt-BR, is 'english!!'",
        ),
        ({"prompt": "p", "domain": "maths"}, "domain: should be 'reasoning' or 'coding', is 'maths'"),
        ({"prompt": "p", "candidates": ["a", 3]}, "candidates.1: should be text, a list of steps or an object, is 3"),
        ({"prompt": "p", "candidates": ["a", " "]}, "candidates.1.text: should say something, is blank"),
        (
            {"prompt": "p", "candidates": [{"text": "a", "test_results": [{"name": "f"}]}]},
            "candidates.0.test_results.0.passed: must be given, is missing",
        ),
        ({"prompt": "p", "candidates": [{"score": 3}]}, "candidates.0: should have a text, has 'score'"),
        ({"prompt": "p", "candidates": [["a", 1]]}, "candidates.0: steps should be a list of texts, are ['a', 1]"),
        ({"prompt": "p", "x": math.inf}, "x: should be a finite number, is inf"),
        ({"prompt": "p", "x": "\ud800"}, "x: should be Unicode text, has a lone surrogate at character 1"),
        ({"prompt": "p", "x": b"\xff"}, "x: should be text, is 1 bytes that are not UTF-8"),
        ({"prompt": "p", "x": {1: "a", "1": "b"}}, "x: should have keys that differ as text, has [1, '1']"),
        ({"prompt": "p", "x": object()}, "x: should be JSON, is object"),
        ({"prompt": "p", "tests": [1]}, "tests: should be an object, is [1]"),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_line(values: dict[str, Any], reason: str) -> None:
    assert _reason(values) == reason


def test_a_missing_domain_says_what_it_may_be() -> None:
    assert _reason({"prompt": "p"}, domain=None) == "domain: should be 'reasoning' or 'coding', is missing"


def test_deep_nesting_is_a_reason() -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    assert _reason({"prompt": "p", "x": deep}) == "x: should be nested at most 100 deep, is deeper"


def test_values_of_other_libraries_become_json() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    values = {
        "number": np.float32(0.5),
        "array": np.array([[1, 2]]),
        "scalar": pa.scalar(3),
        "when": moment,
        "day": date(2026, 1, 2),
        "took": timedelta(seconds=90),
        "price": Decimal("1.10"),
        "bytes": "é".encode(),
        "missing": math.nan,
        "by_number": {1: "a", None: "b"},
        "set": {3, 1, 2},
    }
    assert _record({"prompt": "p", **values}).extra == {
        "number": 0.5,
        "array": [[1, 2]],
        "scalar": 3,
        "when": "2026-01-02T03:04:05+00:00",
        "day": "2026-01-02",
        "took": 90.0,
        "price": "1.10",
        "bytes": "é",
        "missing": None,
        "by_number": {"1": "a", "null": "b"},
        "set": [1, 2, 3],
    }


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("promt", "'promt'; did you mean 'prompt'"),
        ("reference.anwser", "did you mean 'reference.answer'"),
        ("candidates.text", "no field of a record is called 'candidates.text'"),
        ("source", "no field of a record is called 'source'"),
    ],
)
def test_a_field_that_records_lack_names_the_nearest(field: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        _mapped({"prompt": "p"}, columns={field: "x"})


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.text() | st.sampled_from(["prompt", *Record.model_fields]), JSON, max_size=5))
def test_any_row_is_a_record_that_keeps_all_of_it_or_a_reason(values: dict[str, Any]) -> None:
    found = _mapped({**values, "prompt": "p"})
    if isinstance(found, BadRow):
        assert found.reason
        return
    assert Record.model_validate_json(found.model_dump_json()).id == found.id
    for column, value in values.items():
        if column not in Record.model_fields:
            assert column in found.extra
            assert found.extra[column] == value
