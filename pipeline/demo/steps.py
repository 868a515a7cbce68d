"""The steps of the demo: each stage in its turn, and people at work in between, until nothing is left to ask."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pipeline import opening
from pipeline.context import Context, Progress, Stage, Tally, run_stage
from pipeline.demo.annotators import Seat, decide, work
from pipeline.demo.rounds import begin_second, hold_back, versions
from pipeline.demo.truth import Known, truth
from pipeline.label_studio import server
from pipeline.stages import load, sentence
from pipeline.stages.release import release
from schemas.errors import ProjectError
from schemas.facts import TaskFact
from schemas.project import Project

Tell: TypeAlias = Callable[[str], None]

SIFT = ("ingest", "screen", "verify")
"""These need no Label Studio."""
ASK = ("generate", "push")
HEAR = ("sync", "check", "resolve")
VOTES = "SELECT coalesce(sum(votes), 0) FROM open_tasks"
CASES = """
SELECT count(*) FROM open_adjudications j JOIN pushes p ON p.task_id = j.adjudication_id WHERE p.server = ?
"""


@dataclass(frozen=True)
class Workplace:
    """A Label Studio that runs, and the door before it."""

    server: server.Server
    studio: opening.Studio
    door: str
    """Its address."""
    seats: Callable[[Context], Sequence[Seat]]
    """Gives EVERYBODY a place at the door."""
    link: Callable[[Context], str]
    """Makes a personal link for the visitor."""
    patience: float = 0.0
    """Seconds that it may take until the door hands out what was pushed."""


@dataclass(frozen=True)
class Answers:
    """How many were given."""

    work: int = 0
    gold: int = 0

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.work + other.work, self.gold + other.gold)

    def __str__(self) -> str:
        return f"{self.work:,} answers" + (f", and {self.gold:,} on gold" if self.gold else "")


@dataclass
class Steps:
    """The steps of one walk, as if typed one after the other."""

    folder: Path
    project: Project
    place: Workplace | None
    """None as long as it is not there."""
    tell: Tell
    shown: Progress
    tallies: dict[str, Tally] = field(default_factory=dict)
    """Of each stage, all its rounds together."""
    _seats: Sequence[Seat] = ()
    """Taken as there is something to do."""

    def run(self, *names: str) -> None:
        """Run stages, and tell each."""
        with self._writing() as ctx:
            for name in names:
                done = self._run(ctx, name, load(name))
                self._say(name, sentence(name), f"{done:,} new")

    def label(self) -> None:
        """Have people label, and ask again where they differ, until one dispute and no question is left."""
        answers = self._annotate()
        self._say("(label)", "Simulated annotators work through the door", str(answers))
        self.run(*HEAR)
        again = self._ask_again()
        self._say("(again)", "Third votes where two differed", str(again))
        decided = self._adjudicate()
        self._quietly(*HEAR, *ASK)
        self._say("(decide)", "Somebody else decides all disputes but one", f"{decided:,} decisions")

    def begin(self) -> bool:
        """Have some work wait for the second round, where there was no first one yet; whether there was none."""
        with self._writing() as ctx:
            is_first = not versions(ctx.store)
            if is_first:
                hold_back(ctx)
        return is_first

    def label_again(self) -> None:
        """The second round: what waited, and the least sure labels anew, until no question is left."""
        with self._writing() as ctx:
            begin_second(ctx)
        self._quietly(*ASK)
        answers = self._annotate()
        self._quietly(*HEAR)
        answers += self._ask_again()
        decided = self._adjudicate()
        self._quietly(*HEAR, *ASK)
        what = "A second round: work that waited and the least sure labels anew"
        self._say("(round 2)", what, f"{answers}; {decided:,} decisions")

    def link(self) -> str:
        """A personal link for the visitor."""
        with self._writing() as ctx:
            return self._there.link(ctx)

    def release(self) -> tuple[str, Path]:
        """Release what is agreed; the version and its folder."""
        made: dict[str, Any] = {}

        def freeze(ctx: Context) -> Tally:
            tally, made["version"], made["folder"] = release(ctx)
            return tally

        with self._writing() as ctx:
            done = self._run(ctx, "release", freeze)
        self._say("release", sentence("release"), f"{done:,} new")
        return made["version"], made["folder"]

    def _ask_again(self) -> Answers:
        """Round by round, until nobody is asked any more or has anything to say; the answers that came."""
        again = Answers()
        while self._quietly(*ASK):
            answers = self._annotate()
            self._quietly(*HEAR)
            if not answers.work:
                break
            again += answers
        return again

    def _annotate(self) -> Answers:
        with self._writing() as ctx:
            known, votes = whats_true(ctx), int(ctx.store.value(VOTES))
            seats = self._seated(ctx) if votes else ()
        turns = work(seats[:-1], votes, known, self._there.patience) if seats else iter(())
        return self._count(turns, "label", votes)

    def _adjudicate(self) -> int:
        """Have all disputes decided but the last, which is the visitor's."""
        with self._writing() as ctx:
            known, cases = whats_true(ctx), int(ctx.store.value(CASES, [ctx.server])) - 1
            seats = self._seated(ctx) if cases > 0 else ()
        turns = decide(seats[-1], cases, known, self._there.patience) if seats else iter(())
        return self._count(turns, "decide", cases).work

    @property
    def _there(self) -> Workplace:
        if self.place is None:
            raise ProjectError("demo: a Label Studio was expected by now, there is none; run the demo again")
        return self.place

    def _seated(self, ctx: Context) -> Sequence[Seat]:
        self._seats = self._seats or self._there.seats(ctx)
        return self._seats

    def _count(self, turns: Iterator[Known], what: str, total: int) -> Answers:
        gold = 0

        def work() -> Iterator[Known]:  # gold comes on top of it, so the bar does not count it
            nonlocal gold
            for answered in turns:
                if answered.is_gold:
                    gold += 1
                else:
                    yield answered

        given = sum(1 for _ in self.shown.track(work(), what, total))
        return Answers(given, gold)

    def _quietly(self, *names: str) -> int:
        """Run stages; returns how much they did."""
        with self._writing() as ctx:
            return sum(self._run(ctx, name, load(name)) for name in names)

    def _run(self, ctx: Context, name: str, stage: Stage) -> int:
        """Run one stage, keep its tally; returns how much it did."""
        tally, before = run_stage(ctx, name, stage), self.tallies.get(name, Tally())
        self.tallies[name] = Tally(
            done=before.done + tally.done,
            skipped=before.skipped + tally.skipped,
            rejected=before.rejected + tally.rejected,
            seconds=before.seconds + tally.seconds,
        )
        return tally.done

    def _writing(self) -> Any:  # noqa: ANN401 - a context manager
        studio = self.place.studio if self.place else opening.usual(self.folder)
        return opening.writing(self.folder, self.project, studio, "demo", progress=self.shown)

    def _say(self, name: str, what: str, count: str) -> None:
        self.tell(f"{name:<9} {re.split('[;,.]', what)[0]}: {count}")


def whats_true(ctx: Context) -> dict[str, Known]:
    """What is true of each task and each adjudication in the store, by its id."""
    items = truth()
    tasks = ctx.store.facts(TaskFact)
    strange = [task.task_id for task in tasks if task.item_id not in items]
    if strange:
        raise ProjectError(
            f"{ctx.folder}: only this version's problems were expected, found {len(strange)} tasks of another demo; "
            "remove the folder, or name another: headrace demo DIR"
        )
    known = {task.task_id: items[task.item_id] for task in tasks}
    cases = ctx.store.rows("SELECT adjudication_id, task_id FROM adjudications")
    return known | {case["adjudication_id"]: known[case["task_id"]] for case in cases}
