"""What every record, item and label has in common: frozen, closed, and known by its content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """The one way a JSON value is written: sorted keys, no spaces, no escapes beyond JSON's own."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_id(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """A 128-bit id of a JSON value's content, as 32 hexadecimal digits (blake2b of its canonical JSON).

    Lone surrogates are hashed as they stand, so that text nobody can encode still has an identity.
    """
    return hashlib.blake2b(canonical_json(value).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def set_fields(model: BaseModel) -> dict[str, Any]:
    """A model's fields that are set, as JSON; None and empty tuples are not, so that a new field moves no id.

    What stands inside a field of free JSON is content as it stands: an empty list there is not the same as nothing.
    """
    found = {name: _plain(getattr(model, name)) for name in type(model).model_fields}
    return {name: value for name, value in found.items() if value is not _UNSET}


_UNSET: Any = object()


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field's value
    if value is None or value == ():
        return _UNSET
    if isinstance(value, BaseModel):
        return set_fields(value) or _UNSET
    if isinstance(value, tuple):
        return [set_fields(one) if isinstance(one, BaseModel) else one for one in value]
    return value


class Frozen(BaseModel):
    """A value: cannot be changed, refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def replace(self, **changes: object) -> Self:
        """A copy with some fields changed, validated anew."""
        return self.model_validate({**self.model_dump(), **changes})


class Item(Frozen):
    """What an annotator is shown at once: one task's content. Made twice, it is the same one."""

    @cached_property
    def id(self) -> str:
        """128 bits of the fields that are set, so that a field added later moves no id."""
        return content_id({"item": type(self).__name__, **set_fields(self)})


class Label(Frozen):
    """What one annotator said of one item, typed."""


LabelT = TypeVar("LabelT", bound=Label, covariant=True)


class Vote(Frozen, Generic[LabelT]):
    """A label with the weight its annotator has earned (1.0 until gold tasks say otherwise)."""

    annotator: str
    label: LabelT
    weight: float = 1.0
