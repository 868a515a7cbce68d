"""What every Label Studio behind the seam must do: run over the fake, and over a real server."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from pipeline.label_studio.base import UID, LabelStudio, ProjectSpec, RemotePerson, RemoteTask
from pipeline.label_studio.client import connect
from pipeline.label_studio.fake import FakeLabelStudio
from schemas.errors import LabelStudioRefused

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
        self.me = int(self._json("GET", "/api/current-user/whoami")["id"])

    def _json(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def person(self, email: str, name: str = "") -> RemotePerson:
        body = {"email": email, "username": email, "first_name": name}
        return RemotePerson(id=self._json("POST", "/api/users/", body)["id"], email=email, name=name)

    def project(self, description: str, overlap: int = 1) -> int:
        body = {"title": "somebody's", "description": description, "maximum_annotations": overlap}
        return int(self._json("POST", "/api/projects/", {**body, "label_config": CONFIG})["id"])

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

    def edit(self, annotation_id: int, result: Sequence[Any]) -> None:
        self._json("PATCH", f"/api/annotations/{annotation_id}/", {"result": list(result)})

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

    def pushed(self, project_id: int, *uids: str, overlap: int = 1) -> list[int]:
        return self.studio.push(project_id, [{UID: uid, "text": f"text of {uid}"} for uid in uids], overlap)

    def task(self, project_id: int, uid: str) -> RemoteTask:
        (task,) = (task for task in self.studio.changes(project_id, None) if task.uid == uid)
        return task


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.live)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    mark = secrets.token_hex(4)
    spec = ProjectSpec(
        marker=f"headrace: contract {mark}", title=f"Contract {mark}", config=CONFIG, overlap=1
    )
    if request.param == "fake":
        fake = FakeLabelStudio()
        yield World(fake, fake, spec, fake.person("owner@example.com").id)
        return
    server = request.getfixturevalue("label_studio_server")
    people = PeopleOverHttp(server.url, server.token)
    yield World(connect(server.url, server.token), people, spec, people.me)
    people.http.close()


def unused(name: str) -> str:
    """A mail address that no account has yet."""
    return f"{name}-{secrets.token_hex(4)}@example.com"


def test_a_project_is_made_once_and_found_again(world: World) -> None:
    first = world.studio.ensure_project(world.spec)
    assert world.studio.ensure_project(world.spec.replace(instruction="Read it all.")) == first
    other = world.spec.replace(marker=f"{world.spec.marker} too", title="longer than a title may be " * 9)
    other_project = world.studio.ensure_project(other)
    assert other_project != first
    assert world.studio.ensure_project(world.spec, known=first) == first
    with pytest.raises(LabelStudioRefused):
        world.studio.ensure_project(world.spec, known=987_654_321)
    world.pushed(first, "one")
    assert world.studio.uids(other_project, ["one"]) == {}


def test_the_version_and_the_address_are_told(world: World) -> None:
    assert world.studio.version().startswith("1.")
    assert world.studio.address.startswith("http://")
    assert world.studio.invite_link().startswith(f"{world.studio.address}/user/signup/?token=")


def test_what_was_pushed_is_found_by_its_uid_until_it_is_deleted(world: World) -> None:
    project = world.project()
    uids = [secrets.token_hex(16) for _ in range(150)]  # more than fit into one request
    ids = world.pushed(project, *uids)
    assert world.studio.uids(project, [*uids, "never pushed"]) == dict(zip(uids, ids, strict=True))
    assert world.studio.uids(project, []) == {}
    assert world.pushed(project) == []
    assert world.studio.count_tasks(project) == 150
    world.people.delete_task(ids[0])
    assert world.studio.uids(project, uids[:2]) == {uids[1]: ids[1]}


def test_all_tasks_are_changes_at_first(world: World) -> None:
    project = world.project()
    ids = world.pushed(project, "one", "two")
    ids += world.studio.push(project, [{"text": "somebody else's"}], 1)
    seen = list(world.studio.changes(project, None))
    assert {task.id: task.uid for task in seen} == dict(zip(ids, ["one", "two", None], strict=True))
    assert [task.updated_at for task in seen] == sorted(task.updated_at for task in seen)


def test_later_changes_are_those_at_the_moment_and_after(world: World) -> None:
    project = world.project()
    first, second, _ = world.pushed(project, "one", "two", "three")
    world.people.annotate(second, world.owner, GOOD)
    at = world.task(project, "two").updated_at
    assert [task.id for task in world.studio.changes(project, at)] == [second]
    world.people.annotate(first, world.owner, GOOD)
    assert [task.id for task in world.studio.changes(project, at)] == [second, first]


def test_changes_come_past_the_end_of_a_page(world: World) -> None:
    project = world.project()
    uids = {f"task {number}" for number in range(450)}
    world.pushed(project, *uids)
    seen = [task.uid for task in world.studio.changes(project, None)]
    assert len(seen) == 450
    assert set(seen) == uids


def test_an_annotation_comes_with_all_that_was_submitted(world: World) -> None:
    project = world.project(overlap=2)
    (task_id,) = world.pushed(project, "one", overlap=2)
    ann, bo = world.people.person(unused("ann"), "Ann"), world.people.person(unused("bo"))
    first = world.people.annotate(task_id, ann.id, GOOD, 12.5)
    second = world.people.annotate(task_id, bo.id, BAD)
    task = world.task(project, "one")
    seen = {
        one.id: (one.person_id, list(one.result), one.lead_seconds, one.skipped) for one in task.annotations
    }
    assert seen == {first: (ann.id, GOOD, 12.5, False), second: (bo.id, BAD, None, False)}
    assert task.broken == ()
    assert all(str(one.created_at.tzinfo) == "UTC" for one in task.annotations)


def test_a_skip_is_told_from_an_answer(world: World) -> None:
    project = world.project()
    (task_id,) = world.pushed(project, "one")
    world.people.skip(task_id, world.owner)
    (skip,) = world.task(project, "one").annotations
    assert skip.skipped
    assert skip.result == ()


def test_an_edit_moves_the_task_and_the_annotation(world: World) -> None:
    project = world.project()
    one, two = world.pushed(project, "one", "two")
    annotation = world.people.annotate(one, world.owner, GOOD)
    world.people.annotate(two, world.owner, GOOD)
    before = world.task(project, "one")
    world.people.edit(annotation, BAD)
    after = world.task(project, "one")
    assert list(after.annotations[0].result) == BAD
    assert after.annotations[0].updated_at > before.annotations[0].updated_at
    assert after.annotations[0].created_at == before.annotations[0].created_at
    assert after.updated_at > before.updated_at
    assert [task.uid for task in world.studio.changes(project, None)] == ["two", "one"]


def test_a_deleted_annotation_is_gone_in_the_changes(world: World) -> None:
    project = world.project(overlap=2)
    (task_id,) = world.pushed(project, "one", overlap=2)
    kept = world.people.annotate(task_id, world.owner, GOOD)
    gone = world.people.annotate(task_id, world.owner, BAD)
    before = world.task(project, "one")
    assert [one.id for one in before.annotations] == [kept, gone]
    world.people.delete_annotation(gone)
    (after,) = (task for task in world.studio.changes(project, before.updated_at) if task.uid == "one")
    assert [one.id for one in after.annotations] == [kept]


def test_text_that_would_break_the_server_is_mended(world: World) -> None:
    project = world.studio.ensure_project(world.spec.replace(instruction="half \udc00 an emoji"))
    data: dict[str, Any] = {
        UID: "one",
        "text": "nul \x00, half \ud83d an emoji, whole 😀",
        "\ud800": ["\x00", {"deep": "\udfff"}],
    }
    world.studio.push(project, [data], 1)
    assert world.task(project, "one").uid == "one"
    shown = world.people.data(world.studio.uids(project, ["one"])["one"])
    mended = {"text": "nul \ufffd, half \ufffd an emoji, whole 😀", "\ufffd": ["\ufffd", {"deep": "\ufffd"}]}
    assert shown == {UID: "one", **mended}


@pytest.mark.parametrize("description", ["", "Our own labels", "like headrace: but not on a line of its own"])
def test_a_project_without_the_marker_is_left_alone(world: World, description: str) -> None:
    project = world.people.project(description)
    with pytest.raises(
        LabelStudioRefused, match=rf"project {project} .*headrace writes to projects of its own"
    ):
        world.pushed(project, "one")
    assert world.studio.count_tasks(project) == 0


def test_a_project_that_does_not_exist_is_refused(world: World) -> None:
    with pytest.raises(LabelStudioRefused, match="project 987654"):
        world.pushed(987654, "one")
    with pytest.raises(LabelStudioRefused):
        world.studio.uids(987654, ["one"])
    with pytest.raises(LabelStudioRefused):
        list(world.studio.changes(987654, None))


def test_everybody_with_an_account_is_among_the_people(world: World) -> None:
    ann = world.people.person(unused("ann"), "Ann")
    assert ann in world.studio.people()


def test_a_task_may_want_more_votes_than_its_project(world: World) -> None:
    project = world.project(overlap=1)
    (wanted_twice,) = world.pushed(project, "twice", overlap=2)
    (wanted_once,) = world.pushed(project, "once", overlap=1)
    ann = world.people.person(unused("ann"))
    world.people.annotate(wanted_twice, ann.id, GOOD)
    world.people.annotate(wanted_once, ann.id, GOOD)
    assert world.people.next_task(project, world.owner) == wanted_twice
    world.people.annotate(wanted_twice, world.owner, GOOD)
    assert world.people.next_task(project, world.owner) is None


def test_the_queue_goes_in_order_and_never_twice_to_the_same_person(world: World) -> None:
    project = world.project(overlap=2)
    one, two = world.pushed(project, "one", "two", overlap=2)
    assert world.people.next_task(project, world.owner) == one
    assert world.people.next_task(project, world.owner) == one, "theirs until they submit"
    world.people.annotate(one, world.owner, GOOD)
    assert world.people.next_task(project, world.owner) == two
    world.people.skip(two, world.owner)
    assert world.people.next_task(project, world.owner) is None


@pytest.mark.live
@pytest.mark.parametrize("world", ["real"], indirect=True)
def test_one_annotation_on_which_the_server_fails_does_not_hide_the_others(world: World) -> None:
    assert isinstance(world.people, PeopleOverHttp)
    project = world.project()
    poisoned, sound = world.pushed(project, "poisoned", "sound")
    world.people.http.post(
        f"/api/tasks/{poisoned}/annotations/",
        content=rb'{"result": [{"value": {"text": ["\ud800"]}}]}',
        headers={"content-type": "application/json"},
    )
    annotation = world.people.annotate(sound, world.owner, GOOD)
    seen = {task.id: task for task in world.studio.changes(project, None)}
    world.people.delete_task(poisoned)
    assert [one.id for one in seen[sound].annotations] == [annotation]
    assert seen[sound].broken == ()
    assert seen[poisoned].annotations == ()
    assert f"task {poisoned} in Label Studio: expected its annotations" in seen[poisoned].broken[0]


def test_what_stands_in_a_project_is_told_by_id(world: World) -> None:
    project = world.project()
    ids = world.pushed(project, "one", "two", "three")
    assert world.studio.standing(project, [*ids, 987_654_321]) == set(ids)
    assert world.studio.standing(project, []) == set()
