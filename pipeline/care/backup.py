"""Putting aside both sides of a project at a matching point.

No stage runs meanwhile. Label Studio is copied first and the store after it: what the store has on record of Label
Studio, the copy of Label Studio holds. What people say there in the meantime is fetched by a later sync.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pipeline.care.ledger import LEDGER, SECRET, copy_ledger, key_of
from pipeline.care.manifest import (
    DATA,
    DUMP,
    FILE,
    PROJECT,
    RELEASES,
    SERVER,
    SQLITE,
    STORE,
    Entry,
    Manifest,
    StoreNote,
    StudioNote,
    copied,
    entry_of,
)
from pipeline.label_studio import outside
from pipeline.label_studio.copies import copy_sqlite, dump
from pipeline.label_studio.state import Home, Server
from pipeline.ledger.place import LedgerPlace
from pipeline.opening import EMBEDDED
from pipeline.store import Store, StorePlace
from pipeline.store.place import FOLDER
from schemas import project as projects
from schemas.errors import BackupError
from schemas.people_file import PEOPLE_FILE
from schemas.project import Project

UNFINISHED = "unfinished"
"""The file by which a backup that was cut off is known as ours, and swept away by the next one."""


@dataclass(frozen=True)
class Wanted:
    """What is to be put aside."""

    store_only: bool = False
    """Leave Label Studio out."""
    releases: bool = False
    """Take the releases too."""


@dataclass
class _Draft:
    """A backup on its way: where its files go, and what they are."""

    folder: Path
    files: dict[str, Entry] = field(default_factory=dict)

    def copy(self, source: Path, name: str) -> None:
        self.files[name] = copied(source, self.folder / name)

    def place(self, name: str) -> Path:
        """Where a file is to be made by somebody else."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    def made(self, name: str) -> None:
        """Take up a file that somebody else made."""
        path = self.folder / name
        path.chmod(0o600)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        self.files[name] = entry_of(path)


def back_up(
    folder: Path,
    project: Project,
    into: Path,
    wanted: Wanted,
    *,
    wait: float = 60.0,
    report: Callable[[str], None] = lambda _: None,
) -> Manifest:
    """Make a backup as a new folder, which is there whole or not at all; readable by its owner alone.

    Raises BackupError where the folder exists or Label Studio is not ours to copy, StoreBusy where another command
    writes for longer than the wait, LabelStudioError where Label Studio's database cannot be copied.
    """
    place = StorePlace(folder)
    _must_be_new(into, folder)
    with _drafted(into) as draft:
        if place.folder.exists():
            with place.holding("headrace backup", wait):
                _ledger(folder, draft)  # first: what it has on record, the copy of Label Studio holds
                studio, left_out = _label_studio(folder, draft, wanted, report)
                store = _store(place, draft, report)
                _project(folder, project, draft, report)
        else:
            studio, left_out, store = None, None, None
            _project(folder, project, draft, report)
        if wanted.releases:
            report("copying the releases")
            _tree(folder / RELEASES, RELEASES, draft)
        manifest = Manifest(
            headrace=version("headrace"),
            project=project.name,
            made_at=datetime.now(UTC),
            store=store,
            label_studio=studio,
            left_out=left_out,
            files=dict(sorted(draft.files.items())),
        )
        _write(draft.place(FILE), manifest.model_dump_json(indent=2))
    return manifest


def _must_be_new(into: Path, folder: Path) -> None:
    if into.exists() or into.is_symlink():
        raise BackupError(f"{into}: a new folder was expected, there is one already; name another")
    for kept in (FOLDER, RELEASES):
        if into.resolve().is_relative_to((folder / kept).resolve()):
            raise BackupError(
                f"{into}: should lie outside of {folder / kept}, which is what is copied; name another"
            )


@contextmanager
def _drafted(into: Path) -> Iterator[_Draft]:
    """A folder beside the final one, which takes its name once all is in it."""
    part = into.with_name(f"{into.name}.part")
    if part.exists():
        if not (part / UNFINISHED).exists():
            raise BackupError(f"{part}: should not be there, is, and is no unfinished backup; move it away")
        shutil.rmtree(part)
    part.mkdir(parents=True, mode=0o700)
    try:
        (part / UNFINISHED).touch(mode=0o600)
        yield _Draft(part)
        (part / UNFINISHED).unlink()
        part.rename(into)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _sync(into.parent)


def _label_studio(
    folder: Path, draft: _Draft, wanted: Wanted, report: Callable[[str], None]
) -> tuple[StudioNote | None, str | None]:
    """Copy the embedded server; what it was, or why it is left out."""
    if wanted.store_only:
        return None, "left out on demand"
    elsewhere = outside.address() or _server_on_record(StorePlace(folder))
    if elsewhere:
        raise BackupError(
            f"Label Studio: should be this project's own to be backed up from here, is {elsewhere}; back it up there, "
            "and this side with --store-only"
        )
    home = Home(folder)
    server = home.read()
    if server is None:
        return None, None
    return _copy_studio(home, server, draft, report), None


def _server_on_record(place: StorePlace) -> str | None:
    """The address of an outside Label Studio that holds the project's tasks."""
    if not place.path.exists():
        return None
    with Store(place.path) as store:
        found = store.value("SELECT server FROM remote_projects WHERE server <> ? LIMIT 1", [EMBEDDED])
        return None if found is None else str(found)


def _copy_studio(home: Home, server: Server, draft: _Draft, report: Callable[[str], None]) -> StudioNote:
    report("copying Label Studio's database")
    if server.database is not None:
        dump(server.database, draft.place(DUMP))
        draft.made(DUMP)
    elif home.database.exists():
        copy_sqlite(home.database, draft.place(SQLITE))
        draft.made(SQLITE)
    _tree(home.data, DATA, draft, but=home.database.name)
    draft.copy(home.file, SERVER)
    return StudioNote(
        kind="postgresql" if server.database else "sqlite",
        version=server.version,
        database=str(server.database) if server.database else None,
    )


def _tree(folder: Path, name: str, draft: _Draft, but: str | None = None) -> None:
    """Copy what lies in a folder, but for a database and its journals."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        inside = path.relative_to(folder)
        left_out = but is not None and inside.parts[0].startswith(but)
        if path.is_file() and not path.is_symlink() and not left_out:
            draft.copy(path, f"{name}/{inside.as_posix()}")


def _ledger(folder: Path, draft: _Draft) -> None:
    if LedgerPlace.is_there(folder):
        copy_ledger(folder, draft.place(LEDGER))
        draft.made(LEDGER)
        if key_of(folder).exists():
            draft.copy(key_of(folder), SECRET)


def _store(place: StorePlace, draft: _Draft, report: Callable[[str], None]) -> StoreNote | None:
    if not place.path.exists():
        return None
    report("copying the store")
    with Store(place.path) as store:
        store.checkpoint()
    draft.copy(place.path, STORE)
    with Store(draft.folder / STORE, read_only=True) as copy:
        return note_of(copy)


def note_of(store: Store) -> StoreNote:
    """What a manifest says of a store."""
    return StoreNote(
        id=store.id,
        version=store.value("SELECT max(version) FROM store_version"),
        last_run_at=store.value("SELECT max(ended_at) FROM runs"),
    )


def _project(folder: Path, project: Project, draft: _Draft, report: Callable[[str], None]) -> None:
    """Copy project.toml and the files beside it that it names; what lies outside of the folder is only told."""
    named = [config.guideline for config in project.tasks] + [
        config.gold.file for config in project.tasks if config.gold
    ]
    own = (path for path in sorted((folder / "tasks").rglob("*")) if path.suffix in (".py", ".md"))
    named += [path.relative_to(folder).as_posix() for path in own]  # the project's own task types
    wanted = dict.fromkeys([projects.FILE, PEOPLE_FILE, *filter(None, named)])
    for name in wanted:
        path = folder / name
        if not path.is_file():
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            report(f"{path}: lies outside of the project's folder, and is not in the backup")
            continue
        draft.copy(path, f"{PROJECT}/{path.resolve().relative_to(folder.resolve()).as_posix()}")


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Bring a folder's list of names onto the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
