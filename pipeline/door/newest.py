"""The newest pool: read from the snapshot in a thread of its own as soon as that changes, while dealing goes on."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.door.filling import fill
from pipeline.door.pool import Pool
from pipeline.store import StorePlace
from pipeline.store.newest import Version, newest_snapshot, version_of
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
        self._seen: Version | None = None
        self._at_work: threading.Thread | None = None
        self.told: Callable[[Pool], None] | None = None
        """Who is to lay a new pool out before it is the newest."""

    def newest(self) -> Pool:
        """The newest that was read; the first time it is waited for. Raises what is wrong where there is none yet."""
        with self._lock:
            version = self._version()
            if self._pool is None:
                self._seen, self._pool = version, self._read()
            elif version != self._seen and not (self._at_work and self._at_work.is_alive()):
                self._seen = version
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

    def _version(self) -> Version:
        """What tells one state from another: the published file, and what the project's files say."""
        return version_of(self._place.snapshot, self._folder / FILE, self._folder / PEOPLE_FILE)
