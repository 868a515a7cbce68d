"""What of a benchmark is looked for: each text of each of its items, as the hashes of its grams.

A benchmark's table of units is all that the screen knows of it, and what a hash file holds: no word of the benchmark.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa

from pipeline.screening._grams import VERSION, Hashes, Kind, cut, grams, wholes

Role: TypeAlias = Literal["prompt", "other"]

GRAM: dict[Kind, int] = {"words": 5, "symbols": 8}
"""Tokens in a gram: few enough that most grams live through an edit, enough that few stand in two texts by chance."""
FORMAT = 1

UNITS = pa.schema(
    [
        ("file", pa.string()),
        ("item", pa.string()),
        ("field", pa.string()),
        ("role", pa.string()),
        ("kind", pa.string()),
        ("tokens", pa.int32()),
        ("grams", pa.list_(pa.uint64())),
    ],
    metadata={"headrace.hashes": str(FORMAT), "headrace.tokens": str(VERSION)},
)
"""`grams` are sorted, so that they do not tell in which order they stand."""

FEW = 13
"""A text of fewer words is looked for as a whole."""
MANY_SIGNS = 24
"""A program of fewer tokens is too common to be looked for."""
LEAST = 4
"""A text of fewer tokens, signs counted, is not looked for at all."""

_PROGRAM = re.compile(
    r"^\s*(?:def |class |import |from \w[\w.]* import |return\b|for .*:\s*$|while .*:\s*$|if .*:\s*$|#include|public |"
    r"fn |func |function |const |let |var |package |using )|[;{}]\s*$|\)\s*->",
    re.MULTILINE,
)
ENDS = re.compile(r"^[\s\"'`*#]+|[\s\"'`*.?!:;,。?!]+$")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a benchmark's item."""

    file: str
    item: str
    """The row, or what the benchmark calls it."""
    field: str
    role: Role
    """Whether it is what the item asks; answers and tests are `other`, and never looked for where they are short."""
    text: str


def units(texts: Iterable[Text]) -> pa.Table:
    """What is looked for of these texts, a row each, or two where a text is prose and program at once."""
    found: list[pa.Table] = []
    batch: list[Text] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            found.extend(_tables(batch))
            batch.clear()
    return pa.concat_tables([UNITS.empty_table(), *found, *_tables(batch)])


def _tables(batch: list[Text]) -> Iterator[pa.Table]:
    stripped = [ENDS.sub("", one.text) for one in batch]
    counts = np.bincount(cut(stripped, "words").texts, minlength=len(batch))
    prose, signs, short = [], [], []
    for number, (text, words) in enumerate(zip(batch, counts.tolist(), strict=True)):
        asked, program = text.role == "prompt", is_program(stripped[number])
        if words >= FEW and (asked or not program):
            prose.append(number)
        if asked and words < FEW:
            short.append(number)
        if program or (asked and words < FEW):
            signs.append(number)
    yield _by_grams(batch, stripped, prose, "words")
    yield _by_grams(batch, stripped, signs, "symbols")
    yield _as_a_whole(batch, stripped, short)


def is_program(text: str) -> bool:
    """Whether a text looks like a program, or holds one: two lines of it, or half of all, can be nothing else."""
    found = len(_PROGRAM.findall(text))
    return found > 1 or 2 * found > text.count("\n")


def _by_grams(batch: list[Text], stripped: list[str], chosen: list[int], kind: Kind) -> pa.Table:
    tokens = cut([stripped[number] for number in chosen], kind)
    hashes, places = grams(tokens, GRAM[kind])
    edges = np.searchsorted(tokens.texts[places], np.arange(len(chosen) + 1))
    counts = np.bincount(tokens.texts, minlength=len(chosen)).tolist()
    rows = []
    for place, number in enumerate(chosen):
        few = GRAM[kind] if batch[number].role == "prompt" else MANY_SIGNS
        if kind == "words" or counts[place] >= few:
            mine = np.unique(hashes[edges[place] : edges[place + 1]])
            rows.append(_row(batch[number], kind, counts[place], mine))
    return pa.Table.from_pylist(rows, schema=UNITS)


def _as_a_whole(batch: list[Text], stripped: list[str], chosen: list[int]) -> pa.Table:
    tokens = cut([stripped[number] for number in chosen], "symbols")
    counts = np.bincount(tokens.texts, minlength=len(chosen)).tolist()
    hashes = wholes(tokens, len(chosen))
    rows = [
        _row(batch[number], "whole", counts[place], hashes[place : place + 1])
        for place, number in enumerate(chosen)
        if counts[place] >= LEAST
    ]
    return pa.Table.from_pylist(rows, schema=UNITS)


def _row(text: Text, kind: str, tokens: int, hashes: Hashes) -> dict[str, Any]:
    where = {"file": text.file, "item": text.item, "field": text.field, "role": text.role}
    return {**where, "kind": kind, "tokens": tokens, "grams": hashes}
