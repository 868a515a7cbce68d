"""The desk of one project: what it reads, and where it writes down what people say."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from starlette.requests import Request

from pipeline.door.base import Visitor
from pipeline.door.desk.reader import Reader
from pipeline.door.desk.theirs import Theirs
from pipeline.door.desk.visit import Visit, visit
from pipeline.ledger import LedgerPlace
from pipeline.ledger.notes import Notes
from schemas.errors import HeadraceError

Here: TypeAlias = Callable[[Visitor], object]
Clock: TypeAlias = Callable[[], datetime]

_LOG = logging.getLogger("headrace.door")


def now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


class Desk:
    """Answers from memory and from the ledger.

    `here` is told of each page that somebody opens, as a sign of life; `secure` where browsers come by https.
    """

    def __init__(
        self,
        folder: Path,
        ledger: LedgerPlace,
        *,
        here: Here = lambda _: None,
        clock: Clock = now,
        secure: bool = False,
    ) -> None:
        self.folder, self.ledger, self.secure = folder, ledger, secure
        self._here, self._clock = here, clock
        self.reader = Reader(folder, clock)
        self.theirs, self.notes = Theirs(ledger), Notes(ledger)

    def visit(self, request: Request) -> Visit:
        """The visit that a request is."""
        address = self.theirs.address(request.state.visitor.annotator)
        seen = self.reader.seen()
        return visit(request, seen, address, self._clock(), is_old=self.reader.fault is not None)

    def welcome(self, who: Visitor) -> None:
        """Take note that somebody opened a page; what goes wrong with that keeps nobody from it."""
        try:
            self._here(who)
        except HeadraceError as error:
            _LOG.warning("%s", error)

    def name(self, visit: Visit, annotator: str) -> str:
        """What a person is called; by their pseudonym where nobody knows."""
        person = visit.seen.addresses.get(self.theirs.address(annotator).casefold())
        return visit.seen.names.get(annotator) or (person.name if person else annotator)
