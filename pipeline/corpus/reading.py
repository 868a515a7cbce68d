"""A piece of a source, read into drafts of shards; what a worker does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

from pyarrow import parquet

from pipeline.corpus.filling import ABOUT, Draft, Filling, name_of
from pipeline.corpus.pieces import Piece
from pipeline.engine.collecting import without_collector
from pipeline.sources import reader_of
from pipeline.sources.base import FileReader, Line, RawRow
from pipeline.sources.jsonl import parsed
from pipeline.sources.mapping import ColumnMapping
from schemas.errors import HeadraceError

HEAD = 100
"""Rows looked at to see whether the columns that a source names are there."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a piece."""

    drafts: tuple[Draft, ...]
    fault: HeadraceError | None
    """Why it could not be read to its end."""


def read(piece: Piece) -> Read:
    """Read a piece; what it gave before a fault is kept."""
    found: list[Draft] = []
    try:
        found.extend(drafts(piece))
    except HeadraceError as error:
        return Read(tuple(found), error.with_traceback(None))
    return Read(tuple(found), None)


def drafts(piece: Piece) -> Iterator[Draft]:
    """The drafts of a piece, one after the other; those that are there already are not read again.

    Raises HeadraceError where it cannot be read any further, after the draft of what was read.
    """
    filling = Filling(piece)
    for draft in _there(piece):
        filling.pass_over(draft)
        yield draft
    with without_collector():
        try:
            for span, rows in enumerate(_rows(piece, filling.seen)):
                while filling.fill(span, rows):
                    yield filling.write()
        except HeadraceError:
            if filling.count:
                yield filling.write()
            raise
    if filling.count:
        yield filling.write()


def _rows(piece: Piece, passed: list[int]) -> Iterator[Iterator[RawRow]]:
    """The rows of each span, or of the whole source, without those that were read before."""
    reader, source = reader_of(piece.source), piece.source
    each: Iterator[Iterator[RawRow]]
    if piece.spans:
        assert isinstance(reader, FileReader)  # noqa: S101 - no other has spans
        each = (
            islice(reader.raw(span, source), number, None)
            for span, number in zip(piece.spans, passed, strict=True)
        )
    else:
        rest = None if source.limit is None else max(0, source.limit - passed[0])
        each = iter([islice(reader.rows_after(source, Path(piece.folder), passed[0]), rest)])
    return _checked(piece, each) if piece.is_first and not any(passed) else each


def _checked(piece: Piece, each: Iterator[Iterator[RawRow]]) -> Iterator[Iterator[RawRow]]:
    """The same rows, once their columns were seen to be those that the source names."""
    first = next(each, iter(()))
    head = list(islice(first, HEAD))
    ColumnMapping(piece.source).check(parsed(row) if isinstance(row, Line) else row for row in head)
    yield chain(head, first)
    yield from each


def _there(piece: Piece) -> Iterator[Draft]:
    """The drafts that an earlier run left, which was cut off."""
    files = piece.corpus.files
    for number in count(piece.drafts):
        name = name_of(piece, number)
        if not files.exists(name):
            return
        with files.reading(name) as stream:
            records, rejects, rows = json.loads(parquet.read_schema(stream).metadata[ABOUT])
        yield Draft(name, records, rejects, tuple(rows))
