"""What every Label Studio behind the seam must do with projects and tasks: over the fake, and over real servers."""

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.label_studio.base import UID, NewTask
from schemas.errors import LabelStudioRefused
from tests.pipeline.label_studio.world import (
    BAD,
    FAKE_AND_REAL,
    GOOD,
    PeopleOverHttp,
    World,
    a_world,
    unused,
)


@pytest.fixture(params=FAKE_AND_REAL)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_world(request) as world:
        yield world


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
    assert world.studio.look(project).tasks == 150
    world.people.delete_task(ids[0])
    assert world.studio.uids(project, uids[:2]) == {uids[1]: ids[1]}


def test_all_tasks_are_changes_at_first(world: World) -> None:
    project = world.project()
    ids = world.pushed(project, "one", "two")
    ids += world.studio.push(project, [NewTask(data={"text": "somebody else's"})])
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
    (task_id,) = world.pushed(project, "one")
    ann, bo = world.people.person(unused("ann"), "Ann"), world.people.person(unused("bo"))
    first = world.people.annotate(task_id, ann.id, GOOD, 12.5)
    second = world.people.annotate(task_id, bo.id, BAD)
    task = world.task(project, "one")
    seen = {
        one.id: (one.person_id, list(one.result), one.lead_seconds, one.skipped) for one in task.annotations
    }
    assert seen == {first: (ann.id, GOOD, 12.5, False), second: (bo.id, BAD, None, False)}
    assert (task.broken, task.overlap, task.closed) == ((), 2, True)
    assert task.data == {UID: "one", "text": "text of one"}
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
    (task_id,) = world.pushed(project, "one")
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
    world.studio.push(project, [NewTask(data=data)])
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
    assert world.studio.look(project).tasks == 0


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


@pytest.mark.live
@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_one_annotation_on_which_the_server_fails_does_not_hide_the_others(world: World) -> None:
    project = world.project()
    poisoned, sound = world.pushed(project, "poisoned", "sound")
    poison(world, poisoned)
    annotation = world.people.annotate(sound, world.owner, GOOD)
    seen = {task.id: task for task in world.studio.changes(project, None)}
    assert world.studio.task(poisoned) == seen[poisoned]
    world.people.delete_task(poisoned)
    assert [one.id for one in seen[sound].annotations] == [annotation]
    assert seen[sound].broken == ()
    assert seen[poisoned].annotations == ()
    assert f"task {poisoned} in Label Studio: expected its annotations" in seen[poisoned].broken[0]


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
def test_on_postgresql_such_an_annotation_is_never_stored(world: World) -> None:
    project = world.project()
    poisoned, sound = world.pushed(project, "poisoned", "sound")
    assert poison(world, poisoned) >= httpx.codes.BAD_REQUEST
    annotation = world.people.annotate(sound, world.owner, GOOD)
    seen = {task.id: task for task in world.studio.changes(project, None)}
    assert [one.id for one in seen[sound].annotations] == [annotation]
    assert (seen[poisoned].annotations, seen[poisoned].broken) == ((), ())


def poison(world: World, ls_task_id: int) -> int:
    """Submit what a server that stored it fails on when it is read; the status of its answer."""
    assert isinstance(world.people, PeopleOverHttp)
    answer = world.people.http.post(
        f"/api/tasks/{ls_task_id}/annotations/",
        content=rb'{"result": [{"value": {"text": ["\ud800"]}}]}',
        headers={"content-type": "application/json"},
    )
    return answer.status_code


def test_what_stands_in_a_project_is_told_by_id(world: World) -> None:
    project = world.project()
    ids = world.pushed(project, "one", "two", "three")
    assert world.studio.standing(project, [*ids, 987_654_321]) == set(ids)
    assert world.studio.standing(project, []) == set()
