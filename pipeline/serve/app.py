"""The live page's addresses: plain functions of the newest analysis, rendered here, never in the browser."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from pipeline.report.words import STATES
from pipeline.serve.guard import Guard
from pipeline.serve.listing import Chosen
from pipeline.serve.live import Live, Seen
from pipeline.serve.pages import Pages

SCRIPT = Path(__file__).with_name("live.js")
FIRST_WAIT = 0.2
"""Seconds that the first visitor waits for a small project's analysis, rather than see a page that says so."""

At = Annotated[int, Query(alias="page", ge=1, le=10**6)]
Word = Annotated[str | None, Query(max_length=500)]
Days = Annotated[float | None, Query(ge=0, le=36500)]


def make_app(
    live: Live, *, token: str | None = None, hosts: Collection[str] = (), names: bool = False
) -> FastAPI:
    """The application; `token` is asked for where it is given, `names` shows people by their names."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, token=token, hosts=hosts)
    pages = Pages(names=names)
    _files(app, pages, live)
    _reports(app, pages, live)
    _faults(app, pages, live)
    return app


class NotYet(Exception):  # noqa: N818 - a state, not a fault
    """The first analysis has not ended."""


def _files(app: FastAPI, pages: Pages, live: Live) -> None:
    @app.get("/style.css")
    def style() -> Response:
        return Response(pages.style(), media_type="text/css")

    @app.get("/live.js")
    def script() -> Response:
        return Response(SCRIPT.read_text(encoding="utf-8"), media_type="text/javascript")

    @app.get("/healthz")
    def health() -> dict[str, bool]:
        return {"ok": live.fault is None, "ready": live.newest() is not None}

    @app.get("/version")
    def version() -> dict[str, str | None]:
        seen = live.newest()
        return {"version": seen.version if seen else None, "fault": live.fault}

    @app.get("/metrics.json")
    def metrics() -> JSONResponse:
        seen = _seen(live)
        flow = seen.flow.model_dump(mode="json") if seen.flow else None
        return JSONResponse({"progress": seen.progress.to_json(), "flow": flow})


def _reports(app: FastAPI, pages: Pages, live: Live) -> None:
    @app.get("/")
    def front() -> HTMLResponse:
        return HTMLResponse(pages.front(_seen(live), live.fault))

    @app.get("/tasks")
    def tasks(
        cell: Word = None,
        kind: Word = None,
        state: Word = None,
        person: Word = None,
        older: Days = None,
        at: At = 1,
    ) -> HTMLResponse:
        if state is not None and state not in {"unsettled", *(one.name for one in STATES)}:
            raise HTTPException(404)
        chosen = Chosen(cell=cell, kind=kind, state=state, person=person, older=older)
        return HTMLResponse(pages.tasks(_seen(live), chosen, at))

    @app.get("/tasks/{task}")
    def task(task: str) -> HTMLResponse:
        return _found(pages.task(_seen(live), task))

    @app.get("/cells/{cell:path}")
    def cell(cell: str, at: At = 1) -> HTMLResponse:
        return _found(pages.cell(_seen(live), cell, at))

    @app.get("/types/{kind}")
    def kind(kind: str, at: At = 1) -> HTMLResponse:
        return _found(pages.kind(_seen(live), kind, at))

    @app.get("/people/{person}")
    def person(person: str, at: At = 1) -> HTMLResponse:
        return _found(pages.person(_seen(live), person, at))


def _faults(app: FastAPI, pages: Pages, live: Live) -> None:
    @app.exception_handler(NotYet)
    def not_yet(request: Request, _: Exception) -> Response:
        if request.url.path.endswith(".json"):
            return JSONResponse({"ready": False}, 503)
        return HTMLResponse(pages.waiting(live.fault), 503, headers={"Retry-After": "5"})

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: Any) -> Response:  # noqa: ANN401 - starlette asks for any exception
        if error.status_code == 404:  # noqa: PLR2004 - not found
            return HTMLResponse(pages.missing(), 404)
        return PlainTextResponse(f"{error.detail}\n", error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def wrong(_: Request, __: Exception) -> Response:
        return HTMLResponse(pages.missing(), 400)


def _seen(live: Live) -> Seen:
    seen = live.newest() or live.wait(FIRST_WAIT)
    if seen is None:
        raise NotYet
    return seen


def _found(page: str | None) -> HTMLResponse:
    if page is None:
        raise HTTPException(404)
    return HTMLResponse(page)
