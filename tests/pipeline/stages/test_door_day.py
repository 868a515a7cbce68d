"""A scripted day at the door: what the store's log says of it afterwards is what happened, to the second."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.door.base import Visitor
from pipeline.door.dealer import LedgerDealer
from pipeline.door.filling import fill
from pipeline.door.pool import Pool
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.ledger import LedgerPlace
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.progress.bills import bills_of
from pipeline.progress.project import flow_of
from pipeline.report.flow_words import in_source
from pipeline.store.log import EventLog
from schemas.people import Role
from tasks._adjudication import Adjudication, Decision
from tests.pipeline.stages.conftest import KIND, Effort, prefer

DAY = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE: tuple[dict[str, Any], ...] = (
    {"name": "ana", "email": "ana@people.example", "cells": ["en/preference_pair"]},
    {"name": "ben", "email": "ben@people.example", "cells": ["en/preference_pair"]},
    {"name": "cem", "email": "cem@people.example", "cells": ["en/preference_pair"]},
    {"name": "dee", "email": "dee@people.example", "role": "adjudicator", "cells": ["en/*"]},
)
Told = tuple[str, str, str, float | None, str | None]
"""Time of the day, event, who, seconds at it, reason."""


@dataclass
class Clock:
    """Shows what the script says; a second more each time that a stage asks, since facts are not of one moment."""

    now: datetime = DAY
    ticks: bool = True

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1) if self.ticks else timedelta(0)
        return self.now


@dataclass
class Laid:
    """The newest pool, filled from the store by hand."""

    pool: Pool = field(default_factory=Pool)

    def newest(self) -> Pool:
        return self.pool

    def wait(self) -> Pool:
        return self.pool


class Door:
    """An effort whose people come by the door; each deed is done at a time of the day."""

    def __init__(self, folder: Path) -> None:
        self.effort = Effort(folder, people=PEOPLE)
        self.clock = Clock()
        self.effort.studio = FakeLabelStudio(self.clock)
        self.effort.ctx = replace(self.effort.ctx, clock=self.clock)
        self.at("08:00")
        self.accounts = {str(one["name"]): self.effort.studio.person(str(one["email"])).id for one in PEOPLE}
        known = Pseudonyms(self.effort.ctx)
        self.names = {name: known.of(number).annotator for name, number in self.accounts.items()}  # type: ignore[union-attr] # they are there
        self.laid = Laid()
        self.dealer = LedgerDealer(LedgerPlace(folder), self.laid, lambda: self.clock.now)
        self.active: defaultdict[str, float] = defaultdict(float)

    def at(self, time: str) -> None:
        parts = [int(part) for part in time.split(":")] + [0, 0]
        self.clock.now = DAY + timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])

    def run(self, time: str) -> None:
        """All stages, and the door reads what they published."""
        self.at(time)
        self.effort.run()
        self.effort.run("generate", "push")
        ctx = self.effort.ctx
        self.laid.pool = fill(ctx.store, ctx.project, ctx.folder, ctx.server, self.clock.now)
        self.effort.ctx.store.temporary("DROP TABLE dealt")
        self.dealer.lay(self.laid.pool)

    def visitor(self, name: str) -> Visitor:
        role: Role = "adjudicator" if name == "dee" else "annotator"
        return Visitor(annotator=self.names[name], name=name, role=role, account=self.accounts[name])

    def asks(self, time: str, name: str) -> bool:
        """They press the button; whether there was something."""
        self.at(time)
        return self.dealer.deal(self.visitor(name)) is not None

    def at_it(self, time: str, name: str, seconds: float) -> None:
        """Their page says that it was seen and touched for so long since the last time."""
        self.at(time)
        handed = self.dealer.deal(self.visitor(name))
        assert handed is not None
        self.dealer.touched(handed, seconds)

    def submits(self, time: str, name: str, preference: int = 1) -> None:
        self.at(time)
        handed = self.dealer.deal(self.visitor(name))
        assert handed is not None
        decision = Decision(label=KIND.label(preference=preference))
        judges = handed.purpose == "adjudicate"
        result = Adjudication(KIND).result(decision) if judges else prefer(preference)({})
        self.clock.now += timedelta(
            seconds=20
        )  # Label Studio's clock and lead time are others: the door's are told
        number = self.effort.studio.annotate(handed.remote_task_id, self.accounts[name], result, 9_999.0)
        self.at(time)
        self.dealer.ended(handed, "submitted", number)

    def passes(self, time: str, name: str, reason: str) -> None:
        self.at(time)
        handed = self.dealer.deal(self.visitor(name))
        assert handed is not None
        self.dealer.ended(handed, "skipped", reason=reason)

    def leaves(self, time: str, name: str) -> None:
        self.at(time)
        self.dealer.leaves(self.visitor(name))

    def told(self, *events: str) -> list[Told]:
        """What the store's log says of people, in the order of the log."""
        names = {annotator: name for name, annotator in self.names.items()}
        log = EventLog.of_store(self.effort.ctx.store)
        rows = log.rows("SELECT * FROM log WHERE actor IS NOT NULL ORDER BY seq")
        log.close()
        return [
            (
                f"{row['ts']:%H:%M:%S}", row["event"], names[row["actor"]], row["lead_seconds"], row["reason"],
            )
            for row in rows
            if not events or row["event"] in events
        ]  # fmt: skip


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Door]:
    """Four English tasks for Ana, Ben and Cem (two votes each), on one of which they part; Dee decides it."""
    door = Door(tmp_path)
    door.run("08:30")
    morning(door)
    noon(door)
    yield door
    door.effort.ctx.store.close()


def morning(door: Door) -> None:
    """Ana works, passes on one, has lunch with one before her, finds nothing; Ben leaves in the middle of one."""
    door.asks("09:00:00", "ana")
    door.at_it("09:01:30", "ana", 90)
    door.submits("09:02:00", "ana", -3)  # half a minute was not touched
    door.asks("09:02:01", "ana")
    door.asks("09:03:00", "ben")
    door.at_it("09:05:00", "ben", 60)
    door.submits("09:05:00", "ben", 3)
    door.asks("09:05:10", "ben")
    door.at_it("09:07:00", "ana", 290)
    door.passes("09:07:00", "ana", "typo")
    door.asks("09:07:02", "ana")
    door.at_it("09:08:10", "ben", 180)
    door.submits("09:08:10", "ben")
    door.asks("09:08:12", "ben")
    door.at_it("09:09:12", "ben", 60)
    door.leaves("09:09:30", "ben")
    door.at_it("09:12:02", "ana", 300)
    door.at_it("09:50:00", "ana", 45)
    door.submits("09:51:00", "ana")
    door.asks("09:51:00", "ana")
    door.at_it("09:53:00", "ana", 120)
    door.submits("09:53:00", "ana")
    assert not door.asks("09:53:01", "ana")
    for time in ("10:00:30", "10:08:00"):
        door.at(time)
        door.dealer.here(door.visitor("ana"))


def noon(door: Door) -> None:
    """Cem begins one and is gone for hours; Ben comes back to what he had, and is through; Dee decides."""
    door.asks("11:00:00", "cem")
    door.at_it("11:00:40", "cem", 30)
    door.at("12:30:00")
    door.dealer.tick()
    door.asks("13:00:00", "ben")
    door.at_it("13:02:00", "ben", 110)
    door.submits("13:02:00", "ben")
    door.asks("13:02:05", "ben")
    door.at_it("13:04:05", "ben", 120)
    door.submits("13:04:05", "ben")
    assert not door.asks("13:04:06", "ben")
    door.at("13:10:00")
    door.dealer.here(door.visitor("ben"))
    door.leaves("13:14:06", "ben")
    door.asks("13:30:00", "cem")
    door.at_it("13:33:20", "cem", 200)
    door.submits("13:33:20", "cem")
    door.leaves("13:33:20", "cem")
    door.run("14:00")
    door.asks("14:10:00", "dee")
    door.at_it("14:15:00", "dee", 280)
    door.submits("14:15:00", "dee", 2)
    assert not door.asks("14:15:02", "dee")
    door.leaves("14:20:00", "dee")
    door.run("15:30")


TRUTH: tuple[Told, ...] = (
    ("09:00:00", "signed_on", "ana", None, None),
    ("09:00:00", "served", "ana", None, None),
    ("09:02:00", "submitted", "ana", 90, None),
    ("09:02:01", "served", "ana", None, None),
    ("09:03:00", "signed_on", "ben", None, None),
    ("09:03:00", "served", "ben", None, None),
    ("09:05:00", "submitted", "ben", 60, None),
    ("09:05:10", "served", "ben", None, None),
    ("09:07:00", "skipped", "ana", 290, "typo"),
    ("09:07:02", "served", "ana", None, None),
    ("09:08:10", "submitted", "ben", 180, None),
    ("09:08:12", "served", "ben", None, None),
    ("09:09:30", "skipped", "ben", 60, "returned"),
    ("09:09:30", "signed_off", "ben", None, None),
    ("09:12:02", "signed_off", "ana", None, None),
    ("09:50:00", "signed_on", "ana", None, None),
    ("09:51:00", "submitted", "ana", 345, None),
    ("09:51:00", "served", "ana", None, None),
    ("09:53:00", "submitted", "ana", 120, None),
    ("09:53:01", "starved", "ana", None, "had all there are"),
    ("10:08:00", "signed_off", "ana", None, None),
    ("11:00:00", "signed_on", "cem", None, None),
    ("11:00:00", "served", "cem", None, None),
    ("11:00:40", "skipped", "cem", 30, "expired"),
    ("11:00:40", "signed_off", "cem", None, None),
    ("13:00:00", "signed_on", "ben", None, None),
    ("13:00:00", "served", "ben", None, None),
    ("13:02:00", "submitted", "ben", 110, None),
    ("13:02:05", "served", "ben", None, None),
    ("13:04:05", "submitted", "ben", 120, None),
    ("13:04:06", "starved", "ben", None, "had all there are"),
    ("13:14:06", "signed_off", "ben", None, None),
    ("13:30:00", "signed_on", "cem", None, None),
    ("13:30:00", "served", "cem", None, None),
    ("13:33:20", "submitted", "cem", 200, None),
    ("13:33:20", "signed_off", "cem", None, None),
    ("14:10:00", "signed_on", "dee", None, None),
    ("14:10:00", "adjudication_started", "dee", None, None),
    ("14:15:02", "starved", "dee", None, "no task in their cells"),
    ("14:20:00", "signed_off", "dee", None, None),
)
"""What happened, as somebody beside the door would have noted it; seconds are those in which a page was touched."""
HOURS = {
    "ana": (845, 899, 12 * 60 + 2 + 18 * 60),
    "ben": (530, 600, 390 + 846),
    "cem": (230, 0, 240),
    "dee": (280, 298, 600),
}
"""Seconds at tasks, without work, and at work."""


def test_the_log_says_what_happened_to_the_second(day: Door) -> None:
    assert tuple(day.told(*sorted({event for _, event, *_ in TRUTH}))) == TRUTH


def test_what_was_given_to_label_studio_stands_under_the_slot_that_was_served(day: Door) -> None:
    rows = day.effort.ctx.store.rows(
        "SELECT event, task, actor, slot FROM events WHERE event IN ('served', 'submitted') AND cell LIKE 'en/%'"
    )
    served = {(row["task"], row["actor"]): row["slot"] for row in rows if row["event"] == "served"}
    submitted = {(row["task"], row["actor"]): row["slot"] for row in rows if row["event"] == "submitted"}
    assert len(submitted) == 8
    assert submitted.items() <= served.items()
    assert set(served.values()) == {1, 2}


def test_the_verdict_took_as_long_as_its_page_was_touched(day: Door) -> None:
    (verdict,) = day.told("accepted")
    assert verdict[2:4] == ("dee", 280.0)


def test_hours_are_right_to_one_in_a_hundred_and_told_to_be_measured(day: Door) -> None:
    ctx = day.effort.ctx
    flow = flow_of(ctx.store, ctx.project, ctx.folder, day.clock.now, runs=0)
    assert flow is not None
    known = flow.data_quality
    assert (known.served, known.starved) == ("measured", "measured")
    assert in_source(known.served, at_the_door=known.at_the_door) == "measured at the door"
    people = {one["person"]: one for one in flow.metrics["hours"]["people"]}
    for name, (busy, starved, there) in HOURS.items():
        found = people[day.names[name]]
        assert found["labeling"] + found["adjudicating"] == pytest.approx(busy / 3600, rel=0.01), name
        assert found["starved"] == pytest.approx(starved / 3600, rel=0.01, abs=1e-6), name
        assert found["at_work"] == pytest.approx(there / 3600, rel=0.01), name
    assert people[day.names["ana"]]["open"] > people[day.names["ana"]]["labeling"] + 20 / 3600


def test_bills_leave_out_what_lay_open_untouched(day: Door) -> None:
    ctx = day.effort.ctx
    bills = {one.name: one for one in bills_of(ctx.store, ctx.project, day.clock.now, "person")}
    untouched = 30 + 8 + 15
    assert bills[day.names["ana"]].hours == pytest.approx((HOURS["ana"][2] - untouched) / 3600, rel=0.01)
    assert bills[day.names["ana"]].submitted == 3


def test_a_sync_takes_over_what_happened_once_and_a_second_nothing(day: Door) -> None:
    store = day.effort.ctx.store
    before = store.rows("SELECT * FROM door_events ORDER BY event_id")
    day.effort.run("sync")
    assert store.rows("SELECT * FROM door_events ORDER BY event_id") == before
    assert {row["annotator"] for row in before} == set(day.names.values())
