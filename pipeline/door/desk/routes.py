"""The desk's addresses. Who asks is known by then, and that a form was sent from a page of ours is checked here."""

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.door.desk import lead, pages, personal
from pipeline.door.desk.desk import Clock, Desk, Here, now
from pipeline.door.desk.visit import Visit
from pipeline.door.desk.words import COOKIE, LANGUAGES
from pipeline.door.forms import fields
from pipeline.door.sessions import csrf_is_right
from pipeline.ledger import LedgerPlace

Page: TypeAlias = Callable[[Desk, Visit, Mapping[str, str]], Response | None]
Act: TypeAlias = Callable[[Desk, Visit, Mapping[str, str]], str | None]

A_YEAR = 365 * 86400
OWN = re.compile(r"/desk/(?:[a-z]+(?:/[A-Za-z0-9_]+)?(?:\?page=[0-9]{1,6})?)?")
"""Addresses of the desk: where a form may lead back to."""

PAGES: Mapping[str, Page] = {
    "/desk/": personal.front,
    "/desk/hours": personal.hours,
    "/desk/gold": personal.gold,
    "/desk/overturned": personal.overturned,
    "/desk/disputes": personal.disputes,
    "/desk/asked": personal.asked,
    "/desk/guidelines": personal.guidelines,
    "/desk/guidelines/{task_type}": personal.guideline,
    "/desk/data": personal.data,
    "/desk/data.json": personal.data_file,
    "/desk/lead": lead.disputes,
    "/desk/people": lead.people,
}
FORMS: Mapping[str, Act] = {
    "/desk/disagree": personal.disagree,
    "/desk/looked": personal.looked,
    "/desk/answer": personal.answer,
    "/desk/forget": personal.forget,
    "/desk/lead/answer": lead.answer,
}


def routes(
    folder: Path,
    ledger: LedgerPlace,
    *,
    here: Here = lambda _: None,
    clock: Clock = now,
    secure: bool = False,
) -> list[BaseRoute]:
    """The desk's routes for a project folder; each request brings `state.visitor` and `state.csrf`.

    `here` is told who opens a page, as a sign of life; days and hours are those of the clock.
    """
    desk = Desk(folder, ledger, here=here, clock=clock, secure=secure)
    return [
        Route("/desk", _to_the_front),
        Route("/desk/desk.css", _style),
        Route("/desk/language", _language(desk), methods=["POST"]),
        *(Route(path, _shown(desk, page)) for path, page in PAGES.items()),
        *(Route(path, _done(desk, act), methods=["POST"]) for path, act in FORMS.items()),
    ]


def _to_the_front(_: Request) -> Response:
    return RedirectResponse("/desk/", 303)


def _style(_: Request) -> Response:
    return Response(pages.style(), media_type="text/css", headers={"Cache-Control": "private, max-age=3600"})


def _shown(desk: Desk, page: Page) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        visit = desk.visit(request)
        desk.welcome(visit.who)
        found = page(desk, visit, {**request.query_params, **request.path_params})
        return found or _missing(visit)

    return endpoint


def _done(desk: Desk, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        given = await fields(request)
        visit = await run_in_threadpool(desk.visit, request)
        if not csrf_is_right(request, given.get("csrf", "")):
            return HTMLResponse(pages.render("stale", visit), 403)
        to = await run_in_threadpool(act, desk, visit, given)
        return RedirectResponse(to, 303) if to else _missing(visit)

    return endpoint


def _language(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        given = await fields(request)
        if not csrf_is_right(request, given.get("csrf", "")):
            return HTMLResponse(pages.render("stale", await run_in_threadpool(desk.visit, request)), 403)
        back = given.get("back", "")
        to = RedirectResponse(back if OWN.fullmatch(back) else "/desk/", 303)
        if given.get("language") in LANGUAGES:
            to.set_cookie(
                COOKIE, given["language"], max_age=A_YEAR, httponly=True, samesite="lax", secure=desk.secure
            )
        return to

    return endpoint


def _missing(visit: Visit) -> Response:
    return HTMLResponse(pages.render("missing", visit), 404)
