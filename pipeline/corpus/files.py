"""Files in a folder or in object storage, read as they are and written whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from pipeline.sources.files import system_of
from schemas.errors import EngineError, HeadraceError, SourceError


@dataclass(frozen=True, slots=True)
class Files:
    """The files below a folder, or below a URL that fsspec knows; named by their path from there, with `/`."""

    place: str

    def path(self, name: str) -> str:
        """Where a file lies: a path or a URL."""
        return f"{self.place.rstrip('/')}/{name}" if name else self.place

    def names(self, below: str = "") -> list[str]:
        """The files below a folder, sorted; none where there is no such folder."""
        system, root = self._system("")
        with _told(self.path(below)):
            system.invalidate_cache()  # others write there too
            folder = f"{root}/{below}".rstrip("/")
            found = system.find(folder) if system.exists(folder) else []
        names = (os.path.relpath(path, root).replace(os.sep, "/") for path in found)
        return sorted(name for name in names if not name.endswith(".part"))

    def exists(self, name: str) -> bool:
        """Whether a file is there."""
        system, path = self._system(name)
        with _told(self.path(name)):
            return bool(system.isfile(path))

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """A file's bytes, in any order."""
        system, path = self._system(name)
        with _told(self.path(name)), system.open(path, "rb") as stream:
            yield stream

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """A file that is there once all of it is: nobody ever sees a part of it."""
        system, path = self._system(name)
        with _told(self.path(name)):
            if not _is_local(system):  # an object is there only once its upload has ended
                with system.open(path, "wb") as stream:
                    yield stream
                return
            part = Path(f"{path}.{uuid.uuid4().hex[:8]}.part")
            part.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("wb") as stream:
                    yield stream
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def get(self, name: str) -> bytes:
        """All of a small file."""
        with self.reading(name) as stream:
            return stream.read()

    def put(self, name: str, content: bytes) -> None:
        """Write a small file."""
        with self.writing(name) as stream:
            stream.write(content)

    def move(self, name: str, to: str) -> None:
        """Give a file another name, whatever was called so before."""
        system, path = self._system(name)
        _, target = self._system(to)
        with _told(self.path(name)):
            if _is_local(system):
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                Path(path).replace(target)
            else:
                system.mv(path, target)

    def remove(self, *names: str) -> None:
        """Remove files, where they are there."""
        for name in names:
            system, path = self._system(name)
            with _told(self.path(name)):
                if system.exists(path):
                    system.rm_file(path)

    def clear(self, below: str) -> None:
        """Remove all that lies below a folder, also what was never finished."""
        system, path = self._system(below)
        with _told(self.path(below)):
            if system.exists(path):
                system.rm(path, recursive=True)

    def _system(self, name: str) -> tuple[Any, str]:
        """The file system that a file lies on, and what it is called there."""
        return _system_of(self.path(name))


def _system_of(path: str) -> tuple[Any, str]:
    """As sources find it; EngineError where that cannot be."""
    try:
        return system_of(path)
    except SourceError as error:
        raise EngineError(str(error)) from None


def _is_local(system: Any) -> bool:  # noqa: ANN401 - fsspec is not typed
    return "file" in ((system.protocol,) if isinstance(system.protocol, str) else system.protocol)


@contextmanager
def _told(path: str) -> Iterator[None]:
    """What goes wrong with a file, in one line."""
    try:
        yield
    except HeadraceError:
        raise
    except FileNotFoundError:
        raise EngineError(f"{path}: a file was expected, there is none; run headrace ingest") from None
    except OSError as error:
        said = error.strerror or str(error) or type(error).__name__
        raise EngineError(
            f"{path}: should be read and written, was not ({said}); check room and rights"
        ) from None
    except Exception as error:
        if "://" not in path or isinstance(error, pa.ArrowException):
            raise
        # what reads object storage raises what its own transport raises
        said = " ".join(str(error).split())[:300]
        raise EngineError(
            f"{path}: should be read and written, was not ({type(error).__name__}: {said}); "
            "check the address, the rights and the network"
        ) from None
