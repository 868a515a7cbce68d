"""One side goes back to a backup while the other went on: noticed, and mended without losing or doubling anything."""

import json
from typing import Any

import pytest

from pipeline.label_studio.base import ProjectSpec
from pipeline.label_studio.fake import FakeLabelStudio
from schemas.errors import LabelStudioGone


def test_votes_that_a_restored_server_forgot_stand(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.vote("ben")
    labeled.settle()
    labeled.studio.restore(yesterday)
    assert labeled.is_whole()
    assert labeled.findings() == {"server restored": 2}
    assert (labeled.count("votes"), labeled.states()) == (8, {"accepted": 4})
    assert labeled.rows("SELECT count(*) AS n FROM latest_annotations WHERE lost")[0]["n"] == 4


@pytest.mark.proof
def test_votes_that_a_restored_server_forgot_stand_though_people_worked_on_at_once(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.vote("ben")
    labeled.settle()
    labeled.studio.restore(yesterday)
    labeled.vote("cem", 3)  # before anybody here has noticed
    assert labeled.is_whole()
    assert labeled.count("votes") == 12
    assert labeled.rows("SELECT * FROM latest_annotations WHERE deleted") == []


@pytest.mark.proof
def test_an_edit_that_a_restored_server_forgot_is_on_record_and_what_stands_there_counts(
    labeled: Any, say: Any
) -> None:
    yesterday = labeled.studio.snapshot()
    given = next(iter(labeled.studio.task(labeled.remote()[0]).annotations)).id
    labeled.studio.edit(given, say(3))
    labeled.settle()
    labeled.studio.restore(yesterday)
    assert labeled.is_whole()
    assert labeled.count("votes") == 4
    kept = [row for row in labeled.rows("SELECT remote_id FROM annotations") if row["remote_id"] == given]
    assert len(kept) == 3  # as it was, as it was edited, and as it is again


@pytest.mark.proof
def test_tasks_that_a_restored_server_forgot_are_sent_again_under_ids_that_others_had(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.problems(range(4, 8), "a")
    labeled.run()
    labeled.vote("ana")
    labeled.settle()
    before = dict(zip(labeled.uids(), labeled.remote(), strict=True))
    labeled.studio.restore(yesterday)
    labeled.problems(range(8, 12), "a")
    labeled.run("ingest", "screen", "generate", "push")
    assert len(labeled.uids()) == 4  # nothing is sent before a sync has seen what is there
    assert labeled.is_whole()
    assert len(labeled.uids()) == 12
    assert labeled.count("votes") == 8
    given_again = set(before.values()) & set(labeled.remote())
    assert len(given_again) > 4
    assert labeled.findings() == {"server restored": 2, "task gone": 4}
    labeled.vote("ben")
    labeled.vote("cem")
    assert labeled.is_whole()
    assert labeled.states() == {"accepted": 12}


@pytest.mark.proof
def test_a_restore_in_the_middle_of_a_push_is_noticed_by_the_next_sync(
    labeled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.problems(range(4, 8), "a")
    labeled.run()
    labeled.vote("ana")
    labeled.settle()
    labeled.problems(range(8, 12), "a")
    sent = labeled.studio.push

    def restored_before(*given: Any) -> Any:
        monkeypatch.undo()
        labeled.studio.restore(yesterday)
        return sent(*given)

    monkeypatch.setattr(labeled.studio, "push", restored_before)
    labeled.run()
    assert labeled.is_whole()
    assert labeled.findings()["server restored"] == 2
    assert (len(labeled.uids()), labeled.count("votes")) == (12, 8)


@pytest.mark.proof
def test_a_project_that_a_restored_server_forgot_is_made_again(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    german = {"prompt": "Was ist 1 + 1?", "candidates": [{"text": "2"}, {"text": "3"}], "language": "de"}
    with (labeled.folder / "problems.jsonl").open("a") as file:
        file.write(json.dumps(german) + "\n")
    labeled.run()
    labeled.vote("ana")
    labeled.settle()
    assert len(labeled.projects()) == 3
    labeled.studio.restore(yesterday)
    assert labeled.is_whole()
    assert labeled.findings()["project gone"] == 1
    assert (len(labeled.uids()), labeled.count("votes")) == (5, 5)


def test_an_id_that_another_project_of_ours_has_got_is_not_taken_for_the_one_that_is_gone() -> None:
    studio = FakeLabelStudio()
    spec = ProjectSpec(marker="headrace:one", title="one", config="<View/>", overlap=1)
    before = studio.snapshot()
    known = studio.ensure_project(spec)
    studio.restore(before)
    assert studio.ensure_project(spec.replace(marker="headrace:another")) == known
    with pytest.raises(LabelStudioGone):
        studio.ensure_project(spec, known)


@pytest.mark.proof
def test_an_account_that_a_restored_server_forgot_is_nobody_elses(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.vote("ben")
    labeled.settle()
    lost = labeled.studio.person("ben@people.example").id
    labeled.studio.restore(yesterday)
    labeled.settle()
    labeled.studio._memory.last_id = lost - 1
    assert labeled.studio.person("cem@people.example").id == lost
    labeled.answer(labeled.remote()[0], "cem", 3)
    assert labeled.is_whole()
    assert labeled.count("votes") == 9
    assert labeled.rows("SELECT count(DISTINCT annotator) AS n FROM votes")[0]["n"] == 3


@pytest.mark.proof
def test_who_makes_an_account_again_after_a_restore_is_the_same_person(labeled: Any) -> None:
    yesterday = labeled.studio.snapshot()
    labeled.vote("ben")
    labeled.settle()
    labeled.studio.restore(yesterday)
    labeled.settle()
    labeled.answer(labeled.remote()[0], "ben", 3)
    assert labeled.is_whole()
    assert labeled.count("votes") == 8
    assert labeled.findings()["double submission"] == 1


@pytest.mark.proof
def test_doubles_that_were_taken_out_and_come_back_with_a_backup_are_taken_out_again(labeled: Any) -> None:
    labeled.studio.copy_task(labeled.remote()[0])
    with_the_double = labeled.studio.snapshot()
    labeled.settle()
    labeled.vote("ben")
    labeled.settle()
    labeled.studio.restore(with_the_double)
    assert labeled.is_whole()
    assert labeled.count("votes") == 8


@pytest.mark.proof
def test_a_store_that_went_back_finds_its_tasks_there(labeled: Any) -> None:
    older = labeled.copy_store()
    labeled.problems(range(4, 8), "a")
    labeled.run()
    labeled.vote("ben")
    labeled.settle()
    labeled.open_again(older)
    labeled.run("ingest", "screen", "generate", "push", "push")
    assert len(labeled.uids()) == 8
    assert labeled.is_whole()
    assert labeled.count("votes") == 12
    assert labeled.states() == {"accepted": 4, "in_labeling": 4}


@pytest.mark.proof
def test_a_store_that_went_back_finds_its_tasks_there_though_it_looks_before_it_has_made_them(
    labeled: Any,
) -> None:
    older = labeled.copy_store()
    labeled.problems(range(4, 8), "a")
    labeled.run()
    labeled.settle()
    labeled.open_again(older)
    labeled.run("sync", "sync")
    labeled.run("ingest", "screen", "generate", "push")
    assert len(labeled.uids()) == 8
    assert labeled.is_whole()


@pytest.mark.proof
def test_a_store_that_went_back_sends_nothing_twice_where_the_buffer_is_small(labeled: Any) -> None:
    older = labeled.copy_store()
    labeled.problems(range(4, 16), "a")
    labeled.run()
    there = len(labeled.uids())
    labeled.given["label_studio"] = {"buffer_tasks": 6}
    labeled.open_again(older)
    labeled.run("ingest", "screen", "generate")
    for _ in range(4):
        labeled.run("push")
    assert len(labeled.uids()) == there
    assert labeled.is_whole()


@pytest.mark.proof
def test_a_stamp_that_comes_late_reads_all_once_more_and_nothing_else(labeled: Any) -> None:
    project_id = labeled.projects()[0]
    late = labeled.studio.look(project_id).stamp
    labeled.vote("ben")
    labeled.settle()
    labeled.studio.stamp(project_id, late)
    assert labeled.is_whole()
    assert labeled.findings() == {"server restored": 1}
    assert labeled.count("votes") == 8
