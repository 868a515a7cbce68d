"""The columns of a release's files: those of a row class, and what stands beside every row."""

import types
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel, JsonValue

from schemas import rows as row_module
from schemas.rows import Row, Turns

SOURCE = pa.struct(
    [
        (name, pa.string())
        for name in ("record_id", "dataset", "config", "split", "revision", "row", "license")
    ]
)
BEFORE = (pa.field("row_id", pa.string()),)
BESIDE = (
    pa.field("simulated", pa.bool_()),
    pa.field("decided_by", pa.string()),  # people, adjudicator, machine
    pa.field("votes", pa.int32()),
    pa.field("agreement", pa.float64()),
    pa.field("posterior", pa.float64()),
    pa.field("method", pa.string()),
    pa.field("guideline_version", pa.string()),
    pa.field("task_id", pa.string()),
    pa.field("task_type", pa.string()),
    pa.field("cell", pa.string()),
    pa.field("attempt", pa.int32()),
    pa.field("votes_id", pa.string()),
    pa.field("prompt_id", pa.string()),
    pa.field("sources", pa.list_(SOURCE)),
    pa.field("row_hash", pa.string()),
)
"""What stands beside each row, in every file set."""
VOTES = pa.schema(
    [
        ("task_id", pa.string()),
        ("annotation_id", pa.string()),
        ("revision_id", pa.string()),
        ("annotator", pa.string()),
        ("role", pa.string()),  # vote, decision
        ("counted", pa.bool_()),
        ("label", pa.string()),
        ("reason", pa.string()),
        ("guideline_version", pa.string()),
        ("created_at", pa.timestamp("us", "UTC")),
        ("lead_seconds", pa.float64()),
        ("simulated", pa.bool_()),
    ]
)
"""votes.parquet: every vote and decision behind the rows."""

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))
_SIMPLE = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_AROUND = frozenset(field.name for field in (*BEFORE, *BESIDE))


def row_class(name: str) -> type[Row]:
    """A row class by its name; KeyError where there is none."""
    found = getattr(row_module, name, None)
    if not (isinstance(found, type) and issubclass(found, Row)):
        raise KeyError(name)
    return found


def schema(of: type[Row], *, conversational: bool) -> pa.Schema:
    """The columns of a data file whose rows are of this class, in order."""
    return pa.schema([*BEFORE, *own(of, conversational=conversational), *BESIDE])


def own(of: type[Row], *, conversational: bool) -> Iterator[pa.Field]:
    """The columns of the class's own fields: without those that stand beside every row."""
    for name in own_names(of):
        field = of.model_fields[name]
        yield pa.field(name, _arrow_type(field.annotation, talking=conversational))


@cache
def own_names(of: type[Row]) -> tuple[str, ...]:
    """The class's own fields, in order; `task_type` of a PassedRow stands beside the row anyway."""
    return tuple(name for name in of.model_fields if name != "id" and name not in _AROUND)


@cache
def turns_of(of: type[Row]) -> tuple[str, ...]:
    """The fields that are a text in one set of rows, and a conversation in another."""
    return tuple(name for name in own_names(of) if of.model_fields[name].annotation == Turns)


def _arrow_type(annotation: Any, *, talking: bool) -> pa.DataType:  # noqa: ANN401 - a type expression
    if annotation == Turns and talking:
        return MESSAGES
    if annotation in (Turns, JsonValue):
        return pa.string()
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
        return _arrow_type(annotation, talking=talking)
    if get_origin(annotation) in (tuple, dict):
        value = _arrow_type(get_args(annotation)[get_origin(annotation) is dict], talking=talking)
        named = pa.struct([("name", pa.string()), ("value", value)])
        return pa.list_(named if get_origin(annotation) is dict else value)
    if get_origin(annotation) is Literal:
        annotation = type(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        inner = annotation.model_fields.items()
        return pa.struct([(name, _arrow_type(field.annotation, talking=talking)) for name, field in inner])
    return _SIMPLE[annotation]
