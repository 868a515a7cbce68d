"""No consensus: somebody decides who has not voted, or sends the item back."""

from collections.abc import Callable
from typing import Any

import pytest

from tasks import task_types
from tasks._adjudication import Adjudication, Decision

Say = Callable[[int], Any]
KIND = task_types()["preference_pair"]


def for_b(preference: int = 2) -> Decision:
    return Decision(label=KIND.label(preference=preference))


def test_a_case_shows_the_votes_without_names_in_a_project_of_its_own(disputed: Any) -> None:
    assert len(disputed.cases()) == 6
    task = disputed.studio.task(disputed.cases()[0])
    shown = str(task.data)
    assert "A much better" in shown
    assert "B much better" in shown
    people = disputed.ctx.store.rows("SELECT annotator, email FROM people")
    assert len(people) == 2
    assert not any(row["annotator"] in shown or row["email"] in shown for row in people)
    purposes = disputed.ctx.store.rows(
        "SELECT purpose, count(*) AS n FROM remote_projects GROUP BY 1 ORDER BY 1"
    )
    assert purposes == [{"purpose": "adjudicate", "n": 2}, {"purpose": "label", "n": 2}]


def test_what_an_adjudicator_decides_is_the_label(disputed: Any) -> None:
    disputed.decide("dee", for_b())
    disputed.run()
    assert disputed.states() == {"accepted": 6}
    methods = disputed.ctx.store.rows("SELECT DISTINCT method FROM current_resolutions")
    assert methods == [{"method": "adjudicated"}]
    assert disputed.count("votes") == 12
    disputed.run("push")
    assert not any(tally.done for tally in disputed.run().values())


@pytest.mark.proof
def test_nobody_decides_their_own_case(disputed: Any) -> None:
    disputed.decide("ana", for_b())
    disputed.run()
    disputed.run("push")
    assert disputed.states() == {"disputed": 6}
    kinds = disputed.ctx.store.rows("SELECT kind, void, count(*) AS n FROM findings GROUP BY ALL")
    assert kinds == [{"kind": "own case", "void": True, "n": 6}]
    assert not disputed.studio.task(disputed.cases()[0]).closed  # it waits for somebody else
    disputed.decide("dee", for_b())
    disputed.run()
    assert disputed.states() == {"accepted": 6}


def test_an_item_that_is_sent_back_gets_another_attempt_with_the_reason(disputed: Any, say: Say) -> None:
    disputed.decide("dee", Decision(label=None, reason="The prompt is cut off"), 1)
    disputed.run()
    disputed.run()
    assert disputed.states() == {"disputed": 5, "superseded": 1, "open": 1}
    (decision,) = disputed.ctx.store.rows("SELECT payload, reason FROM decisions")
    assert decision == {"payload": None, "reason": "The prompt is cut off"}
    for name in ("ana", "ben"):
        disputed.vote(f"{name}@people.example", say(1))
    disputed.run()
    assert disputed.states()["accepted"] == 1
    assert disputed.ctx.store.value("SELECT max(attempt) FROM tasks") == 2


def test_votes_that_come_to_agree_need_no_adjudicator_any_more(disputed: Any, say: Say) -> None:
    case = disputed.cases()[0]
    task_id = disputed.ctx.store.value(
        "SELECT a.task_id FROM adjudications a JOIN pushes p ON p.task_id = adjudication_id "
        "WHERE p.remote_task_id = ?", [case]
    )  # fmt: skip
    remote = disputed.ctx.store.value("SELECT remote_task_id FROM pushes WHERE task_id = ?", [task_id])
    second = disputed.studio.task(remote).annotations[1]
    disputed.studio.edit(second.id, say(-3)({}))
    disputed.run()
    disputed.run("push")
    assert disputed.states() == {"disputed": 5, "accepted": 1}
    assert disputed.studio.task(case).closed


@pytest.mark.proof
def test_a_decision_that_is_changed_changes_the_label_and_one_taken_back_opens_the_case(
    disputed: Any,
) -> None:
    disputed.decide("dee", for_b(2))
    disputed.run()
    annotation = disputed.studio.task(disputed.cases()[0]).annotations[0].id
    disputed.studio.edit(annotation, Adjudication(KIND).result(for_b(-1)))
    disputed.run()
    payloads = [row["payload"] for row in disputed.ctx.store.rows("SELECT payload FROM current_resolutions")]
    assert sum('"preference":-1' in payload for payload in payloads) == 1
    disputed.studio.delete_annotation(annotation)
    disputed.run()
    disputed.run("push")
    assert disputed.states() == {"accepted": 5, "disputed": 1}
    assert not disputed.studio.task(disputed.cases()[0]).closed
