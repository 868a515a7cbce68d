"""A labeling effort in a temporary folder, on a real store and a Label Studio in memory."""

import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context, Tally, run_stage
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.stages import STAGES, load
from pipeline.store import Store
from schemas.base import Json
from schemas.project import parse_project
from tasks import task_types
from tasks._adjudication import Adjudication, Decision
from tests.pipeline.stages.golden import entry, line, write

KIND = task_types()["preference_pair"]
PROBLEMS = [
    {
        "prompt": f"What is {n} + {n}?",
        "candidates": [{"text": f"It is {2 * n}."}, {"text": f"It is {2 * n + 1}."}],
        "language": "zh" if n % 3 == 0 else "en",
        "license": "MIT",
    }
    for n in range(1, 7)
]


class Clock:
    """Goes on by a second each time it is read."""

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def __call__(self) -> datetime:
        return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=next(self._seconds))


class Effort:
    """One labeling effort and the people in it."""

    def __init__(self, folder: Path, **project: Any) -> None:
        self.folder = folder
        self.write(PROBLEMS)
        clock = Clock()
        self.studio = FakeLabelStudio(clock)
        given = {
            "name": "effort",
            "sources": [{"reader": "jsonl", "path": "problems.jsonl", "domain": "reasoning"}],
            "tasks": [{"type": "preference_pair", "overlap": 2}],
            **project,
        }
        self.ctx = Context(
            folder=folder,
            project=parse_project(given),
            store=Store(":memory:"),
            connect=lambda: self.studio,
            server="fake",
            clock=clock,
        )

    def write(self, problems: list[dict[str, Any]], mode: str = "w") -> None:
        with (self.folder / "problems.jsonl").open(mode) as file:
            file.writelines(json.dumps(problem) + "\n" for problem in problems)

    def run(self, *stages: str) -> dict[str, Tally]:
        """Run some stages, or all."""
        return {name: run_stage(self.ctx, name, load(name)) for name in stages or STAGES}

    def vote(self, email: str, say: Callable[[Mapping[str, Any]], list[Any]]) -> None:
        """One person answers every task that the queues still have for them."""
        person = self.studio.person(email)
        for project in self.ctx.store.rows("SELECT project_id FROM remote_projects ORDER BY cell"):
            while (task := self.studio.next_task(project["project_id"], person.id)) is not None:
                self.studio.annotate(task, person.id, say(self.studio.data(task)), 20.0)

    def answer(self, name: str, task: int, preference: int, lead_seconds: float = 9.0) -> int:
        """One person answers one task, offered to them or not; returns the annotation's id."""
        person = self.studio.person(f"{name}@people.example")
        return self.studio.annotate(task, person.id, prefer(preference)({}), lead_seconds)

    def decide(self, name: str, decision: Decision, number: int | None = None) -> list[str]:
        """One person decides the first cases, or all, 30 seconds each; the tasks that these are about."""
        cases = self.cases()[:number]
        assert cases, "there is something to decide"
        person = self.studio.person(f"{name}@people.example").id
        for case in cases:
            self.studio.annotate(case, person, Adjudication(KIND).result(decision), 30.0)
        return [self._about(case) for case in cases]

    def _about(self, case: int) -> str:
        sql = """SELECT j.task_id FROM adjudications j JOIN pushes p ON p.task_id = adjudication_id
        WHERE remote_task_id = ?"""
        task: str = self.ctx.store.value(sql, [case])
        return task

    def remote(self) -> list[int]:
        """All that was sent to Label Studio, by its ids there."""
        rows = self.ctx.store.rows("SELECT remote_task_id FROM pushes ORDER BY remote_task_id")
        return [row["remote_task_id"] for row in rows]

    def cases(self) -> list[int]:
        """The adjudications in Label Studio, by id."""
        sql = """SELECT remote_task_id FROM pushes JOIN adjudications ON adjudication_id = pushes.task_id
        ORDER BY remote_task_id"""
        return [row["remote_task_id"] for row in self.ctx.store.rows(sql)]

    def states(self) -> dict[str, int]:
        """How many tasks are in each state."""
        rows = self.ctx.store.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def count(self, table: str) -> int:
        return self.ctx.store.count(table)


def prefer(preference: int) -> Callable[[Mapping[str, Any]], list[dict[str, Json]]]:
    """An annotator who always says the same."""
    return lambda _: KIND.result(KIND.label(preference=preference))


@pytest.fixture
def effort(tmp_path: Path) -> Effort:
    return Effort(tmp_path)


@pytest.fixture
def make_effort(tmp_path: Path) -> Callable[..., Effort]:
    return lambda **project: Effort(tmp_path, **project)


@pytest.fixture
def disputed(effort: Effort) -> Effort:
    """Six tasks on which two people say the opposite, and their adjudications in Label Studio."""
    effort.run()
    effort.vote("ana@people.example", prefer(-3))
    effort.vote("ben@people.example", prefer(3))
    effort.run()
    effort.run("generate", "push")
    return effort


@pytest.fixture
def say() -> Callable[[int], Callable[[Mapping[str, Any]], list[dict[str, Json]]]]:
    return prefer


@pytest.fixture
def known(tmp_path: Path, make_effort: Callable[..., Effort]) -> Effort:
    """Six tasks to do, four of them en and two zh, and one gold task among those that are en."""
    write(tmp_path, line(1))
    return make_effort(tasks=[entry()])
