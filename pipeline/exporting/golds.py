"""Right answers that a reward function cannot read: a row that has one teaches nothing, so somebody should know."""

import json
import subprocess
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from exports.account import Golds
from exports.golds import is_short

MOST = 2000
"""Answers that are tried: of more, a sample that is the same each time."""
EXAMPLES = 5
_NUMBER = r"^(?:-?\d+(?:\.\d+)?|\\boxed\{-?\d+(?:\.\d+)?\})$"
ReadAs: TypeAlias = Literal["text", "mathematics"]
_ROOT = str(Path(__file__).parents[2])
_MOST_STARTS = 10


class GoldCheck:
    """Looks at the right answers of an export as they go by, at those that are no plain numbers."""

    def __init__(self) -> None:
        self._rows = self._numbers = self._long = 0
        self._examples: list[str] = []
        self._sample: dict[int, tuple[str, str]] = {}

    def look(self, column: str, read_as: ReadAs, table: pa.Table, row_ids: pa.Array) -> None:
        """One more table that was made, with the column that holds its right answers; dotted inside a struct."""
        first, *rest = column.split(".")
        golds = pc.fill_null(_inside(table[first].combine_chunks(), rest), "")
        other = pc.invert(pc.match_substring_regex(golds, _NUMBER))
        self._rows += table.num_rows
        self._numbers += table.num_rows - (pc.sum(other).as_py() or 0)
        if read_as == "text":  # whatever is short can be compared
            bad = row_ids.filter(pc.or_(pc.invert(is_short(golds)), pc.equal(golds, "")))
            self._long += len(bad)
            self._examples += bad[: EXAMPLES - len(self._examples)].to_pylist()
        else:
            self._keep(golds.filter(other).to_pylist(), row_ids.filter(other).to_pylist())

    def _keep(self, texts: list[str], row_ids: list[str]) -> None:
        for text, row_id in zip(texts, row_ids, strict=True):
            self._sample.setdefault(zlib.crc32(text.encode()), (text, row_id))
        if len(self._sample) > 2 * MOST:
            self._sample = dict(sorted(self._sample.items())[:MOST])

    def found(self) -> Golds | None:
        """What came of it; None where no row has a right answer."""
        if not self._rows:
            return None
        tried = [pair for _, pair in sorted(self._sample.items())[:MOST]]
        readable = _tried([text for text, _ in tried])
        bad = [row_id for (_, row_id), read in zip(tried, readable, strict=True) if not read]
        return Golds(
            rows=self._rows,
            numbers=self._numbers,
            checked=len(tried) or self._rows - self._numbers,
            unreadable=len(bad) + self._long,
            examples=tuple([*self._examples, *bad][:EXAMPLES]),
        )


def _inside(column: pa.Array, names: Sequence[str]) -> pa.Array:
    for name in names:
        column = pc.struct_field(column, name)
    return column


def _tried(texts: Sequence[str]) -> list[bool]:
    """Of each text whether Math-Verify reads it, in a process that may be lost over one."""
    found: list[bool] = []
    for _ in range(_MOST_STARTS):
        if len(found) == len(texts):
            break
        given = "".join(f"{json.dumps(text)}\n" for text in texts[len(found) :])
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.exporting.gold_reader"],
            input=given.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            check=False,
        )
        found += [line == b"1" for line in done.stdout.split()]
        if done.returncode:
            found.append(False)  # it was lost over this one
    return (found + [False] * len(texts))[: len(texts)]
