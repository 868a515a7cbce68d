"""The event log tells what became of each task: decided, sent back, asked anew, parked, withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from schemas.steering import CellPauseFact, FindingFact, RedoFact, WithdrawalFact
from tasks import task_types
from tasks._adjudication import Adjudication, Decision

Say = Callable[[int], Any]
KIND = task_types()["preference_pair"]
CELL = "en/preference_pair"


@pytest.fixture
def disputed(effort: Any, say: Say) -> Any:
    """Six tasks on which two people say the opposite, before an adjudicator."""
    effort.run()
    effort.vote("ana@people.example", say(-3))
    effort.vote("ben@people.example", say(3))
    effort.run()
    effort.run("generate", "push")
    return effort


def decide(effort: Any, decision: Decision, number: int = 6) -> list[str]:
    """An adjudicator's decision on some of the cases, 30 seconds each; the tasks it is about."""
    rows = effort.ctx.store.rows(
        "SELECT remote_task_id, j.task_id FROM pushes p JOIN adjudications j ON adjudication_id = p.task_id ORDER BY 1"
    )[:number]
    person = effort.studio.person("dee@people.example").id
    for row in rows:
        effort.studio.annotate(row["remote_task_id"], person, Adjudication(KIND).result(decision), 30.0)
    effort.run()
    return [row["task_id"] for row in rows]


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
    task = decide(disputed, Decision(label=KIND.label(preference=2)))[0]
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
    (task,) = decide(disputed, Decision(label=None, reason="The prompt is cut off"), 1)
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


def test_tasks_of_a_paused_cell_are_held_and_resumed_unless_they_are_settled(effort: Any, say: Say) -> None:
    effort.run()
    task = first_task(effort)
    remote = effort.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task["task_id"]])
    for name in ("ana", "ben"):
        effort.studio.annotate(remote, effort.studio.person(f"{name}@people.example").id, say(1)({}), 9.0)
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


def test_votes_that_do_not_count_were_submitted_and_say_why(effort: Any, say: Say) -> None:
    effort.run()
    task = first_task(effort)
    remote = effort.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task["task_id"]])
    for name in ("ana", "ben", "cem"):
        effort.studio.annotate(remote, effort.studio.person(f"{name}@people.example").id, say(1)({}), 9.0)
    effort.run()
    void = effort.ctx.store.value(
        "SELECT revision_id FROM annotations WHERE annotator = ?", [named(effort, "ana")]
    )
    effort.ctx.store.put(
        [
            FindingFact(
                finding_id="f", kind="paused", subject=void, cell=CELL, task_id=task["task_id"], annotator=None,
                revision_id=void, void=True, detail="", evidence="null", found_at=effort.ctx.clock(),
            )
        ]
    )  # fmt: skip
    submitted = [row for row in log(effort, task["task_id"]) if row["event"] == "submitted"]
    assert [(row["slot"], row["reason"]) for row in submitted] == [
        (None, "paused"),
        (1, None),
        (2, "past the overlap"),
    ]
