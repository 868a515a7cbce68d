"""A small world at a real Label Studio and the real dealer: people on a clock that jumps from deed to deed.

Two weeks of six people in two cells, of which the one has too few hours. Tasks are made, pushed and read by the
stages; people are dealt theirs by the door's dealer and submit them to Label Studio under their own accounts. Label
Studio dates all of it within these few minutes; the door's clock is that of the world. Then the store's log is held
against what people did: events to the second, hours to one in a hundred, the bottleneck that was planted.
"""

import heapq
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks.measuring.door_held import held
from pipeline.context import Context, Quiet, run_stage
from pipeline.door.base import Handed, Visitor
from pipeline.door.dealer import LedgerDealer
from pipeline.door.newest import NewestPool
from pipeline.label_studio import server
from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.ledger import LedgerPlace
from pipeline.opening import EMBEDDED, embedded, writing
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.stages import STAGES, load
from pipeline.store import StorePlace
from schemas.project import Project, read_project
from tasks import task_types

KIND = task_types()["preference_pair"]
DAYS, SHORT = 12, "zh/preference_pair"
"""Two weeks without their last weekend; the cell with too few hours."""
MINUTES, SPREAD = 60.0, 0.4
BEAT = 300.0
"""Seconds between two signs of life of a page."""
A_BREAK, LASTS = 0.15, (1200.0, 2400.0)
"""Share of tasks in the middle of which somebody is away, and for how many seconds."""
LOOKS = 240.0
"""Seconds after which who found nothing looks again."""
RUNS = (8, 12, 16)
"""Hours at which the stages run."""
PEOPLE = {
    **dict.fromkeys(("ana", "ben", "cem", "eva"), ("en", 9, 15)),
    **dict.fromkeys(("li", "wu"), ("zh", 9, 13)),
}
"""Whose language, and from when until when."""
A_DAY = {"en": 8, "zh": 5}
"""Problems that come in, on working days."""
PROJECT = """
name = "door-world"
sources = [{ reader = "jsonl", path = "problems.jsonl", domain = "reasoning" }]
tasks = [{ type = "preference_pair", overlap = 2, minutes = 60 }]
"""
PERSON = (
    '\n[[people]]\nname = "{0}"\nemail = "{0}@simulated.invalid"\ncells = ["{1}/*"]\nweekly_hours = {2}\n'
)
Deed = Callable[[], None]


@dataclass
class World:
    """What time it is, what is to come, and what was done."""

    folder: Path
    there: server.Server
    now: datetime
    source: np.random.Generator
    agenda: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    did: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """Event, who and when, in seconds."""
    seconds: defaultdict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    """Who, and busy, starved or there."""
    planned: int = 0
    short: str = SHORT

    def __post_init__(self) -> None:
        (self.folder / "project.toml").write_text(
            PROJECT
            + "".join(PERSON.format(name, cell, 5 * (to - at)) for name, (cell, at, to) in PEOPLE.items())
        )
        self.problems = self.folder / "problems.jsonl"
        self.problems.write_text("")
        self.project: Project = read_project(self.folder)
        link = invite_link(self.there.url, self.there.token)
        self.tokens = {
            name: sign_up(self.there.url, link, f"{name}@simulated.invalid", "made-up-3141592")
            for name in PEOPLE
        }
        with self.opened() as ctx:
            known = Pseudonyms(ctx)
            known.meet()
        with StorePlace(self.folder).reading() as store:
            rows = store.rows("SELECT email, annotator, person_id FROM people")
        names = {row["email"].split("@")[0]: row for row in rows}
        self.who = {
            name: Visitor(
                annotator=names[name]["annotator"],
                name=name,
                role="annotator",
                account=names[name]["person_id"],
            )
            for name in PEOPLE
        }
        pools = NewestPool(self.folder, EMBEDDED, self.clock)
        self.dealer = LedgerDealer(LedgerPlace(self.folder), pools, self.clock)
        pools.told, self.pools = self.dealer.lay, pools
        self.http = httpx.Client(base_url=self.there.url, timeout=60, trust_env=False)

    def clock(self) -> datetime:
        return self.now

    def opened(self) -> Any:  # noqa: ANN401 - a context manager of a Context
        return writing(self.folder, self.project, embedded(self.there), "world", progress=Quiet())

    def plan(self, moment: datetime, deed: Deed) -> None:
        self.planned += 1
        heapq.heappush(self.agenda, (moment, self.planned, deed))

    def run(self) -> None:
        while self.agenda:
            self.now, _, deed = heapq.heappop(self.agenda)
            deed()

    def stages(self, *, problems: bool) -> None:
        """What comes in this morning, and all stages."""
        if problems:
            with self.problems.open("a") as file:
                for language, many in A_DAY.items():
                    file.writelines(self._problem(language, number) for number in range(many))
        self.dealer.tick()
        with self.opened() as ctx:
            by_clock: Context = replace(ctx, clock=self._ticking())
            for name in STAGES:
                if name != "release":
                    run_stage(by_clock, name, load(name))
        self.pools.wait()

    def _problem(self, language: str, number: int) -> str:
        prompt = f"{language} {self.now:%m-%d} {number}: what is {number} and {self.now.day}?"
        texts = [{"text": f"It is {number + self.now.day + more}."} for more in (0, 1)]
        return json.dumps({"prompt": prompt, "candidates": texts, "language": language}) + "\n"

    def _ticking(self) -> Callable[[], datetime]:
        """The world's time, a little later each time: facts are not of one moment."""
        count = iter(range(10**9))
        return lambda: self.now + timedelta(microseconds=next(count))

    def submit(self, name: str, handed: Handed, seconds: float) -> None:
        body = {"result": KIND.result(KIND.label(preference=1)), "lead_time": seconds}
        headers = {"Authorization": f"Token {self.tokens[name]}"}
        if self.tokens[name].count(".") == 2:
            fresh = self.http.post("/api/token/refresh", json={"refresh": self.tokens[name]}).json()
            headers = {"Authorization": f"Bearer {fresh['access']}"}
        answer = self.http.post(
            f"/api/tasks/{handed.remote_task_id}/annotations/", headers=headers, json=body
        )
        answer.raise_for_status()
        self.dealer.ended(handed, "submitted", answer.json()["id"])


@dataclass
class Worker:
    """Somebody's day: come, ask, work, wait, leave."""

    world: World
    name: str
    until: datetime
    came: datetime | None = None
    waits: datetime | None = None
    took: float = 0.0
    """Seconds at what they have before them, all in all."""

    @property
    def who(self) -> Visitor:
        return self.world.who[self.name]

    def note(self, event: str) -> None:
        self.world.did[event, self.name, round(self.world.now.timestamp())] += 1

    def comes(self) -> None:
        self.came = self.world.now
        self.note("signed_on")
        self.asks()

    def asks(self) -> None:
        """The button, or the page that looks again by itself."""
        world = self.world
        if world.now >= self.until:
            self.leaves()
            return
        handed = world.dealer.deal(self.who)
        if handed is None:
            if self.waits is None:
                self.waits = world.now
                self.note("starved")
            world.plan(min(world.now + timedelta(seconds=LOOKS), self.until), self.asks)
            return
        self._waited()
        self.note("served")
        world.seconds[self.name, "tasks"] += 1
        took = MINUTES * 60 * float(world.source.lognormal(-(SPREAD**2) / 2, SPREAD))
        away = float(world.source.uniform(*LASTS)) * (world.source.random() < A_BREAK)
        world.seconds[self.name, "busy"] += round(took)
        self.took = float(round(took))
        self.works(handed, self.took, round(away))

    def works(self, handed: Handed, left: float, away: int) -> None:
        """One beat after another; away after the first one."""
        world = self.world
        beat = min(BEAT, left)

        def beats() -> None:
            world.dealer.touched(handed, beat)
            if left > beat and away:
                world.seconds[self.name, "there"] -= away
                self.note("signed_off")
                world.plan(world.now + timedelta(seconds=away), back)
            elif left > beat:
                self.works(handed, left - beat, 0)
            else:
                world.submit(self.name, handed, self.took)
                self.note("submitted")
                world.plan(world.now + timedelta(seconds=2), self.asks)

        def back() -> None:
            world.dealer.here(self.who)
            self.note("signed_on")
            self.works(handed, left - beat, 0)

        world.plan(world.now + timedelta(seconds=beat), beats)

    def leaves(self) -> None:
        self._waited()
        self.world.dealer.leaves(self.who)
        self.note("signed_off")
        assert self.came is not None
        self.world.seconds[self.name, "there"] += (self.world.now - self.came).total_seconds()

    def _waited(self) -> None:
        if self.waits is not None:
            self.world.seconds[self.name, "starved"] += (self.world.now - self.waits).total_seconds()
            self.waits = None


def main() -> int:
    """Make the world, let it run, and say what is off; 1 where something is."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        there = server.up(folder, report=lambda line: print(line, file=sys.stderr))
        try:
            world = _lived(folder, there)
            missed = held(world)
        finally:
            server.down(folder)
    print(f"{time.monotonic() - began:.0f} s in all")
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


def _lived(folder: Path, there: server.Server) -> World:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday())
    world = World(folder, there, monday, np.random.default_rng(1))
    for day in range(DAYS):
        morning = monday + timedelta(days=day)
        if morning.weekday() > 4:
            continue
        for hour in RUNS:
            world.plan(morning + timedelta(hours=hour), partial(world.stages, problems=hour == RUNS[0]))
        for name, (_, at, to) in PEOPLE.items():
            late = timedelta(seconds=int(world.source.integers(600)))
            worker = Worker(world, name, morning + timedelta(hours=to))
            world.plan(morning + timedelta(hours=at) + late, worker.comes)
    world.run()
    world.now += timedelta(hours=1)
    world.stages(problems=False)
    return world
