"""What members of a Label Studio can do to it, each of them being in effect its administrator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.checking.kinds import PEOPLE_KINDS
from pipeline.stages.release import release
from schemas.errors import GateRefused, LabelStudioGone

Say = Callable[[int], Any]


@pytest.fixture
def labeled(effort: Any, say: Say) -> Any:
    """Six tasks, settled by two people."""
    effort.run()
    effort.vote("ana@people.example", say(-2))
    effort.vote("ben@people.example", say(-2))
    effort.run()
    return effort


@pytest.mark.proof
def test_a_deleted_account_takes_no_vote_back_and_stays_simulated(effort: Any, say: Say) -> None:
    effort.run()
    bot = effort.studio.person("bot@simulated.invalid")
    effort.vote("bot@simulated.invalid", say(1))
    effort.vote("ana@people.example", say(1))
    effort.run("sync", "check")
    effort.studio.delete_person(bot.id)
    effort.run()
    assert effort.count("votes") == 12
    with pytest.raises(GateRefused, match="simulated"):
        release(effort.ctx)


def test_what_came_from_an_account_that_nobody_ever_saw_is_a_reject(effort: Any, say: Say) -> None:
    effort.run()
    for name in ("one", "two"):
        effort.vote(f"{name}@simulated.invalid", say(1))
    for name in ("one", "two"):
        effort.studio.delete_person(effort.studio.person(f"{name}@simulated.invalid").id)
    tally = effort.run("sync", "check", "resolve")
    assert tally["check"].rejected == {"no account": 12}
    assert (effort.count("current_annotations"), effort.count("votes"), tally["resolve"].done) == (12, 0, 0)


def kinds(effort: Any) -> dict[str, int]:
    rows = effort.ctx.store.rows("SELECT kind, count(*) AS n FROM findings GROUP BY kind")
    # answers that a test gives a second apart are a burst, which is not what these are about
    return {row["kind"]: row["n"] for row in rows if row["kind"] not in PEOPLE_KINDS}


@pytest.mark.proof
def test_a_copy_that_shows_something_else_neither_votes_nor_silences_the_original(labeled: Any) -> None:
    original = labeled.remote()[0]
    copy = labeled.studio.copy_task(original)
    labeled.studio._memory.task(copy).data["answer_a"] = "<p>another answer</p>"
    labeled.answer("eve", copy, 3)
    tally = labeled.run()
    assert tally["sync"].rejected == {"copied task": 1}
    assert labeled.count("votes") == 12
    labeled.answer("eve", original, -2)
    labeled.run()
    assert labeled.count("votes") == 13


@pytest.mark.proof
def test_an_empty_double_is_taken_out_and_an_answered_one_counts(labeled: Any) -> None:
    first, second = labeled.remote()[:2]
    empty, answered = labeled.studio.copy_task(first), labeled.studio.copy_task(second)
    labeled.answer("eve", answered, 3)
    labeled.run()
    assert labeled.studio.task(empty) is None
    assert labeled.studio.task(answered).closed
    assert (labeled.count("votes"), labeled.count("removals"), labeled.count("doubles")) == (13, 1, 1)
    labeled.answer("cem", second, 3)
    labeled.run()
    assert labeled.count("votes") == 14
    assert labeled.states() == {"accepted": 6}
    assert not any(tally.rejected or tally.done for tally in labeled.run().values())


def test_of_two_the_one_with_answers_is_kept(effort: Any) -> None:
    effort.run()
    first = effort.remote()[0]
    double = effort.studio.copy_task(first)
    effort.answer("eve", double, 3)
    effort.run()
    assert effort.studio.task(first) is None
    assert double in effort.remote()
    assert effort.count("votes") == 1


@pytest.mark.proof
def test_an_annotation_that_comes_back_votes_again(labeled: Any) -> None:
    task = labeled.studio._memory.task(labeled.remote()[0])
    kept = dict(task.annotations)
    for annotation_id in kept:
        labeled.studio.delete_annotation(annotation_id)
    labeled.run()
    assert labeled.count("votes") == 10
    task.annotations.update(kept)  # as a server does that was restored from a backup
    task.updated_at = labeled.studio._clock()
    labeled.run()
    assert labeled.count("votes") == 12
    assert labeled.states() == {"accepted": 6}


@pytest.mark.proof
def test_a_vote_that_goes_reopens_the_task_and_one_that_comes_settles_it_again(labeled: Any) -> None:
    task = labeled.studio._memory.task(labeled.remote()[0])
    labeled.studio.delete_annotation(next(iter(task.annotations)))
    assert labeled.run()["resolve"].done == 1
    assert labeled.states() == {"accepted": 5, "in_labeling": 1}
    assert labeled.run()["resolve"].done == 0
    labeled.answer("cem", task.id, -1)
    labeled.run()
    assert labeled.states() == {"accepted": 6}
    said = [
        row["event"] for row in labeled.ctx.store.rows("SELECT event FROM events WHERE event = 'accepted'")
    ]
    assert len(said) == 7


@pytest.mark.proof
def test_a_deleted_task_takes_no_vote_with_it_and_is_sent_again_where_it_wants_more(
    effort: Any, say: Say
) -> None:
    effort.run()
    effort.vote("ana@people.example", say(-2))
    effort.run()
    effort.studio.delete_task(effort.remote()[0])
    effort.run()
    assert kinds(effort) == {"task gone": 1}
    assert effort.count("votes") == 6
    effort.run()
    effort.vote("ben@people.example", say(-2))
    effort.run()
    assert effort.states() == {"accepted": 6}
    effort.studio.delete_task(effort.remote()[0])
    effort.run()
    effort.run()
    assert effort.states() == {"accepted": 6}
    assert len(effort.ctx.store.rows("SELECT * FROM to_push")) == 0
    assert not any(tally.rejected or tally.done for tally in effort.run().values())


@pytest.mark.proof
def test_a_deleted_project_is_made_again_as_long_as_another_stands(labeled: Any) -> None:
    gone, _ = [
        row["project_id"]
        for row in labeled.ctx.store.rows("SELECT project_id FROM remote_projects ORDER BY cell")
    ]
    labeled.studio.delete_project(gone)
    labeled.run("sync", "check", "resolve")
    assert kinds(labeled) == {"project gone": 1}
    assert labeled.states() == {"accepted": 6}
    labeled.write(
        [{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}], "language": "en"}], mode="a"
    )
    labeled.run()
    assert labeled.states() == {"accepted": 6, "open": 1}
    for project in labeled.ctx.store.rows("SELECT project_id FROM remote_projects"):
        labeled.studio.delete_project(project["project_id"])
    labeled.write(
        [{"prompt": "More?", "candidates": [{"text": "a"}, {"text": "b"}], "language": "en"}], mode="a"
    )
    labeled.run("sync", "ingest", "screen", "generate")
    with pytest.raises(LabelStudioGone):
        labeled.run("push")  # a server that knows none of ours may be the wrong one


@pytest.mark.proof
def test_a_task_that_the_server_fails_on_is_on_record_and_keeps_what_it_said(labeled: Any) -> None:
    labeled.studio.fail_on(labeled.remote()[0])
    assert labeled.run()["sync"].rejected == {"unreadable": 1}
    assert labeled.count("votes") == 12


def test_a_sync_before_the_push_is_on_record_misses_nothing(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@people.example", say(1))
    later = effort.studio.person("ben@people.example")
    pushes = effort.ctx.store.rows("SELECT * FROM pushes")
    effort.ctx.store._con.execute("DELETE FROM pushes WHERE task_id = ?", [pushes[0]["task_id"]])
    effort.run("sync")
    for push in pushes[1:]:  # much happens elsewhere meanwhile
        for _ in range(30):
            effort.studio.skip(push["remote_task_id"], later.id)
    assert len(effort.remote()) == 6  # the first sync put it on record
    effort.run("check")
    assert effort.count("votes") == 6


@pytest.mark.proof
def test_a_clock_that_goes_back_changes_no_order(labeled: Any, say: Say) -> None:
    from datetime import UTC, datetime

    object.__setattr__(labeled.ctx, "clock", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    annotation = next(iter(labeled.studio._memory.task(labeled.remote()[0]).annotations))
    labeled.studio.edit(annotation, say(-3)({}))
    labeled.run()
    said = [json.loads(row["payload"]) for row in labeled.ctx.store.rows("SELECT payload FROM votes")]
    assert -3 in {one["preference"] for one in said}
    assert not any(tally.done for tally in labeled.run().values())


def test_a_confirming_vote_is_a_patch_release_and_every_version_stays_as_it_was(labeled: Any) -> None:
    first = release(labeled.ctx)
    manifest = (first[2] / "manifest.json").read_bytes()
    labeled.answer("cem", labeled.remote()[0], -2)
    labeled.studio.delete_annotation(labeled.studio.task(labeled.remote()[0]).annotations[0].id)
    labeled.run()
    assert release(labeled.ctx)[1] == "0.1.1"
    assert labeled.states() == {"released": 6}
    assert (first[2] / "manifest.json").read_bytes() == manifest
    assert json.loads(manifest)["counts"]["labels"] == 12


def test_a_release_never_removes_what_is_not_a_release(labeled: Any) -> None:
    thesis = labeled.folder / "releases" / "0.1.0" / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("years of work")
    with pytest.raises(Exception, match="something else is there"):
        release(labeled.ctx)
    assert thesis.read_text() == "years of work"
    assert labeled.count("releases") == 0


@pytest.mark.proof
def test_a_server_whose_clock_ran_ahead_once_does_not_blind_us(labeled: Any) -> None:
    first, second = labeled.remote()[:2]
    task = labeled.studio._memory.task(first)
    labeled.studio._memory.task(first).updated_at = task.updated_at.replace(year=2200)
    labeled.run("sync")
    labeled.answer("cem", second, -2)
    assert labeled.run("sync")["sync"].done == 1


def test_an_edited_uid_is_no_deletion(labeled: Any) -> None:
    one, two, three = (labeled.studio._memory.task(task) for task in labeled.remote()[:3])
    one.data, two.data = two.data, one.data
    labeled.studio.delete_task(three.id)
    labeled.run()
    assert labeled.count("current_annotations") == 12
    lost = labeled.ctx.store.value("SELECT count(*) FROM current_annotations WHERE lost")
    assert lost == 2  # of the deleted one, no others
