"""The real Label Studio, over HTTP."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import count
from typing import ParamSpec, TypeVar

from pydantic import TypeAdapter, ValidationError

from pipeline.label_studio.base import MARKER, UID, LabelStudio, ProjectSpec, RemotePerson, RemoteTask
from pipeline.label_studio.transport import Params, ServerFailed, Transport
from pipeline.label_studio.wire import (
    Imported,
    Invite,
    Project,
    Projects,
    Row,
    Rows,
    Stamp,
    User,
    Version,
    clean,
    first_problem,
    remote_task,
    uid_of,
)
from schemas.base import Json
from schemas.errors import LabelStudioGone, LabelStudioRefused

PAGE = 200
IDS = 500
"""Tasks a request: few enough to be answered within seconds."""

_QUERY_CHARACTERS = 3000
"""gunicorn refuses a request line of more than 4094."""

_TICK = timedelta(microseconds=1)
_ANNOTATED = "id,data,updated_at,annotations,result,completed_by,lead_time,was_cancelled,created_at"
_TITLE = 50


P = ParamSpec("P")
T = TypeVar("T")


def connect(url: str, token: str, *, timeout: float = 120) -> LabelStudio:
    """The Label Studio at an address. Sends nothing yet; `version` tells whether address and token are right.

    Args:
        url: Such as http://127.0.0.1:8080, with a path where it lies below one.
        token: A personal access token or a legacy one.
        timeout: Seconds to wait for an answer.
    """
    return HttpLabelStudio(Transport(url, token, timeout))


def _validated(method: Callable[P, T]) -> Callable[P, T]:
    """An answer of another shape than Label Studio's is a refusal, told in one line."""

    @wraps(method)
    def validated(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except ValidationError as error:
            raise LabelStudioRefused(
                f"Label Studio's answer: {first_problem(error)}; "
                "check HEADRACE_LABEL_STUDIO_URL, and that the server is Label Studio 1.23"
            ) from error

    return validated


class HttpLabelStudio:
    """Label Studio Community, by its REST interface."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    @property
    def address(self) -> str:
        return self._http.address

    @_validated
    def version(self) -> str:
        version = Version.model_validate(self._http.read("api/version/"))
        User.model_validate(self._http.read("api/current-user/whoami"))
        return version.release

    @_validated
    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        if known is not None:
            project = self._own_project(known)
        else:
            found = [project for project in self._projects() if spec.marker in project.lines()]
            if not found:
                return self._create(spec)
            project = min(found, key=lambda one: one.id)
        if (project.expert_instruction or "") != clean(spec.instruction):
            self._http.write("PATCH", f"api/projects/{project.id}/", _instruction(spec))
        return project.id

    def _projects(self) -> Iterator[Project]:
        params: Params = {"page_size": 100, "include": "id,description,expert_instruction"}
        for page in count(1):
            answer = Projects.model_validate(self._http.read("api/projects/", {**params, "page": page}))
            yield from answer.results
            if answer.next is None:
                return

    def _create(self, spec: ProjectSpec) -> int:
        body = {
            "title": clean(spec.title)[:_TITLE],
            "description": spec.marker,
            "label_config": clean(spec.config),
            "maximum_annotations": spec.overlap,
            "sampling": "Sequential sampling",
            "skip_queue": "REQUEUE_FOR_OTHERS",
            "show_collab_predictions": False,
            "evaluate_predictions_automatically": False,
            **_instruction(spec),
        }
        return Project.model_validate(self._http.write("POST", "api/projects/", body)).id

    @_validated
    def uids(self, project_id: int, uids: Sequence[str]) -> dict[str, int]:
        held: dict[str, int] = {}
        wanted = set(uids)
        for chunk in _chunks(list(dict.fromkeys(uids))):
            query = {"filters": _only(f"data.{UID}", "in_list", "List", chunk)}
            rows = self._rows(project_id, query, page_size=5 * PAGE, include="id,data")
            for row in sorted(map(Row.model_validate, rows.tasks), key=lambda one: one.id):
                uid = uid_of(row.data)
                if uid in wanted:
                    held.setdefault(uid, row.id)
        return held

    @_validated
    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for start in range(0, len(task_ids), IDS):
            chunk = list(task_ids[start : start + IDS])
            query = {"filters": _only("id", "in_list", "Number", chunk)}
            rows = self._rows(project_id, query, page_size=2 * IDS, include="id")
            found |= {Row.model_validate(row).id for row in rows.tasks}
        return found

    @_validated
    def push(self, project_id: int, tasks: Sequence[Mapping[str, Json]], overlap: int) -> list[int]:
        if not tasks:
            return []
        own = self._own_project(project_id).maximum_annotations
        cleaned = [clean(data) for data in tasks]
        if overlap != own:
            return [self._push_one(project_id, data, overlap) for data in cleaned]
        answer = self._http.write(
            "POST",
            f"api/projects/{project_id}/import",
            [{"data": data} for data in cleaned],
            {"commit_to_project": "true", "return_task_ids": "true"},
        )
        ids = Imported.model_validate(answer).task_ids
        if len(ids) != len(tasks):
            raise LabelStudioRefused(
                f"project {project_id} in Label Studio: expected {len(tasks)} tasks to be imported, "
                f"found {len(ids)}; run the command again: what has arrived is not sent twice"
            )
        return ids

    def _push_one(self, project_id: int, data: object, overlap: int) -> int:
        body = {"project": project_id, "data": data, "overlap": overlap}
        return Row.model_validate(self._http.write("POST", "api/tasks/", body)).id

    def _own_project(self, project_id: int) -> Project:
        """The project, as long as it is ours to write to."""
        project = self._project(project_id)
        if not any(line.startswith(MARKER) for line in project.lines()):
            raise LabelStudioRefused(
                f"project {project_id} in Label Studio: expected a line {MARKER + ' …'!r} in its description, "
                "found none; headrace writes to projects of its own only: restore the line if somebody removed it"
            )
        return project

    def _project(self, project_id: int) -> Project:
        include = "id,description,maximum_annotations,task_number,expert_instruction"
        answer = self._http.read("api/projects/", {"ids": project_id, "include": include})
        found = [one for one in Projects.model_validate(answer).results if one.id == project_id]
        if not found:
            raise LabelStudioGone(
                f"project {project_id} in Label Studio: expected at {self.address!r}, found none; "
                "see whether somebody deleted it, or whether this is another server"
            )
        return found[0]

    def changes(self, project_id: int, since: datetime | None) -> Iterator[RemoteTask]:
        """As LabelStudio.changes.

        A page is always the first one after a moment, never the n-th one: a task that changes meanwhile goes to
        the end, moves the others up, and the one at the border would be read by nobody.
        """
        before = since - _TICK if since else None
        size = PAGE
        seen: set[tuple[int, datetime]] = set()
        while True:
            page = self._changed_page(project_id, before, size)
            yield from (task for task in page if (task.id, task.updated_at) not in seen)
            if len(page) < size:
                return
            seen = {(task.id, task.updated_at) for task in page}
            last = page[-1].updated_at - _TICK
            size = PAGE if before is None or last > before else 2 * size  # a whole page of one moment
            before = last

    @_validated
    def _changed_page(self, project_id: int, before: datetime | None, size: int) -> list[RemoteTask]:
        """The first tasks that changed after a moment; those that break the server as `broken` ones."""
        query: dict[str, object] = {"ordering": ["tasks:updated_at"]}
        if before is not None:
            moment = before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            query["filters"] = _only("updated_at", "greater", "Datetime", moment)
        try:
            rows = self._rows(project_id, query, page_size=size, include=_ANNOTATED, fields="all")
        except ServerFailed:
            rows = self._rows(project_id, query, page_size=size, include="id,updated_at")
            return [self._one_task(Stamp.model_validate(stamp)) for stamp in rows.tasks]
        return [remote_task(raw) for raw in rows.tasks]

    def _one_task(self, stamp: Stamp) -> RemoteTask:
        try:
            task = remote_task(self._http.read(f"api/tasks/{stamp.id}/", retries=0))
        except ServerFailed:
            reason = (
                f"task {stamp.id} in Label Studio: expected its annotations, found that the server fails on them; "
                "delete there the annotation that does it, or the task"
            )
            return RemoteTask(
                id=stamp.id, uid=None, updated_at=stamp.updated_at, annotations=(), broken=(reason,)
            )
        return task.replace(updated_at=stamp.updated_at)

    def _rows(self, project_id: int, query: Mapping[str, object], **params: str | int) -> Rows:
        text = json.dumps(query, separators=(",", ":"))
        shown = {"project": project_id, "query": text, "resolve_uri": "false", **params}
        answer = self._http.read("api/tasks/", shown)
        return Rows.model_validate(answer)

    @_validated
    def people(self) -> list[RemotePerson]:
        users = TypeAdapter(list[User]).validate_python(self._http.read("api/users/"))
        return [
            RemotePerson(id=user.id, email=user.email, name=f"{user.first_name} {user.last_name}".strip())
            for user in users
        ]

    @_validated
    def count_tasks(self, project_id: int) -> int:
        return self._project(project_id).task_number or 0

    @_validated
    def invite_link(self) -> str:
        invite = Invite.model_validate(self._http.read("api/invite"))
        return f"{self.address}/{invite.invite_url.lstrip('/')}"


def _instruction(spec: ProjectSpec) -> dict[str, Json]:
    return {"expert_instruction": clean(spec.instruction), "show_instruction": bool(spec.instruction)}


def _only(column: str, operator: str, kind: str, value: object) -> dict[str, object]:
    """The data manager's filter with one condition."""
    item = {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
    return {"conjunction": "and", "items": [item]}


def _chunks(uids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Task ids in lots that fit into the address of a request."""
    size = max(1, _QUERY_CHARACTERS // (max(map(len, uids), default=0) + len("%22%22%2C")))
    return (uids[start : start + size] for start in range(0, len(uids), size))
