"""Parquet: typed columns, zstd, one row group for every 100,000 rows."""

import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from exports.base import ExportFormat
from schemas.rows import Row

SIMPLE = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class Parquet(ExportFormat):
    """Typed columns."""

    name = "parquet"
    suffix = ".parquet"

    def write(self, rows: Sequence[Row], row_class: type[Row], path: Path) -> None:
        dumped = [row.model_dump() for row in rows]
        table = pa.Table.from_pylist(dumped, schema=_schema(row_class, dumped))
        pq.write_table(table, path, compression="zstd", row_group_size=100_000)

    def read(self, row_class: type[Row], path: Path) -> list[Row]:
        return [row_class.model_validate(row) for row in pq.read_table(path).to_pylist()]


def _schema(row_class: type[Row], rows: Sequence[dict[str, Any]]) -> pa.Schema:
    def column(name: str, annotation: Any) -> pa.DataType:  # noqa: ANN401 - a type expression
        # a column holds texts or conversations, never both: the first row tells
        plain = not rows or isinstance(rows[0][name], str)
        return _arrow_type(annotation, plain=plain)

    return pa.schema(
        [(name, column(name, field.annotation)) for name, field in row_class.model_fields.items()]
    )


def _arrow_type(annotation: Any, *, plain: bool) -> pa.DataType:  # noqa: ANN401 - a type expression
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _arrow_type(parts[0] if plain or len(parts) == 1 else parts[1], plain=plain)
    if get_origin(annotation) is tuple:
        return pa.list_(_arrow_type(get_args(annotation)[0], plain=plain))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pa.struct(
            [
                (name, _arrow_type(field.annotation, plain=True))
                for name, field in annotation.model_fields.items()
            ]
        )
    return SIMPLE.get(annotation, pa.string())  # what is left are literals: words


export_format = Parquet()
