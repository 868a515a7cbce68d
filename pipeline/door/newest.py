"""The newest pool: read from the snapshot in a thread of its own as soon as that changes, while dealing goes on."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.door.filling import fill
from pipeline.door.pool import Pool
from pipeline.store import StorePlace
from pipeline.store.newest import newest_snapshot
from schemas.errors import HeadraceError
from schemas.people_file import PEOPLE_FILE
from schemas.project import FILE, read_project
from tasks import _own as own_tasks

_LOG = logging.getLogger("headrace.door")


class NewestPool:
    """The pool of a project folder, for one Label Studio. Safe between threads."""

    def __init__(
        self, folder: Path, server: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._folder, self._server, self._clock = folder, server, clock
        self._place = StorePlace(folder)
        self._lock = threading.Lock()
        self._pool: Pool | None = None
        self._seen: object = None
        self._at_work: threading.Thread | None = None
        self.told: Callable[[Pool], None] | None = None
        """Who is to lay a new pool out before it is the newest."""

    def newest(self) -> Pool:
        """The newest that was read; the first time it is waited for. Raises what is wrong where there is none yet."""
        with self._lock:
            stamp = self._stamp()
            if self._pool is None:
                self._seen, self._pool = stamp, self._read()
            elif stamp != self._seen and not (self._at_work and self._at_work.is_alive()):
                self._seen = stamp
                self._at_work = threading.Thread(target=self._read_anew, name="pool", daemon=True)
                self._at_work.start()
            return self._pool

    def wait(self) -> Pool:
        """The same, once what is being read is read."""
        self.newest()
        self.rest()
        return self.newest()

    def rest(self) -> None:
        """Wait for what is being read: no thread may die inside DuckDB."""
        if at_work := self._at_work:
            at_work.join()

    def _read_anew(self) -> None:
        try:
            pool = self._read()
            if self.told is not None:
                self.told(pool)
        except HeadraceError as error:
            _LOG.warning("%s", error)
            return
        except Exception:  # noqa: BLE001 - dealing goes on with what was read before
            _LOG.exception("the newest snapshot could not be read")
            return
        with self._lock:
            self._pool = pool

    def _read(self) -> Pool:
        own_tasks.look_in(self._folder)
        project = read_project(self._folder)
        with newest_snapshot(self._place) as store:
            return fill(store, project, self._folder, self._server, self._clock())

    def _stamp(self) -> object:
        """What tells one state from another: the published file, and what the project's files say."""
        return tuple(
            _stamp(path) for path in (self._place.snapshot, self._folder / FILE, self._folder / PEOPLE_FILE)
        )


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)
