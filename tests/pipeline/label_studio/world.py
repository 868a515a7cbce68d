"""A Label Studio to try the seam on, the fake or a real server on either database, and the people in it."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pipeline.label_studio.accounts import sign_up
from pipeline.label_studio.base import UID, LabelStudio, NewTask, ProjectSpec, RemotePerson, RemoteTask
from pipeline.label_studio.client import connect
from pipeline.label_studio.fake import FakeLabelStudio

CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="verdict" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>"""
GOOD, BAD = (
    [{"from_name": "verdict", "to_name": "text", "type": "choices", "value": {"choices": [said]}}]
    for said in ("good", "bad")
)


class PeopleOverHttp:
    """Annotators of a real server, acted by its administrator's token."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60)
        self.me = int(self.http.get("/api/current-user/whoami").json()["id"])
        self.tokens = {self.me: token}

    def _json(self, method: str, path: str, body: object = None, *, by: int | None = None) -> Any:
        headers = {"Authorization": f"Token {self.tokens[self.me if by is None else by]}"}
        answer = self.http.request(method, path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def colleague(self, email: str, invite: str) -> int:
        """Somebody who can do things by themselves."""
        token = sign_up(str(self.http.base_url), invite, email, secrets.token_hex(8))
        me = self.http.get("/api/current-user/whoami", headers={"Authorization": f"Token {token}"}).json()
        self.tokens[me["id"]] = token
        return int(me["id"])

    def person(self, email: str, name: str = "") -> RemotePerson:
        body = {"email": email, "username": email, "first_name": name}
        return RemotePerson(id=self._json("POST", "/api/users/", body)["id"], email=email, name=name)

    def project(self, description: str, overlap: int = 1) -> int:
        body = {"title": "somebody's", "description": description, "maximum_annotations": overlap}
        return int(self._json("POST", "/api/projects/", {**body, "label_config": CONFIG})["id"])

    def describe(self, project_id: int, description: str) -> None:
        self._json("PATCH", f"/api/projects/{project_id}/", {"description": description})

    def seed(self, ls_task_id: int) -> tuple[Any, ...]:
        found = self._json("GET", f"/api/tasks/{ls_task_id}/")["predictions"]
        return tuple(region for one in found for region in one["result"])

    def data(self, ls_task_id: int) -> Any:
        return self._json("GET", f"/api/tasks/{ls_task_id}/")["data"]

    def next_task(self, project_id: int, person_id: int) -> int | None:
        assert person_id == self.me, "the queue serves the token's owner"
        answer = self.http.get(f"/api/projects/{project_id}/next")
        return int(answer.json()["id"]) if answer.status_code == httpx.codes.OK else None

    def annotate(
        self, ls_task_id: int, person_id: int, result: Sequence[Any], lead_seconds: float | None = None
    ) -> int:
        return self._submit(ls_task_id, completed_by=person_id, result=list(result), lead_time=lead_seconds)

    def skip(self, ls_task_id: int, person_id: int) -> int:
        return self._submit(ls_task_id, completed_by=person_id, result=[], was_cancelled=True)

    def _submit(self, ls_task_id: int, **body: object) -> int:
        return int(self._json("POST", f"/api/tasks/{ls_task_id}/annotations/", body)["id"])

    def edit(self, annotation_id: int, result: Sequence[Any], by: int | None = None) -> None:
        self._json("PATCH", f"/api/annotations/{annotation_id}/", {"result": list(result)}, by=by)

    def delete_annotation(self, annotation_id: int) -> None:
        self._json("DELETE", f"/api/annotations/{annotation_id}/")

    def delete_task(self, ls_task_id: int) -> None:
        self._json("DELETE", f"/api/tasks/{ls_task_id}/")


@dataclass
class World:
    """A Label Studio, the people in it, and a marker nobody has used yet."""

    studio: LabelStudio
    people: FakeLabelStudio | PeopleOverHttp
    spec: ProjectSpec
    owner: int
    """Somebody for whom the queue can be asked."""

    def project(self, *, overlap: int = 1) -> int:
        return self.studio.ensure_project(self.spec.replace(overlap=overlap))

    def pushed(self, project_id: int, *uids: str) -> list[int]:
        tasks = [NewTask(data={UID: uid, "text": f"text of {uid}"}) for uid in uids]
        return self.studio.push(project_id, tasks)

    def colleague(self) -> int:
        """Somebody else who can do things by themselves."""
        email = unused("colleague")
        if isinstance(self.people, FakeLabelStudio):
            return self.people.person(email).id
        return self.people.colleague(email, self.studio.invite_link())

    def task(self, project_id: int, uid: str) -> RemoteTask:
        (task,) = (task for task in self.studio.changes(project_id, None) if task.uid == uid)
        return task


SERVERS = {"sqlite": "label_studio_server", "postgresql": "label_studio_on_postgres"}
"""The real worlds, each with the fixture that starts its server."""
FAKE_AND_REAL = [
    "fake",
    pytest.param("sqlite", marks=pytest.mark.live),
    pytest.param("postgresql", marks=[pytest.mark.live, pytest.mark.proof]),
]


@contextmanager
def a_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The world that a test's parameter names."""
    mark = secrets.token_hex(4)
    spec = ProjectSpec(
        marker=f"headrace: contract {mark}", title=f"Contract {mark}", config=CONFIG, overlap=1
    )
    if request.param == "fake":
        fake = FakeLabelStudio()
        yield World(fake, fake, spec, fake.person("owner@example.com").id)
        return
    server = request.getfixturevalue(SERVERS[request.param])
    people = PeopleOverHttp(server.url, server.token)
    yield World(connect(server.url, server.token), people, spec, people.me)
    people.http.close()


def unused(name: str) -> str:
    """A mail address that no account has yet."""
    return f"{name}-{secrets.token_hex(4)}@example.com"
