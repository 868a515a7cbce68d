"""The files that a source names, in a folder or in object storage, and their bytes, unpacked."""

import glob
import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePath
from typing import Any, cast

from schemas.base import content_id
from schemas.errors import HeadraceError, SourceError
from schemas.project import SourceConfig

_PACKED = (".bz2", ".xz", ".zip", ".7z", ".tar", ".tgz", ".lz4", ".br")
_UNPACKED = (".gz", ".zst")
READER_OF = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".parquet": "parquet"}
"""Which reader files are for, by the `kind_of` their names."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BROKEN_GZIP = (EOFError, gzip.BadGzipFile, zlib.error)
_STAMPS = ("ETag", "etag", "md5Hash", "mtime", "LastModified", "last_modified", "updated", "created")
"""What file systems call the thing that changes with an object, the best first."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a source."""

    path: str
    """Where it lies: an absolute path, or a URL."""
    name: str
    """What it is called in `source.dataset`."""
    size: int = 0
    stamp: str = ""
    """Another one once its content is another one."""

    @property
    def is_packed(self) -> bool:
        """Whether its bytes must be unpacked from the first one on."""
        return self.path.lower().endswith(_UNPACKED)


def kind_of(name: str) -> str:
    """What a file's name says that it holds: its suffix in lower case, without what it is packed by; empty for none."""
    suffixes = [one.lower() for one in PurePath(name).suffixes if one.lower() not in _UNPACKED]
    return suffixes[-1] if suffixes else ""


def files(path: object, folder: Path, *, reader: str) -> list[File]:
    """The files a path names: relative to the project's folder, `~` and `*` expanded, sorted; never none.

    A URL may name an object, a pattern, or with a `/` at its end all that lies below. Raises SourceError, in one
    line with the next step, for a missing file, a folder, a path that matches nothing.
    """
    if not isinstance(path, str) or not path:
        given_instead = "none is given" if path is None else f"is {path!r:.60}"
        raise SourceError(f"{reader}: a path was expected, {given_instead}; name a file in the source")
    with readable(path):
        found = _objects(path) if is_url(path) else _local(path, folder)
    if not found:
        start = "" if is_url(path) else f", which starts from {folder}"
        raise SourceError(f"{path}: a file was expected, there is none; check `path`{start}")
    shared = _shared([one for one, _, _ in found])
    return [File(one, one[shared:], size, stamp) for one, size, stamp in found]


def _shared(paths: list[str]) -> int:
    """How long the folder is that all these files are in."""
    first, last = min(paths).split("/")[:-1], max(paths).split("/")[:-1]
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return sum(len(part) + 1 for part, _ in same)


def is_url(path: str) -> bool:
    """Whether a path is a URL, such as `s3://bucket/problems.jsonl`."""
    return "://" in path


def files_fingerprint(source: SourceConfig, folder: Path, found: list[File]) -> str:
    """Equal while a source's description and its files' names, sizes and times of change are."""
    return content_id(
        {
            "source": source.model_dump(mode="json"),
            "files": [[where(one, folder), one.size, one.stamp] for one in found],
        }
    )


def where(file: File, folder: Path) -> str:
    """Where a file lies as seen from the project's folder, so that both may move together."""
    return file.path if is_url(file.path) else os.path.relpath(file.path, folder)


def _local(path: str, folder: Path) -> list[tuple[str, int, str]]:
    given = folder / os.path.expanduser(path)  # noqa: PTH111 - Path raises where it knows no such user
    if given.is_dir():
        raise _is_folder(path, "*")
    found = [one for one in ([given] if given.exists() else _matching(path, folder)) if one.is_file()]
    stats = [(one, one.stat()) for one in found]
    return [(str(one), stat.st_size, str(stat.st_mtime_ns)) for one, stat in stats]


def _matching(path: str, folder: Path) -> list[Path]:
    pattern = Path(glob.escape(str(folder))) / os.path.expanduser(path)  # noqa: PTH111 - as above
    names = glob.glob(str(pattern), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    return [Path(name) for name in sorted(names)]


def _objects(url: str) -> list[tuple[str, int, str]]:
    """The objects that a URL names; those that stand for folders and hold nothing are none."""
    system, path = system_of(url)
    system.invalidate_cache()  # what came since the last look is what we are after
    if url.endswith("/"):
        listed = system.find(path, detail=True)
    elif glob.has_magic(path):
        listed = system.glob(path, detail=True)
    elif system.isdir(path):
        raise _is_folder(url, "")
    else:
        listed = {path: system.info(path)} if system.exists(path) else {}
    found = ((name, info) for name, info in listed.items() if info.get("type") == "file")
    return sorted(
        (str(system.unstrip_protocol(name)), int(info.get("size") or 0), _stamp(info))
        for name, info in found
        if not name.endswith("/")
    )


def _stamp(info: dict[str, Any]) -> str:
    return next((str(info[key]) for key in _STAMPS if info.get(key)), "")


def system_of(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path there; SourceError where no package for it is installed."""
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        kind = url.split("://", maxsplit=1)[0]
        package = "'headrace[s3]'" if kind in ("s3", "s3a") else "it"
        raise SourceError(
            f"{url}: what reads {kind}:// was expected, is not installed ({error}); pip install {package}"
        ) from None
    except ValueError as error:
        raise SourceError(
            f"{url}: a URL such as s3://bucket/*.jsonl was expected ({error}); mend it"
        ) from None
    return system, path


def _is_folder(path: str, more: str) -> SourceError:
    return SourceError(
        f"{path}: a file was expected, is a folder; name its files, such as {path.rstrip('/')}/{more}"
    )


@contextmanager
def readable(path: str | Path) -> Iterator[None]:
    """Turns what goes wrong while a file is read into a SourceError of one line."""
    try:
        yield
    except HeadraceError:
        raise
    except _BROKEN_GZIP as error:
        raise SourceError(f"{path}: should be a whole gzip file, is not ({error}); fetch it again") from None
    except OSError as error:
        if str(path).lower().endswith(".zst") and error.errno is None:
            raise SourceError(
                f"{path}: should be a whole zstd file, is not ({error}); fetch it again"
            ) from None
        raise SourceError(f"{path}: cannot be read ({error.strerror or error}); check its rights") from None
    except Exception as error:
        if not is_url(str(path)):
            raise
        # what reads object storage raises what its own transport raises
        said = " ".join(str(error).split())[:300]
        raise SourceError(
            f"{path}: cannot be read ({type(error).__name__}: {said}); check the address, the rights and the network"
        ) from None


@contextmanager
def open_raw(path: str | Path) -> Iterator[io.BufferedReader]:
    """A file's bytes as they lie there."""
    if is_url(str(path)):
        system, name = system_of(str(path))
        with system.open(name, "rb") as stream, io.BufferedReader(stream, 2**20) as buffered:
            yield buffered
    else:
        with Path(path).open("rb") as stream:
            yield stream


@contextmanager
def open_bytes(path: str | Path) -> Iterator[io.BufferedReader]:
    """A file of UTF-8 text as bytes, unpacked where its name says so; a byte order mark is passed over."""
    suffix = Path(path).suffix.lower()
    if suffix in _PACKED:
        raise SourceError(f"{path}: plain text, .gz or .zst was expected, is {suffix}; unpack it first")
    with open_raw(path) as raw, _unpacked(raw, suffix) as stream:
        start = stream.peek(3)[:3]
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SourceError(f"{path}: should be UTF-8, is UTF-16; save it as UTF-8")
        if start == BYTE_ORDER_MARK:
            stream.read(3)
        yield stream


@contextmanager
def _unpacked(raw: io.BufferedReader, suffix: str) -> Iterator[io.BufferedReader]:
    if suffix == ".gz":
        with gzip.open(raw) as stream:
            yield cast("io.BufferedReader", stream)  # it can all that one can
    elif suffix == ".zst":
        import pyarrow as pa

        with pa.CompressedInputStream(pa.PythonFile(raw, "r"), "zstd") as stream:
            yield io.BufferedReader(stream, 2**20)
    else:
        yield raw
