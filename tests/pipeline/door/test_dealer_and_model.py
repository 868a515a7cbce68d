"""The dealer beside a model of it that knows no ledger, no queues and no snapshots, whatever people do and when."""

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from pipeline.door.base import Ending, Handed
from pipeline.door.pool import Pool
from tests.pipeline.door.dealing import World, pool, task, visitor

PEOPLE = ("ann", "bob", "cho", "dia")
HOUR = timedelta(hours=1)
"""How long a lease lasts here without a sign of life."""
PERSON = st.sampled_from(PEOPLE)


@dataclass
class Held:
    """What somebody has in hand by the model."""

    handed: Handed
    until: datetime


class DealerAndModel(RuleBasedStateMachine):
    """Tasks with one to three votes to give; the model only counts."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.wanted = {f"t{n:04}": 1 + n % 3 for n in range(5)}
        self.tasks = {f"t{n:04}": task(n, missing=1 + n % 3) for n in range(5)}
        self.world = World(self.folder, pool(*self.tasks.values()))
        self.held: dict[str, Held] = {}
        self.votes: dict[str, set[str]] = defaultdict(set)
        self.passed: dict[str, set[str]] = defaultdict(set)
        self.too_many: dict[str, set[str]] = defaultdict(set)
        self.begun: dict[str, list[str]] = defaultdict(list)
        self.ran_out: dict[str, Handed] = {}

    def teardown(self) -> None:
        self.world.place.close()
        shutil.rmtree(self.folder)

    # what happens

    @rule(name=PERSON)
    def presses_the_button(self, name: str) -> None:
        self._run_out()
        handed = self.world.deal(name)
        if name in self.held:
            assert handed is not None
            assert handed.uid == self.held[name].handed.uid
            return
        expected = self._next(name)
        assert (handed.uid if handed else None) == expected
        if handed is not None:
            self._takes(name, handed)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), ending=st.sampled_from(["submitted", "skipped"]))
    def answers(self, data: st.DataObject, ending: Ending) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        handed = self.held.pop(name).handed
        self.world.dealer.ended(handed, ending, 1)
        (self.votes if ending == "submitted" else self.passed)[handed.uid].add(name)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), active=st.sampled_from([0.0, 15.0]))
    def moves_the_mouse(self, data: st.DataObject, active: float) -> None:
        self._run_out(tick=True)
        if not self.held:
            return
        name = data.draw(st.sampled_from(sorted(self.held)))
        self.world.dealer.touched(self.held[name].handed, active)
        if active:
            self.held[name].until = self.world.clock() + HOUR

    @rule(name=PERSON)
    def signs_out(self, name: str) -> None:
        self.world.dealer.leaves(visitor(name))
        if name in self.held:
            self._gives_back(name)

    @rule(minutes=st.sampled_from([1, 7, 25, 61]))
    def time_goes_by(self, minutes: int) -> None:
        self.world.clock.move(minutes=minutes)

    @rule()
    def the_door_looks_at_the_clock(self) -> None:
        self._run_out(tick=True)

    @precondition(lambda self: self.ran_out)
    @rule(data=st.data())
    def answers_late(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.ran_out)))
        handed = self.ran_out.pop(name)
        self.world.dealer.ended(handed, "submitted", 1)
        self.begun[name] = [uid for uid in self.begun[name] if uid != handed.uid]
        free = self._free(handed.uid) > 0
        (self.votes if free else self.too_many)[handed.uid].add(name)

    @rule()
    def the_door_is_started_again(self) -> None:
        laid, now = self.world.pools.pool, self.world.clock.now
        self.world.place.close()
        self.world = World(self.folder, laid)
        self.world.clock.now = now

    @rule()
    def a_newer_snapshot_is_published(self) -> None:
        said = {uid: frozenset(self._said(uid) | self.passed[uid]) for uid in self.wanted}
        given = {uid: len(self._said(uid)) for uid in self.wanted}
        left = {uid: replace(one, missing=self.wanted[uid] - given[uid]) for uid, one in self.tasks.items()}
        open_ = {uid: one for uid, one in left.items() if one.missing > 0}
        self.world.lay(Pool(tasks=open_, said=said, given=given))

    # what always holds

    @invariant()
    def no_vote_is_given_twice_and_none_too_many(self) -> None:
        with self.world.place.reading() as con:
            rows = con.execute(
                "SELECT uid, slot, annotator FROM leases WHERE slot > 0 AND (ended_at IS NULL OR ending = 'submitted')"
            ).fetchall()
        slots = [(row["uid"], row["slot"]) for row in rows]
        assert len(set(slots)) == len(slots)
        for uid, wanted in self.wanted.items():
            assert sum(row["uid"] == uid for row in rows) <= wanted

    @invariant()
    def each_lease_is_served_once_and_ends_at_most_once(self) -> None:
        open_: dict[tuple[str, str], str] = {}
        at_work: set[str] = set()
        for event in self.world.events():
            key = event.annotator, event.uid or ""
            if event.event == "served":
                assert key not in open_
                open_[key] = event.event_id
            elif event.event in ("submitted", "skipped", "returned", "expired"):
                del open_[key]
            elif event.event == "signed_on":
                assert event.annotator not in at_work
                at_work.add(event.annotator)
            elif event.event == "signed_off":
                at_work.remove(event.annotator)
        assert len(open_) >= len(self.held)

    # the model

    def _said(self, uid: str) -> set[str]:
        """Who answered it: one too many counts too, where somebody gives theirs back."""
        return self.votes[uid] | self.too_many[uid]

    def _free(self, uid: str) -> int:
        in_hand = sum(one.handed.uid == uid for one in self.held.values())
        return self.wanted[uid] - len(self._said(uid)) - in_hand

    def _next(self, name: str) -> str | None:
        """What they began last where it is still to be had, else the oldest."""
        theirs = [
            uid
            for uid in self.wanted
            if self._free(uid) > 0 and name not in self.votes[uid] | self.passed[uid] | self.too_many[uid]
        ]
        begun = [uid for uid in reversed(self.begun[name]) if uid in theirs]
        return next(iter([*begun, *sorted(theirs)]), None)

    def _takes(self, name: str, handed: Handed) -> None:
        self.held[name] = Held(handed, self.world.clock() + HOUR)
        self.begun[name] = [uid for uid in self.begun[name] if uid != handed.uid]
        if name in self.ran_out and self.ran_out[name].uid == handed.uid:
            del self.ran_out[name]

    def _gives_back(self, name: str) -> Handed:
        handed = self.held.pop(name).handed
        self.begun[name].append(handed.uid)
        return handed

    def _run_out(self, *, tick: bool = False) -> None:
        """What the next look at the clock takes back."""
        if tick:
            self.world.dealer.tick()
        over = sorted((one.until, name) for name, one in self.held.items() if one.until <= self.world.clock())
        for _, name in over:
            self.ran_out[name] = self._gives_back(name)


DealerAndModel.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDealerAndModel = DealerAndModel.TestCase
