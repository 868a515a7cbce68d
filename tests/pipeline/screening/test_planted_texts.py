"""The made-up texts by which gates are judged are what they are said to be."""

import json
from collections import Counter

from benchmarks.measuring.gate_project import line
from benchmarks.measuring.planted import ALIKE, Shares, Writer, corpus, jaccard, renamed

MANY = Shares(again=0.05, copies=0.1, near_copies=0.1, leaks=0.05, addresses=0.05, keys=0.05, malformed=0.05)
BENCHMARK = ["what must not leak"]
ROWS = list(corpus(600, 3, BENCHMARK, MANY))


def test_the_same_seed_plants_the_same() -> None:
    assert list(corpus(600, 3, BENCHMARK, MANY)) == ROWS
    assert set(Counter(row.kind for row in ROWS)) == {
        "clean", "again", "copy", "near copy", "leak", "address", "key", "malformed",
    }  # fmt: skip


def test_what_repeats_a_row_is_as_alike_as_its_kind_says() -> None:
    for row in ROWS:
        if row.of is None:
            continue
        of = ROWS[row.of]
        assert of.kind == "clean"
        likeness = jaccard(row.text, of.text)
        if row.kind == "near copy":
            assert ALIKE <= likeness < 1
        else:
            assert likeness == 1
            assert (row.text == of.text) == (row.kind == "again")


def test_clean_rows_are_not_alike() -> None:
    clean = [row.text for row in ROWS if row.kind == "clean"][:60]
    assert max(jaccard(one, other) for at, one in enumerate(clean) for other in clean[:at]) < 0.1


def test_a_row_is_one_line_and_a_malformed_one_no_json() -> None:
    for row in ROWS:
        written = line(row)
        assert written.count("\n") == 1
        if row.kind != "malformed":
            assert json.loads(written)["prompt"] == row.text


def test_a_program_with_other_names_does_the_same() -> None:
    code = "import math\n\ndef area(radius, unit='m'):\n    found = math.pi * radius ** 2\n"
    code += "    told = round(found, 1)\n    return f'{told} {unit}2'\n"
    new = renamed(code, 1)
    assert "radius" not in new
    assert "math.pi" in new
    one: dict[str, object] = {}
    other: dict[str, object] = {}
    exec(code, one)  # noqa: S102 - written above
    exec(new, other)  # noqa: S102 - likewise
    functions = [
        next(value for value in names.values() if getattr(value, "__code__", None)) for names in (one, other)
    ]
    assert functions[0](2) == functions[1](2) == "12.6 m2"  # type: ignore[operator] # functions, as found above


def test_a_reworded_text_keeps_most_of_its_words() -> None:
    writer = Writer(1)
    text = writer.text(40)
    changed = [
        one for one, other in zip(writer.reworded(text).split(), text.split(), strict=True) if one != other
    ]
    assert len(changed) <= 1
