"""One call at the door, read and allowed, and the ways in which it ends otherwise than asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from pipeline.door.allow import Allowed
from pipeline.door.base import Ending, Visitor


@dataclass(frozen=True)
class Call:
    """What somebody asks."""

    who: Visitor
    allowed: Allowed
    request: Request
    said: Mapping[str, Any] = field(default_factory=dict)
    """Its body, where it is one JSON object."""
    body: bytes = b""

    @property
    def is_skip(self) -> bool:
        """Whether a task is passed on."""
        return (
            self.allowed.query.get("was_cancelled") in {"1", "true"} or self.said.get("was_cancelled") is True
        )

    @property
    def ending(self) -> Ending:
        """What becomes of a task by it."""
        return "skipped" if self.is_skip else "submitted"

    def number(self, name: str) -> int:
        """A number from the path, or else from the query."""
        return self.allowed.number(name)


class NotTheirs(Exception):  # noqa: N818 - a refusal, not a fault
    """What is asked for is not in their hands; whether it is there at all is not said."""


class Declined(Exception):  # noqa: N818 - likewise
    """Label Studio said no to something that the door let through."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page to show, rather than a script for an answer."""
    if request.method not in {"GET", "HEAD"} or "/api/" in request.url.path:
        return False
    return "text/html" in request.headers.get("accept", "")
