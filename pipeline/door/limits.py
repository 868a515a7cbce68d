"""How much one session may ask, how large and how slow a call may be."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request

from pipeline.door.allow import Body, Kind

LARGEST: Mapping[Body, int] = {
    "none": 1024,
    "ignored": 64 * 1024,
    "alive": 4 * 1024,
    "annotation": 2 * 1024**2,
    "draft": 2 * 1024**2,
}
"""Bytes of a body, by its rule."""
LARGEST_OF_A_LEAD = 64 * 1024**2
PATIENCE = 20.0
"""Seconds in which a body must have come."""
MOST_SESSIONS = 10_000


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second in the long run."""

    burst: float
    per_second: float


RATES: Mapping[Kind, Rate] = {
    "file": Rate(burst=600, per_second=60),
    "call": Rate(burst=120, per_second=12),
    "write": Rate(burst=30, per_second=4),
}
"""What opening Label Studio's page takes several times over, and no more than a person can do."""


class Limits:
    """Counts the calls of each session, in memory: a door started again begins anew."""

    def __init__(
        self, rates: Mapping[Kind, Rate] = RATES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rates, self._clock = rates, clock
        self._left: OrderedDict[tuple[str, Kind], tuple[float, float]] = OrderedDict()

    def wait(self, session: str, kind: Kind) -> float:
        """Seconds after which the call may be made; 0 where it may be made now, and is counted."""
        rate, now, key = self._rates[kind], self._clock(), (session, kind)
        left, seen = self._left.pop(key, (rate.burst, now))
        left = min(rate.burst, left + (now - seen) * rate.per_second)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left), now
        if len(self._left) > MOST_SESSIONS * len(self._rates):
            self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) / rate.per_second


class TooLarge(Exception):  # noqa: N818 - a refusal, not a fault
    """A body is larger than its rule allows."""


class TooSlow(Exception):  # noqa: N818 - likewise
    """A body did not come in time, or not whole."""


def is_framed_twice(request: Request) -> bool:
    """Whether the length of a body is said in two ways, or in a strange one: where requests are smuggled."""
    names = [name.lower() for name, _ in request.scope["headers"]]
    lengths, codings = names.count(b"content-length"), names.count(b"transfer-encoding")
    if lengths > 1 or codings > 1 or (lengths and codings):
        return True
    if codings and request.headers["transfer-encoding"].strip().lower() != "chunked":
        return True
    said = request.headers.get("content-length", "0")
    return not (said.isascii() and said.isdigit())


async def body_of(request: Request, most: int, patience: float = PATIENCE) -> bytes:
    """The body, whole. Raises TooLarge before it is read where its length says so, TooSlow where it does not come."""
    if int(request.headers.get("content-length", "0")) > most:
        raise TooLarge
    try:
        async with asyncio.timeout(patience):
            return await _read(request, most)
    except (TimeoutError, ClientDisconnect):
        raise TooSlow from None


async def _read(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)
