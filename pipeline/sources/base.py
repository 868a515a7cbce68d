"""The one abstraction of this package: something that gives rows, and the files that most of them read."""

import glob
import gzip
import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, TypeAlias, cast

from schemas.base import content_id
from schemas.errors import SourceError
from schemas.project import SourceConfig

MAX_BYTES = 64 * 2**20
"""What one row may hold: a longer one is rejected, so that memory stays bounded."""

_PACKED = (".zst", ".bz2", ".xz", ".zip", ".7z", ".tar", ".tgz", ".lz4", ".br")
_BROKEN_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)


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


AnyRow: TypeAlias = SourceRow | BadRow


class Reader(ABC):
    """A way to read rows. Rows stream: none holds a whole file."""

    name: ClassVar[str]

    @abstractmethod
    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        """The rows in their order, the same ones each time; SourceError where nothing can be read (any more)."""

    @abstractmethod
    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        """Equal while the input and its description are unchanged; None where only reading can tell."""


@dataclass(frozen=True)
class File:
    """One file of a source."""

    path: Path
    name: str
    """What it is called in `source.dataset`."""


def files(path: object, folder: Path, *, reader: str) -> list[File]:
    """The files a path names: relative to the project's folder, `~` and `*` expanded, sorted; never none.

    Raises SourceError, in one line with the next step, for a missing file, a folder, a path that matches nothing.
    """
    if not isinstance(path, str) or not path:
        given_instead = "none is given" if path is None else f"is {path!r:.60}"
        raise SourceError(f"{reader}: a path was expected, {given_instead}; name a file in the source")
    with readable(Path(path)):
        given = folder / os.path.expanduser(path)  # noqa: PTH111 - Path raises where it knows no such user
        if given.is_dir():
            step = f"name its files, such as {path.rstrip('/')}/*"
            raise SourceError(f"{path}: a file was expected, is a folder; {step}")
        found = [one for one in ([given] if given.exists() else _matching(path, folder)) if one.is_file()]
    if not found:
        raise SourceError(
            f"{path}: a file was expected, there is none; check `path`, which starts from {folder}"
        )
    base = os.path.commonpath([one.parent for one in found])
    return [File(one, one.relative_to(base).as_posix()) for one in found]


def _matching(path: str, folder: Path) -> list[Path]:
    pattern = Path(glob.escape(str(folder))) / os.path.expanduser(path)  # noqa: PTH111 - as above
    names = glob.glob(str(pattern), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [Path(name) for name in sorted(names)]


def files_fingerprint(source: SourceConfig, folder: Path, found: list[File]) -> str:
    """Equal while a source's description and its files' names, sizes and times of change are."""
    stats = []
    for one in found:
        with readable(one.path):
            stats.append((os.path.relpath(one.path, folder), one.path.stat()))
    return content_id(
        {
            "source": source.model_dump(mode="json"),
            "files": [[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats],
        }
    )


class FileReader(Reader):
    """A reader of local files, one after the other."""

    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        for file in files(source.path, folder, reader=self.name):
            with readable(file.path):
                yield from self.rows_of(file, source)

    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        return files_fingerprint(source, folder, files(source.path, folder, reader=self.name))

    @abstractmethod
    def rows_of(self, file: File, source: SourceConfig) -> Iterator[AnyRow]:
        """The rows of one file."""


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what goes wrong while a file is read into a SourceError of one line."""
    try:
        yield
    except _BROKEN_GZIP as error:
        raise SourceError(f"{path}: should be a whole gzip file, is not ({error}); fetch it again") from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); check its rights") from None


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """A file of UTF-8 text as bytes, unpacked where its name ends in .gz; a byte order mark is passed over."""
    suffix = path.suffix.lower()
    if suffix in _PACKED:
        raise SourceError(f"{path}: plain text or .gz was expected, is {suffix}; unpack it first")
    with cast("IO[bytes]", gzip.open(path) if suffix == ".gz" else path.open("rb")) as stream:
        start = stream.read(3)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SourceError(f"{path}: should be UTF-8, is UTF-16; save it as UTF-8")
        if start != b"\xef\xbb\xbf":
            stream.seek(0)
        yield stream
