"""A small HTTP server that fails as a test tells it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"


@dataclass
class Reply:
    """What the server does with a request."""

    body: Any = None
    status: int = 200
    kind: str = JSON
    location: str = ""
    drop: bool = False
    hang: bool = False


Query = dict[str, list[str]]
Answer = Reply | list[Reply] | Callable[[Query], Reply]


@dataclass
class Server:
    """A small HTTP server that answers as a test tells it, and remembers what it was asked."""

    url: str
    replies: dict[tuple[str, str], Answer] = field(default_factory=dict)
    asked: list[tuple[str, str, Query, Any, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def on(self, method: str, path: str, *replies: Reply) -> None:
        self.replies[method, path] = list(replies) if len(replies) > 1 else replies[0]

    def reply(self, method: str, path: str, query: Query) -> Reply:
        found = self.replies.get((method, path), Reply({"detail": "Not found."}, 404))
        if isinstance(found, Reply):
            return found
        return found.pop(0) if isinstance(found, list) else found(query)

    def count(self, method: str) -> int:
        return sum(asked[0] == method for asked in self.asked)


@contextmanager
def serving() -> Iterator[Server]:
    """A server of its own for one test."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            token = self.headers.get("authorization", "")
            query = parse_qs(parts.query)
            told.asked.append((self.command, parts.path, query, body, token))
            reply = told.reply(self.command, parts.path, query)
            if reply.hang:
                told.over.wait(20)
            if reply.drop or reply.hang:
                self.close_connection = True
                return
            content = json.dumps(reply.body).encode() if reply.kind == JSON else str(reply.body).encode()
            self.send_response(reply.status)
            self.send_header("content-type", reply.kind)
            self.send_header("content-length", str(len(content)))
            if reply.location:
                self.send_header("location", reply.location)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        told = Server(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield told
        told.over.set()
        http.shutdown()
