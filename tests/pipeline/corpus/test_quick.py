"""The quick way makes, byte for byte, what the long way makes; and what it cannot make, it leaves."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus.quick import Quick
from pipeline.corpus.rows import Row, row_of
from pipeline.sources.base import BadRow, Line, SourceRow
from pipeline.sources.jsonl import parsed
from pipeline.sources.mapping import ColumnMapping
from schemas.project import SourceConfig

OWN = SourceConfig(reader="jsonl", path="in.jsonl", domain="reasoning")
SOURCES = [
    OWN,
    SourceConfig(reader="jsonl", path="in.jsonl", language="en", license="MIT", revision="r1", split="train"),
    OWN.replace(columns={"prompt": "question", "reference.answer": "answer", "topic": "subject"}),
    OWN.replace(columns={"prompt": "question", "candidates": ["good", "bad"], "tests.code": "test"}),
    OWN.replace(columns={"prompt": "topic", "topic": "prompt", "tests.entry_point": "tests"}),
    OWN.replace(columns={"reference": "answer", "difficulty": "level", "candidates": "responses"}),
]

WORDS = st.sampled_from(
    ["en", "zh_CN", " pt-BR ", "english!", "reasoning", "coding", "", "MIT", "x: y", None]
)
TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "a: b", 'say "x"', "\u007f\u0000\b\f\n", "\\u003a", "二", "\N{GRINNING FACE}", "[1]", "{}"]
    ),
)
SCALAR = st.one_of(
    TEXT, WORDS, st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([10**30, 1e22, 5e-324])
)
CANDIDATE = st.dictionaries(
    st.sampled_from(["text", "model", "id", "steps", "score"]), TEXT | st.none(), max_size=4
)
INNER = st.dictionaries(
    st.sampled_from(["answer", "solution", "code", "entry_point", "cases"]), SCALAR, max_size=3
)
NAMES = [
    *("prompt", "question", "domain", "language", "license", "topic", "difficulty", "programming_language"),
    *("level", "subject", "good", "bad", "test", "answer", "a:b", "source", "extra", "draft", "rubric"),
]
ROWS = st.fixed_dictionaries(
    {"prompt": TEXT, "question": TEXT},
    optional={
        **dict.fromkeys(NAMES[2:], SCALAR),
        "candidates": st.lists(CANDIDATE, max_size=3) | SCALAR,
        "responses": st.lists(CANDIDATE, max_size=2),
        "reference": INNER | SCALAR,
        "tests": INNER | SCALAR,
        "metadata": st.dictionaries(TEXT, SCALAR, max_size=2),
    },
)


def _long(source: SourceConfig, raw: Line | SourceRow) -> Row | BadRow:
    row = parsed(raw) if isinstance(raw, Line) else raw
    made = row if isinstance(row, BadRow) else ColumnMapping(source).record(row)
    return made if isinstance(made, BadRow) else row_of(made)


def _same(quick: Row | None, source: SourceConfig, raw: Line | SourceRow) -> bool:
    """Whether the quick way had an answer, which is then the long way's."""
    if quick is None:
        return False
    long = _long(source, raw)
    assert isinstance(long, Row), long
    payload = quick.payload if isinstance(quick.payload, str) else quick.payload.decode()
    assert quick._replace(payload=payload) == long
    return True


@settings(deadline=None, max_examples=300)
@given(source=st.sampled_from(SOURCES), values=ROWS, plain=st.booleans())
def test_both_ways_make_the_same_row_of_a_line(
    source: SourceConfig, values: dict[str, Any], *, plain: bool
) -> None:
    text = json.dumps(values, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    line = Line(7, text, "in.jsonl")
    _same(Quick(source).of_line(line), source, line)


@settings(deadline=None, max_examples=200)
@given(source=st.sampled_from(SOURCES), values=ROWS)
def test_both_ways_make_the_same_row_of_typed_values(source: SourceConfig, values: dict[str, Any]) -> None:
    row = SourceRow(0, values, "in.parquet")
    _same(Quick(source).of_row(row), source, row)


PLAIN: list[tuple[SourceConfig, dict[str, Any]]] = [
    (OWN, {"prompt": "p"}),
    (OWN, {"prompt": "二: 三", "language": "zh_CN", "license": None, "id": 4, "score": 0.5, "level": None}),
    (OWN, {"prompt": "p", "candidates": [{"model": "m", "text": "a: b"}, {"text": "c", "id": "1"}]}),
    (
        OWN,
        {
            "prompt": "p",
            "reference": {"answer": None, "solution": "s"},
            "tests": {"code": "c", "entry_point": "f"},
        },
    ),
    (OWN, {"prompt": "p", "reference": {}, "tests": {"code": None}, "candidates": []}),
    (OWN, {"prompt": "100 %", "topic": "%d", "candidates": [{"text": "a", "id": None, "model": "%b"}]}),
    (
        OWN,
        {"prompt": "p", "candidates": [{"text": "a b", "steps": ["a", "b:"]}, {"text": "c", "model": "m"}]},
    ),
    (SOURCES[2], {"question": "q", "answer": "4", "subject": "algebra", "id": "x: y"}),
    (SOURCES[3], {"question": "q", "good": "g", "bad": "", "test": "assert f() == {1: 2}"}),
    (SOURCES[5], {"prompt": "p", "answer": {"answer": "4"}, "level": "hard", "responses": [{"text": "r"}]}),
]


@pytest.mark.parametrize(("source", "values"), PLAIN)
def test_rows_of_plain_texts_go_the_quick_way(source: SourceConfig, values: dict[str, Any]) -> None:
    line = Line(3, json.dumps(values).encode() + b"\r\n", "in.jsonl")
    assert _same(Quick(source).of_line(line), source, line)
    row = SourceRow(3, values, "in.parquet")
    assert _same(Quick(source).of_row(row), source, row)


@pytest.mark.parametrize(
    "text",
    [
        '{"prompt": "p", "prompt": "q"}',
        '{"prompt": "p", "a": 1, "a": 1}',
        '{"prompt": "p", "candidates": [{"text": "a", "text": "b"}]}',
        '{"prompt" : "p", "prompt":"q"}',
        r'{"prompt": "a\u003ab", "x": 1, "x": 2}',
        r'{"prompt": "a:b\u003Ac", "x": 1, "x": 2}',
        r'{"prompt": "p", "x\u003a": 1, "y": 1, "y": 2}',
        '{"prompt": "p", "x": NaN}',
        '{"prompt": "p", "x": 1e999}',
        '{"prompt": "p", "x": %s}' % ("9" * 5000),
        r'{"prompt": "\ud800"}',
        '{"prompt": " "}',
        '{"prompt": "p", "language": "not a tag"}',
        '{"prompt": "p", "candidates": [{"text": " "}]}',
        '["prompt"]',
        '{"prompt": "p"',
    ],
)
def test_what_is_wrong_with_a_line_is_left_to_the_long_way(text: str) -> None:
    assert Quick(OWN).of_line(Line(1, text.encode(), "in.jsonl")) is None


@settings(deadline=None, max_examples=100)
@given(keys=st.lists(st.sampled_from(["prompt", "a", "b:c"]), min_size=2, max_size=4), text=TEXT)
def test_a_key_that_stands_there_twice_never_passes(keys: list[str], text: str) -> None:
    pairs = [f"{json.dumps(key)}:{json.dumps(text)}" for key in keys]
    line = Line(1, ("{" + ",".join(pairs) + "}").encode(), "in.jsonl")
    if len(set(keys)) < len(keys):
        assert Quick(OWN).of_line(line) is None
    else:
        _same(Quick(OWN).of_line(line), OWN, line)


@pytest.mark.parametrize(
    "columns",
    [{"prompt": "a.b"}, {"prompt": "q?"}, {"tests": ""}, {"rubric": "r"}, {"reference.answer": "prompt"}],
)
def test_columns_named_in_a_roundabout_way_go_the_long_way(columns: dict[str, str | list[str]]) -> None:
    line = Line(1, b'{"prompt": "p", "q": "q", "a": {"b": "c"}}', "in.jsonl")
    assert Quick(OWN.replace(columns=columns)).of_line(line) is None
