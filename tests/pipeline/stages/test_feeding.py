"""A small buffer, in the right order: and what leaves Label Studio again."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.pushing import queue
from schemas.steering import CellPauseFact, RedoFact, WithdrawalFact

Say = Callable[[int], Any]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A buffer of two tasks a cell."""
    monkeypatch.setattr(queue, "buffer", lambda *_: 2)


def shown(effort: Any) -> list[str]:
    """The prompts in Label Studio, in the order of their sending."""
    sql = """SELECT json_extract_string(r.payload, '$.prompt') AS prompt FROM pushes p
    JOIN record_tasks USING (task_id) JOIN records r USING (record_id) ORDER BY p.remote_task_id"""
    return [row["prompt"] for row in effort.ctx.store.rows(sql)]


def pause(effort: Any, cell: str, *, paused: bool) -> None:
    fact = CellPauseFact(cell=cell, paused=paused, reason="tests", set_at=effort.ctx.clock())
    effort.ctx.store.put([fact])


@pytest.mark.usefixtures("small")
def test_the_buffer_is_filled_by_priority_and_again_as_tasks_are_done(
    make_effort: Callable[..., Any], say: Say
) -> None:
    tasks = [{"type": "preference_pair", "overlap": 1, "priority": {"payload LIKE '%5 + 5%'": 2}}]
    effort = make_effort(tasks=tasks)
    tally = effort.run("ingest", "screen", "generate", "push")["push"]
    assert (tally.done, tally.skipped) == (4, 2)  # two a cell; two English ones wait
    english = [prompt for prompt in shown(effort) if prompt[8] not in "36"]
    assert english[0] == "What is 5 + 5?"
    assert len(english) == 2
    effort.vote("ana@people.example", say(1))
    effort.run()
    assert effort.run("push")["push"].done == 2
    assert effort.run("push")["push"].done == 0


def test_a_paused_cell_is_shown_to_nobody_until_it_is_resumed(effort: Any, say: Say) -> None:
    effort.run()
    effort.answer("ana", effort.remote()[0], 1)
    effort.run()
    before = effort.states()
    pause(effort, "en/preference_pair", paused=True)
    effort.run("push")
    effort.vote("ben@people.example", say(1))
    effort.run("sync", "check", "resolve")
    cells = effort.ctx.store.rows("SELECT DISTINCT t.cell FROM votes v JOIN tasks t USING (task_id) "
                                  "JOIN people p USING (annotator) WHERE p.email LIKE 'ben%'")  # fmt: skip
    assert [row["cell"] for row in cells] == ["zh/preference_pair"]
    pause(effort, "en/preference_pair", paused=False)
    effort.run("push")
    effort.vote("ben@people.example", say(1))
    effort.vote("cem@people.example", say(1))
    effort.run()
    assert before["in_labeling"] == 1
    assert effort.states() == {"accepted": 6}


def test_a_redo_asks_for_new_votes_and_keeps_the_old_ones_apart(effort: Any, say: Say) -> None:
    effort.run()
    for name in ("ana", "ben"):
        effort.vote(f"{name}@people.example", say(-2))
    effort.run()
    task_id = effort.ctx.store.value("SELECT min(task_id) FROM tasks")
    effort.ctx.store.put(
        [RedoFact(task_id=task_id, reason="unclear", condition="tests", redone_at=effort.ctx.clock())]
    )
    tally = effort.run()
    assert (tally["generate"].done, tally["push"].done) == (1, 1)
    assert effort.states() == {"accepted": 5, "superseded": 1, "open": 1}
    for name in ("ana", "ben"):
        effort.vote(f"{name}@people.example", say(3))
    effort.run()
    assert effort.states() == {"accepted": 6, "superseded": 1}
    attempts = effort.ctx.store.rows(
        "SELECT attempt, count(*) AS votes FROM votes JOIN tasks USING (task_id) "
        "WHERE item_id = (SELECT item_id FROM tasks WHERE task_id = ?) GROUP BY 1 ORDER BY 1", [task_id]
    )  # fmt: skip
    assert attempts == [{"attempt": 1, "votes": 2}, {"attempt": 2, "votes": 2}]
    assert not any(tally.done for tally in effort.run().values())


def test_a_withdrawn_record_leaves_label_studio_with_what_was_said_kept(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@people.example", say(-2))
    record = effort.ctx.store.value("SELECT min(record_id) FROM records")
    remote = effort.ctx.store.value(
        "SELECT remote_task_id FROM pushes JOIN record_tasks USING (task_id) WHERE record_id = ?", [record]
    )
    fact = WithdrawalFact(
        record_id=record, reason="licence", condition="tests", withdrawn_at=effort.ctx.clock()
    )
    effort.ctx.store.put([fact])
    for _ in range(3):
        effort.run()
    assert effort.studio.task(remote) is None
    assert effort.states() == {"in_labeling": 5, "withdrawn": 1}
    assert effort.count("votes") == 6  # paid for, and kept
    assert effort.count("removals") == 1
    assert not any(tally.done or tally.rejected for tally in effort.run().values())
    effort.write([{"prompt": "another", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    effort.run()
    assert effort.count("tasks") == 7
    assert effort.ctx.store.value("SELECT count(*) FROM to_push") == 0
