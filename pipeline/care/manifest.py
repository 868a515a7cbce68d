"""What a backup says of itself: from which moment it is, and the hash of each file in it."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from pydantic import ValidationError, field_validator

from schemas.base import Frozen
from schemas.errors import BackupError

FILE = "manifest.json"
STORE = "store.duckdb"
SERVER = "label-studio/server.json"
SQLITE = "label-studio/database.sqlite3"
DUMP = "label-studio/database.pgdump"
DATA = "label-studio/data"
PROJECT = "project"
RELEASES = "releases"

_CHUNK = 2**20
_SHOWN = 20


class Entry(Frozen):
    """One file of a backup."""

    bytes: int
    sha256: str


class StoreNote(Frozen):
    """The store in a backup."""

    id: str
    version: int
    """Of its tables."""
    last_run_at: datetime | None


class StudioNote(Frozen):
    """The Label Studio in a backup."""

    kind: Literal["sqlite", "postgresql"]
    version: str
    database: str | None
    """The address of a PostgreSQL database, without its password."""


class Manifest(Frozen):
    """A backup's account of itself."""

    format: Literal[1] = 1
    headrace: str
    project: str
    made_at: datetime
    store: StoreNote | None
    """None for a project in which no stage has run yet."""
    label_studio: StudioNote | None
    left_out: str | None
    """Why there is no Label Studio in it, where the project has one."""
    files: dict[str, Entry]

    @field_validator("files")
    @classmethod
    def _stay_inside(cls, files: dict[str, Entry]) -> dict[str, Entry]:
        for name in files:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or str(path) != name:
                raise ValueError(f"{name!r} does not lie in the backup")
        return files

    def under(self, folder: str) -> Iterator[tuple[str, str]]:
        """The files below a folder of the backup: their names in the backup, and from that folder on."""
        for name in self.files:
            if name.startswith(f"{folder}/"):
                yield name, name[len(folder) + 1 :]

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(entry.bytes for entry in self.files.values())


def read(folder: Path) -> Manifest:
    """The manifest of a backup; raises BackupError where it is none."""
    path = folder / FILE
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise BackupError(
            f"{folder}: a backup was expected, there is no {FILE}; name a folder that headrace backup made"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BackupError(
            f"{path}: should be what headrace backup wrote, is not ({first['msg'][:200]}); take another backup"
        ) from None


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare each file with its hash; raises BackupError that names those that differ, a line each."""
    wrong = [
        f"{folder / name}: {what}"
        for name, entry in manifest.files.items()
        if (what := _differs(folder / name, entry))
    ]
    if wrong:
        more = [f"… and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        count = f"{len(wrong)} of {len(manifest.files)} files"
        said = f"{folder}: should be as it was made, {count} differ; take another backup"
        raise BackupError("\n".join([said, *wrong[:_SHOWN], *more]))


def _differs(path: Path, entry: Entry) -> str | None:
    try:
        found = entry_of(path)
    except FileNotFoundError:
        return "expected in the backup, is missing"
    if found.bytes != entry.bytes:
        return f"expected {entry.bytes} bytes, found {found.bytes}"
    return None if found == entry else "expected as it was, found other content of the same length"


def entry_of(path: Path) -> Entry:
    """A file's length and hash."""
    with path.open("rb") as file:
        return Entry(
            bytes=os.fstat(file.fileno()).st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest()
        )


def copied(source: Path, target: Path) -> Entry:
    """Copy a file to where none is, readable by its owner alone, onto the disk itself; what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, length = hashlib.sha256(), 0
    with (
        source.open("rb") as file,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy,
    ):
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            length += len(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return Entry(bytes=length, sha256=digest.hexdigest())
