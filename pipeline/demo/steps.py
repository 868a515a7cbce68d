"""The steps of the demo: each stage in its turn, and people at work in between, until nothing is left to ask."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from pipeline import opening
from pipeline.context import Context, Progress, Stage, Tally, run_stage
from pipeline.demo.annotators import Seat, decide, work
from pipeline.demo.truth import Known, truth
from pipeline.label_studio import server
from pipeline.stages import load, sentence
from pipeline.stages.release import release
from schemas.errors import ProjectError
from schemas.facts import RemoteProjectFact, TaskFact
from schemas.project import Project

Tell: TypeAlias = Callable[[str], None]

ASK = ("generate", "push")
HEAR = ("sync", "check", "resolve")
CASES = """
SELECT p.project_id FROM open_adjudications j JOIN pushes p ON p.task_id = j.adjudication_id
JOIN tasks t ON t.task_id = j.task_id WHERE p.server = ? ORDER BY t.cell DESC
"""
"""The project of each open dispute; English ones last, and of these the programs, which most visitors can judge."""


@dataclass(frozen=True)
class Workplace:
    """A Label Studio that runs, and the seats in it of EVERYBODY."""

    server: server.Server
    studio: opening.Studio
    seats: Callable[[], Sequence[Seat]]


@dataclass
class Steps:
    """The steps of one walk, as if typed one after the other."""

    folder: Path
    project: Project
    place: Workplace
    tell: Tell
    shown: Progress
    tallies: dict[str, Tally] = field(default_factory=dict)
    """Of each stage, all its rounds together."""

    def run(self, *names: str) -> None:
        """Run stages, and tell each."""
        with self._writing() as ctx:
            for name in names:
                done = self._run(ctx, name, load(name))
                self._say(name, sentence(name), f"{done:,} new")

    def label(self) -> None:
        """Have people label, and ask again where they differ, until one dispute and no question is left."""
        *seats, decider = self.place.seats()
        answers = self._annotate(seats)
        self._say(
            "(label)", "Six simulated annotators work through Label Studio's queue", f"{answers:,} answers"
        )
        self.run(*HEAR)
        again = self._ask_again(seats)
        self._say("(again)", "Third votes where two differed", f"{again:,} answers")
        decided = self._adjudicate(decider)
        self._quietly(*HEAR, *ASK)
        self._say("(decide)", "A seventh person decides all disputes but one", f"{decided:,} decisions")

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

    def _ask_again(self, seats: Sequence[Seat]) -> int:
        """Round by round, until nobody is asked any more or has anything to say; returns how many answers came."""
        again = 0
        while self._quietly(*ASK):
            answers = self._annotate(seats)
            self._quietly(*HEAR)
            if not answers:
                break
            again += answers
        return again

    def _annotate(self, seats: Sequence[Seat]) -> int:
        with self._writing() as ctx:
            known = whats_true(ctx)
            projects = ctx.store.facts(RemoteProjectFact, "server = ? AND purpose = 'label'", [ctx.server])
            left = int(ctx.store.value("SELECT coalesce(sum(votes), 0) FROM open_tasks"))
        turns = work(seats, [project.project_id for project in projects], known)
        return sum(1 for _ in self.shown.track(turns, "label", left))

    def _adjudicate(self, seat: Seat) -> int:
        """Have all disputes decided but the last, which is the visitor's."""
        with self._writing() as ctx:
            known = whats_true(ctx)
            projects = [row["project_id"] for row in ctx.store.rows(CASES, [ctx.server])][:-1]
        decisions = decide(seat, projects, known)
        return sum(1 for _ in self.shown.track(decisions, "decide", len(projects)))

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
        return opening.writing(self.folder, self.project, self.place.studio, "demo", progress=self.shown)

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
