"""Length: each part against its range, in characters, in estimated tokens, in tokens of a tokenizer that is given."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.screening._token_counts import estimated
from pipeline.screening.base import Found
from pipeline.screening.choosing import choose
from pipeline.screening.length import LengthOptions, screen
from pipeline.screening.subject import Subject
from schemas.errors import ProjectError
from schemas.project import parse_project
from tests.pipeline.screening.shards import record


def looked(prompt: str, /, *candidates: str, prepared: Any = None, **options: Any) -> Found | None:
    made = record(prompt, *candidates)
    subject = Subject(made.id, 0, made.model_dump_json(exclude_none=True))
    return screen.look(subject, LengthOptions.model_validate(options), prepared)


def test_an_ordinary_record_is_neither_too_short_nor_too_long() -> None:
    assert looked("How many are left?", "Nine.", "Eight, I think.") is None


@pytest.mark.parametrize(
    ("prompt", "candidates", "options", "where", "length"),
    [
        ("abc", [], {"prompt": [4, 9]}, "prompt", 3),
        ("abcdefghij", [], {"prompt": [4, 9]}, "prompt", 10),
        ("abcd", ["abc", "ab"], {"candidate": [3, 9]}, "candidates.1", 2),
        ("abcd", ["abc", "abc"], {"total": [1, 9]}, "whole", 10),
        ("abcd", ["abc"], {"total": [8, 9]}, "whole", 7),
    ],
)
def test_each_part_has_its_range(
    prompt: str, candidates: list[str], options: dict[str, Any], where: str, length: int
) -> None:
    found = looked(prompt, *candidates, unit="characters", **options)
    assert found is not None
    assert found.evidence["where"] == where
    assert found.evidence["characters"] == length
    assert found.evidence["estimate"] is False


def test_both_ends_of_a_range_belong_to_it() -> None:
    for prompt in ("abcd", "abcdefghi"):
        assert looked(prompt, unit="characters", prompt=[4, 9]) is None


def test_an_estimate_says_that_it_is_one() -> None:
    found = looked("word " * 50, prompt=[1, 40])
    assert found is not None
    assert found.reason == "its prompt has about 50 tokens, at most 40 were asked for"
    assert found.evidence == {"where": "prompt", "tokens": 50, "estimate": True, "allowed": [1, 40]}


def test_a_range_the_wrong_way_round_is_refused(tmp_path: Path) -> None:
    project = parse_project({"name": "x", "screens": {"length": {"verdict": "reject", "prompt": [9, 4]}}})
    with pytest.raises(ProjectError, match=r"screens\.length\.prompt.*\[least, most\]"):
        choose(project.screens, tmp_path)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [  # what three tokenizers of models in use make of it, at the least and at the most
        ("The quick brown fox jumps over the lazy dog.", 9, 11),
        ("def add(a, b):\n    return a + b\n", 10, 16),
        ("请写出详细的解题步骤。", 7, 15),
        (r"\frac{1}{2} + \sqrt{3x^2 - 4} = 1234567", 17, 28),
    ],
)
def test_an_estimate_is_near_what_tokenizers_count(text: str, low: int, high: int) -> None:
    assert low <= estimated(text) <= high


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_more_text_is_never_fewer_tokens(a: str, b: str) -> None:
    assert max(estimated(a), estimated(b)) <= estimated(f"{a}\n{b}") + 1
    assert estimated(a) <= len(a.encode("utf-8", "surrogatepass"))


def test_a_tokenizer_of_the_projects_own_counts_exactly(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0, "one": 1}, unk_token="[UNK]"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    words.save(str(tmp_path / "tokenizer.json"))
    options = LengthOptions(tokenizer="tokenizer.json", prompt=(1, 2))
    found = looked("one two three", prepared=screen.prepare(options, tmp_path), prompt=[1, 2])
    assert found is not None
    assert found.evidence["tokens"] == 3
    assert found.evidence["estimate"] is False
    assert looked("one two", prepared=screen.prepare(options, tmp_path), prompt=[1, 2]) is None


@pytest.mark.parametrize(("content", "said"), [(None, "is no file"), ("{}", "should be a tokenizer.json")])
def test_a_tokenizer_that_cannot_be_read_is_refused(tmp_path: Path, content: str | None, said: str) -> None:
    pytest.importorskip("tokenizers")
    if content is not None:
        (tmp_path / "t.json").write_text(content)
    with pytest.raises(ProjectError, match=said):
        screen.prepare(LengthOptions(tokenizer="t.json"), tmp_path)
