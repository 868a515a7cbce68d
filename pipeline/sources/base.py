"""The one abstraction of this package: something that gives rows, and the kind that reads them from files."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeAlias

from pipeline.sources.files import File, files, files_fingerprint, readable
from schemas.project import SourceConfig

MAX_BYTES = 64 * 2**20
"""What one row may hold: a longer one is rejected, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as its source gave it."""

    row: int
    """The line on which it begins, counted from 1, for texts; its index from 0 otherwise."""
    values: Mapping[str, Any]
    dataset: str | None = None
    """The file's name, or the data set's; never where it lies on this machine."""
    revision: str | None = None
    typed: bool = True
    """False where every value is text (CSV), so that lists and objects come as JSON."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that makes no record, and why in one line."""

    row: int
    reason: str
    dataset: str | None = None


class Line(NamedTuple):
    """A row of JSON that nobody has parsed yet; there are many, and this is the quickest kind of value."""

    row: int
    text: bytes
    dataset: str | None = None


AnyRow: TypeAlias = SourceRow | BadRow
RawRow: TypeAlias = AnyRow | Line


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a file that can be read alone: all of it, unless the reader knows how to cut."""

    file: File
    start: int = 0
    """In the reader's own measure: bytes of a text, row groups of Parquet."""
    end: int | None = None
    rows: int = 0
    """How many rows (lines of a text) the file has before it."""


class Reader(ABC):
    """A way to read rows. Rows stream: none holds a whole file."""

    name: ClassVar[str]

    @abstractmethod
    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        """The rows in their order, the same ones each time; SourceError where nothing can be read (any more)."""

    @abstractmethod
    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        """Equal while the input and its description are unchanged; None where only reading can tell."""

    def rows_after(self, source: SourceConfig, folder: Path, count: int) -> Iterator[AnyRow]:
        """The rows without the first ones; a reader that can pass them over more cheaply says how."""
        rows = self.rows(source, folder)
        for _ in range(count):
            next(rows, None)
        return rows


class FileReader(Reader):
    """A reader of files, one after the other; each can be read alone, or even a piece of it."""

    def files(self, source: SourceConfig, folder: Path) -> list[File]:
        """The files that a source names, in their order."""
        return files(source.path, folder, reader=self.name)

    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        for file in self.files(source, folder):
            with readable(file.path):
                yield from self.rows_of(file, source)

    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        return files_fingerprint(source, folder, self.files(source, folder))

    @abstractmethod
    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:
        """The rows of one file."""

    def cut(self, file: File, size: int) -> list[Span]:  # noqa: ARG002 - for those that can
        """A file in pieces of about so many bytes, whose `rows` may be known only by `count`."""
        return [Span(file)]

    def count(self, span: Span) -> int | None:  # noqa: ARG002 - for those that can
        """How many rows a piece has, for the numbers of the rows behind it; None where `cut` knows them."""
        return None

    def raw(self, span: Span, source: SourceConfig) -> Iterator[RawRow]:
        """The rows of a piece, parsed or not yet."""
        with readable(span.file.path):
            yield from self.rows_of(span.file, source)
