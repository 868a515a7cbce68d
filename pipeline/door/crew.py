"""Who the people of the project are at this moment: what their files say, read anew as soon as one changes."""

import logging
import threading
from pathlib import Path

from pipeline.store.newest import Version, version_of
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
        self._seen = self._version()
        self._project = read_project(folder)

    @property
    def project(self) -> Project:
        """The project as its files say; where they cannot be read just now, as they said before."""
        with self._lock:
            version = self._version()
            if version != self._seen:
                try:
                    self._project = read_project(self._folder)
                except ProjectError as error:
                    _LOG.warning("%s", error)  # told once: the next look is after the next change
                self._seen = version
            return self._project

    def person(self, email: str) -> Person | None:
        """Who has an address; None where nobody has, and none but those named may come.

        A project that names nobody takes everybody who was invited.
        """
        people = self.project.people
        if not people:
            return Person(name=email)
        return next((one for one in people if (one.email or "").casefold() == email.casefold()), None)

    def _version(self) -> Version:
        return version_of(self._folder / FILE, self._folder / PEOPLE_FILE)
