"""What every Label Studio behind the seam must do when tasks are steered, seeded, looked up and taken out."""

from collections.abc import Iterator

import pytest

from pipeline.label_studio.base import UID, NewTask
from schemas.errors import LabelStudioGone, LabelStudioRefused
from tests.pipeline.label_studio.world import BAD, CONFIG, FAKE_AND_REAL, GOOD, World, a_world, unused

GONE = 987_654


@pytest.fixture(params=FAKE_AND_REAL)  # on PostgreSQL with pytest.mark.proof
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_world(request) as world:
        yield world


def test_the_queue_goes_in_order_and_never_twice_to_the_same_person(world: World) -> None:
    project = world.project(overlap=2)
    one, two = world.pushed(project, "one", "two")
    assert world.people.next_task(project, world.owner) == one
    assert world.people.next_task(project, world.owner) == one, "theirs until they submit"
    world.people.annotate(one, world.owner, GOOD)
    assert world.people.next_task(project, world.owner) == two
    world.people.skip(two, world.owner)
    assert world.people.next_task(project, world.owner) is None


def test_a_finished_task_is_asked_once_more(world: World) -> None:
    project = world.project()
    again, done = world.pushed(project, "again", "done")
    ann = world.people.person(unused("ann")).id
    world.people.annotate(again, ann, GOOD)
    world.people.annotate(done, ann, GOOD)
    assert world.people.next_task(project, world.owner) is None
    before = world.task(project, "done")
    world.studio.steer(again, overlap=2, closed=False)
    steered = world.task(project, "again")
    assert (steered.overlap, steered.closed) == (2, False)
    assert world.people.next_task(project, world.owner) == again
    world.people.annotate(again, world.owner, BAD)
    assert world.task(project, "again").closed
    assert world.people.next_task(project, world.owner) is None
    assert world.task(project, "done") == before


def test_a_task_is_closed_before_it_has_its_votes(world: World) -> None:
    project = world.project(overlap=3)
    (task,) = world.pushed(project, "one")
    ann = world.people.person(unused("ann")).id
    vote = world.people.annotate(task, ann, GOOD)
    world.studio.steer(task, overlap=1, closed=True)
    assert world.people.next_task(project, world.owner) is None
    world.people.edit(vote, BAD)
    assert world.task(project, "one").closed
    assert world.people.next_task(project, world.owner) is None


def test_a_task_closed_above_its_votes_opens_again_with_the_next_change_of_one(world: World) -> None:
    project = world.project(overlap=3)
    (task,) = world.pushed(project, "one")
    vote = world.people.annotate(task, world.people.person(unused("ann")).id, GOOD)
    world.studio.steer(task, overlap=3, closed=True)
    assert world.people.next_task(project, world.owner) is None
    world.people.edit(vote, BAD)
    assert not world.task(project, "one").closed
    assert world.people.next_task(project, world.owner) == task


def test_two_answers_of_one_person_are_one_vote_to_the_queue(world: World) -> None:
    project = world.project(overlap=2)
    (task,) = world.pushed(project, "one")
    ann = world.people.person(unused("ann")).id
    world.people.annotate(task, ann, GOOD)
    world.people.annotate(task, ann, BAD)
    assert not world.task(project, "one").closed


def test_steering_a_task_moves_it_among_the_changes(world: World) -> None:
    project = world.project()
    one, _ = world.pushed(project, "one", "two")
    world.studio.steer(one, overlap=2, closed=False)
    assert [task.uid for task in world.studio.changes(project, None)] == ["two", "one"]


def test_a_task_that_is_gone_cannot_be_steered(world: World) -> None:
    with pytest.raises(LabelStudioGone):
        world.studio.steer(GONE, overlap=2, closed=False)


def test_one_task_is_told_as_the_changes_tell_it(world: World) -> None:
    project = world.project(overlap=2)
    one, _ = world.pushed(project, "one", "two")
    world.people.annotate(one, world.people.person(unused("ann")).id, GOOD, 3.5)
    world.people.skip(one, world.owner)
    told = world.studio.task(one)
    assert told == world.task(project, "one")
    assert told is not None
    assert len(told.annotations) == 2
    assert told.data == {UID: "one", "text": "text of one"}
    assert world.studio.task(GONE) is None


def test_a_task_that_is_removed_is_gone_with_its_annotations(world: World) -> None:
    project = world.project()
    one, two = world.pushed(project, "one", "two")
    world.people.annotate(one, world.owner, GOOD)
    world.studio.remove(one)
    assert world.studio.task(one) is None
    assert [task.uid for task in world.studio.changes(project, None)] == ["two"]
    world.studio.remove(one)
    assert world.studio.standing(project, [one, two]) == {two}


def test_an_edit_by_somebody_else_is_told_from_ones_own(world: World) -> None:
    project = world.project()
    (task,) = world.pushed(project, "one")
    vote = world.people.annotate(task, world.owner, GOOD)
    (own,) = world.task(project, "one").annotations
    assert (own.person_id, own.edited_by) == (world.owner, world.owner)
    colleague = world.colleague()
    world.people.edit(vote, BAD, by=colleague)
    (edited,) = world.task(project, "one").annotations
    assert (edited.person_id, edited.edited_by, list(edited.result)) == (world.owner, colleague, BAD)
    assert world.studio.task(task) == world.task(project, "one")


def test_a_seed_comes_with_its_task_and_is_no_vote(world: World) -> None:
    project = world.studio.ensure_project(world.spec.replace(seeded=True))
    seeded, plain = world.studio.push(
        project,
        [
            NewTask(data={UID: "seeded", "text": "a"}, seed=tuple(BAD)),
            NewTask(data={UID: "plain", "text": "b"}),
        ],
    )
    assert [list(world.people.seed(task)) for task in (seeded, plain)] == [BAD, []]
    assert [task.annotations for task in world.studio.changes(project, None)] == [(), ()]
    assert world.people.next_task(project, world.owner) == seeded


def test_a_project_is_looked_at_whoever_made_it(world: World) -> None:
    ours, theirs = world.project(overlap=3), world.people.project("Our own labels", overlap=2)
    world.pushed(ours, "one", "two")
    seen = world.studio.look(ours)
    assert (seen.id, seen.title, seen.config) == (ours, world.spec.title, CONFIG)
    assert (seen.overlap, seen.tasks, seen.stamp) == (3, 2, None)
    assert (world.studio.look(theirs).overlap, world.studio.look(theirs).tasks) == (2, 0)
    with pytest.raises(LabelStudioGone, match=f"project {GONE}"):
        world.studio.look(GONE)


def test_a_stamp_takes_the_place_of_the_one_before_and_touches_nothing_else(world: World) -> None:
    project = world.project(overlap=2)
    one, two = world.pushed(project, "one", "two")
    world.studio.steer(one, overlap=3, closed=True)
    world.studio.steer(two, overlap=1, closed=False)
    before = list(world.studio.changes(project, None))
    world.people.describe(project, f"For the team\r\n{world.spec.marker}\r\n\r\nAsk Mei")
    world.studio.stamp(project, "first")
    assert world.studio.look(project).stamp == "first"
    world.studio.stamp(project, "second of 2026")
    assert world.studio.look(project).stamp == "second of 2026"
    assert list(world.studio.changes(project, None)) == before
    assert world.studio.ensure_project(world.spec) == project, "the marker still stands"


def test_nobody_elses_project_is_stamped(world: World) -> None:
    project = world.people.project("Our own labels")
    with pytest.raises(
        LabelStudioRefused, match=rf"project {project} .*headrace writes to projects of its own"
    ):
        world.studio.stamp(project, "ours")
    assert world.studio.look(project).stamp is None


def test_a_person_loses_their_name_and_the_address_that_stays_is_told(world: World) -> None:
    email = unused("ann")
    ann = world.people.person(email, "Ann").id
    with pytest.raises(LabelStudioRefused, match="keeps addresses") as error:
        world.studio.anonymise(ann, unused("gone"), "Gone")
    assert email not in str(error.value)
    (left,) = (person for person in world.studio.people() if person.id == ann)
    assert (left.name, left.email) == ("Gone", email)
    world.studio.anonymise(ann, email, "Nobody")
    assert "Nobody" in {person.name for person in world.studio.people()}
    with pytest.raises(LabelStudioGone):
        world.studio.anonymise(GONE, email, "Nobody")
