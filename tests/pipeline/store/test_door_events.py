"""What the door saw, in the store's event log: preferred where it is known, and nothing else where it is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.door import DoorEventFact, GoldFact
from schemas.facts import AnnotationFact
from schemas.steering import AdjudicationFact
from tests.pipeline.filled import SERVER, START, Filled


class Told(Filled):
    """A store with what people did in Label Studio and at the door; times are minutes after START."""

    def door(self, minute: float, event: str, who: str, uid: str | None = None, **more: Any) -> None:
        given = dict.fromkeys(("cell", "slot", "open_seconds", "active_seconds", "reason", "why"), None)
        self.store.put(
            [
                DoorEventFact.model_validate(
                    {
                        **given,
                        "event_id": f"e{self.number('event'):03}",
                        "ts": at(minute),
                        "event": event,
                        "annotator": who,
                        "uid": uid,
                        "simulated": False,
                        **more,
                    }
                )
            ]
        )

    def answers(
        self, minute: float, who: str, uid: str, lead: float | None = 60.0, *, skips: bool = False
    ) -> str:
        name = f"a{self.number('answer')}"
        self.store.put(
            [
                AnnotationFact(
                    revision_id=name,
                    annotation_id=name,
                    task_id=uid,
                    annotator=who,
                    server=SERVER,
                    remote_id=1,
                    result="[]",
                    lead_seconds=lead,
                    skipped=skips,
                    deleted=False,
                    simulated=False,
                    created_at=at(minute),
                    updated_at=at(minute),
                    synced_at=at(minute),
                )
            ]
        )
        return name

    def gold(self, task: str, purpose: str = "gold", payload: str | None = "{}") -> None:
        self.store.put(
            [
                GoldFact.model_validate(
                    {
                        "task_id": task,
                        "purpose": purpose,
                        "payload": payload,
                        "clause": None,
                        "said_by": "gold.jsonl",
                        "reason": "",
                        "put_at": START,
                    }
                )
            ]
        )

    def log(self, *events: str) -> list[tuple[Any, ...]]:
        """Minute, event, task, actor, slot, seconds, reason."""
        found = [
            (
                (row["ts"] - START).total_seconds() / 60,
                row["event"],
                row["task"],
                row["actor"],
                row["slot"],
                row["lead_seconds"],
                row["reason"],
            )
            for row in self.store.rows("SELECT * FROM events")
        ]
        return [row for row in found if not events or row[1] in events]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


@pytest.fixture
def told() -> Iterator[Told]:
    with Store(":memory:") as store:
        yield Told(store)


def test_the_doors_clock_slot_and_seconds_are_preferred_to_label_studios(told: Told) -> None:
    task = told.task()
    told.door(1, "served", "ann", task, slot=2)
    told.door(3, "submitted", "ann", task, slot=2, open_seconds=120, active_seconds=90)
    told.answers(5, "ann", task, 900)
    assert told.log("served", "submitted") == [
        (1, "served", task, "ann", 2, None, None),
        (3, "submitted", task, "ann", 2, 90, None),
    ]


def test_what_the_page_did_not_count_is_taken_from_label_studio(told: Told) -> None:
    task = told.task()
    told.door(1, "served", "ann", task, slot=1)
    told.door(3, "submitted", "ann", task, slot=1, open_seconds=120, active_seconds=None)
    told.answers(5, "ann", task, 100)
    assert told.log("submitted") == [(3, "submitted", task, "ann", 1, 100, None)]


def test_an_answer_that_no_sync_has_read_is_none_yet_and_one_that_the_door_never_saw_is_one(
    told: Told,
) -> None:
    one, other = told.task(), told.task()
    told.door(1, "served", "ann", one, slot=1)
    told.door(3, "submitted", "ann", one, slot=1, open_seconds=120, active_seconds=60)
    told.answers(4, "bob", other)
    assert told.log("submitted") == [(4, "submitted", other, "bob", 1, 60, None)]


def test_slots_are_counted_where_one_vote_came_by_another_way(told: Told) -> None:
    task = told.task()
    told.answers(1, "bob", task)
    told.door(1, "served", "ann", task, slot=1)
    told.door(3, "submitted", "ann", task, slot=1, open_seconds=120, active_seconds=60)
    told.answers(3, "ann", task)
    assert [row[4] for row in told.log("submitted")] == [1, 2]


def test_a_pass_is_told_once_with_its_reason_whether_label_studio_knows_it_or_not(told: Told) -> None:
    one, other = told.task(), told.task()
    for task in (one, other):
        told.door(1, "served", "ann", task, slot=1)
        told.door(3, "skipped", "ann", task, slot=1, open_seconds=120, active_seconds=60, reason="typo")
    told.answers(4, "ann", one, 100, skips=True)
    assert told.log("skipped") == [
        (3, "skipped", one, "ann", None, 60, "typo"),
        (3, "skipped", other, "ann", 1, 60, "typo"),
    ]


def test_what_was_given_back_or_lay_there_ends_when_it_was_last_seen(told: Told) -> None:
    one, other = told.task(), told.task()
    told.door(1, "served", "ann", one, slot=1)
    told.door(2, "returned", "ann", one, slot=1, open_seconds=60, active_seconds=50, reason="signed out")
    told.door(3, "served", "bob", other, slot=1)
    told.door(90, "expired", "bob", other, slot=1, open_seconds=120, active_seconds=80)
    assert told.log("skipped") == [
        (2, "skipped", one, "ann", 1, 50, "returned"),
        (5, "skipped", other, "bob", 1, 80, "expired"),
    ]


def test_what_was_handed_in_late_was_not_served_again(told: Told) -> None:
    task = told.task()
    told.door(3, "served", "ann", task, slot=1)
    told.door(90, "expired", "ann", task, slot=1, open_seconds=120, active_seconds=80)
    told.door(95, "served", "ann", task, slot=1)
    told.door(95, "submitted", "ann", task, slot=1, open_seconds=0, active_seconds=None, reason="late")
    told.answers(95, "ann", task, 100)
    assert told.log("served", "submitted") == [
        (3, "served", task, "ann", 1, None, None),
        (95, "submitted", task, "ann", 1, 100, None),
    ]


def test_coming_waiting_and_leaving_are_told_of_people_and_of_no_task(told: Told) -> None:
    told.door(1, "signed_on", "ann")
    told.door(2, "starved", "ann", reason="no task in their cells")
    told.door(9, "signed_off", "ann")
    expected = [
        (1, "signed_on", None, "ann", None, None, None),
        (2, "starved", None, "ann", None, None, "no task in their cells"),
        (9, "signed_off", None, "ann", None, None, None),
    ]
    assert told.log() == expected
    with EventLog.of_store(told.store) as log:
        assert [row["event"] for row in log.rows("SELECT event FROM log")] == [row[1] for row in expected]


def test_an_adjudication_begins_when_it_was_served_under_the_task_it_is_about(told: Told) -> None:
    task, other = told.task(), told.task()
    for one in (task, other):
        case = AdjudicationFact(adjudication_id=f"{one}/case", task_id=one, revisions=(), asked_at=at(10))
        told.store.put([case])
    told.door(11, "served", "eve", f"{task}/case", slot=1)
    told.door(15, "submitted", "eve", f"{task}/case", slot=1, open_seconds=240, active_seconds=200)
    told.answers(16, "eve", f"{task}/case", 900)
    told.answers(20, "eve", f"{other}/case", 60)
    assert told.log("adjudication_started", "served", "submitted") == [
        (11, "adjudication_started", task, "eve", None, None, None),
        (19, "adjudication_started", other, "eve", None, None, None),
    ]


def test_a_later_attempt_is_told_under_the_first(told: Told) -> None:
    first = told.task(item_id="i")
    again = told.task(item_id="i", attempt=2)
    told.door(1, "served", "ann", again, slot=1)
    (row,) = told.store.rows("SELECT task, attempt FROM events WHERE event = 'served'")
    assert (row["task"], row["attempt"]) == (first, 2)


@pytest.mark.parametrize("purpose", ["gold", "entry"])
def test_gold_is_work_of_people_and_no_task_of_a_cell(told: Told, purpose: str) -> None:
    task, known = told.task(), told.task()
    told.gold(known, purpose)
    told.door(1, "served", "ann", known, slot=0)
    told.door(3, "submitted", "ann", known, slot=0, open_seconds=120, active_seconds=90)
    told.answers(3, "ann", known, 500)
    told.answers(5, "bob", known, 70)
    assert told.log("served", "submitted") == [
        (1, "served", None, "ann", None, None, purpose),
        (3, "submitted", None, "ann", None, 90, purpose),
        (5, "submitted", None, "bob", None, 70, purpose),
    ]
    assert {row[2] for row in told.log("ready")} == {task}
    assert [row["record"] for row in told.store.rows("SELECT * FROM events WHERE event = 'ingested'")] == [
        "r0"
    ]
    with EventLog.of_store(told.store) as log:
        cells = {row["cell"] for row in log.rows("SELECT cell FROM log WHERE task IS NULL")}
        assert cells == {"en/preference_pair"}
