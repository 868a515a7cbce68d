"""Label Studio's page as people get it: with a script of the door's, and nonces that keep others' scripts out."""

import re
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse, JSONResponse, Response

from pipeline.door.headers import CLOSED
from pipeline.door.plain import page as plain
from schemas.people import Role

SCRIPT = Path(__file__).with_name("door.js")
AGAIN = "Headrace-Retry"
"""The header of an answer that says: try again in so many seconds."""
WAIT = "3"

AWAY = (
    "Label Studio is starting again. This page tries again by itself; nothing you have done is lost.",
    "Label Studio 正在重新启动。本页面会自动重试，您的工作不会丢失。",  # noqa: RUF001 - a Chinese comma
)
REFUSED = (
    "There is nothing for you at this address.",
    "此地址没有可供您查看的内容。",
)
NO_ACCOUNT = (
    "There is no way into Label Studio for you at the moment: ask who sent you the link.",
    "目前无法为您登录 Label Studio：请联系向您发送链接的人。",  # noqa: RUF001 - a Chinese colon
)
TOO_MANY = (
    "That was too much at once. Wait a moment, then go on.",
    "请求过于频繁，请稍候再继续。",  # noqa: RUF001 - a Chinese comma
)

_OPENING = re.compile(r"<script(?=[\s>])", re.IGNORECASE)
_NONCE = re.compile(r"""\s+nonce=("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_TAG = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


def with_script(html: str, nonce: str, csrf: str, role: Role) -> str:
    """The page with the door's script before all others, and its own scripts marked by the nonce.

    Label Studio's page holds no text of tasks: its scripts fetch those, so what is marked here is its own.
    """
    marked = _TAG.sub(lambda tag: _marked(tag[0], nonce), html)
    ours = f'<script src="/desk/door.js" data-csrf="{escape(csrf)}" data-role="{role}"></script>'
    found = _HEAD.search(marked)
    place = found.end() if found else 0
    return f"{marked[:place]}{ours}{marked[place:]}"


def _marked(tag: str, nonce: str) -> str:
    return _OPENING.sub(f'<script nonce="{nonce}"', _NONCE.sub("", tag), count=1)


def script() -> str:
    """The door's script."""
    return SCRIPT.read_text(encoding="utf-8")


def away(*, wants_page: bool) -> Response:
    """That Label Studio does not answer just now."""
    return _told(AWAY, 503, {AGAIN: WAIT, "Retry-After": WAIT}, wants_page=wants_page)


def refused(status: int, *, wants_page: bool) -> Response:
    """That a call is not answered."""
    return _told(REFUSED, status, {}, wants_page=wants_page)


def no_account(*, wants_page: bool) -> Response:
    """That the door has no way into Label Studio for somebody."""
    return _told(NO_ACCOUNT, 502, {}, wants_page=wants_page)


def too_many(seconds: float, *, wants_page: bool) -> Response:
    """That a session asked too much."""
    wait = str(max(1, round(seconds + 0.5)))
    return _told(TOO_MANY, 429, {AGAIN: wait, "Retry-After": wait}, wants_page=wants_page)


def _told(said: tuple[str, str], status: int, headers: dict[str, str], *, wants_page: bool) -> Response:
    if not wants_page:
        return JSONResponse(
            {"detail": said[0]}, status, headers={**headers, "Content-Security-Policy": CLOSED}
        )
    answer: HTMLResponse = plain(said, status=status)
    answer.headers.update({**headers, **({"Refresh": headers[AGAIN]} if AGAIN in headers else {})})
    return answer
