"""A proxy between a client and a server that fails as a test plans it: before the server hears, or after it is done."""

import http.client
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias
from urllib.parse import urlsplit


class Fault(Enum):
    """What becomes of one request."""

    PASS = "pass"
    ANSWER_LOST = "the server does it, and the connection breaks before its answer"
    RESET = "the connection breaks before the server hears of it"
    BAD_GATEWAY = "502, and the server never hears of it"
    BAD_GATEWAY_AFTER = "502, when the server has done it"
    TOO_SLOW = "the server does it, and its answer comes after the client has left"
    LATE = "the connection breaks at once, and the server does it later"


DONE = frozenset({Fault.PASS, Fault.ANSWER_LOST, Fault.BAD_GATEWAY_AFTER, Fault.TOO_SLOW, Fault.LATE})
"""After these the server has done it, or will have."""
_AT_ONCE = DONE - {Fault.LATE}

Matches: TypeAlias = Callable[[str, str], bool]
"""Whether a request is one to fail, by its method and its path without the query."""


@dataclass
class _Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class _Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class _Rule:
    matches: Matches
    faults: list[Fault]


@dataclass
class FaultProxy:
    """Where the client asks, and what becomes of what it asks.

    Of the requests that a rule matches each takes the next fault of its list; later ones, and all others, pass.
    """

    url: str
    upstream: str
    late_after: float
    """Seconds until a LATE request is forwarded; those left at the end are forwarded then."""
    seen: list[tuple[str, str, Fault]] = field(default_factory=list)
    """Method, path and fault of each request so far."""
    _rules: list[_Rule] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)
    _late: list[threading.Thread] = field(default_factory=list)
    _hurry: threading.Event = field(default_factory=threading.Event)

    def plan(self, method: str, path_end: str, *faults: Fault) -> None:
        """The next requests of a method to paths that end so fail like this, one after the other."""
        self.when(
            lambda verb, path: verb == method and path.rstrip("/").endswith(path_end.rstrip("/")), *faults
        )

    def when(self, matches: Matches, *faults: Fault) -> None:
        """The next requests for which the predicate holds fail like this, one after the other."""
        self._rules.append(_Rule(matches, list(faults)))

    def commit_late(self) -> None:
        """What was put off is done now; returns when the server has answered all of it."""
        self._hurry.set()
        for thread in self._late:
            thread.join(60)
        self._late.clear()
        self._hurry.clear()

    def close(self) -> None:
        """Everybody who still waits is sent home; what was put off is done first."""
        self.commit_late()
        self._over.set()

    def _fault(self, method: str, path: str) -> Fault:
        with self._lock:
            rule = next((one for one in self._rules if one.faults and one.matches(method, path)), None)
            fault = rule.faults.pop(0) if rule else Fault.PASS
            self.seen.append((method, path, fault))
            return fault

    def _forward(self, request: _Request) -> _Reply:
        parts = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        try:
            connection.request(request.method, request.path, request.body, request.headers)
            answer = connection.getresponse()
            return _Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def _put_off(self, request: _Request) -> None:
        def later() -> None:
            self._hurry.wait(self.late_after)
            with suppress(OSError, http.client.HTTPException):  # the server may be gone by then
                self._forward(request)

        thread = threading.Thread(target=later, daemon=True)
        self._late.append(thread)
        thread.start()

    def carry_out(self, request: _Request) -> _Reply | None:
        """What the client gets; None for a connection that breaks."""
        fault = self._fault(request.method, urlsplit(request.path).path)
        if fault is Fault.LATE:
            self._put_off(request)
        if fault not in _AT_ONCE:
            return _BAD_GATEWAY if fault is Fault.BAD_GATEWAY else None
        try:
            reply = self._forward(request)
        except (OSError, http.client.HTTPException):
            return _BAD_GATEWAY
        if fault is Fault.TOO_SLOW:
            self._over.wait(120)
        if fault is Fault.BAD_GATEWAY_AFTER:
            return _BAD_GATEWAY
        return reply if fault is Fault.PASS else None


_BAD_GATEWAY = _Reply(502, [("content-type", "text/html")], b"<html>502 Bad Gateway</html>")
_NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "host"})


def chosen(seed: int, count: int, among: Sequence[Fault] = tuple(Fault)) -> list[Fault]:
    """As many faults, by chance; the same for the same seed."""
    return random.Random(seed).choices(list(among), k=count)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultProxy

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has left is what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        reply = self.server.proxy.carry_out(_Request(self.command, self.path, headers, body))
        if reply is None:
            self.break_off()
        else:
            self.give(reply)

    def break_off(self) -> None:
        """With a reset: a plain end could be taken for an empty answer."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def give(self, reply: _Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            if name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        if reply.status != HTTPStatus.NO_CONTENT:
            self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - as http.server calls them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
        """Tests are quiet."""


@contextmanager
def between(upstream: str, *, late_after: float = 3600) -> Iterator[FaultProxy]:
    """A proxy before the server at an address; a LATE request waits for `commit_late` unless told how long."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.proxy = FaultProxy(f"http://127.0.0.1:{server.server_port}", upstream, late_after)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.proxy
        finally:
            server.proxy.close()
            server.shutdown()
