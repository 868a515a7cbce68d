"""Bringing a backup back into a project's folder; what was there is kept aside, never deleted.

All is copied and compared with its hash first. Then each side is put in place by renames, the store last: cut off
between the two, the folder holds one side of the backup, which a second restore, or a sync, brings together again.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.care.backup import note_of
from pipeline.care.ledger import must_be_shut, put_ledger
from pipeline.care.manifest import (
    DATA,
    DUMP,
    PROJECT,
    RELEASES,
    SERVER,
    SQLITE,
    STORE,
    Manifest,
    StoreNote,
    copied,
    read,
    verify,
)
from pipeline.label_studio import environment
from pipeline.label_studio.copies import dump, play_back
from pipeline.label_studio.starting import lives
from pipeline.label_studio.state import Home, Server
from pipeline.store import Store, StorePlace
from schemas.errors import BackupError, StoreError
from schemas.people_file import PEOPLE_FILE

Report = Callable[[str], None]
DRAFT = "restore.part"


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    kept: Path | None
    """Where that lies which was in the folder before; None where nothing was."""


def restore(
    folder: Path, source: Path, *, force: bool, wait: float = 60.0, report: Report = lambda _: None
) -> Restored:
    """Put a backup in the place of what a project's folder holds.

    Raises BackupError where a file of the backup differs from its hash, where the folder's Label Studio runs, or,
    unless forced, where the folder holds work that the backup does not; nothing has changed then.
    """
    manifest = read(source)
    report("comparing each file with its hash")
    verify(source, manifest)
    _must_be_known(manifest)
    folder.mkdir(parents=True, exist_ok=True)
    place, home = StorePlace(folder), Home(folder)
    home.make()
    with (
        place.holding("headrace restore", wait),
        environment.alone(home.lock, report, "is starting this project's Label Studio"),
    ):
        _must_be_down(home)
        must_be_shut(folder)
        if not force:
            _must_not_lose(place, manifest)
        kept = place.folder / f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        move = _Move(folder, place, home, manifest, kept)
        try:
            move.prepare(source)
            kept.mkdir(mode=0o700)
            move.put(report)
        finally:
            shutil.rmtree(move.draft, ignore_errors=True)
        with suppress(OSError):  # what is empty held nothing
            kept.rmdir()
    return Restored(manifest, kept if kept.exists() else None)


def _must_be_known(manifest: Manifest) -> None:
    studio = manifest.label_studio
    if studio is not None and _numbers(studio.version) > _numbers(environment.VERSION):
        raise BackupError(
            f"Label Studio: {environment.VERSION} or older was expected in the backup, it holds {studio.version}; "
            "upgrade headrace"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _must_be_down(home: Home) -> None:
    server = home.read()
    if server is not None and lives(home, server):
        raise BackupError(
            f"Label Studio: should not run while it is restored, runs at {server.url}; run headrace down"
        )


def _must_not_lose(place: StorePlace, manifest: Manifest) -> None:
    """Refuse where the folder's store holds what the backup's does not."""
    if not place.path.exists():
        return
    try:
        with Store(place.path) as store:
            here = note_of(store)
    except StoreError:
        return  # a damaged store is what backups are for; it is kept aside
    if (reason := _newer(here, manifest.store)) is not None:
        raise BackupError(
            f"{place.path}: should hold nothing that the backup does not, {reason}; "
            "restore into another folder, or with --force, which keeps aside what is here"
        )


def _newer(here: StoreNote, there: StoreNote | None) -> str | None:
    if there is None or here.id != there.id:
        return "is of another project"
    if here.last_run_at is not None and (there.last_run_at is None or here.last_run_at > there.last_run_at):
        return f"stages have run since, the last on {here.last_run_at:%Y-%m-%d at %H:%M} UTC"
    return None


@dataclass(frozen=True)
class _Move:
    """A backup on its way into a folder."""

    folder: Path
    place: StorePlace
    home: Home
    manifest: Manifest
    kept: Path

    @property
    def draft(self) -> Path:
        return self.place.folder / DRAFT

    def prepare(self, source: Path) -> None:
        """Copy all of the backup beside the store, so that it is put in place by renames."""
        shutil.rmtree(self.draft, ignore_errors=True)
        for name, entry in self.manifest.files.items():
            if copied(source / name, self.draft / name) != entry:
                raise BackupError(f"{source / name}: changed while it was copied; take another backup")

    def put(self, report: Report) -> None:
        """Put each side in place."""
        if self.manifest.label_studio is not None:
            report("putting Label Studio in place")
            self._put_studio(report)
        if self.manifest.store is not None:
            report("putting the store in place")
            put_ledger(self.folder, self.draft, self.kept / "door")
            self._put_store()
        for name, path in self.manifest.under(PROJECT):
            self._put_file(name, self.folder / path, self.kept / PROJECT / path)
        if any(self.manifest.under(RELEASES)):
            self._put_folder(self.draft / RELEASES, self.folder / RELEASES, self.kept / RELEASES)

    def _put_studio(self, report: Report) -> None:
        before = self.home.read()
        server = Server.model_validate_json((self.draft / SERVER).read_bytes())
        server = server.replace(pid=None, born=None, data=None)
        if server.database is not None:
            # the database may have moved to another machine meanwhile: where it is now is known here
            database = before.database if before and before.database else server.database
            with_password = (
                database if database.password else database.replace(password=server.database.password)
            )
            server = server.replace(database=with_password)
            report(f"keeping aside what {database} holds, then putting the backup in its place")
            dump(with_password, self.kept / "database.pgdump")
            play_back(with_password, self.draft / DUMP)
        data = self.draft / DATA
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (self.draft / SQLITE).exists():
            (self.draft / SQLITE).rename(data / self.home.database.name)
        self._put_folder(data, self.home.data, self.kept / DATA)
        if before is not None:
            copied(self.home.file, self.kept / SERVER)
        self.home.write(server)

    def _put_store(self) -> None:
        """The store never is away: another command would begin a new one."""
        path = self.place.path
        if path.exists():
            with suppress(StoreError), Store(path) as store:
                store.checkpoint()
            _keep(path, self.kept / path.name)
        for left in (path.with_name(f"{path.name}.wal"), self.place.snapshot):
            if left.exists():
                left.rename(self.kept / left.name)
        (self.draft / STORE).replace(path)

    def _put_file(self, name: str, path: Path, kept: Path) -> None:
        if path.exists():
            copied(path, kept)
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        (self.draft / name).chmod(0o600 if path.name == PEOPLE_FILE else mode)
        (self.draft / name).replace(path)

    def _put_folder(self, new: Path, path: Path, kept: Path) -> None:
        if path.exists() and not any(path.iterdir()):
            path.rmdir()
        elif path.exists():
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.rename(kept)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new.rename(path)


def _keep(path: Path, kept: Path) -> None:
    """A second name for a file that another is about to replace; a copy where the disk knows no second names."""
    try:
        os.link(path, kept)
    except OSError:
        copied(path, kept)
