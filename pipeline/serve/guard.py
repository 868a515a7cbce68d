"""Who may see the live page: the right Host, beyond loopback also a token; and what browsers are told to forbid."""

import ipaddress
import re
import secrets
from collections.abc import Collection
from urllib.parse import quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "headrace"
OPEN_TO_ALL = "/healthz"
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
A_MONTH = 30 * 86400
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([0-9a-z._-]+))(?::\d{1,5})?", re.IGNORECASE | re.ASCII)
"""A Host header: an address in brackets or a name, then perhaps a port; nothing that could pass for a path."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


class Guard:
    """Stands before the application: each request passes it, each answer gets its headers."""

    def __init__(self, app: ASGIApp, token: str | None = None, hosts: Collection[str] = ()) -> None:
        self._app, self._token = app, token
        self._hosts = LOCAL | {host.casefold() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # the server's own start and end; there are no web sockets here
            await self._app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refused = self._refused(Request(scope))
        await (refused or self._app)(scope, receive, send_on)

    def _refused(self, request: Request) -> Response | None:
        """Why a request is not answered; None where it is."""
        if not self._is_known(request.headers.get("host", "")):
            return PlainTextResponse("This page does not answer to that name.\n", 421)
        if self._token is None or request.scope["path"] == OPEN_TO_ALL:
            return None
        if "token" in request.query_params:
            return self._first_visit(request)
        if self._is_right(request.cookies.get(COOKIE, "")) or self._is_right(_bearer(request.headers)):
            return None
        return PlainTextResponse("Open the link that headrace serve printed: it holds the token.\n", 401)

    def _first_visit(self, request: Request) -> Response:
        """The token goes from the address into a cookie, so that it stays in no history and no link."""
        if self._token is None or not self._is_right(request.query_params["token"]):
            return PlainTextResponse("The token is not the right one.\n", 401)
        rest = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
        path = "/" + quote(request.scope["path"].lstrip("/"))  # never '//host', which would lead elsewhere
        to = RedirectResponse(f"{path}?{urlencode(rest)}" if rest else path, 303)
        secure = request.scope["scheme"] == "https"
        to.set_cookie(COOKIE, self._token, max_age=A_MONTH, httponly=True, samesite="lax", secure=secure)
        return to

    def _is_right(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), (self._token or "").encode())

    def _is_known(self, host: str) -> bool:
        """Whether a Host header is one of ours: an address, or a name that no stranger can point at us."""
        name = _name(host)
        return name in self._hosts or (self._token is not None and _is_address(name))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host in LOCAL or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _name(host: str) -> str:
    """A Host header without its port and brackets; empty where it is none."""
    found = HOST.fullmatch(host)
    return (found[1] or found[2]).casefold() if found else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _bearer(headers: Headers) -> str:
    kind, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if kind.casefold() == "bearer" else ""
