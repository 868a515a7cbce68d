"""A task in somebody's hands: shown, drafted, submitted, passed on, changed; each only where it is theirs."""

import uuid
from collections import OrderedDict
from contextlib import suppress
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from pipeline.door import cutting
from pipeline.door.base import Dealer, Handed, Visitor
from pipeline.door.calls import Call, Declined, NotTheirs
from pipeline.door.cutting import Cut, Object
from pipeline.door.projects import Projects
from pipeline.door.upstream import Upstream
from pipeline.door.veil import Veil

NEXT = "Headrace-Next"
"""The header of "no more tasks here" that says where to go on."""
MOST_DRAFTS = 20_000
MOST_SECONDS = 60.0
"""Of activity that one sign of life may tell of."""
NAMES = uuid.UUID("6b1f9a52-55d0-4f0c-8a6e-3c5f6f7c1d21")


class Labeling:
    """Tasks, annotations and drafts between a person and Label Studio."""

    def __init__(self, upstream: Upstream, projects: Projects, dealer: Dealer, veil: Veil) -> None:
        self._upstream, self._projects, self._dealer, self._veil = upstream, projects, dealer, veil
        self._drafts: OrderedDict[tuple[str, int], int] = OrderedDict()
        self._looked: OrderedDict[tuple[str, int], dict[int | None, int]] = OrderedDict()
        """For a person and a task that was looked at: their draft of each annotation, or of none yet."""

    async def next_task(self, call: Call) -> Response:
        """The task that the dealer hands out; where there is none in the project, where to go on."""
        project = call.number("project")
        handed = await run_in_threadpool(self._dealer.deal, call.who, project)
        if handed is None:
            elsewhere = await run_in_threadpool(self._dealer.deal, call.who)
            return _no_more("/desk/next" if elsewhere else "/desk/")
        try:
            return JSONResponse(await self._task(call.who, handed))
        except NotTheirs:  # deleted in Label Studio; `sync` finds out
            await run_in_threadpool(self._dealer.ended, handed, "returned")
            return _no_more("/desk/")

    async def task(self, call: Call) -> Response:
        """A task that they hold, or may still change."""
        return JSONResponse(await self._task(call.who, await self._held(call.who, call.number("task"))))

    async def history(self, call: Call) -> Response:
        """What they may go back to; the task in their hands the page asks for by itself."""
        own = await run_in_threadpool(self._dealer.own, call.who, call.number("project"))
        before = [one for one in reversed(own) if not one.is_open]
        shown = {one.remote_task_id: self._shown(call.who, one) for one in before}
        return JSONResponse(cutting.history(before, shown))

    async def submit(self, call: Call) -> Response:
        """An answer, or that they pass on the task; sent twice it is one, the later."""
        cut = await self._cut(call, call.number("task"))
        body = await self._body(call, cut)
        draft = await self._own_draft_id(call, cut)
        if cut.handed.annotation_id is not None:
            said = await self._change(call.who, cut, cut.handed.annotation_id, body)
        else:
            said = await self._submit(call.who, cut, {**body, "draft_id": draft})
        await run_in_threadpool(self._dealer.ended, cut.handed, call.ending, int(said["id"]))
        return JSONResponse(cut.annotation(said), 201)

    async def change(self, call: Call) -> Response:
        """Another answer in the place of their own."""
        cut = await self._cut(call, call.number("taskID"))
        number = call.number("annotation")
        await self._need_own(call.who, cut, number)
        said = await self._change(call.who, cut, number, await self._body(call, cut))
        await run_in_threadpool(self._dealer.ended, cut.handed, call.ending, number)
        return JSONResponse(cut.annotation(said))

    async def drafts(self, call: Call) -> Response:
        """Their drafts of a task."""
        cut = await self._cut(call, call.number("task"))
        return JSONResponse([cut.draft(one) for one in await self._drafts_of(call.who, cut)])

    async def new_draft(self, call: Call) -> Response:
        """A draft; where there is one already, as from another tab, that one is written."""
        cut = await self._cut(call, call.number("task"))
        body = cutting.draft_body(call.said, cut)
        path = f"/api/tasks/{cut.handed.remote_task_id}"
        annotation = call.allowed.numbers.get("annotation")
        if annotation is not None:
            await self._need_own(call.who, cut, annotation)
            path = f"{path}/annotations/{annotation}"
        known = await self._known_drafts(call.who, cut)
        if annotation in known:
            with suppress(NotTheirs):  # gone since: with the answer that it became
                said = await self._json(call.who, "PATCH", f"/api/drafts/{known[annotation]}/", body)
                return JSONResponse(cut.draft(said), 201)
        said = await self._json(call.who, "POST", f"{path}/drafts", body)
        known[annotation] = int(said["id"])
        self._remember(call.who, cut, int(said["id"]))
        return JSONResponse(cut.draft(said), 201)

    async def change_draft(self, call: Call) -> Response:
        """A draft as it is now."""
        cut = await self._cut_of_draft(call)
        body = cutting.draft_body(call.said, cut)
        said = await self._json(call.who, "PATCH", f"/api/drafts/{call.number('draft')}/", body)
        return JSONResponse(cut.draft(said))

    async def drop_draft(self, call: Call) -> Response:
        """A draft that is not wanted any more."""
        await self._cut_of_draft(call)
        answer = await self._upstream.call(call.who, "DELETE", f"/api/drafts/{call.number('draft')}/")
        if not answer.is_success:
            raise Declined(answer.status_code)
        return Response(status_code=204)

    async def alive(self, call: Call) -> Response:
        """A sign of life from the page of a task."""
        handed = await self._held(call.who, cutting.whole(call.said.get("task")))
        seconds = call.said.get("seconds")
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or not 0 <= seconds < float("inf")
        ):
            raise cutting.NotOurs("seconds")
        await run_in_threadpool(self._dealer.touched, handed, min(float(seconds), MOST_SECONDS))
        return Response(status_code=204)

    async def _task(self, who: Visitor, handed: Handed) -> Object:
        cut = await self._cut_for(who, handed)
        asked = {"interaction": "labelstream", "project": handed.project_id}
        raw = await self._json(who, "GET", f"/api/tasks/{handed.remote_task_id}/", query=asked)
        if raw.get("id") != handed.remote_task_id:
            raise NotTheirs
        shown = cut.task(raw, await self._projects.get(who, handed.project_id))
        self._looked_at(who, cut, shown["drafts"])
        return shown

    async def _body(self, call: Call, cut: Cut) -> Object:
        project = await self._projects.get(call.who, cut.handed.project_id)
        if call.is_skip and not project.skippable:
            raise NotTheirs
        return cutting.annotation_body(call.said, cut, skipped=call.is_skip)

    async def _submit(self, who: Visitor, cut: Cut, body: Object) -> Object:
        """A new annotation under a name of its own, so that one whose answer was lost is not made twice."""
        handed = cut.handed
        name = uuid.uuid5(NAMES, f"{handed.uid}/{handed.attempt}/{handed.remote_task_id}/{handed.annotator}")
        path = f"/api/tasks/{handed.remote_task_id}/annotations/"
        query = {"project": handed.project_id}
        answer = await self._upstream.call(who, "POST", path, query, {**body, "unique_id": str(name)})
        if answer.status_code != httpx.codes.CONFLICT:
            return dict(_said(answer))
        own = await self._own_annotation(who, cut)
        if own is None:
            raise Declined(answer.status_code)
        return await self._change(who, cut, int(own["id"]), body)

    async def _change(self, who: Visitor, cut: Cut, number: int, body: Object) -> Object:
        kept = {name: value for name, value in body.items() if name != "draft_id"}
        query = {"project": cut.handed.project_id, "taskID": cut.handed.remote_task_id}
        return await self._json(who, "PATCH", f"/api/annotations/{number}/", kept, query)

    async def _need_own(self, who: Visitor, cut: Cut, number: int) -> None:
        """That an annotation is theirs, by the ledger, or where that does not know yet by Label Studio."""
        if cut.handed.annotation_id is None:
            own = await self._own_annotation(who, cut)
            if own is None or own.get("id") != number:
                raise NotTheirs
        elif cut.handed.annotation_id != number:
            raise NotTheirs

    async def _own_annotation(self, who: Visitor, cut: Cut) -> Object | None:
        raw = await self._json(who, "GET", f"/api/tasks/{cut.handed.remote_task_id}/")
        own = [one for one in raw.get("annotations", []) if cut.is_own(one)]
        return own[-1] if own else None

    async def _drafts_of(self, who: Visitor, cut: Cut) -> list[Object]:
        answer = await self._upstream.call(who, "GET", f"/api/tasks/{cut.handed.remote_task_id}/drafts")
        own = [one for one in _said(answer) if cut.is_own_draft(one)]
        self._looked_at(who, cut, own)
        return own

    async def _known_drafts(self, who: Visitor, cut: Cut) -> dict[int | None, int]:
        """Their drafts of a task; Label Studio is asked where nobody looked yet since the door was opened."""
        key = who.annotator, cut.handed.remote_task_id
        if key not in self._looked:
            await self._drafts_of(who, cut)
        return self._looked[key]

    def _looked_at(self, who: Visitor, cut: Cut, own: list[Object]) -> None:
        key = who.annotator, cut.handed.remote_task_id
        self._looked[key] = {one.get("annotation"): int(one["id"]) for one in own}
        if len(self._looked) > MOST_DRAFTS:
            self._looked.popitem(last=False)
        for draft in own:
            self._remember(who, cut, int(draft["id"]))

    async def _own_draft_id(self, call: Call, cut: Cut) -> int:
        number = cutting.whole(call.said.get("draft_id"))
        if number and self._drafts.get((call.who.annotator, number)) != cut.handed.remote_task_id:
            known = {int(one["id"]) for one in await self._drafts_of(call.who, cut)}
            return number if number in known else 0
        return number

    async def _cut_of_draft(self, call: Call) -> Cut:
        """The task of a draft, where both are theirs."""
        key = (call.who.annotator, call.number("draft"))
        task = self._drafts.get(key)
        if task is not None:
            return await self._cut_of(call.who, task)
        raw = await self._json(call.who, "GET", f"/api/drafts/{call.number('draft')}/")
        cut = await self._cut_of(call.who, cutting.whole(raw.get("task")))
        if not cut.is_own_draft(raw):
            raise NotTheirs
        self._remember(call.who, cut, call.number("draft"))
        return cut

    def _remember(self, who: Visitor, cut: Cut, draft: int) -> None:
        self._drafts[who.annotator, draft] = cut.handed.remote_task_id
        if len(self._drafts) > MOST_DRAFTS:
            self._drafts.popitem(last=False)

    async def _cut(self, call: Call, shown: int) -> Cut:
        return await self._cut_for(call.who, await self._held(call.who, shown))

    async def _cut_of(self, who: Visitor, task: int) -> Cut:
        handed = await run_in_threadpool(self._dealer.held, who, task)
        if handed is None:
            raise NotTheirs
        return await self._cut_for(who, handed)

    async def _cut_for(self, who: Visitor, handed: Handed) -> Cut:
        return Cut(who, await self._upstream.email(who), handed, self._shown(who, handed))

    async def _held(self, who: Visitor, shown: int) -> Handed:
        task = shown if who.role == "lead" else self._veil.meant(who.annotator, shown)
        handed = await run_in_threadpool(self._dealer.held, who, task) if task else None
        if handed is None:
            raise NotTheirs
        return handed

    def _shown(self, who: Visitor, handed: Handed) -> int:
        return (
            handed.remote_task_id
            if who.role == "lead"
            else self._veil.shown(who.annotator, handed.remote_task_id)
        )

    async def _json(
        self, who: Visitor, method: str, path: str, body: Object | None = None, query: Object | None = None
    ) -> Object:
        said = _said(await self._upstream.call(who, method, path, query, body))
        if not isinstance(said, dict):
            raise Declined(502)
        return said


def _said(answer: httpx.Response) -> Any:  # noqa: ANN401 - any JSON
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise NotTheirs
    if not answer.is_success:
        raise Declined(answer.status_code)
    return answer.json()


def _no_more(to: str) -> Response:
    return JSONResponse({"detail": "No more tasks here."}, 404, headers={NEXT: to})
