"""As much of a Label Studio as its accounts: the forms to make one and to sign in, and the list of them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SHORTEST = 8


@dataclass
class AccountServer:
    """What is known there, by the address as it was given."""

    url: str
    passwords: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    """Whether no account can be made."""
    dies_after_sign_up: bool = False
    """Whether the answer to a sign-up is lost."""
    submitted: list[str] = field(default_factory=list)
    """The forms that were sent, by their paths."""

    def users(self) -> list[dict[str, Any]]:
        return [
            {"id": n, "email": email, "first_name": self.names.get(email, ""), "last_name": ""}
            for n, email in enumerate(self.passwords, start=2)
        ]

    def get(self, path: str) -> object:
        """What is read there."""
        found: dict[str, object] = {
            "/api/users/": self.users(),
            "/api/invite": {"invite_url": "/user/signup/?token=t"},
            "/api/current-user/token": {"token": "plain"},
            "/api/current-user/whoami": {"id": 1, "email": "a@b"},
        }
        return found.get(path, "")

    def form(self, path: str, given: dict[str, str]) -> int:
        """What becomes of a form: 302 where it is accepted, 200 where not, 0 where its answer is lost."""
        self.submitted.append(path)
        email, password = given["email"], given["password"]
        if path == "/user/login/":
            return 302 if self.passwords.get(email) == password else 200
        if self.closed or email in self.passwords or len(password) < SHORTEST:
            return 200
        self.passwords[email] = password
        return 0 if self.dies_after_sign_up else 302


@contextmanager
def serving() -> Iterator[AccountServer]:  # noqa: C901 - a class of small methods
    """Such a server, empty."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.answer(200, told.get(urlsplit(self.path).path))

        def do_PATCH(self) -> None:
            body = json.loads(self.body())
            number = int(urlsplit(self.path).path.strip("/").rpartition("/")[2])
            user = told.users()[number - 2]
            told.names[user["email"]] = body["first_name"]
            self.answer(200, told.users()[number - 2])

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            self.answer(told.form(path, dict(parse_qsl(self.body()))), "")

        def body(self) -> str:
            return self.rfile.read(int(self.headers.get("content-length") or 0)).decode()

        def answer(self, status: int, content: object) -> None:
            if not status:
                self.close_connection = True
                return
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            if status == 302:
                self.send_header("location", "/projects/")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        told = AccountServer(f"http://127.0.0.1:{http.server_port}")
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield told
        http.shutdown()
