"""The way in and out: a link's page with one button, whose press exchanges the link for a session.

Opening the page uses nothing up: mail scanners open links, and press no buttons. It is said in both languages at once,
for nobody knows yet who reads it.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.door import sessions
from pipeline.door.base import Visitor
from pipeline.door.crew import Crew
from pipeline.door.forms import fields
from pipeline.door.plain import closed, page
from pipeline.ledger.keys import Keys

HOME = "/desk/"

HELLO = (
    "Press the button to start. This link is for you alone and works once, in one browser.",
    "按下按钮即可开始。此链接仅供您本人使用，只能在一个浏览器中使用一次。",  # noqa: RUF001 - a Chinese comma
)
START = "Start · 开始"


class Entrance:
    """Links, and the end of a session."""

    def __init__(
        self,
        keys: Keys,
        crew: Crew,
        *,
        secure: bool,
        left: Callable[[Visitor], None] = lambda _: None,
    ) -> None:
        self._keys, self._crew, self._secure, self._left = keys, crew, secure, left

    def routes(self) -> list[BaseRoute]:
        """The addresses before which nobody needs a session."""
        return [
            Route("/in/{token}", self._show, methods=["GET"]),
            Route("/in/{token}", self._enter, methods=["POST"]),
            Route("/out", self._leave, methods=["POST"]),
            Route("/healthz", health, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        token = request.path_params["token"]
        if await run_in_threadpool(self._keys.whose, token) is not None:
            return page(HELLO, button=START, action=f"/in/{token}")
        if await self._visitor(request) is not None:  # the link of an old mail, clicked again
            return RedirectResponse(HOME, 303)
        return closed(410)

    async def _enter(self, request: Request) -> Response:
        before = request.cookies.get(sessions.COOKIE, "")
        cookie = await run_in_threadpool(self._exchange, request.path_params["token"])
        if cookie is None:
            return RedirectResponse(HOME, 303) if await self._visitor(request) else closed(410)
        if before:
            await run_in_threadpool(self._keys.leave, before)
        answer = RedirectResponse(HOME, 303)
        sessions.let_in(answer, cookie, secure=self._secure)
        return answer

    def _exchange(self, token: str) -> str | None:
        """The cookie for a link; None also where its owner is not on the project any more, and it stays unused."""
        annotator = self._keys.whose(token)
        account = self._keys.account(annotator) if annotator else None
        person = self._crew.person(account.email) if account else None
        entered = self._keys.enter(token, person.role) if person else None
        return entered[0] if entered else None

    async def _leave(self, request: Request) -> Response:
        visitor, given = await self._visitor(request), await fields(request)
        cookie = request.cookies.get(sessions.COOKIE, "")
        if visitor is None:
            return closed(200)
        request.state.csrf = self._keys.form_token(cookie)
        if not sessions.csrf_is_right(request, given.get(sessions.FIELD, "")):
            return closed(403)
        await run_in_threadpool(self._keys.leave, cookie)
        await run_in_threadpool(self._left, visitor)
        answer = closed(200)
        sessions.let_out(answer, secure=self._secure)
        return answer

    async def _visitor(self, request: Request) -> Visitor | None:
        cookie = request.cookies.get(sessions.COOKIE, "")
        return await run_in_threadpool(sessions.visitor_of, cookie, self._keys, self._crew)


async def health(_: Request) -> Response:
    """That the door itself answers; says nothing of Label Studio."""
    return JSONResponse({"ok": True})
