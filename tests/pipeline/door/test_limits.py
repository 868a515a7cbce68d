"""How much, how large, how slow."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from starlette.requests import Request

from pipeline.door.limits import Limits, Rate, TooLarge, TooSlow, body_of, is_framed_twice


class Clock:
    """A time that stands still."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def request(
    headers: Iterable[tuple[str, str]] = (), parts: Iterable[bytes] = (), waits: float = 0
) -> Request:
    coming = list(parts)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(waits)
        body = coming.pop(0) if coming else b""
        return {"type": "http.request", "body": body, "more_body": bool(coming)}

    raw = [(name.encode(), value.encode()) for name, value in headers]
    return Request(
        {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw}, receive
    )


def read(what: Request, most: int, patience: float = 5.0) -> bytes:
    return asyncio.run(body_of(what, most, patience))


def test_a_body_comes_in_parts() -> None:
    assert read(request(parts=[b"one ", b"two"]), 100) == b"one two"


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read(request([("content-length", "101")]), 100)


def test_a_body_that_turns_out_too_large_is_not_kept() -> None:
    with pytest.raises(TooLarge):
        read(request(parts=[b"x" * 60, b"x" * 60]), 100)


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    with pytest.raises(TooSlow):
        read(request(parts=[b"x", b"y"], waits=1), 100, patience=0.05)


@pytest.mark.parametrize(
    "headers",
    [
        [("content-length", "5"), ("transfer-encoding", "chunked")],
        [("content-length", "5"), ("content-length", "5")],
        [("transfer-encoding", "chunked"), ("transfer-encoding", "identity")],
        [("transfer-encoding", "gzip, chunked")],
        [("transfer-encoding", "xchunked")],
        [("content-length", "+5")],
        [("content-length", "5, 5")],
        [("content-length", "")],
    ],
)
def test_a_length_said_in_two_ways_is_refused(headers: list[tuple[str, str]]) -> None:
    assert is_framed_twice(request(headers))


@pytest.mark.parametrize("headers", [[], [("content-length", "5")], [("transfer-encoding", "chunked")]])
def test_a_length_said_once_is_not(headers: list[tuple[str, str]]) -> None:
    assert not is_framed_twice(request(headers))


def test_a_session_gets_so_many_at_once_and_then_so_many_a_second() -> None:
    clock = Clock()
    limits = Limits({"call": Rate(3, 2)}, clock)
    assert [limits.wait("a", "call") for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert [limits.wait("a", "call") for _ in range(2)] == [0, 0.5]


def test_one_session_does_not_use_up_what_another_has() -> None:
    limits = Limits({"call": Rate(1, 1)}, Clock())
    assert (limits.wait("a", "call"), limits.wait("b", "call")) == (0, 0)
