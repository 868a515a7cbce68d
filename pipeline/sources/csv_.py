"""CSV with a header: commas, semicolons or tabs, UTF-8, packed by gzip or zstd or not."""

import csv
import io
from _csv import Reader  # csv itself does not name the type of its readers
from collections.abc import Iterator
from itertools import chain
from typing import ClassVar

from pipeline.sources.base import MAX_BYTES, AnyRow, BadRow, FileReader, SourceRow
from pipeline.sources.files import File, open_bytes
from schemas.errors import SourceError
from schemas.project import SourceConfig

_DELIMITERS = ",;\t|"


class Csv(FileReader):
    """One row a record, the first one the header; empty cells are unset, all values are text.

    The delimiter is the one the header has most of, unless `options.delimiter` names it.
    """

    name: ClassVar[str] = "csv"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:
        csv.field_size_limit(MAX_BYTES)  # Python's own limit of 128 KiB is less than an answer may have
        with open_bytes(file.path) as stream:
            # Bytes that are not UTF-8 pass as surrogates, so that only their own row is refused.
            text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
            first = text.readline(MAX_BYTES)
            delimiter = source.options.get("delimiter") or max(_DELIMITERS, key=first.count)
            lines = chain([first] if first else [], text)
            cells = csv.reader(lines, delimiter=_one_character(delimiter), strict=True)
            header = _header(file, cells)
            yield from _rows(file, header, cells)


def _rows(file: File, header: list[str], cells: Reader) -> Iterator[AnyRow]:
    while True:
        line = cells.line_num + 1
        try:
            row = next(cells)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(line, _unreadable(error, line, cells.line_num), file.name)
            continue
        if row:
            yield _row(line, header, row, file.name)


def _row(line: int, header: list[str], row: list[str], name: str) -> AnyRow:
    if len(row) != len(header):
        return BadRow(line, f"line: should have {len(header)} cells as the header has, has {len(row)}", name)
    for column, cell in zip(header, row, strict=True):
        if not cell.isascii() and any("\udc80" <= character <= "\udcff" for character in cell):
            return BadRow(line, f"{column}: should be UTF-8, is not", name)
    values = {column: cell or None for column, cell in zip(header, row, strict=True)}
    return SourceRow(line, values, name, typed=False)


def _header(file: File, cells: Reader) -> list[str]:
    try:
        header: list[str] = next((row for row in cells if row), [])
    except csv.Error as error:
        raise SourceError(
            f"{file.path}: a header was expected, the first line is none ({error}); mend it"
        ) from None
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise SourceError(
            f"{file.path}: each column needs a name of its own, {twice[0]!r} stands there twice; rename one"
        )
    return header


def _unreadable(error: csv.Error, first: int, last: int) -> str:
    if "unexpected end" in str(error):
        return f"lines {first} to {last}: a quotation mark is opened and never closed"
    return f"line: should be CSV, is not: {error}"


def _one_character(delimiter: object) -> str:
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise SourceError(f"csv: options.delimiter should be one character, is {delimiter!r}; mend it")
    return delimiter


reader = Csv()
