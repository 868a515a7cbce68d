"""Rows on their way into a draft: made from what was read, and put together as a shard's columns."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.corpus.base import BYTES, ROWS, SHARD
from pipeline.corpus.columns import integers, strings
from pipeline.corpus.pieces import Piece
from pipeline.corpus.quick import Quick
from pipeline.corpus.rows import Row, row_of
from pipeline.sources.base import BadRow, Line, RawRow
from pipeline.sources.jsonl import parsed
from pipeline.sources.mapping import ColumnMapping

REJECTS = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("dataset", pa.string())])
ABOUT = b"headrace"
"""Where a draft says what it is, in its metadata: records, rejects, rows of each span."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS, _BYTES = 1000, 2**20
"""What is put into columns at once: little enough to stay near the processor."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Rows that were read, and the file they are in: it becomes a shard once it is known which are new."""

    name: str
    records: int
    rejects: int
    """In a file of their own, where there are any."""
    rows: tuple[int, ...]
    """How many rows of each span went into it, good or bad."""

    @property
    def refused(self) -> str:
        """The file with the rows that make no record."""
        return self.name.replace(".parquet", ".rejects.parquet")


def name_of(piece: Piece, number: int) -> str:
    """What a piece's draft is called."""
    return f"{piece.draft}.{number:05d}.parquet"


class Filling:
    """The draft of a piece that is being filled, one after the other."""

    def __init__(self, piece: Piece) -> None:
        self._piece, self._mapping = piece, ColumnMapping(piece.source)
        self._quick = Quick(piece.source)
        self.seen = list(piece.passed) or [0] * max(1, len(piece.spans))
        """How many rows of each span went by, also into earlier drafts."""
        self._number = piece.drafts
        self._begin()

    def pass_over(self, draft: Draft) -> None:
        """Go on behind a draft."""
        self.seen = [a + b for a, b in zip(self.seen, draft.rows, strict=True)]
        self._number += 1
        self._begin()

    def _begin(self) -> None:
        self._before = tuple(self.seen)
        self._ordinal = sum(self.seen)
        self._good: list[pa.RecordBatch] = []
        self._bad: list[BadRow] = []
        self._bytes = 0
        self.count = 0
        """How many rows are in it."""

    def fill(self, span: int, rows: Iterator[RawRow]) -> bool:
        """Take rows in, until there are no more or the draft is full: whether it is."""
        while self.count < ROWS and self._bytes < BYTES:
            before = self.count
            self._take(span, islice(rows, min(_ROWS, ROWS - before)))
            if self.count == before:
                return False
        return True

    def _take(self, span: int, rows: Iterator[RawRow]) -> None:
        """Take some rows in; where they end in a fault, those before it."""
        good: list[Row] = []
        places: list[tuple[int, int]] = []
        quickly, ordinal, size = self._quick.of_line, self._ordinal, 0
        try:
            for raw in rows:
                row = quickly(raw) if type(raw) is Line else None
                made = self._made(raw) if row is None else row
                if isinstance(made, BadRow):
                    self._bad.append(made)
                    size += len(made.reason)
                else:
                    good.append(made)
                    places.append((ordinal, raw.row))
                    size += len(made.payload)
                ordinal += 1
                if size >= _BYTES:
                    break
        finally:
            if good:
                self._good.append(self._batch(good, np.array(places, dtype=np.int64)))
            self.seen[span] += ordinal - self._ordinal
            self.count += ordinal - self._ordinal
            self._bytes += size
            self._ordinal = ordinal

    def _made(self, raw: RawRow) -> Row | BadRow:
        """The row of what did not go the quick way, or cannot."""
        row = parsed(raw) if isinstance(raw, Line) else raw
        if isinstance(row, BadRow):
            return row
        if not isinstance(raw, Line) and (quick := self._quick.of_row(row)) is not None:
            return quick
        record = self._mapping.record(row)
        return record if isinstance(record, BadRow) else row_of(record)

    def write(self) -> Draft:
        """Put it down, and begin the next one."""
        corpus, records = self._piece.corpus, sum(batch.num_rows for batch in self._good)
        rows = tuple(now - then for now, then in zip(self.seen, self._before, strict=True))
        draft = Draft(name_of(self._piece, self._number), records, len(self._bad), rows)
        if self._bad:
            columns = [
                integers([row.row for row in self._bad]),
                strings([row.reason for row in self._bad]),
                strings([row.dataset for row in self._bad]),
            ]
            corpus.write(draft.refused, pa.Table.from_arrays(columns, schema=REJECTS))
        about = {ABOUT: json.dumps([draft.records, draft.rejects, rows])}
        table = pa.Table.from_batches(self._good, schema=SHARD)
        corpus.write(draft.name, table.replace_schema_metadata(about))
        self._number += 1
        self._begin()
        return draft

    def _batch(self, rows: list[Row], places: npt.NDArray[np.int64]) -> pa.RecordBatch:
        # a microsecond a row keeps the order of arrival for whoever sorts by it
        moment = (self._piece.read_at - EPOCH) // timedelta(microseconds=1)
        columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
        numbers: dict[str, npt.NDArray[np.int64]] = {
            "candidates": np.array(columns.pop("candidates"), dtype=np.int64),
            "ingested_at": places[:, 0] + moment,
            "position": places[:, 0] + self._piece.position,
            "row": places[:, 1],
        }
        made = [
            strings(columns[one.name]) if one.name in columns else integers(numbers[one.name], one.type)
            for one in SHARD
        ]
        return pa.RecordBatch.from_arrays(made, schema=SHARD)
