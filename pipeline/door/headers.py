"""What browsers are told to forbid, on every answer; and which headers of Label Studio's pass."""

import secrets
from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.door.csrf import Names

ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For an answer that is no page."""
UNLESS_SAID: Mapping[str, str] = {"Content-Security-Policy": CLOSED, "Cache-Control": "no-store"}
TLS = {"Strict-Transport-Security": "max-age=31536000"}

_PAGE = (
    "default-src 'none'",
    "script-src 'self' 'nonce-{nonce}'{more}",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'none'",
    "manifest-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action {forms}",
    "frame-ancestors 'none'",
)

FROM_LABEL_STUDIO = (
    "content-type",
    "content-length",
    "content-encoding",
    "etag",
    "last-modified",
    "cache-control",
)
"""Of an answer to a lead; never cookies, places to go, or what the server is made of. Others get answers made anew."""


def new_nonce() -> str:
    """What the page's own scripts bear, so that no other inline script runs."""
    return secrets.token_urlsafe(16)


def policy(nonce: str, *, forms: bool = False) -> str:
    """The Content-Security-Policy of Label Studio's pages; `forms` may be sent from those of leads."""
    return "; ".join(_PAGE).format(nonce=nonce, more="", forms="'self'" if forms else "'none'")


class Around:
    """Stands before everything: names that are not ours are not answered, and each answer gets its headers."""

    def __init__(self, app: ASGIApp, names: Names, *, secure: bool = False) -> None:
        self._app, self._names = app, names
        self._always = {**ALWAYS, **(TLS if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # web sockets: there are none here
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._always)
                for name, value in UNLESS_SAID.items():
                    headers.setdefault(name, value)
            await send(message)

        known = self._names.knows(Request(scope).headers.get("host", ""))
        refused = PlainTextResponse("This page does not answer to that name.\n", 421)
        await (self._app if known else refused)(scope, receive, send_on)
