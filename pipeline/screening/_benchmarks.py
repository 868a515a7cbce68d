"""Benchmarks as files: tables of questions, programs, plain text, and hash files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.screening._benchmark_texts import UNITS, Role, Text, units
from pipeline.sources import readers
from pipeline.sources.base import FileReader, SourceRow
from pipeline.sources.files import READER_OF, File, files, kind_of, open_bytes, open_raw, readable
from schemas.errors import ProjectError
from schemas.project import SourceConfig

HASHES = ".hashes"

ASKS = (
    "prompt",
    "question",
    "problem",
    "instruction",
    "problem_statement",
    "query",
    "input",
    "text",
    "content",
    "messages",
    "task",
)
"""Columns that hold what an item asks; the others hold answers, tests and what else there is."""
_SAYS = ("content", "text", "code", "solution")
"""Where an object of a column keeps its text."""


def read(paths: Sequence[str], folder: Path, columns: Sequence[str] = ()) -> pa.Table:
    """What is looked for of benchmarks: units of the files that the paths name, globs too, from a folder.

    `columns` names those that are looked at, each as something asked; by default all that hold text. Raises
    ProjectError where a file cannot be used as a benchmark.
    """
    found = [UNITS.empty_table()]
    for path in paths:
        found += [_file(file, columns) for file in files(path, folder, reader="contamination")]
    return pa.concat_tables(found)


def write(table: pa.Table, path: Path) -> None:
    """Write a hash file."""
    with path.open("wb") as stream:
        parquet.write_table(table, stream, compression="zstd")


def _file(file: File, columns: Sequence[str]) -> pa.Table:
    kind = kind_of(file.name)
    if kind == HASHES:
        return _hashes(file)
    found = units(_texts(file, kind, columns))
    if not found.num_rows:
        raise ProjectError(
            f"{file.path}: a benchmark was expected, no text in it is long enough to be looked for; name its columns"
        )
    return found


def _hashes(file: File) -> pa.Table:
    try:
        with readable(file.path), open_raw(file.path) as stream:
            table = parquet.read_table(pa.BufferReader(stream.read()))
    except pa.ArrowException as error:
        what = str(error).splitlines()[0]
        raise ProjectError(
            f"{file.path}: should be a hash file, is not ({what:.80}); make it: headrace benchmark hash"
        ) from None
    theirs = table.schema.metadata or {}
    if any(theirs.get(key) != value for key, value in UNITS.metadata.items()):
        raise ProjectError(
            f"{file.path}: a hash file of this version was expected, is none; make it anew: headrace benchmark hash"
        )
    return table.cast(UNITS)


def _texts(file: File, kind: str, columns: Sequence[str]) -> Iterator[Text]:
    if kind in READER_OF:
        yield from _of_rows(_rows(file, READER_OF[kind]), file.name, columns)
    elif kind == ".json":
        yield from _of_rows(_objects(file), file.name, columns)
    elif kind == ".txt":
        for number, line in enumerate(_whole(file).splitlines(), 1):
            yield Text(file.name, str(number), "line", "prompt", line)
    else:
        yield Text(file.name, "1", "file", "prompt", _whole(file))


def _rows(file: File, name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = readers()[name]
    assert isinstance(reader, FileReader)  # noqa: S101 - as all named above are
    with readable(file.path):
        for row in reader.rows_of(file, SourceConfig(reader=name, path=file.path)):
            if not isinstance(row, SourceRow):
                raise ProjectError(
                    f"{file.path}: each row should be readable, {row.row} is not ({row.reason}); mend it"
                )
            yield row.row, row.values


def _objects(file: File) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        found = json.loads(_whole(file))
    except ValueError as error:
        raise ProjectError(f"{file.path}: should be JSON, is not ({error}); mend it") from None
    rows = found if isinstance(found, list) else [found]
    yield from ((number, row) for number, row in enumerate(rows) if isinstance(row, Mapping))


def _whole(file: File) -> str:
    try:
        with readable(file.path), open_bytes(file.path) as stream:
            return stream.read().decode()
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"{file.path}: should be text in UTF-8, is not (byte {error.start + 1}); name another file"
        ) from None


def _of_rows(
    rows: Iterator[tuple[int, Mapping[str, Any]]], name: str, columns: Sequence[str]
) -> Iterator[Text]:
    for number, values in rows:
        missing = [column for column in columns if column not in values]
        if missing:
            raise ProjectError(
                f"{name}: a column {missing[0]!r} was expected, found {', '.join(map(repr, values))}; mend `columns`"
            )
        for column, value in values.items():
            role: Role = "prompt" if column in (columns or ASKS) else "other"
            if not columns or column in columns:
                text = _said(value)
                if text:
                    yield Text(name, str(number), column, role, text)


def _said(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    """The text of a column: of lists and objects what they say, a paragraph each; of anything else none."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "\n\n".join(filter(None, (_said(value.get(key)) for key in _SAYS)))
    if isinstance(value, list | tuple):
        return "\n\n".join(filter(None, map(_said, value)))
    return ""
