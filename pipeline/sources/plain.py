"""Values of any library as plain JSON, or why they are none."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from schemas.base import Json, canonical_json

MAX_DEPTH = 100
"""Deeper nesting is refused, for what reads it later recurses too."""


class NotPlain(ValueError):  # noqa: N818 - a reason, not a fault
    """A value that JSON cannot hold: `{where}: {expected}, {found}`."""


def plain(value: Any, where: str, depth: int = 0) -> Json:  # noqa: ANN401 - what a library gave
    """A value as JSON: NaN is null, dates are ISO 8601, keys are text; raises NotPlain where it cannot be."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, float):
        return _number(value, where)
    if depth >= MAX_DEPTH:
        raise NotPlain(f"{where}: should be nested at most {MAX_DEPTH} deep, is deeper")
    if isinstance(value, Mapping):
        return _object(value, where, depth)
    if isinstance(value, list | tuple):
        return [plain(one, where, depth + 1) for one in value]
    return _other(value, where, depth)


def _text(value: str, where: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotPlain(
            f"{where}: should be Unicode text, has a lone surrogate at character {error.start + 1}"
        ) from None
    return value


def _number(value: float, where: str) -> float | None:
    if math.isinf(value):
        raise NotPlain(f"{where}: should be a finite number, is {value}")
    return None if math.isnan(value) else float(value)


def _object(value: Mapping[Any, Any], where: str, depth: int) -> dict[str, Json]:
    made = {_key(key, where): plain(inner, where, depth + 1) for key, inner in value.items()}
    if len(made) != len(value):
        raise NotPlain(f"{where}: should have keys that differ as text, has {list(value)!r:.60}")
    return made


def _key(key: Any, where: str) -> str:  # noqa: ANN401 - JSON writes other keys as text, and so do we
    if isinstance(key, str):
        return _text(key, where)
    if key is None or isinstance(key, bool | int | float):
        return canonical_json(plain(key, where))
    if isinstance(key, tuple):
        return canonical_json(plain(key, where))
    raise NotPlain(f"{where}: should have text as keys, has {type(key).__name__}")


def _other(value: Any, where: str, depth: int) -> Json:  # noqa: ANN401 - what a library gave
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal | Fraction | UUID):
        return str(value)
    if isinstance(value, bytes):
        return _decoded(value, where)
    if isinstance(value, set | frozenset):
        return sorted((plain(one, where, depth + 1) for one in value), key=canonical_json)
    for method in ("as_py", "tolist"):  # scalars and arrays of pyarrow and numpy
        if (convert := getattr(value, method, None)) is not None:
            return plain(convert(), where, depth + 1)
    raise NotPlain(f"{where}: should be JSON, is {type(value).__name__}")


def _decoded(value: bytes, where: str) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NotPlain(f"{where}: should be text, is {len(value)} bytes that are not UTF-8") from None
