"""The newest snapshot in plain memory, and who its people are; read again in the background when a file changes."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.door.desk.snapshot import Known, read
from pipeline.people.whos_who import everybody
from pipeline.store import Store, StorePlace
from pipeline.store.newest import Version, newest_snapshot, version_of
from schemas.errors import HeadraceError
from schemas.people import Person
from schemas.people_file import PEOPLE_FILE
from schemas.project import FILE, Project, read_project
from tasks import _own as own_tasks

_LOG = logging.getLogger("headrace.door")


@dataclass(frozen=True)
class Seen:
    """A project as it was last read."""

    known: Known
    people: Mapping[str, Person] = field(default_factory=dict)
    """Those whom the project names, by the pseudonyms of their accounts."""
    addresses: Mapping[str, Person] = field(default_factory=dict)
    """Those whom the project names, by their mail addresses in lower case."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What people are called, by pseudonym; those who were forgotten are not among them."""
    forgotten: frozenset[str] = frozenset()
    """The pseudonyms of those who were."""
    is_open: bool = True
    """Whether the project names nobody, so that everybody may do everything."""


class Reader:
    """Reads a project for the desk. May be asked by several threads at once; only the first answer is waited for."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._folder, self.place = folder, StorePlace(folder)
        self._lock = threading.Lock()
        self._tried: Version | None = None
        self._at_work: threading.Thread | None = None
        self._seen: Seen | None = None
        self.fault: str | None = None
        """Why the newest state could not be read, in one line; the desk shows the one before it."""

    def seen(self) -> Seen:
        """The project as it was read last; a newer state is read meanwhile."""
        at_work = self._look()
        if self._seen is None and at_work:
            at_work.join()
        return self._seen or Seen(Known())

    def wait(self) -> Seen:
        """The project as it is now."""
        if at_work := self._look():
            at_work.join()
        return self.seen()

    def _look(self) -> threading.Thread | None:
        with self._lock:
            version = self._version()
            if version != self._tried and not (self._at_work and self._at_work.is_alive()):
                self._tried = version
                # no daemon: the process must not end while it is inside DuckDB
                self._at_work = threading.Thread(target=self._read, name="desk reads")
                self._at_work.start()
            return self._at_work

    def _read(self) -> None:
        try:
            own_tasks.look_in(self._folder)
            project = read_project(self._folder)
            with newest_snapshot(self.place) as store:
                self._seen = _seen(read(store, self._clock()), project, store)
            self.fault = None
        except HeadraceError as error:
            self.fault = str(error)
            _LOG.warning("%s", error)
        except Exception as error:  # noqa: BLE001 - the desk goes on with what was read before, and says so
            self.fault = type(error).__name__
            _LOG.exception("the newest snapshot could not be read")

    def _version(self) -> Version:
        return version_of(self.place.snapshot, self._folder / FILE, self._folder / PEOPLE_FILE)


def _seen(known: Known, project: Project, store: Store) -> Seen:
    accounts = [(one.person, account) for one in everybody(project.people, store) for account in one.accounts]
    known_ones = [(person, account) for person, account in accounts if not account.forgotten_at]
    return Seen(
        known=known,
        people={account.annotator: person for person, account in known_ones if person},
        addresses={person.email.casefold(): person for person in project.people if person.email},
        names={account.annotator: person.name if person else account.name for person, account in known_ones},
        forgotten=frozenset(account.annotator for _, account in accounts if account.forgotten_at),
        is_open=not project.people,
    )
