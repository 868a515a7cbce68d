"""Who is there: the cookie of a session becomes a Visitor, or a plain page says how to come in."""

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.door.base import Visitor
from pipeline.door.crew import Crew
from pipeline.door.plain import closed
from pipeline.ledger.keys import SESSION_LIFE, Keys

COOKIE = "headrace_door"
FIELD = "csrf"
"""The field of a form that holds its token."""
HEADER = "x-headrace-csrf"
"""The same where a script of ours sends something."""


class Sessions:
    """Stands before the desk and the guard: whoever has no session goes no further."""

    def __init__(self, app: ASGIApp, keys: Keys, crew: Crew) -> None:
        self._app, self._keys, self._crew = app, keys, crew

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        cookie = request.cookies.get(COOKIE, "")
        visitor = await run_in_threadpool(visitor_of, cookie, self._keys, self._crew)
        if visitor is None:
            await refusal(request)(scope, receive, send)
            return
        request.state.visitor = visitor
        request.state.csrf = self._keys.form_token(cookie)
        await self._app(scope, receive, send)


def visitor_of(cookie: str, keys: Keys, crew: Crew) -> Visitor | None:
    """Who has a session; None where it is over, or they are not on the project any more."""
    session = keys.session(cookie)
    account = keys.account(session.annotator) if session else None
    person = crew.person(account.email) if account else None
    if session is None or account is None or person is None:
        return None
    return Visitor(
        annotator=session.annotator,
        name=person.name,
        role=person.role,  # as the project says today, whatever it was when they came in
        account=account.person_id,
        session=session.hash,
    )


def csrf_is_right(request: Request, given: str) -> bool:
    """Whether what a form or a script brought along is the token of the session it came with; none is not."""
    expected = str(getattr(request.state, "csrf", ""))
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def let_in(answer: Response, cookie: str, *, secure: bool) -> None:
    """Give a browser its session."""
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=secure,
    )


def let_out(answer: Response, *, secure: bool) -> None:
    """Take it away."""
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=secure)


def refusal(request: Request) -> Response:
    """What somebody without a session is told: a page where a page was wanted, else a line of JSON."""
    if "text/html" in request.headers.get("accept", "") and request.method in {"GET", "HEAD"}:
        return closed(401)
    return JSONResponse({"detail": "You are not signed in (any more): open your link."}, 401)
