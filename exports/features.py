"""Columns as `datasets` writes their features into a card: without them it guesses types anew from each text file."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from exports._json import CASE, PAIR
from exports.base import Suffix

Feature = dict[str, Any]
_JSON: Feature = {"dtype": "json"}
_NAMES = {"double": "float64", "float": "float32"}


def features(columns: Iterable[pa.Field], suffix: Suffix) -> list[Feature]:
    """The features of a file of this kind that holds these columns."""
    if suffix == ".csv":
        return [{"name": one.name, **_flat(one.type)} for one in columns]
    return _named(columns, suffix)


def _named(columns: Iterable[pa.Field], suffix: Suffix) -> list[Feature]:
    return [{"name": one.name, **_feature(one.type, suffix)} for one in columns]


def _feature(kind: pa.DataType, suffix: Suffix) -> Feature:
    if pa.types.is_struct(kind):
        return {"struct": _of_struct(kind, suffix)}
    if not pa.types.is_list(kind):
        return _plain(kind)
    inner = kind.value_type
    if not pa.types.is_struct(inner):
        feature = _feature(inner, suffix)
        return {"list": feature.get("dtype", feature)}
    if suffix == ".jsonl" and _names(inner) == PAIR:
        return _JSON
    return {"list": _of_struct(inner, suffix)}


def _of_struct(kind: pa.DataType, suffix: Suffix) -> list[Feature]:
    if suffix == ".jsonl" and _names(kind) == CASE:
        return [{"name": name, **_JSON} for name in CASE]
    return _named(kind, suffix)


def _flat(kind: pa.DataType) -> Feature:
    return {"dtype": "string"} if pa.types.is_nested(kind) else _plain(kind)


def _plain(kind: pa.DataType) -> Feature:
    return {"dtype": _NAMES.get(str(kind), str(kind))}


def _names(kind: pa.DataType) -> tuple[str, ...]:
    return tuple(one.name for one in kind)
