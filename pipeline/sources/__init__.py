"""Where records come from. A module in this folder that holds a `reader` is one; nothing else registers it."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from pkgutil import iter_modules

from pipeline.sources.base import BadRow, Reader
from pipeline.sources.mapping import ColumnMapping
from schemas.errors import ProjectError
from schemas.nearest import nearest
from schemas.project import SourceConfig
from schemas.records import Record

_SHARED = ("base", "candidates", "files", "mapping", "plain")
_HEAD = 100
"""Rows looked at to see whether the columns that a source names are there."""


def names() -> tuple[str, ...]:
    """The names of the readers, without importing them."""
    modules = (name for _, name, _ in iter_modules(__path__))
    return tuple(sorted(name.rstrip("_") for name in modules if name not in _SHARED and name[0] != "_"))


@cache
def readers() -> dict[str, Reader]:
    """Every reader by its name; raises TypeError naming the file at fault."""
    return {name: _load(name) for name in names()}


def reader_of(source: SourceConfig) -> Reader:
    """The reader that a source asks for; raises ProjectError naming the nearest one that exists."""
    if source.reader not in names():
        hint = nearest(source.reader, names())
        raise ProjectError(f"sources: no reader is called {source.reader!r}; {hint}")
    return readers()[source.reader]


def records(source: SourceConfig, folder: Path) -> Iterator[Record | BadRow]:
    """What a source gives, row by row and never all at once: records, and the rows that make none with why.

    `limit` counts rows, good or bad. Raises SourceError where the input cannot be read at all, ProjectError
    where the source is not described rightly.
    """
    mapping = ColumnMapping(source)
    rows = islice(reader_of(source).rows(source, folder), source.limit)
    head = list(islice(rows, _HEAD))
    mapping.check(head)
    for row in chain(head, rows):
        yield row if isinstance(row, BadRow) else mapping.record(row)


def fingerprint(source: SourceConfig, folder: Path) -> str | None:
    """Equal while a source and what it reads are unchanged; None where only reading can tell."""
    return reader_of(source).fingerprint(source, folder)


def _load(name: str) -> Reader:
    module = f"{name}_" if name == "csv" else name  # a module called csv would hide Python's own
    reader = getattr(import_module(f"{__name__}.{module}"), "reader", None)
    if not isinstance(reader, Reader):
        raise TypeError(
            f"pipeline/sources/{module}.py should hold `reader`, an instance of Reader; it does not"
        )
    if reader.name != name:
        raise TypeError(
            f"pipeline/sources/{module}.py calls its reader {reader.name!r}; name it after the file"
        )
    return reader
