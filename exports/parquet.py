"""Parquet: typed columns, zstd, one row group for every 100,000 rows.

Scores by name are lists of {name, value}, since each row may have names of its own; free JSON is text of JSON.
"""

import json
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, JsonValue

from exports.base import ExportFormat
from schemas.rows import Row

SIMPLE = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class Parquet(ExportFormat):
    """Typed columns."""

    name = "parquet"
    suffix = ".parquet"

    def write(self, rows: Sequence[Row], row_class: type[Row], path: Path) -> None:
        dumped = [_converted(row_class, row.model_dump(), _stored) for row in rows]
        table = pa.Table.from_pylist(dumped, schema=_schema(row_class, dumped))
        pq.write_table(table, path, compression="zstd", row_group_size=100_000)

    def read(self, row_class: type[Row], path: Path) -> list[Row]:
        found = pq.read_table(path).to_pylist()
        return [row_class.model_validate(_converted(row_class, row, _read)) for row in found]


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
    if get_origin(annotation) is dict:
        value = _arrow_type(get_args(annotation)[1], plain=plain)
        return pa.list_(pa.struct([("name", pa.string()), ("value", value)]))
    if get_origin(annotation) is Literal:
        return SIMPLE[type(get_args(annotation)[0])]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pa.struct(
            [
                (name, _arrow_type(field.annotation, plain=True))
                for name, field in annotation.model_fields.items()
            ]
        )
    return pa.string() if annotation is JsonValue else SIMPLE[annotation]


_Convert = Callable[[Any, Any], Any]
"""From an annotation and a value to the value on the other side."""


def _converted(model: type[BaseModel], row: Mapping[str, Any], convert: _Convert) -> dict[str, Any]:
    fields = model.model_fields
    return {name: convert(fields[name].annotation, value) for name, value in row.items()}


def _stored(annotation: Any, value: Any) -> Any:  # noqa: ANN401 - any value of a row
    if annotation is JsonValue:
        return json.dumps(value, ensure_ascii=False)
    if get_origin(annotation) is dict:
        return [{"name": name, "value": inner} for name, inner in value.items()]
    return _inside(annotation, value, _stored)


def _read(annotation: Any, value: Any) -> Any:  # noqa: ANN401 - any value of a row
    if annotation is JsonValue:
        return json.loads(value)
    if get_origin(annotation) is dict:
        return {one["name"]: one["value"] for one in value}
    return _inside(annotation, value, _read)


def _inside(annotation: Any, value: Any, convert: _Convert) -> Any:  # noqa: ANN401 - any value of a row
    """A value whose own kind is plain, with what it holds converted."""
    if get_origin(annotation) is tuple and isinstance(get_args(annotation)[0], type):
        return [convert(get_args(annotation)[0], one) for one in value]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _converted(annotation, value, convert)
    return value


export_format = Parquet()
