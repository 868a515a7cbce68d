"""Parquet files, a batch of rows at a time."""

from collections.abc import Iterator
from typing import Any, ClassVar

from pipeline.sources.base import AnyRow, BadRow, File, FileReader, SourceRow
from schemas.errors import SourceError
from schemas.project import SourceConfig

_BATCH = 256
"""Rows in memory at once: few, for one may hold megabytes."""


class Parquet(FileReader):
    """One row a record; rows count from 0."""

    name: ClassVar[str] = "parquet"

    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:  # noqa: ARG002 - has no options
        import pyarrow as pa
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(file.path) as table:
                _each_column_once(file, table.schema_arrow.names)
                index = 0
                for batch in table.iter_batches(batch_size=_BATCH):
                    yield from _rows(file, batch, index)
                    index += batch.num_rows
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
