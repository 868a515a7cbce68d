"""What the fake can do beyond the seam: lose answers, tell the time it is given, and hold tasks for people."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.label_studio.base import UID, ProjectSpec
from pipeline.label_studio.fake import FakeLabelStudio
from schemas.errors import LabelStudioRefused, LabelStudioUnreachable

SPEC = ProjectSpec(marker="headrace: fake", title="Fake", config="<View/>", overlap=2)


def test_an_answer_that_is_lost_has_done_its_work() -> None:
    studio = FakeLabelStudio()
    with pytest.raises(LabelStudioUnreachable):
        studio.losing_its_answer().ensure_project(SPEC)
    project = studio.ensure_project(SPEC)
    with pytest.raises(LabelStudioUnreachable):
        studio.losing_its_answer().push(project, [{UID: "one"}], 1)
    assert list(studio.uids(project, ["one"])) == ["one"]
    assert studio.count_tasks(project) == 1


def test_a_change_bears_the_time_of_the_clock_it_was_given() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    studio = FakeLabelStudio(clock=lambda: now)
    project = studio.ensure_project(SPEC)
    (task_id,) = studio.push(project, [{UID: "one"}], 1)
    now += timedelta(hours=1)
    studio.annotate(task_id, studio.person("ann@example.com").id, [])
    (task,) = studio.changes(project, None)
    assert (task.updated_at, task.annotations[0].created_at) == (now, now)


def test_two_runs_tell_the_same_times() -> None:
    def run() -> list[datetime]:
        studio = FakeLabelStudio()
        project = studio.ensure_project(SPEC)
        studio.push(project, [{UID: "one"}, {UID: "two"}], 1)
        return [task.updated_at for task in studio.changes(project, None)]

    assert run() == run()
    assert len(set(run())) == 2


def test_a_task_in_enough_hands_is_offered_to_nobody_else() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    one, two = studio.push(project, [{UID: "one"}, {UID: "two"}], overlap=2)
    ann, bo, cy = (studio.person(f"{name}@example.com").id for name in ("ann", "bo", "cy"))
    assert [studio.next_task(project, who) for who in (ann, bo, cy)] == [one, one, two]
    studio.skip(one, ann)
    assert studio.next_task(project, ann) == two
    studio.annotate(two, cy, [])
    assert studio.next_task(project, cy) == one, "a skip leaves a task to others"


def test_a_task_that_has_a_vote_comes_before_one_that_has_none() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    one, two = studio.push(project, [{UID: "one"}, {UID: "two"}], overlap=2)
    ann, bo = studio.person("ann@example.com").id, studio.person("bo@example.com").id
    studio.annotate(two, ann, [])
    assert [studio.next_task(project, who) for who in (ann, bo)] == [one, two]


def test_what_nobody_can_read_is_told() -> None:
    studio = FakeLabelStudio()
    project = studio.ensure_project(SPEC)
    (task_id,) = studio.push(project, [{UID: "one"}], 1)
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
