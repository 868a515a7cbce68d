"""Parquet files, a batch of rows at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pipeline.sources.base import AnyRow, BadRow, FileReader, RawRow, SourceRow, Span
from pipeline.sources.files import File, open_raw, readable
from schemas.errors import SourceError
from schemas.project import SourceConfig

_BATCH = 256
"""Rows in memory at once: few, for one may hold megabytes."""


class Parquet(FileReader):
    """One row a record; rows count from 0."""

    name: ClassVar[str] = "parquet"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:  # noqa: ARG002 - has no options
        return _rows_of(Span(file))

    def cut(self, file: File, size: int) -> list[Span]:
        """Pieces by row groups, with the rows before each."""
        spans: list[Span] = []
        with readable(file.path), _opened(file) as table:
            start = held = before = rows = 0
            for number in range(table.metadata.num_row_groups):
                group = table.metadata.row_group(number)
                held += sum(group.column(c).total_compressed_size for c in range(group.num_columns))
                rows += group.num_rows
                if held >= size or number == table.metadata.num_row_groups - 1:
                    spans.append(Span(file, start, number + 1, before))
                    start, held, before = number + 1, 0, rows
        return spans

    def raw(self, span: Span, source: SourceConfig) -> Iterator[RawRow]:  # noqa: ARG002 - has no options
        with readable(span.file.path):
            yield from _rows_of(span)


def _rows_of(span: Span) -> Iterator[AnyRow]:
    with _opened(span.file) as table:
        index = span.rows
        groups = range(span.start, table.metadata.num_row_groups if span.end is None else span.end)
        for batch in table.iter_batches(batch_size=_BATCH, row_groups=list(groups)):
            yield from _rows(span.file, batch, index)
            index += batch.num_rows


@contextmanager
def _opened(file: File) -> Iterator[Any]:
    """A Parquet file, and what is wrong with it in one line."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with open_raw(file.path) as stream, parquet.ParquetFile(stream) as table:
            _each_column_once(file, table.schema_arrow.names)
            yield table
    except pa.ArrowException as error:
        what = str(error).splitlines()[0]
        raise SourceError(
            f"{file.path}: should be a whole Parquet file, is not ({what}); fetch it again"
        ) from None


def _rows(file: File, batch: Any, start: int) -> Iterator[AnyRow]:  # noqa: ANN401 - a pyarrow.RecordBatch
    try:
        for index, values in enumerate(batch.to_pylist(), start):
            yield SourceRow(index, values, file.name)
    except (ValueError, OverflowError):  # one value Python cannot hold spoils the batch: go row by row
        for offset in range(batch.num_rows):
            yield _alone(file, batch.slice(offset, 1), start + offset)


def _alone(file: File, batch: Any, index: int) -> AnyRow:  # noqa: ANN401 - a pyarrow.RecordBatch
    try:
        return SourceRow(index, batch.to_pylist()[0], file.name)
    except (ValueError, OverflowError) as error:
        return BadRow(
            index, f"row: should be values Python can hold, is not: {str(error).splitlines()[0]}", file.name
        )


def _each_column_once(file: File, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SourceError(
                f"{file.path}: each column needs a name of its own, {name!r} stands there twice; rename one"
            )


reader = Parquet()
