"""A push whose answer is lost, or that is cut off: each task stands once, whatever became of the request."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.errors import LabelStudioInDoubt, LabelStudioUnreachable
from tests.pipeline.faults.sampled import every_third


@pytest.fixture
def ready(effort: Any) -> Any:
    """Four tasks that are made and not sent yet; the server goes on for ten minutes after we left."""
    effort.run("ingest", "screen", "generate")
    effort.studio.patience = 600.0
    return effort


def test_an_answer_that_is_lost_leaves_each_task_once(ready: Any) -> None:
    with ready.losing("push"):
        ready.run("push")  # looked up at once, and found
    assert len(ready.uids()) == 4
    assert (
        ready.count("sends")
        == ready.rows("SELECT count(*) AS n FROM sends WHERE answered_at > sent_at")[0]["n"]
    )
    assert ready.is_whole()


@pytest.mark.proof
@pytest.mark.parametrize("name", ["ensure_project", "stamp"])
def test_an_answer_that_is_lost_about_a_project_leaves_each_task_once(ready: Any, name: str) -> None:
    with ready.losing(name), pytest.raises(LabelStudioInDoubt):
        ready.run("push")
    assert ready.is_whole()
    assert (len(ready.projects()), len(ready.uids())) == (2, 4)


@pytest.mark.proof
def test_an_answer_that_is_lost_as_a_task_is_steered_is_asked_for_again(ready: Any) -> None:
    ready.run("push", "sync")
    ready.vote("ana")
    ready.vote("ben", 3)
    ready.run("sync", "check", "resolve")
    ready.given["tasks"] = [{"type": "preference_pair", "overlap": 1}]
    with ready.losing("steer"):
        ready.settle()
    assert ready.is_whole()


@pytest.mark.proof
def test_what_comes_later_than_the_look_up_is_waited_for_and_not_sent_again(ready: Any) -> None:
    ready.studio.late()
    with pytest.raises(LabelStudioInDoubt, match=r"may be there or may still come.* not there by then"):
        ready.run("push")
    ready.run("push")  # the other cell goes on; what is in doubt waits
    sent = len(ready.uids())
    assert 0 < sent < 4
    ready.studio.commit_late()
    ready.run("push")
    assert (len(ready.uids()), ready.count("pushes")) == (4, 4)
    assert ready.is_whole()
    assert ready.findings() == {}


@pytest.mark.proof
@pytest.mark.parametrize("is_answered", [True, False])
def test_what_comes_later_than_patience_is_a_double_and_withdrawn(ready: Any, is_answered: bool) -> None:  # noqa: FBT001 - one of two cases
    ready.studio.late()
    with pytest.raises(LabelStudioInDoubt):
        ready.run("push")
    ready.clock.ahead += timedelta(seconds=601)
    ready.run("push", "sync")
    late = ready.studio.commit_late()
    assert len(ready.uids()) == 4 + len(late)
    if is_answered:
        ready.answer(late[0], "ana")
    ready.run("sync", "check", "resolve")
    assert len(ready.uids()) == 4
    assert (ready.studio.task(late[0]) is not None) == is_answered
    assert ready.count("votes") == int(is_answered)
    assert ready.findings() == {"double": len(late)}
    assert ready.is_whole()


@pytest.mark.proof
def test_a_late_double_that_both_were_answered_of_counts_both(ready: Any) -> None:
    ready.studio.late()
    with pytest.raises(LabelStudioInDoubt):
        ready.run("push")
    ready.clock.ahead += timedelta(seconds=601)
    ready.run("push", "sync")
    late = ready.studio.commit_late()
    ready.answer(late[0], "ana")
    ready.answer(ready.remote_id(ready.studio.task(late[0]).uid), "ben")
    ready.settle()
    assert ready.count("votes") == 2
    assert ready.studio.task(late[0]).closed
    assert ready.disagreements() == {}


@pytest.mark.proof
def test_a_connection_that_is_refused_leaves_no_doubt(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise LabelStudioUnreachable("Label Studio: expected an answer, found none; start it")

    with monkeypatch.context() as patch:
        patch.setattr(ready.studio, "push", refuse)
        with pytest.raises(LabelStudioUnreachable):
            ready.run("push")
    assert ready.rows("SELECT * FROM sends WHERE answered_at IS NULL") == []
    ready.run("push")
    assert len(ready.uids()) == 4
    assert ready.is_whole()


@pytest.mark.parametrize("after", [False, True])
def test_a_push_that_is_cut_off_at_the_import_sends_each_task_once(ready: Any, after: bool) -> None:  # noqa: FBT001 - one of two cases
    with ready.cut_at(ready.studio, "push", after=after):
        ready.run("push")
    assert len(ready.rows("SELECT * FROM sends WHERE answered_at IS NULL")) == 1
    ready.run("push")
    sent = len(ready.uids())
    assert (sent == 4) == after  # what never left waits until nobody can be at work on it
    ready.clock.ahead += timedelta(seconds=601)
    assert ready.is_whole()
    assert len(ready.uids()) == 4
    assert ready.findings() == {}


@pytest.mark.proof
@pytest.mark.parametrize("nth", every_third(range(1, 13), pytest.mark.proof))
def test_a_push_that_is_cut_off_anywhere_sends_each_task_once(ready: Any, nth: int) -> None:
    store = type(ready.ctx.store)
    with ready.cut_at(store, "put", after=bool(nth % 2), nth=nth):
        ready.run("push")
        ready.run("sync")
    ready.clock.ahead += timedelta(seconds=601)
    assert ready.is_whole()
    assert (len(ready.projects()), len(ready.uids())) == (2, 4)


def test_a_doubt_about_a_project_that_is_gone_is_none(ready: Any) -> None:
    with ready.cut_at(ready.studio, "push", after=True):
        ready.run("push")
    ready.run("push")
    with ready.cut_at(ready.studio, "push", after=True):
        ready.problems(range(4, 10), "a")
        ready.run()
    in_doubt = ready.rows("SELECT project_id AS id FROM sends WHERE answered_at IS NULL")[0]["id"]
    ready.studio.delete_project(in_doubt)
    assert ready.is_whole()
    assert len(ready.uids()) == 10
