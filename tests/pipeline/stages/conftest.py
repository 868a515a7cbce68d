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

    def count(self, table: str) -> int:
        return self.ctx.store.count(table)


def prefer(preference: int) -> Callable[[Mapping[str, Any]], list[dict[str, Json]]]:
    """An annotator who always says the same."""
    kind = task_types()["preference_pair"]
    return lambda _: kind.result(kind.label(preference=preference))


@pytest.fixture
def effort(tmp_path: Path) -> Effort:
    return Effort(tmp_path)


@pytest.fixture
def make_effort(tmp_path: Path) -> Callable[..., Effort]:
    return lambda **project: Effort(tmp_path, **project)


@pytest.fixture
def say() -> Callable[[int], Callable[[Mapping[str, Any]], list[dict[str, Json]]]]:
    return prefer
