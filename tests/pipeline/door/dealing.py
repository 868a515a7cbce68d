"""A dealer over a pool that tests lay out by hand, and a clock that they move."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.door.base import Ending, Handed, Visitor
from pipeline.door.dealer import LedgerDealer
from pipeline.door.pool import Open, Pool
from pipeline.ledger import LedgerPlace
from pipeline.ledger.events import Events
from schemas.door import DoorEventFact

MORNING = datetime(2026, 12, 1, 9, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Laid:
    """A pool that is changed by hand."""

    pool: Pool = field(default_factory=Pool)
    coming: Pool | None = None
    """What is being read: it is there once somebody waits for it."""

    def newest(self) -> Pool:
        return self.pool

    def wait(self) -> Pool:
        self.pool = self.coming or self.pool
        return self.pool


def task(number: int, **changes: Any) -> Open:
    """Task t0007 of en/preference_pair, made seven seconds after the first; the one there with one vote to give."""
    given: dict[str, Any] = {
        "uid": f"t{number:04}",
        "purpose": "label",
        "cell": "en/preference_pair",
        "task_type": "preference_pair",
        "version": 1,
        "attempt": 1,
        "project_id": 1,
        "remote_task_id": 1000 + number,
        "missing": 1,
        "priority": 1.0,
        "born": float(number),
    }
    return Open(**{**given, **changes})


def pool(*tasks: Open, **more: Any) -> Pool:
    return Pool(tasks={one.uid: one for one in tasks}, **more)


def visitor(name: str, number: int = 1) -> Visitor:
    return Visitor(annotator=name, name=name, role="annotator", account=number)


class World:
    """A folder with a ledger, a pool, a clock and a dealer."""

    def __init__(self, folder: Path, laid: Pool) -> None:
        self.folder, self.clock, self.pools = folder, Clock(), Laid(laid)
        self.place = LedgerPlace(folder)
        self.dealer = LedgerDealer(self.place, self.pools, self.clock)

    def lay(self, laid: Pool) -> None:
        self.pools.pool = laid
        self.dealer.lay(laid)

    def deal(self, name: str, project_id: int | None = None) -> Handed | None:
        return self.dealer.deal(visitor(name), project_id)

    def gets(self, name: str) -> str:
        handed = self.deal(name)
        assert handed is not None, "there is something for them"
        return handed.uid

    def does(self, name: str, ending: Ending = "submitted") -> str:
        """Somebody takes the next task and ends it a minute later."""
        handed = self.deal(name)
        assert handed is not None, "there is something for them"
        self.clock.move(minutes=1)
        self.dealer.ended(handed, ending, 1 if ending == "submitted" else None)
        return handed.uid

    def does_all(self, name: str) -> list[str]:
        done = []
        while (handed := self.deal(name)) is not None:
            self.clock.move(seconds=30)
            self.dealer.ended(handed, "submitted", 1)
            done.append(handed.uid)
        return done

    def events(self) -> list[DoorEventFact]:
        """All so far, in the order in which they were written."""
        with self.place.reading() as con:
            order = [row["event_id"] for row in con.execute("SELECT event_id FROM events ORDER BY seq")]
        known = {event.event_id: event for event in Events(self.place).untaken()}
        return [known[one] for one in order]

    def told(self, *names: str) -> list[str]:
        """The events of some kinds, as `event annotator uid`."""
        return [
            " ".join(filter(None, (event.event, event.annotator, event.uid)))
            for event in self.events()
            if not names or event.event in names
        ]
