"""Connections that never say what they want are hung up on, and those that do are answered."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from pipeline.door.hurried import Hurried

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Soon(Hurried):
    """One in a hurry, for a test."""

    patience = 0.3


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


@pytest.fixture
def port() -> Iterator[int]:
    """A server that hangs up soon."""
    with serving(Soon) as found:
        yield found


@contextmanager
def serving(protocol: type[Hurried]) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(hello, http=protocol, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def called(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def is_answered(caller: socket.socket) -> bool:
    """Whether a whole answer comes."""
    said = b""
    while not said.endswith(b"hello") and (part := caller.recv(1000)):
        said += part
    return said.endswith(b"hello")


def is_hung_up_on(caller: socket.socket) -> bool:
    """Whether the other side ends it; a socket that is only silent fails the test by its time-out."""
    try:
        return caller.recv(1000) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX: "])
def test_who_does_not_end_their_request_is_hung_up_on(port: int, sent: bytes) -> None:
    with called(port) as caller:
        caller.sendall(sent)
        assert is_hung_up_on(caller)


def test_so_is_who_begins_a_second_one_and_does_not_end_it(port: int) -> None:
    with called(port) as caller:
        caller.sendall(WHOLE)
        assert is_answered(caller)
        caller.sendall(b"GET / HTTP/1.1\r\nHost")
        assert is_hung_up_on(caller)


def test_a_letter_at_a_time_does_not_help(port: int) -> None:
    with called(port) as caller:
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(1000):
                sent += caller.send(b"G")
                threading.Event().wait(0.05)
        assert 0 < sent < 1000


def test_who_asks_is_answered_again_and_again(port: int) -> None:
    with called(port) as caller:
        for _ in range(3):
            for part in (WHOLE[:5], WHOLE[5:20], WHOLE[20:]):
                caller.sendall(part)
            assert is_answered(caller)
            threading.Event().wait(0.5)  # longer than a head may take: between calls there is no hurry
