"""Where releases lie: a folder, an address such as `s3://…` or `hf://…`, or a version in a project."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.sources.files import is_url, readable, system_of
from schemas.errors import SourceError, UsageError

_VERSION = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")
_ON_THE_HUB = re.compile(
    r"hf://(?:datasets/)?(?P<set>[^/@]+/[^/@]+)(?:@(?P<revision>[^/]+))?(?P<within>/.*)?"
)
AGAIN = "fetch it again from where you trust it"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Place:
    """A folder, here or elsewhere, whose files can be read."""

    called: str
    """As people name it."""
    root: str
    """An absolute path, or a URL."""

    @property
    def folder(self) -> Path | None:
        """The folder on this machine; None elsewhere."""
        return None if is_url(self.root) else Path(self.root)

    def path(self, name: str) -> str:
        """Where a file of it lies; SourceError for one that lies outside."""
        if not _is_within(name):
            raise SourceError(
                f"{self.called}: files within the release were expected, its manifest names {name!r:.80}; "
                f"{AGAIN}"
            )
        if (folder := self.folder) is None:
            return f"{self.root}/{name}"
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise SourceError(
                f"{self.called}: files within the release were expected, {name} leads out of it; {AGAIN}"
            )
        return str(path)

    def size(self, name: str) -> int:
        """The bytes of a file; SourceError where it is not there."""
        path = self.path(name)
        with readable(f"{self.called}: {name}" if self.folder else path):
            if self.folder is not None:
                return Path(path).stat().st_size
            system, inner = system_of(path)
            return int(system.size(inner))

    @contextmanager
    def open(self, name: str) -> Iterator[Any]:
        """A file of it as bytes that can be sought in; SourceError, in one line, for all that goes wrong within."""
        path = self.path(name)
        with readable(path), self._stream(name, path) as stream:
            yield stream

    def _stream(self, name: str, path: str) -> Any:  # noqa: ANN401 - fsspec is not typed
        try:
            if self.folder is not None:
                if Path(path).exists() and not Path(path).is_file():  # a pipe would be waited for
                    raise SourceError(f"{self.called}: {name} was expected to be a file, is none; {AGAIN}")
                return Path(path).open("rb")
            system, inner = system_of(path)
            return system.open(inner, "rb")
        except (FileNotFoundError, NotADirectoryError):
            raise SourceError(
                f"{self.called}: {name} was expected there, is not; is it a release, and a whole one? {AGAIN}"
            ) from None


def found(place: str | Path, project: Path | None = None) -> Place:
    """The place that is meant.

    Args:
        place: A folder, `s3://…`, `hf://datasets/org/set@1.3.0` (or `hf://org/set@1.3.0`), or a version such as 1.3.0.
        project: The project's folder, whose `releases` hold the versions.

    Raises:
        UsageError: Where nothing is there, or a version is named outside of a project.
    """
    called = str(place)
    if not called or _CONTROL.search(called):
        raise UsageError(
            f"release: a folder, an address or a version was expected, is {called!r:.80}; name one"
        )
    if is_url(called):
        return Place(called, _address(called))
    if _VERSION.fullmatch(called) and not Path(called).is_dir():
        return Place(called, str(_of_project(called, project)))
    folder = Path(called).expanduser()
    if not folder.is_dir():
        raise UsageError(
            f"{called}: a release was expected (a folder, an address such as hf://org/set@1.3.0, or a version), there "
            "is none; see: headrace releases"
        )
    return Place(called, str(folder.absolute()))


def _of_project(version: str, project: Path | None) -> Path:
    if project is None:
        raise UsageError(
            f"{version}: a version is of a project, and there is none here; use -C DIR, or name the release's folder"
        )
    folder = project / "releases" / version
    if not folder.is_dir():
        raise UsageError(
            f"{version}: a release of that version was expected, {folder} is not there; see: headrace releases, and "
            f"headrace release {version} writes it again where there is one"
        )
    return folder.absolute()


def _address(url: str) -> str:
    """The URL as fsspec reads it: what is meant on the Hub is a data set, at the version as its tag."""
    if not url.startswith("hf://"):
        return url.rstrip("/")
    meant = _ON_THE_HUB.fullmatch(url.rstrip("/"))
    if meant is None:
        raise UsageError(f"{url}: a data set such as hf://org/set@1.3.0 was expected; name one")
    revision = f"@{meant['revision']}" if meant["revision"] else ""
    return f"hf://datasets/{meant['set']}{revision}{meant['within'] or ''}"


def _is_within(name: str) -> bool:
    """Whether a path is a plain one below the folder: no way up, no other root, on no system."""
    parts = name.split("/")
    return (
        bool(name)
        and not _CONTROL.search(name)
        and "\\" not in name
        and "://" not in name
        and not any(part in {"", ".", ".."} or part.endswith(":") for part in parts)
    )
