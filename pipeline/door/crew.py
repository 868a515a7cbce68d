"""Who the people of the project are at this moment: what their files say, read anew as soon as one changes."""

import logging
import threading
from pathlib import Path

from schemas.errors import ProjectError
from schemas.people import Person
from schemas.people_file import PEOPLE_FILE
from schemas.project import FILE, Project, read_project

_LOG = logging.getLogger("headrace.door")


class Crew:
    """The project's people by their mail addresses. Safe between threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._project = read_project(folder)

    @property
    def project(self) -> Project:
        """The project as its files say; where they cannot be read just now, as they said before."""
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                try:
                    self._project = read_project(self._folder)
                except ProjectError as error:
                    _LOG.warning("%s", error)  # told once: the next look is after the next change
                self._seen = stamp
            return self._project

    def person(self, email: str) -> Person | None:
        """Who has an address; None where nobody has, and none but those named may come.

        A project that names nobody takes everybody who was invited.
        """
        people = self.project.people
        if not people:
            return Person(name=email)
        return next((one for one in people if (one.email or "").casefold() == email.casefold()), None)

    def _stamp(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(_stamp(self._folder / name) for name in (FILE, PEOPLE_FILE))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)
