"""Where a project's store lies, who may write it, and the snapshot that readers see.

`.headrace/store.duckdb` has one writer at a time, under `.headrace/lock` (flock: the kernel lets go of it when its
holder dies). After a change the file is copied and published as `.headrace/snapshot.duckdb` by a rename, which
readers open read-only: an open writer never shuts them out, and they never see half a change.
"""

import errno
import fcntl
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from pipeline.store.rewriting import rewrite
from pipeline.store.store import Store
from schemas.errors import StoreBusy, StoreError
from schemas.facts import RunFact, SyncFact
from schemas.tables import FACTS

FOLDER = ".headrace"
READERS_WAIT = 60
"""Seconds that a reader waits where there is no snapshot yet."""
STALE_SECONDS = 60
"""A snapshot without news is published again after this long, so that readers see when stages last ran."""


class StorePlace:
    """The store of one project folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.path = self.folder / "store.duckdb"
        self.snapshot = self.folder / "snapshot.duckdb"

    @contextmanager
    def writing(self, command: str, wait_seconds: float = 60.0) -> Iterator[Store]:
        """The store, open for writing, alone; StoreBusy when another command holds it longer than the wait."""
        with self.holding(command, wait_seconds):
            if not self.snapshot.exists():
                self._publish()  # so that nobody has to wait to read
            try:
                with Store(self.path) as store:
                    yield store
                    state = _state(store)
            except BaseException:
                # what was committed before the fault is worth seeing; the fault itself is what to tell
                with suppress(StoreError):
                    self._publish()
                raise
            if self._is_stale(state):
                self._publish()

    @contextmanager
    def holding(self, command: str, wait_seconds: float = 60.0) -> Iterator[None]:
        """Keep every writer out, the store shut; StoreBusy when another command holds it longer than the wait."""
        with _os_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock(command, wait_seconds):
            yield

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """The newest snapshot, read-only; an empty store in memory where nothing was ever written."""
        with self._snapshot() as store:
            yield store

    def rewrite(self, command: str, wait_seconds: float = 60.0) -> None:
        """Write the store and its snapshot anew: no byte is left in them of what facts said before they changed."""
        with self._lock(command, wait_seconds), _os_errors(self.folder):
            rewrite(self.path)
            self._publish()

    def kept(self) -> list[Path]:
        """The copies that were put aside when the store was brought up to date."""
        return sorted(self.folder.glob(f"{self.path.stem}.v*{self.path.suffix}"))

    def _snapshot(self) -> Store:
        if not self.snapshot.exists() and not self.path.exists():
            return Store(":memory:")
        deadline = time.monotonic() + READERS_WAIT
        while True:
            if (found := self._published()) is not None:
                return found
            # none yet, or a damaged one: the store itself makes another, unless its writer does so meanwhile
            try:
                with self._lock("publish a snapshot", wait_seconds=1):
                    self._publish()
                return Store(self.snapshot, read_only=True)
            except StoreBusy:
                if time.monotonic() > deadline:
                    raise

    def _published(self) -> Store | None:
        """The snapshot as it lies there; None where there is none that opens, but a store to make one from."""
        if not self.snapshot.exists():
            return None
        try:
            return Store(self.snapshot, read_only=True)
        except StoreError:
            if not self.path.exists():
                raise
            return None

    def _is_stale(self, state: tuple[object, ...]) -> bool:
        """Whether readers miss something: facts, also those of a writer that was killed, or for long the last runs."""
        if time.time() - self.snapshot.stat().st_mtime > STALE_SECONDS:
            return True
        try:
            with Store(self.snapshot, read_only=True) as published:
                return _state(published) != state
        except StoreError:
            return True

    def _publish(self) -> None:
        """Copy the store, which nobody has open, and put the copy in the snapshot's place."""
        with Store(self.path) as store:
            store.checkpoint()
        draft = self.folder / f"snapshot.{os.getpid()}.tmp"
        with _os_errors(self.folder):
            for left in self.folder.glob("snapshot.*.tmp"):
                left.unlink(missing_ok=True)
            try:
                shutil.copyfile(self.path, draft)
                with draft.open("rb") as file:
                    os.fsync(file.fileno())
                draft.replace(self.snapshot)
            finally:
                draft.unlink(missing_ok=True)

    @contextmanager
    def _lock(self, command: str, wait_seconds: float) -> Iterator[None]:
        path = self.folder / "lock"
        with _os_errors(path):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _wait_for(descriptor, path, wait_seconds)
            with suppress(OSError):  # the holder's name is a courtesy: a full disk must not forbid reading
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, json.dumps(_holder(command)).encode(), 0)
            yield
        finally:
            os.close(descriptor)


def _state(store: Store) -> tuple[object, ...]:
    """What differs after anything but a run without news: how many facts there are, and when a source was read."""
    counts = [store.count(kind.table) for kind in FACTS if kind not in (RunFact, SyncFact)]
    failed = store.value("SELECT count(*) FROM runs WHERE error IS NOT NULL")
    return (*counts, failed, store.value("SELECT max(read_at) FROM sources"))


def _holder(command: str) -> dict[str, object]:
    return {"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(timespec="seconds")}


def _wait_for(descriptor: int, path: Path, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreBusy(
                    f"{path.parent}: held by {_named(path)}; wait for it, or wait longer with --wait SECONDS"
                ) from None
            # uneven steps, so that two who wait do not knock at the same moments for ever
            time.sleep(random.uniform(0.01, 0.06))  # noqa: S311 - not a secret
        else:
            return


def _named(path: Path) -> str:
    try:
        holder = json.loads(path.read_text())
        return f"`{holder['command']}` (process {holder['pid']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another command"


@contextmanager
def _os_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            said = "no space left to write; free some and run the command again, nothing is lost"
        else:
            said = f"should be readable and writable, is not ({error.strerror or error}); check its rights and owner"
        raise StoreError(f"{path}: {said}") from None
