"""The guard before Label Studio: each call is looked at, refused or answered, and never passed on as it came."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from pipeline.door import allow, cutting, limits, page
from pipeline.door.allow import Allowed, Refused, Route
from pipeline.door.answers import Answers
from pipeline.door.base import Dealer, Visitor
from pipeline.door.calls import Call, Declined, NotTheirs, wants_page
from pipeline.door.csrf import Names
from pipeline.door.labeling import Labeling
from pipeline.door.limits import Limits
from pipeline.door.projects import Projects
from pipeline.door.sessions import HEADER, csrf_is_right
from pipeline.door.upstream import Away, NoAccount, Upstream
from pipeline.door.veil import Veil
from schemas.errors import StoreError

_LOG = logging.getLogger("headrace.door")

REASONS: Mapping[type[Exception], tuple[int, str]] = {
    NotTheirs: (404, "not theirs"),
    cutting.NotOurs: (400, "body:"),
    limits.TooLarge: (413, "size"),
    limits.TooSlow: (408, "slow"),
}
ENDING = frozenset({408, 413})
"""What ends the connection too, for the rest of a body is still to come."""
EXPECTED: tuple[type[Exception], ...] = (*REASONS, Declined, NoAccount, Away, StoreError)

Answer: TypeAlias = Callable[[Call], Awaitable[Response]]


class Guard:
    """An ASGI application; whoever comes to it has a session: `state.visitor`, and `state.csrf`, its form token."""

    def __init__(
        self, upstream: Upstream, dealer: Dealer, names: Names, key: bytes, limits: Limits | None = None
    ) -> None:
        projects = Projects(upstream)
        self._answers = Answers(upstream, projects, dealer)
        self._labeling = Labeling(upstream, projects, dealer, Veil(key))
        self._names, self._limits = names, limits or Limits()
        self._ways: Mapping[str, Answer] = {
            route.answer: self._way(route.answer) for route in (*allow.TABLE, allow.REST)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        who: Visitor = request.state.visitor
        decided = self._decide(request, who)
        if isinstance(decided, Response):
            return decided
        try:
            return await self._answered(await self._read(request, who, decided))
        except EXPECTED as error:
            return self._excused(error, request, who, decided.route)

    async def _answered(self, call: Call) -> Response:
        route = call.allowed.route
        try:
            return await self._ways[route.answer](call)
        except NotTheirs:
            if call.who.role != "lead" or not route.path.startswith("/api/"):
                raise
        return await self._answers.rest(call)  # not in their hands: Label Studio as leads have it

    def _decide(self, request: Request, who: Visitor) -> Allowed | Response:
        scope = request.scope
        raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
        decided = allow.decide(request.method, raw, scope["query_string"], who.role)
        if limits.is_framed_twice(request):
            decided = Refused(400, "framing")
        elif isinstance(decided, Allowed) and not self._names.is_own_call(request.method, request.headers):
            decided = Refused(403, "not from a page of ours")
        if isinstance(decided, Refused):
            return _refused(request, who, decided)
        if wait := self._limits.wait(who.session or who.annotator, decided.route.kind):
            return page.too_many(wait, wants_page=wants_page(request))
        return decided

    async def _read(self, request: Request, who: Visitor, allowed: Allowed) -> Call:
        route = allowed.route
        most = limits.LARGEST_OF_A_LEAD if route is allow.REST else limits.LARGEST[route.body]
        body = await limits.body_of(request, most)
        if route.body == "alive" and not csrf_is_right(request, request.headers.get(HEADER, "")):
            raise NotTheirs
        said = cutting.read(body) if route.body in {"alive", "annotation", "draft"} else {}
        return Call(who, allowed, request, said, body)

    def _excused(self, error: Exception, request: Request, who: Visitor, route: Route) -> Response:
        """What somebody is told whose call was not answered, for one of the reasons that are `EXPECTED`."""
        match error:
            case Declined():
                _LOG.warning("Label Studio answers %s to %s", error.status, route.path)
                return JSONResponse({"detail": "Label Studio did not take that."}, 502)
            case NoAccount():
                _LOG.warning("no way into Label Studio for %s", who.annotator)
                return page.no_account(wants_page=wants_page(request))
            case Away() | StoreError():
                return page.away(wants_page=wants_page(request))
        status, why = REASONS[type(error)]
        answer = _refused(request, who, Refused(status, f"{why} {error}".strip()))
        if status in ENDING:
            answer.headers["Connection"] = "close"
        return answer

    def _way(self, name: str) -> Answer:
        found: Answer | None = getattr(self._labeling, name, None) or getattr(self._answers, name, None)
        if found is None:
            raise LookupError(name)
        return found


def _refused(request: Request, who: Visitor, refused: Refused) -> Response:
    _LOG.info("refused %s %s %.120r: %s", who.annotator, request.method, request.scope["path"], refused.why)
    return page.refused(refused.status, wants_page=wants_page(request))
