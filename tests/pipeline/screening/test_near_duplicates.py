"""Near duplicates: what is planted is found and nothing else, among made-up texts, real problems and programs."""

import gzip
import json
import os
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measuring.planted import ALIKE, jaccard, renamed
from benchmarks.measuring.planted import corpus as planted
from pipeline.screening._likeness import likeness
from pipeline.screening._shingles import shingles
from pipeline.screening.near_duplicates import NearOptions, screen
from pipeline.screening.subject import Subject
from schemas.records import Record
from tests.pipeline.screening.shards import record

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")


def subject(one: Record) -> Subject:
    return Subject(one.id, 0, one.model_dump_json(exclude_none=True))


def alike(one: Record, other: Record, **options: Any) -> float:
    """How alike two records are; below 0 where they are no duplicates."""
    a, b = (screen.sketch([subject(each)], NearOptions()) for each in (one, other))
    found: float = screen.alike(a, b, NearOptions(**options))[0]
    return found


def meets(one: Record, other: Record) -> bool:
    """Whether two records share a bucket."""
    sketch = screen.sketch([subject(one), subject(other)], NearOptions())
    keys = (sketch[f"key_{band}"].to_pylist() for band in range(screen.buckets))
    return any(a == b and a is not None for a, b in keys)


PROMPT = " ".join(f"word{n}" for n in range(40))
ANSWER = " ".join(f"step{n}" for n in range(40))


def with_changed(text: str, *places: int) -> str:
    words = text.split()
    for place in places:
        words[place] = f"other{place}"
    return " ".join(words)


def test_a_word_changed_in_forty_is_a_near_duplicate() -> None:
    changed = record(with_changed(PROMPT, 20))
    assert alike(record(PROMPT), changed) == pytest.approx(31 / 41)
    assert meets(record(PROMPT), changed)


def test_more_changes_than_asked_are_another_problem() -> None:
    changed = record(with_changed(PROMPT, 10, 20, 30))
    assert alike(record(PROMPT), changed) < 0
    assert alike(record(PROMPT), record(with_changed(PROMPT, 20)), jaccard=0.8) < 0


def test_case_and_punctuation_do_not_count_and_signs_of_arithmetic_do() -> None:
    assert (
        alike(record("What is the value of 3 + 4 today?"), record("what is the value, of 3 + 4 today")) == 1
    )
    assert alike(record("What is the value of 3 + 4?"), record("What is the value of 3 - 4?")) < 0


def test_a_record_is_sketched_alike_alone_and_among_hundreds() -> None:
    said = [f"{PROMPT} and {number}" if number % 7 else "?!" for number in range(250)]
    subjects = [Subject(str(place), place, record(text).model_dump_json()) for place, text in enumerate(said)]
    among = screen.sketch(subjects, NearOptions())
    for place in (0, 1, 199, 200, 201, 249):
        assert screen.sketch([subjects[place]], NearOptions()).equals(among.slice(place, 1))
    assert among["key_0"].null_count == len(said) // 7 + 1
    assert screen.sketch([], NearOptions()).num_rows == 0


def test_the_same_prompt_with_a_new_candidate_is_an_addition() -> None:
    known = record(PROMPT * 5, "It is 42.")
    assert alike(known, record(PROMPT * 5, "It is 43.")) < 0
    assert alike(known, record(PROMPT * 5)) < 0
    assert alike(known, record(PROMPT * 5, "It is 42.", ANSWER)) < 0


def test_a_new_prompt_with_a_known_candidate_is_another_problem() -> None:
    assert alike(record("Prove the first.", ANSWER * 3), record("Refute the second.", ANSWER * 3)) < 0


def test_a_candidate_with_a_word_changed_is_no_new_one() -> None:
    assert alike(record(PROMPT, ANSWER), record(PROMPT, with_changed(ANSWER, 20))) > ALIKE


def test_problems_of_one_template_pass_where_numbers_tell_them_apart() -> None:
    one, other = (record(f"{PROMPT} There are {n} apples; {PROMPT} How many?") for n in (3, 5))
    assert alike(one, other) > ALIKE
    assert alike(one, other, same_numbers=True) < 0
    assert alike(one, record(one.text.upper()), same_numbers=True) == 1


def test_what_says_nothing_is_like_nothing() -> None:
    assert not meets(record("?!"), record("?!"))


def test_chinese_is_compared_sign_by_sign() -> None:
    said = "小明有三个苹果,他又买了五个苹果,然后送给小红两个苹果,请问小明现在还有多少个苹果?请写出计算过程。"
    assert alike(record(said), record(said.replace("小红", "小丽").replace(",", "，"))) > ALIKE  # noqa: RUF001 - that comma is meant
    assert alike(record(said), record("一列火车从北京开往上海,每小时行驶一百二十公里,请问几小时到达?")) < 0


PROGRAM = """
def mean(values):
    \"\"\"The mean.\"\"\"
    total = 0
    for value in values:
        total += value  # one after the other
    return total / len(values)
"""


def coded(program: str, **more: Any) -> Record:
    return record("Write a function for the mean of a list.", program, domain="coding", **more)


def test_a_program_with_other_names_and_comments_is_a_near_duplicate() -> None:
    other = PROGRAM.replace("total", "so_far").replace("value", "x").replace("one after", "each after")
    assert alike(coded(PROGRAM), coded(other.replace("The mean.", "Mean of xs."))) == 1
    assert alike(coded(PROGRAM), coded(f"Here it is:\n```python{other}```\nThat is all.")) < 0  # says more


def test_a_program_that_does_something_else_is_a_new_candidate() -> None:
    assert alike(coded(PROGRAM), coded(PROGRAM.replace("total /", "total //"))) < 0
    assert alike(coded(PROGRAM), coded(PROGRAM.replace("len(", "sum("))) < 0


def test_programs_of_other_languages_are_read_as_what_they_are() -> None:
    c = "int add(int a, int b) {\n  // the sum\n  return a + b;\n}\nint twice(int c) { return add(c, c); }\n"
    other = c.replace("add", "plus").replace(" a", " x").replace(" b", " y").replace("the sum", "adds")
    assert alike(coded(c, programming_language="c"), coded(other, programming_language="c")) == 1


@given(st.lists(st.text(alphabet="abc 。了", max_size=60), min_size=1, max_size=6))
@settings(deadline=None, max_examples=20)
def test_shingles_of_many_are_those_of_each(texts: list[str]) -> None:
    subjects = [subject(record(f"{text}.", f"{text}!")) for text in texts]
    together = shingles(subjects)
    for n, one in enumerate(subjects):
        alone = shingles([one])
        assert together.values[together.starts[n] : together.starts[n + 1]].tolist() == alone.values.tolist()
        assert together.figures[n] == alone.figures[0]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), min_size=5, max_size=30), st.data())
@settings(deadline=None, max_examples=20)
def test_likeness_is_the_jaccard_index_by_its_definition(words: list[str], data: st.DataObject) -> None:
    other = [data.draw(st.sampled_from(["a", "b", word])) for word in words]
    a, b = " ".join(words), " ".join(other)
    found = [screen.sketch([subject(record(text))], NearOptions())["shingles"] for text in (a, b)]
    assert likeness(*found).whole[0] == pytest.approx(jaccard(a, b))


def test_planted_near_copies_are_found_and_nothing_else() -> None:
    rows = [row for row in planted(4000, 11, []) if row.kind in ("clean", "near copy")]
    by_place = dict(enumerate(planted(4000, 11, [])))
    copies = [row for row in rows if row.kind == "near copy" and row.of is not None]
    pairs = [(row.text, by_place[row.of].text) for row in copies if row.of is not None]
    pairs = [pair for pair in pairs if jaccard(*pair) >= ALIKE]
    assert len(pairs) > 300
    found = [alike(record(a), record(b)) >= 0 and meets(record(a), record(b)) for a, b in pairs]
    assert sum(found) >= 0.99 * len(pairs)


@needs_data
def test_programs_with_renamed_variables_are_found_among_real_ones() -> None:
    with gzip.open(DATA / "humaneval" / "HumanEval.jsonl.gz", "rt") as file:
        programs = [one["prompt"] + one["canonical_solution"] for one in map(json.loads, file)]
    ask = "Write the function that is described in it."
    known = [record(ask, program, domain="coding") for program in programs]
    other = [record(ask, renamed(program, n + 1), domain="coding") for n, program in enumerate(programs)]
    a, b = (screen.sketch([subject(one) for one in each], NearOptions()) for each in (known, other))
    found = screen.alike(a, b, NearOptions()) >= 0
    assert found.mean() >= 0.95
    first, second = zip(*combinations(range(len(known)), 2), strict=True)
    different = screen.alike(a.take(list(first)), a.take(list(second)), NearOptions()) >= 0
    assert not different.any()
