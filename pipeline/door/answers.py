"""What the page asks around a task: answered by the door itself, or with settings of the project."""

import re
from urllib.parse import urlencode, urlsplit

import httpx
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from pipeline.door import headers, made, page
from pipeline.door.allow import Allowed, decide
from pipeline.door.base import Dealer
from pipeline.door.calls import Call, Declined, NotTheirs
from pipeline.door.files import Files
from pipeline.door.projects import Projects
from pipeline.door.upstream import Upstream

DESK = "/desk/"
KEPT = "private, max-age=3600"
PAGE = re.compile(r"text/html", re.IGNORECASE)


class Answers:
    """Everything but the tasks themselves."""

    def __init__(self, upstream: Upstream, projects: Projects, dealer: Dealer) -> None:
        self._upstream, self._projects, self._dealer = upstream, projects, dealer
        self._files = Files(upstream)

    async def to_the_desk(self, _: Call) -> Response:
        """Wherever else Label Studio would lead: the work page."""
        return RedirectResponse(DESK, 303)

    async def next_page(self, call: Call) -> Response:
        """The page of the task that is next; the work page where there is none, or a stranger's page sent them."""
        if call.request.headers.get("sec-fetch-site") == "cross-site":
            return RedirectResponse(DESK, 303)
        handed = await run_in_threadpool(self._dealer.deal, call.who)
        return RedirectResponse(_page_of(handed.project_id) if handed else DESK, 303)

    async def script(self, _: Call) -> Response:
        """The door's script."""
        return Response(
            page.script(), media_type="text/javascript", headers={"Cache-Control": "private, max-age=300"}
        )

    async def page(self, call: Call) -> Response:
        """Label Studio's page for labeling, of a project in which they have something in hand."""
        number = call.number("project")
        if call.allowed.query.get("labeling") not in {"1", "true"}:
            return RedirectResponse(_page_of(number), 303)
        if not await self._is_theirs(call):
            return RedirectResponse(DESK, 303)
        answer = await self._upstream.call(call.who, "GET", f"/projects/{number}/data", {"labeling": 1})
        if not answer.is_success:
            raise Declined(answer.status_code)
        return self._shown(call, answer.text)

    async def file(self, call: Call) -> Response:
        """A file that the page is made of."""
        return await self._files.get(call)

    async def favicon(self, _: Call) -> Response:
        """None: a browser asks for it by itself."""
        return Response(status_code=204, headers={"Cache-Control": KEPT})

    async def version(self, _: Call) -> Response:
        """The version of nothing."""
        return JSONResponse(dict(made.VERSION))

    async def whoami(self, call: Call) -> Response:
        """Themselves."""
        return JSONResponse(made.whoami(call.who))

    async def users(self, call: Call) -> Response:
        """Themselves, and nobody else."""
        return JSONResponse([made.person(call.who)])

    async def nothing(self, _: Call) -> Response:
        """An empty list."""
        return JSONResponse([])

    async def no_links(self, _: Call) -> Response:
        """No labels that people made themselves."""
        return JSONResponse(dict(made.NO_LINKS))

    async def no_tasks(self, _: Call) -> Response:
        """The list of tasks beside the page: empty."""
        return JSONResponse(dict(made.NO_TASKS))

    async def columns(self, call: Call) -> Response:
        """The columns of that list."""
        await self._need_theirs(call)
        project = await self._projects.get(call.who, call.number("project"))
        return JSONResponse(made.columns(project))

    async def views(self, call: Call) -> Response:
        """The one view of it."""
        await self._need_theirs(call)
        return JSONResponse([made.view(call.number("project"), call.who)])

    async def project(self, call: Call) -> Response:
        """The project's settings."""
        await self._need_theirs(call)
        return JSONResponse((await self._projects.get(call.who, call.number("project"))).shown)

    async def rest(self, call: Call) -> Response:
        """For a lead: the call as it is, under their own account."""
        query = f"?{urlencode(call.allowed.query)}" if call.allowed.query else ""
        asked = (call.request.method, f"{call.allowed.path}{query}")
        wanted = {"Accept": call.request.headers.get("accept", "*/*"), "Accept-Encoding": "gzip"}
        if call.body:
            wanted["Content-Type"] = call.request.headers.get("content-type", "application/json")
        answer = await self._upstream.stream(call.who, asked, wanted, call.body or None)
        if answer.is_redirect:
            await answer.aclose()
            return _led_on(call, answer.headers.get("location", ""))
        if not PAGE.match(answer.headers.get("content-type", "")):
            return _streamed(answer)
        try:
            await answer.aread()
        finally:
            await answer.aclose()
        return self._shown(call, answer.text, answer.status_code)

    def _shown(self, call: Call, html: str, status: int = 200) -> Response:
        nonce = headers.new_nonce()
        told = {
            "Content-Security-Policy": headers.policy(nonce, forms=call.who.role == "lead"),
            "Cache-Control": "no-store",
        }
        csrf = str(getattr(call.request.state, "csrf", ""))
        return HTMLResponse(page.with_script(html, nonce, csrf, call.who.role), status, headers=told)

    async def _need_theirs(self, call: Call) -> None:
        if not await self._is_theirs(call):
            raise NotTheirs

    async def _is_theirs(self, call: Call) -> bool:
        """Whether they have, or had a while ago, a task of the project in hand."""
        return bool(await run_in_threadpool(self._dealer.own, call.who, call.number("project")))


def _page_of(project: int) -> str:
    return f"/projects/{project}/data?labeling=1"


def _streamed(answer: httpx.Response) -> Response:
    kept = {name: answer.headers[name] for name in headers.FROM_LABEL_STUDIO if name in answer.headers}
    kept.setdefault("cache-control", "no-store")
    return StreamingResponse(
        answer.aiter_raw(), answer.status_code, headers=kept, background=BackgroundTask(answer.aclose)
    )


def _led_on(call: Call, location: str) -> Response:
    """Where Label Studio leads a lead: only to what they may ask for here, and never to another place."""
    to = urlsplit(location)
    known = decide("GET", to.path.encode(), to.query.encode(), call.who.role)
    if not isinstance(known, Allowed):
        raise NotTheirs
    return RedirectResponse(f"{to.path}?{to.query}" if to.query else to.path, 303)
