"""Every text of a record, wherever it stands, and the record with each of them changed.

All are looked at, shown to people or not: what is released, or kept beside it, is to hold nobody's data either.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schemas.records import Record

_NAMES = frozenset({"domain", "language", "programming_language", "license", "source"})
_NAMES_WITHIN = {
    "prompt": frozenset({"role"}),
    "candidates": frozenset({"id", "model"}),
    "issue": frozenset({"base_commit"}),
}
"""What is no text but names something, such as a model."""
_NONE: frozenset[str] = frozenset()


def leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a record's fields, each after where it stands, such as `candidates.0.text`."""
    for name, value in fields.items():
        if name not in _NAMES:
            yield from _leaves(name, value, _NAMES_WITHIN.get(name, _NONE))


def rewritten(fields: Mapping[str, Any], change: Callable[[str], str]) -> Record:
    """The record with each text changed: another record, with another id."""
    return Record.model_validate(
        {
            name: value if name in _NAMES else _changed(value, _NAMES_WITHIN.get(name, _NONE), change)
            for name, value in fields.items()
        }
    )


def _leaves(where: str, value: Any, names: frozenset[str]) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in names:
                yield from _leaves(f"{where}.{key}", inner, names)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(f"{where}.{place}", inner, names)


def _changed(value: Any, names: frozenset[str], change: Callable[[str], str]) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: one if key in names else _changed(one, names, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_changed(one, names, change) for one in value]
    return value
