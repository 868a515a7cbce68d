"""The ways to write a release down. A module in this folder that holds an `export_format` is one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from exports.base import ExportFormat

_OTHERS = {"account", "base", "features", "golds", "writing"}


def names() -> tuple[str, ...]:
    """The names of the formats, without importing them."""
    return tuple(
        sorted(name for _, name, _ in iter_modules(__path__) if name not in _OTHERS and name[0] != "_")
    )


@cache
def export_formats() -> dict[str, ExportFormat[Any]]:
    """Every format by its name; raises TypeError naming the file at fault."""
    return {name: _load(name) for name in names()}


def _load(name: str) -> ExportFormat[Any]:
    export_format = getattr(import_module(f"exports.{name}"), "export_format", None)
    if not isinstance(export_format, ExportFormat):
        raise TypeError(
            f"exports/{name}.py should hold `export_format`, an instance of ExportFormat; it does not"
        )
    if export_format.name != name:
        raise TypeError(f"exports/{name}.py calls its format {export_format.name!r}; name it after the file")
    return export_format
