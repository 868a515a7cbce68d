"""The door as one application: entrance, sessions, the desk, and the guard before Label Studio, in this order."""

import logging
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.door import page
from pipeline.door.calls import wants_page
from pipeline.door.crew import Crew
from pipeline.door.csrf import Names
from pipeline.door.dealing import dealing
from pipeline.door.desk import routes as desk_routes
from pipeline.door.entrance import Entrance
from pipeline.door.guard import Guard
from pipeline.door.headers import Around
from pipeline.door.sessions import Sessions
from pipeline.door.upstream import Upstream
from pipeline.label_studio import outside
from pipeline.ledger.addresses import of_this_machine
from pipeline.ledger.keys import Keys
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import LOOPBACK, Door
from pipeline.opening import EMBEDDED

DESK = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_LOG = logging.getLogger("headrace.door")


@dataclass(frozen=True)
class Inside:
    """What stands behind the sessions."""

    desk: Sequence[BaseRoute]
    guard: ASGIApp
    """Gets all that is none of the desk's."""
    running: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None
    """What goes on as long as the door is open."""


class OwnCalls:
    """Refuses what changes something and was not sent by a page of ours."""

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope)
            if not self._names.is_own_call(request.method, request.headers):
                _LOG.info("refused %s %.120r: not from a page of ours", request.method, scope["path"])
                await page.refused(403, wants_page=wants_page(request))(scope, receive, send)
                return
        await self._app(scope, receive, send)


class OwnPages:
    """What browsers are told of the desk's pages: they load our style, send our forms, and do nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Content-Security-Policy", DESK)
            await send(message)

        await self._app(scope, receive, send_on)


def assemble(entrance: Entrance, keys: Keys, crew: Crew, inside: Inside) -> Starlette:
    """Put the parts together: what needs no session, then what does, the guard last, to which all else goes."""
    within = Router(
        [*(_as_own_page(one) for one in inside.desk), Mount("/", app=inside.guard)], redirect_slashes=False
    )
    routes = [*entrance.routes(), Mount("/", app=Sessions(within, keys, crew))]
    made = Starlette(routes=routes, lifespan=inside.running)
    made.router.redirect_slashes = False
    return made


def _as_own_page(route: BaseRoute) -> BaseRoute:
    if isinstance(route, Route):
        route.app = OwnPages(route.app)
    return route


def make_app(folder: Path, door: Door, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> ASGIApp:
    """The door of a project's folder, in front of the Label Studio it was opened for; it deals by a clock."""
    place, opened = LedgerPlace(folder), ExitStack()
    keys, crew, names = Keys(place), Crew(folder), Names(origins(door))
    dealer = opened.enter_context(dealing(folder, outside.address() or EMBEDDED, clock))
    upstream = Upstream(door.label_studio, keys.account)

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await upstream.close()
            await run_in_threadpool(opened.close)

    entrance = Entrance(keys, crew, secure=door.is_secure, left=dealer.leaves)
    inside = Inside(
        desk=desk_routes(folder, place, here=dealer.here, clock=clock, secure=door.is_secure),
        guard=Guard(upstream, dealer, names, place.key()),
        running=running,
    )
    made = assemble(entrance, keys, crew, inside)
    return Around(OwnCalls(made, names), names, secure=door.is_secure)


def origins(door: Door) -> list[str]:
    """The addresses by which people reach a door: behind a web server that one, and this machine itself."""
    here = [LOOPBACK, "localhost"]
    if door.reached_by == "lan":
        name = socket.gethostname()
        here += [*of_this_machine(), name, f"{name}.local", socket.getfqdn()]
    return [*door.addresses(), *(f"http://{host}:{door.port}" for host in dict.fromkeys(here))]
