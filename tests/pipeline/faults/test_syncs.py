"""A sync that is cut off, and what members do between two syncs: what could be seen is seen, and counts right."""

from datetime import timedelta
from typing import Any

import pytest

from tests.pipeline.faults.sampled import every_third


@pytest.mark.proof
@pytest.mark.parametrize("nth", every_third(range(1, 9), pytest.mark.proof))
def test_a_sync_that_is_cut_off_anywhere_loses_nothing(labeled: Any, nth: int) -> None:
    labeled.vote("ben")
    labeled.answer(labeled.studio.copy_task(labeled.remote()[1]), "cem", 3)
    labeled.studio.delete_task(labeled.remote()[0])
    with labeled.cut_at(type(labeled.ctx.store), "put", after=bool(nth % 2), nth=nth):
        labeled.run("sync")
        labeled.run("check")
    assert labeled.is_whole()
    assert labeled.count("votes") == 8  # the deleted task had one that was seen, and one that nobody saw


@pytest.mark.proof
@pytest.mark.parametrize("after", [False, True])
def test_a_sync_that_is_cut_off_as_it_takes_a_double_out_leaves_it_on_record(
    labeled: Any,
    after: bool,  # noqa: FBT001 - one of two cases
) -> None:
    labeled.studio.copy_task(labeled.remote()[0])
    with labeled.cut_at(labeled.studio, "remove", after=after):
        labeled.run("sync")
    assert labeled.is_whole()
    assert labeled.findings() == {"double": 1}
    assert len(labeled.uids()) == 4


def test_a_vote_is_seen_after_a_sync_that_was_cut_off_and_a_restore(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.vote("ben")
    with labeled.cut_at(labeled.studio, "stamp"):
        labeled.run("sync")
    labeled.run("sync")
    labeled.studio.restore(yesterday)
    assert labeled.is_whole()
    assert labeled.count("votes") == 8


def test_a_clock_far_behind_ours_hides_no_change_that_is_stored_late(effort: Any) -> None:
    clock = effort.clock
    effort.studio._clock = lambda: clock() - timedelta(hours=1)
    effort.run()
    dated = effort.studio._clock()
    effort.answer(effort.remote()[0], "ben")
    effort.run("sync")
    task = effort.studio._memory.task(effort.remote()[1])
    effort.answer(task.id, "ben")
    task.updated_at = dated  # dated before the change that was seen last, stored after it
    effort.run("sync", "check")
    assert effort.count("votes") == 2


def test_what_is_stored_much_later_than_it_is_dated_is_read_from_nothing_only(labeled: Any) -> None:
    dated = labeled.clock()
    labeled.answer(labeled.remote()[1], "ben")
    labeled.run("sync")
    clock = labeled.clock
    clock.ahead += timedelta(hours=1)
    labeled.run("sync")
    task = labeled.studio._memory.task(labeled.remote()[2])
    labeled.answer(task.id, "ben")
    task.updated_at = dated
    labeled.run("sync", "check")
    assert labeled.count("votes") == 5
    labeled.ctx.store.temporary("DELETE FROM syncs")
    labeled.run("sync", "check")
    assert labeled.count("votes") == 6


@pytest.mark.proof
def test_a_task_deleted_beside_one_that_was_doubled_is_missed(labeled: Any) -> None:
    first, second, third, _ = labeled.remote()
    labeled.answer(labeled.studio.copy_task(first), "ben", 3)
    labeled.studio.copy_task(second)
    labeled.studio.delete_task(third)
    assert labeled.is_whole()
    assert labeled.findings() == {"double": 2, "task gone": 1}
    assert labeled.count("votes") == 5


@pytest.mark.proof
def test_a_task_that_was_copied_and_then_deleted_takes_no_vote_with_it(labeled: Any) -> None:
    first = labeled.remote()[0]
    copy = labeled.studio.copy_task(first)
    labeled.studio.delete_task(first)
    assert labeled.is_whole()
    assert copy in labeled.remote()
    assert labeled.count("votes") == 4


@pytest.mark.proof
def test_a_double_that_was_answered_stays_closed_when_an_answer_is_taken_back(labeled: Any) -> None:
    first = labeled.remote()[0]
    double = labeled.studio.copy_task(first)
    given = labeled.answer(double, "ben", 3)
    labeled.answer(double, "cem", 3)
    labeled.settle()
    assert labeled.count("votes") == 6
    labeled.studio.delete_annotation(given)
    assert not labeled.studio.task(double).closed
    assert labeled.is_whole()
    assert labeled.studio.task(double).closed
    assert labeled.count("votes") == 5


@pytest.mark.proof
def test_an_answered_double_stands_for_a_task_that_is_deleted(labeled: Any) -> None:
    first = labeled.remote()[0]
    double = labeled.studio.copy_task(first)
    labeled.answer(double, "ben", 3)
    labeled.settle()
    labeled.studio.delete_task(first)
    assert labeled.is_whole()
    assert (double in labeled.remote(), labeled.count("votes")) == (True, 5)
    assert labeled.rows("SELECT count(*) AS n FROM current_annotations WHERE lost")[0]["n"] == 1


@pytest.mark.proof
def test_a_task_deleted_as_it_should_be_steered_takes_no_vote_with_it(labeled: Any) -> None:
    labeled.vote("ben", 3)
    labeled.run("sync", "check", "resolve")
    labeled.given["tasks"] = [{"type": "preference_pair", "overlap": {"policy": "third_on_disagreement"}}]
    labeled.open_again()
    labeled.run("resolve")
    assert labeled.count("steering") == 4
    labeled.studio.delete_task(labeled.remote()[0])
    assert labeled.is_whole()
    assert (len(labeled.uids()), labeled.count("votes")) == (4, 8)


@pytest.mark.proof
def test_a_project_deleted_before_a_push_takes_no_vote_with_it(labeled: Any) -> None:
    labeled.problems(range(4, 8), "a")
    labeled.studio.delete_project(labeled.projects()[0])
    labeled.run()
    assert labeled.is_whole()
    assert (len(labeled.uids()), labeled.count("votes")) == (8, 4)


@pytest.mark.proof
def test_an_id_that_a_new_task_of_ours_was_given_leaves_the_deleted_one_gone(labeled: Any) -> None:
    last = max(labeled.remote())
    labeled.studio.delete_task(last)
    labeled.studio._memory.last_id = last - 1  # as SQLite counts
    labeled.problems([5], "a")
    labeled.run("ingest", "screen", "generate", "push")
    assert labeled.remote().count(last) == 2
    assert labeled.is_whole()
    assert (len(labeled.uids()), labeled.count("votes")) == (5, 4)


def test_an_id_that_a_strangers_task_was_given_leaves_the_deleted_one_gone(labeled: Any) -> None:
    last = max(labeled.remote())
    labeled.studio.delete_task(last)
    memory = labeled.studio._memory
    memory.last_id = last - 1
    project = memory.projects[labeled.projects()[-1]]
    assert memory.add(project, {"text": "somebody's"}, (), labeled.clock()) == last
    labeled.settle()
    assert set(labeled.wanted()) <= set(labeled.uids())
    assert labeled.findings() == {"task gone": 1}
    assert labeled.count("votes") == 4
    assert list(labeled.disagreements()) == ["tasks_foreign"]


@pytest.mark.proof
def test_swapped_uids_count_nothing_until_they_are_put_back(labeled: Any) -> None:
    memory = labeled.studio._memory
    one, other = (memory.task(task) for task in labeled.remote()[:2])

    def swap() -> None:
        one.data["headrace_uid"], other.data["headrace_uid"] = (
            other.data["headrace_uid"],
            one.data["headrace_uid"],
        )
        one.updated_at, other.updated_at = labeled.clock(), labeled.clock()

    swap()
    labeled.answer(one.id, "ben", 3)
    labeled.settle()
    assert labeled.count("votes") == 4
    assert list(labeled.disagreements()) == ["tasks_changed"]
    swap()
    assert labeled.is_whole()
    assert labeled.count("votes") == 5


@pytest.mark.proof
@pytest.mark.parametrize("lead", [None, -3.0])
def test_a_lead_time_that_cannot_be_is_a_finding_and_blinds_us_to_nothing(
    labeled: Any, lead: float | None
) -> None:
    first = labeled.remote()[0]
    given = labeled.answer(first, "ben", lead=None)
    other = labeled.answer(first, "cem", 3)
    if lead is not None:  # as the wire reads it
        task = labeled.studio._memory.task(first)
        task.annotations[given] = task.annotations[given].replace(lead_seconds=None)
    labeled.run("sync", "check")
    labeled.studio.delete_annotation(other)
    labeled.run("sync", "check")
    assert labeled.count("votes") == 5
    assert labeled.findings()["no lead time"] == 1


@pytest.mark.proof
def test_a_person_outside_their_cells_and_a_label_that_is_none_do_not_vote(make_effort: Any) -> None:
    people = [{"name": "ana", "email": "ana@people.example", "cells": ["zh/*"]}]
    effort = make_effort(people=people)
    effort.run()
    effort.vote("ana")
    first = effort.remote()[0]
    person = effort.studio.person("ana@people.example")
    said = [{"from_name": "preference", "to_name": "x", "type": "choices", "value": {"choices": ["soup"]}}]
    effort.studio.annotate(first, person.id, said, 5.0)
    effort.settle()
    zh = effort.rows("SELECT count(*) AS n FROM tasks WHERE cell LIKE 'zh/%'")[0]["n"]
    assert 0 < zh < 4
    assert effort.count("votes") == zh
    assert effort.findings()["outside their cells"] >= 4 - zh
    assert effort.rows("SELECT count(*) AS n FROM rejects WHERE reason = 'says no label'")[0]["n"] == 1


def test_an_edit_by_somebody_else_and_a_second_answer_leave_one_vote_a_person(labeled: Any, say: Any) -> None:
    first = labeled.remote()[0]
    given = labeled.answer(first, "ben", -1)
    labeled.answer(first, "ben", 2)
    labeled.answer(first, "cem", 1)
    labeled.run("sync", "check")
    boss = labeled.studio.person("boss@people.example")
    labeled.studio.edit(given, say(3), by=boss.id)
    assert labeled.is_whole()
    said = labeled.rows("SELECT annotator, remote_task_id AS id FROM votes JOIN pushes USING (task_id)")
    votes = [row for row in said if row["id"] == first]
    assert len(votes) == len({row["annotator"] for row in votes}) == 3
    assert labeled.findings() == {"double submission": 1, "edited by another": 1, "past the overlap": 1}
