"""One request at the desk: who asks, in which language, of what is known now."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from pipeline.door.base import Visitor
from pipeline.door.desk.reader import Seen
from pipeline.door.desk.words import COOKIE, Words, language_of
from schemas.people import Person


@dataclass(frozen=True)
class Visit:
    """Who asks, and what they are answered from."""

    who: Visitor
    words: Words
    seen: Seen
    now: datetime
    csrf: str
    path: str
    is_old: bool
    """Whether the newest state could not be read, so that an older one is shown."""
    person: Person | None
    """Who they are in the project; None where it does not name them."""

    @property
    def is_lead(self) -> bool:
        """Whether they answer disputes."""
        return self.who.role == "lead"


def visit(request: Request, seen: Seen, address: str, now: datetime, *, is_old: bool) -> Visit:
    """The visit that a request is, of somebody who was invited under an address."""
    who: Visitor = request.state.visitor
    person = seen.people.get(who.annotator) or seen.addresses.get(address.casefold())
    language = language_of(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))
    return Visit(
        who=who,
        words=Words(language, person.zone if person else "UTC"),
        seen=seen,
        now=now,
        csrf=request.state.csrf,
        path=request.url.path,
        is_old=is_old,
        person=person,
    )
