"""The real Label Studio, over HTTP."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from pipeline.label_studio.base import (
    UID,
    LabelStudio,
    NewTask,
    ProjectSpec,
    RemotePerson,
    RemoteProject,
    RemoteTask,
)
from pipeline.label_studio.projects import HttpProjects
from pipeline.label_studio.refusals import check_address
from pipeline.label_studio.transport import Params, ServerFailed, Transport
from pipeline.label_studio.wire import (
    Imported,
    Invite,
    Row,
    Rows,
    Stamp,
    User,
    Version,
    clean,
    first_problem,
    import_body,
    remote_task,
    uid_of,
    validated,
)
from schemas.errors import LabelStudioGone, LabelStudioInDoubt

PAGE = 200
IDS = 500
"""Tasks a request: few enough to be answered within seconds."""

_QUERY_CHARACTERS = 3000
"""gunicorn refuses a request line of more than 4094."""

_TICK = timedelta(microseconds=1)
_ANNOTATED = (
    "id,data,updated_at,overlap,is_labeled,annotations,"
    "result,completed_by,updated_by,lead_time,was_cancelled,created_at"
)
_STORED: Params = {"resolve_uri": "false"}
"""Addresses in a task's data as they are stored, not as a browser may open them."""
_WORKER = 300.0
"""Seconds after which a server ends work of its own that its client has long left, as `headrace up` sets it."""


def connect(url: str, token: str, *, timeout: float = 120, patience: float | None = None) -> LabelStudio:
    """The Label Studio at an address. Sends nothing yet; `version` tells whether address and token are right.

    Args:
        url: Such as http://127.0.0.1:8080, with a path where it lies below one.
        token: A personal access token or a legacy one.
        timeout: Seconds to wait for an answer.
        patience: Seconds after which the server is at work on no request that we have left; by default as long as
            we wait for it, and the 300 s of its own after that.
    """
    return HttpLabelStudio(
        Transport(url, token, timeout), timeout + _WORKER if patience is None else patience
    )


class HttpLabelStudio:
    """Label Studio Community, by its REST interface."""

    def __init__(self, transport: Transport, patience: float) -> None:
        self._http = transport
        self._projects = HttpProjects(transport)
        self._patience = patience

    @property
    def address(self) -> str:
        return self._http.address

    @validated
    def version(self) -> str:
        version = Version.model_validate(self._http.read("api/version/"))
        User.model_validate(self._http.read("api/current-user/whoami"))
        return version.release

    @property
    def patience(self) -> float:
        return self._patience

    @validated
    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        return self._projects.ensure(spec, known)

    @validated
    def look(self, project_id: int) -> RemoteProject:
        return self._projects.look(project_id)

    @validated
    def stamp(self, project_id: int, stamp: str) -> None:
        self._projects.stamp(project_id, stamp)

    @validated
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

    @validated
    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for start in range(0, len(task_ids), IDS):
            chunk = list(task_ids[start : start + IDS])
            query = {"filters": _only("id", "in_list", "Number", chunk)}
            rows = self._rows(project_id, query, page_size=2 * IDS, include="id")
            found |= {Row.model_validate(row).id for row in rows.tasks}
        return found

    @validated
    def push(self, project_id: int, tasks: Sequence[NewTask]) -> list[int]:
        if not tasks:
            return []
        self._projects.still_own(project_id)
        answer = self._http.write(
            "POST",
            f"api/projects/{project_id}/import",
            import_body(tasks),
            {"commit_to_project": "true", "return_task_ids": "true"},
        )
        return _imported(answer, project_id, len(tasks))

    @validated
    def steer(self, task_id: int, *, overlap: int, closed: bool) -> None:
        body = {"overlap": overlap, "is_labeled": closed}
        self._http.write("PATCH", f"api/tasks/{task_id}/", body)

    @validated
    def task(self, task_id: int) -> RemoteTask | None:
        path = f"api/tasks/{task_id}/"
        try:
            return remote_task(self._http.read(path, _STORED, retries=0))
        except LabelStudioGone:
            return None
        except ServerFailed:
            return _broken(Stamp.model_validate(self._http.read(path, {"include": "id,updated_at"})))

    def remove(self, task_id: int) -> None:
        with suppress(LabelStudioGone):
            self._http.write("DELETE", f"api/tasks/{task_id}/")

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

    @validated
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
            task = remote_task(self._http.read(f"api/tasks/{stamp.id}/", _STORED, retries=0))
        except ServerFailed:
            return _broken(stamp)
        return task.replace(updated_at=stamp.updated_at)

    def _rows(self, project_id: int, query: Mapping[str, object], **params: str | int) -> Rows:
        text = json.dumps(query, separators=(",", ":"))
        shown = {"project": project_id, "query": text, "resolve_uri": "false", **params}
        answer = self._http.read("api/tasks/", shown)
        return Rows.model_validate(answer)

    @validated
    def people(self) -> list[RemotePerson]:
        users = TypeAdapter(list[User]).validate_python(self._http.read("api/users/"))
        return [RemotePerson(id=user.id, email=user.email, name=user.name()) for user in users]

    @validated
    def anonymise(self, person_id: int, email: str, name: str) -> None:
        """As LabelStudio.anonymise. Label Studio 1.23 changes names and refuses the rest when an address is sent."""
        names = {"first_name": clean(name), "last_name": "", "username": clean(email), "phone": ""}
        answer = self._http.write("PATCH", f"api/users/{person_id}/", names)
        check_address(person_id, User.model_validate(answer).email, email)

    @validated
    def invite_link(self) -> str:
        invite = Invite.model_validate(self._http.read("api/invite"))
        return f"{self.address}/{invite.invite_url.lstrip('/')}"


def _broken(stamp: Stamp) -> RemoteTask:
    reason = (
        f"task {stamp.id} in Label Studio: expected its annotations, found that the server fails on them; "
        "delete there the annotation that does it, or the task"
    )
    return RemoteTask(id=stamp.id, uid=None, updated_at=stamp.updated_at, annotations=(), broken=(reason,))


def _imported(answer: object, project_id: int, expected: int) -> list[int]:
    """The new tasks' ids; an answer that does not tell them leaves open what was done."""
    try:
        ids = Imported.model_validate(answer).task_ids
    except ValidationError as error:
        raise LabelStudioInDoubt(
            f"Label Studio's answer: {first_problem(error)}; see in project {project_id} what arrived"
        ) from error
    if len(ids) != expected:
        raise LabelStudioInDoubt(
            f"project {project_id} in Label Studio: expected {expected} tasks to be imported, "
            f"found {len(ids)}; run the command again: what has arrived is not sent twice"
        )
    return ids


def _only(column: str, operator: str, kind: str, value: object) -> dict[str, object]:
    """The data manager's filter with one condition."""
    item = {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
    return {"conjunction": "and", "items": [item]}


def _chunks(uids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Task ids in lots that fit into the address of a request."""
    size = max(1, _QUERY_CHARACTERS // (max(map(len, uids), default=0) + len("%22%22%2C")))
    return (uids[start : start + size] for start in range(0, len(uids), size))
