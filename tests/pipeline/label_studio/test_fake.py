"""What the fake can do beyond the seam: lose answers, tell the time it is given, and hold tasks for people."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.label_studio.base import UID, NewTask, ProjectSpec
from pipeline.label_studio.fake import FakeLabelStudio
from schemas.errors import LabelStudioInDoubt, LabelStudioRefused

SPEC = ProjectSpec(marker="headrace: fake", title="Fake", config="<View/>", overlap=2)
ONE = [NewTask(data={UID: "one"})]
TWO = [*ONE, NewTask(data={UID: "two"})]


def test_an_answer_that_is_lost_has_done_its_work() -> None:
    studio = FakeLabelStudio()
    with pytest.raises(LabelStudioInDoubt):
        studio.losing_its_answer().ensure_project(SPEC)
    project = studio.ensure_project(SPEC)
    with pytest.raises(LabelStudioInDoubt):
        studio.losing_its_answer().push(project, ONE)
    assert list(studio.uids(project, ["one"])) == ["one"]
    assert studio.look(project).tasks == 1


def test_every_write_can_lose_its_answer() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    (task_id,) = studio.push(project, ONE)
    with pytest.raises(LabelStudioInDoubt):
        studio.losing_its_answer().stamp(project, "now")
    assert studio.look(project).stamp == "now"
    with pytest.raises(LabelStudioInDoubt):
        studio.losing_its_answer().steer(task_id, overlap=5, closed=True)
    assert [(task.overlap, task.closed) for task in studio.changes(project, None)] == [(5, True)]
    with pytest.raises(LabelStudioInDoubt):
        studio.losing_its_answer().remove(task_id)
    assert studio.task(task_id) is None


def test_a_late_import_is_there_only_when_it_is_committed() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    with pytest.raises(LabelStudioInDoubt):
        studio.late().push(project, ONE)
    assert studio.uids(project, ["one"]) == {}
    (again,) = studio.push(project, ONE)
    (late,) = studio.commit_late()
    assert late != again
    assert [task.uid for task in studio.changes(project, None)] == ["one", "one"]
    assert studio.commit_late() == []


def test_a_backup_that_is_played_back_gives_ids_out_again() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    (kept,) = studio.push(project, ONE)
    backup = studio.snapshot()
    (lost,) = studio.push(project, [NewTask(data={UID: "lost"})])
    vote = studio.annotate(kept, studio.person("ann@example.com").id, [])
    for _ in range(2):
        studio.restore(backup)
        assert [task.annotations for task in studio.changes(project, None)] == [()]
        assert studio.push(project, [NewTask(data={UID: "another"})]) == [lost]
    assert studio.person("bo@example.com").id < vote


def test_a_task_that_is_closed_is_offered_to_nobody() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    one, two = studio.push(project, TWO)
    studio.steer(one, overlap=2, closed=True)
    ann = studio.person("ann@example.com").id
    assert studio.next_task(project, ann) == two


def test_a_project_of_single_votes_goes_in_order_whatever_its_tasks_want() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC.replace(overlap=1))
    one, two = studio.push(project, TWO)
    studio.steer(two, overlap=2, closed=False)
    ann, bo = studio.person("ann@example.com").id, studio.person("bo@example.com").id
    studio.annotate(two, ann, [])
    assert studio.next_task(project, bo) == one


def test_a_change_bears_the_time_of_the_clock_it_was_given() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    studio = FakeLabelStudio(clock=lambda: now)
    project = studio.ensure_project(SPEC)
    (task_id,) = studio.push(project, ONE)
    now += timedelta(hours=1)
    studio.annotate(task_id, studio.person("ann@example.com").id, [])
    (task,) = studio.changes(project, None)
    assert (task.updated_at, task.annotations[0].created_at) == (now, now)


def test_two_runs_tell_the_same_times() -> None:
    def run() -> list[datetime]:
        studio = FakeLabelStudio()
        project = studio.ensure_project(SPEC)
        studio.push(project, TWO)
        return [task.updated_at for task in studio.changes(project, None)]

    assert run() == run()
    assert len(set(run())) == 2


def test_a_task_in_enough_hands_is_offered_to_nobody_else() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    one, two = studio.push(project, TWO)
    ann, bo, cy = (studio.person(f"{name}@example.com").id for name in ("ann", "bo", "cy"))
    assert [studio.next_task(project, who) for who in (ann, bo, cy)] == [one, one, two]
    studio.skip(one, ann)
    assert studio.next_task(project, ann) == two
    studio.annotate(two, cy, [])
    assert studio.next_task(project, cy) == one, "a skip leaves a task to others"


def test_a_task_that_has_a_vote_comes_before_one_that_has_none() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    one, two = studio.push(project, TWO)
    ann, bo = studio.person("ann@example.com").id, studio.person("bo@example.com").id
    studio.annotate(two, ann, [])
    assert [studio.next_task(project, who) for who in (ann, bo)] == [one, two]


def test_what_nobody_can_read_is_told() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    (task_id,) = studio.push(project, ONE)
    studio.damage(task_id, "annotation 9: expected a list, found nonsense")
    assert [task.broken for task in studio.changes(project, None)] == [
        ("annotation 9: expected a list, found nonsense",)
    ]


def test_what_is_not_there_cannot_be_annotated() -> None:
    with pytest.raises(LabelStudioRefused, match="task 4"):
        FakeLabelStudio().annotate(4, 1, [])
    with pytest.raises(LabelStudioRefused, match="annotation 4"):
        FakeLabelStudio().edit(4, [])


def test_a_person_is_made_once() -> None:
    studio = FakeLabelStudio()
    assert studio.person("ann@example.com", "Ann") == studio.person("ann@example.com")
    assert len(studio.people()) == 1
