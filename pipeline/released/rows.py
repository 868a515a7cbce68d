"""A row as a release keeps it: its identity, the hash of what it says, and its fields as its columns hold them."""

import json
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue

from pipeline.released.columns import turns_of
from pipeline.released.sets import set_of
from schemas.base import canonical_json, content_id, set_fields
from schemas.releases import RowFact
from schemas.rows import Row
from tasks import AnyTaskType

BESIDE = {"id", "simulated"}
"""Fields of a row that stand beside it in a release."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the rows of one settled label, or of a whole."""

    made_id: str
    recipe: str
    task_id: str
    task_type: str
    version: int
    cell: str
    attempt: int
    simulated: bool
    decided_by: Literal["people", "adjudicator", "machine"]
    votes: int
    agreement: float | None
    posterior: float | None
    method: str
    guideline: str | None
    votes_id: str


def facts(beside: Beside, task_type: AnyTaskType, rows: Iterable[Row]) -> Iterator[RowFact]:
    """The rows of one settled label, or of a whole, with their ids: counted in each file set apart."""
    counts: Counter[str] = Counter()
    for row in rows:
        name = set_of(task_type, type(row))
        mine = [beside.task_id, counts[name]]
        counts[name] += 1
        row_id = content_id(mine if name == task_type.name else [*mine, name])
        talking = talks(row)
        said = row.conversational() if talking else row
        said = said.replace(simulated=True) if beside.simulated else said
        text = payload(said)
        yield RowFact(
            row_id=row_id,
            row_hash=row_hash(said),
            file_set=name,
            talks=talking,
            payload=text,
            payload_bytes=len(text.encode()),
            **vars(beside),
        )


def row_hash(row: Row) -> str:
    """128 bits of what a row says, whatever its id.

    Fields that are not set are left out, so that a field added later moves no hash.
    """
    said = {name: value for name, value in set_fields(row).items() if name != "id"}
    return content_id({"row": type(row).__name__, **said})


def talks(row: Row) -> bool:
    """Whether it holds conversations: then all rows beside it have to."""
    return any(not isinstance(getattr(row, name), str) for name in turns_of(type(row)))


def payload(row: Row) -> str:
    """Its own fields as JSON: scores by name as lists of {name, value}, free JSON as text of JSON."""
    of = type(row)
    if not _is_stored_otherwise(of):
        return row.model_dump_json(exclude=BESIDE)
    said = row.model_dump(exclude=BESIDE)
    return json.dumps(_stored_fields(of, said), ensure_ascii=False, separators=(",", ":"))


def read(of: type[Row], payload: str, *, simulated: bool = False) -> Row:
    """The row that a payload says."""
    said: dict[str, Any] = json.loads(payload)
    if _is_stored_otherwise(of):
        said = {name: _read(of.model_fields[name].annotation, value) for name, value in said.items()}
    return of.model_validate({**said, "simulated": simulated})


_Convert: TypeAlias = Callable[[Any, Any], Any]
"""From an annotation and a value to the value on the other side."""


@cache
def _is_stored_otherwise(of: type[BaseModel]) -> bool:
    return any(_has_other(field.annotation) for field in of.model_fields.values())


def _has_other(annotation: Any) -> bool:  # noqa: ANN401 - a type expression
    if annotation is JsonValue or get_origin(annotation) is dict:
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _is_stored_otherwise(annotation)
    return any(_has_other(part) for part in get_args(annotation))


def _stored_fields(model: type[BaseModel], said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _stored(model.model_fields[name].annotation, value) for name, value in said.items()}


def _stored(annotation: Any, value: Any) -> Any:  # noqa: ANN401 - any value of a row
    if annotation is JsonValue:
        return canonical_json(value)
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
    if value is None:
        return None
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return convert(parts[0], value) if len(parts) == 1 else value
    if get_origin(annotation) is tuple and isinstance(value, tuple | list):
        return [convert(get_args(annotation)[0], one) for one in value]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields
        return {name: convert(fields[name].annotation, inner) for name, inner in value.items()}
    return value
