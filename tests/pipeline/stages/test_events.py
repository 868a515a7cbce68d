"""The event log tells what became of each task: decided, sent back, asked anew, parked, withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from schemas.steering import CellPauseFact, RedoFact, WithdrawalFact
from tasks import task_types
from tasks._adjudication import Decision
from tests.pipeline.filled import finding

Say = Callable[[int], Any]
KIND = task_types()["preference_pair"]
CELL = "en/preference_pair"


def log(effort: Any, task: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = effort.ctx.store.rows("SELECT * FROM events WHERE task = ?", [task])
    return found


def names(effort: Any, task: str) -> list[str]:
    return [row["event"] for row in log(effort, task)]


def first_task(effort: Any) -> dict[str, Any]:
    found: dict[str, Any] = effort.ctx.store.rows(
        "SELECT * FROM tasks JOIN record_tasks USING (task_id) WHERE cell = ? ORDER BY task_id", [CELL]
    )[0]
    return found


def named(effort: Any, name: str) -> str:
    person: str = effort.ctx.store.value("SELECT annotator FROM people WHERE email LIKE ?", [f"{name}@%"])
    return person


def test_a_dispute_is_sent_to_adjudication_started_and_accepted(disputed: Any) -> None:
    task = disputed.decide("dee", Decision(label=KIND.label(preference=2)))[0]
    disputed.run()
    events = log(disputed, task)
    assert [row["event"] for row in events] == [
        "ready", "submitted", "submitted", "sent_to_adjudication", "adjudication_started", "accepted"
    ]  # fmt: skip
    started, accepted = events[-2:]
    assert started["actor"] == accepted["actor"] == named(disputed, "dee")
    said = disputed.ctx.store.value(
        "SELECT created_at FROM annotations JOIN decisions USING (revision_id) WHERE decisions.task_id = ?",
        [task],
    )
    assert started["ts"] == said - timedelta(seconds=30)
    assert (started["lead_seconds"], accepted["lead_seconds"]) == (None, 30.0)
    assert disputed.ctx.store.value("SELECT count(*) FROM events WHERE event = 'submitted'") == 12


def test_what_is_sent_back_is_rejected_with_the_reason_and_ready_again_as_the_next_attempt(
    disputed: Any, say: Say
) -> None:
    (task,) = disputed.decide("dee", Decision(label=None, reason="The prompt is cut off"), 1)
    disputed.run()
    disputed.run()
    for name in ("ana", "ben"):
        disputed.vote(f"{name}@people.example", say(1))
    disputed.run()
    events = log(disputed, task)
    assert [(row["event"], row["attempt"]) for row in events] == [
        ("ready", 1), ("submitted", 1), ("submitted", 1), ("sent_to_adjudication", 1), ("adjudication_started", 1),
        ("rejected", 1), ("ready", 2), ("submitted", 2), ("submitted", 2), ("accepted", 2),
    ]  # fmt: skip
    rejected = next(row for row in events if row["event"] == "rejected")
    assert (rejected["reason"], rejected["actor"]) == ("The prompt is cut off", named(disputed, "dee"))
    assert disputed.ctx.store.value("SELECT count(*) FROM events WHERE event = 'sent_to_adjudication'") == 6


def test_a_task_that_is_redone_is_ready_again(effort: Any) -> None:
    effort.run()
    task = first_task(effort)
    effort.ctx.store.put(
        [
            RedoFact(
                task_id=task["task_id"],
                reason="new guideline",
                condition="true",
                redone_at=effort.ctx.clock(),
            )
        ]
    )
    effort.run()
    assert [(row["event"], row["attempt"]) for row in log(effort, task["task_id"])] == [
        ("ready", 1),
        ("ready", 2),
    ]


def test_a_withdrawn_record_and_its_task_are_dropped_with_the_reason(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.run()
    task = first_task(effort)
    withdrawal = WithdrawalFact(
        record_id=task["record_id"], reason="wrong licence", condition="true", withdrawn_at=effort.ctx.clock()
    )
    effort.ctx.store.put([withdrawal])
    last = log(effort, task["task_id"])[-1]
    assert (last["event"], last["reason"], last["cell"]) == ("dropped", "wrong licence", CELL)
    dropped = effort.ctx.store.rows("SELECT task, record FROM events WHERE event = 'dropped' ORDER BY task")
    assert dropped == [
        {"task": task["task_id"], "record": task["record_id"]},
        {"task": None, "record": task["record_id"]},
    ]


def test_tasks_of_a_paused_cell_are_held_and_resumed_unless_they_are_settled(effort: Any) -> None:
    effort.run()
    task = first_task(effort)
    remote = effort.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task["task_id"]])
    for name in ("ana", "ben"):
        effort.answer(name, remote, 1)
    effort.run()

    def pause(reason: str, *, paused: bool = True) -> None:
        effort.ctx.store.put(
            [CellPauseFact(cell=CELL, paused=paused, reason=reason, set_at=effort.ctx.clock())]
        )

    pause("new guideline")
    pause("said twice")
    effort.write(
        [{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}], "language": "en"}], mode="a"
    )
    effort.run()
    pause("it is there", paused=False)
    assert names(effort, task["task_id"]) == ["ready", "submitted", "submitted", "accepted"]
    found = effort.ctx.store.rows(
        "SELECT task, list([event, reason] ORDER BY ts) AS events FROM events "
        "WHERE event IN ('held', 'resumed') AND cell = ? GROUP BY task", [CELL]
    )  # fmt: skip
    assert len(found) == 4  # three that were open, and the one made meanwhile
    assert {str(row["events"]) for row in found} == {
        "[['held', 'new guideline'], ['resumed', 'it is there']]"
    }
    assert effort.ctx.store.value("SELECT count(*) FROM events WHERE event = 'held'") == 4


def test_votes_that_do_not_count_were_submitted_and_say_why(effort: Any) -> None:
    effort.run()
    task = first_task(effort)
    remote = effort.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task["task_id"]])
    for name in ("ana", "ben", "cem"):
        effort.answer(name, remote, 1)
    effort.run()
    void = effort.ctx.store.value(
        "SELECT revision_id FROM annotations WHERE annotator = ?", [named(effort, "ana")]
    )
    effort.ctx.store.put(
        [
            finding(
                "paused", subject=void, cell=CELL, task_id=task["task_id"], revision_id=void, void=True,
                found_at=effort.ctx.clock(),
            )
        ]
    )  # fmt: skip
    submitted = [row for row in log(effort, task["task_id"]) if row["event"] == "submitted"]
    assert [(row["slot"], row["reason"]) for row in submitted] == [
        (None, "paused"),
        (1, None),
        (2, "past the overlap"),
    ]
