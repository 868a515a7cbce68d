"""A labeling effort with its store on disk, and a Label Studio in memory, in which anything may go wrong."""

import copy
import itertools
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.care.comparing import lay_out, read_there
from pipeline.care.questions import QUESTIONS
from pipeline.context import Context, Tally, run_stage
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.stages import STAGES, load
from pipeline.store import Store
from schemas.base import Json
from schemas.project import parse_project
from tasks import task_types

EFFORT: dict[str, Any] = {
    "name": "effort",
    "sources": [{"reader": "jsonl", "path": "problems.jsonl", "domain": "reasoning"}],
    "tasks": [{"type": "preference_pair", "overlap": 2}],
}
AFTER_THEM = ("push", "sync", "check", "resolve")


class Cut(Exception):  # noqa: N818 - a process that ends, not an error
    """The process ended here."""


class Clock:
    """Goes on by a second each time it is read, and as far as it is set."""

    def __init__(self) -> None:
        self._seconds = -1
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        self._seconds += 1
        return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=self._seconds) + self.ahead


class Effort:
    """One labeling effort, the people in it, and what may happen to either side."""

    def __init__(self, folder: Path, *, problems: int = 4, **project: Any) -> None:
        self.folder, self.given = folder, {**EFFORT, **project}
        self.clock = Clock()
        self.studio = FakeLabelStudio(self.clock)
        self.problems(range(problems))
        self.ctx = self._opened(folder / "store.duckdb")

    def copied(self, folder: Path) -> "Effort":
        """The same effort in another folder, with a Label Studio of its own, from the same moment on."""
        made = copy.copy(self)
        made.folder, made.given, made.clock = folder, copy.deepcopy(self.given), copy.copy(self.clock)
        made.studio = FakeLabelStudio(made.clock)
        made.studio.restore(self.studio.snapshot())
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        made.ctx = made._opened(folder / "store.duckdb")
        return made

    def _opened(self, path: Path) -> Context:
        return Context(
            folder=self.folder,
            project=parse_project(self.given),
            store=Store(path),
            connect=lambda: self.studio,
            server="fake",
            clock=self.clock,
        )

    def problems(self, numbers: Sequence[int], mode: str = "w") -> None:
        with (self.folder / "problems.jsonl").open(mode) as file:
            for n in numbers:
                language = "zh" if n % 3 == 2 else "en"
                candidates = [{"text": f"It is {2 * n}."}, {"text": f"It is {2 * n + 1}."}]
                problem = {"prompt": f"What is {n} + {n}?", "candidates": candidates, "language": language}
                file.write(json.dumps(problem) + "\n")

    def run(self, *stages: str) -> dict[str, Tally]:
        """Run some stages, or all."""
        return {name: run_stage(self.ctx, name, load(name)) for name in stages or STAGES}

    def settle(self) -> None:
        """Run until both sides are at rest."""
        quiet = 0
        for _ in range(9):
            quiet = 0 if any(tally.done for tally in self.run(*AFTER_THEM).values()) else quiet + 1
            if quiet == 2:  # a push may have waited for the sync after it
                return
        raise AssertionError("should come to rest")

    # What happens to the store, and to the process.

    def copy_store(self) -> Path:
        """A backup of the store."""
        self.ctx.store.checkpoint()
        return Path(shutil.copy(self.ctx.store._path, self.folder / "older.duckdb"))

    def open_again(self, older: Path | None = None) -> None:
        """Another process opens the store, or a backup in its place."""
        path = self.folder / "store.duckdb"
        self.ctx.store.close()
        if older is not None:
            path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
            shutil.copy(older, path)
        self.ctx = self._opened(path)

    @contextmanager
    def cut_at(self, thing: Any, name: str, *, after: bool = False, nth: int = 1) -> Iterator[None]:
        """The process ends as it calls something the n-th time, before that is done or just after it."""
        real, calls = getattr(thing, name), itertools.count(1)

        def cut(*args: Any, **kwargs: Any) -> Any:
            last = next(calls) == nth
            if last and not after:
                raise Cut
            answer = real(*args, **kwargs)
            if last:
                raise Cut
            return answer

        with pytest.MonkeyPatch.context() as patch, pytest.raises(Cut):  # noqa: PT012 - the caller's block
            patch.setattr(thing, name, cut)
            yield
        self.open_again()

    @contextmanager
    def losing(self, name: str, nth: int = 1) -> Iterator[None]:
        """The n-th answer to a write of this name is lost, after it was done."""
        real, calls = getattr(self.studio, name), itertools.count(1)

        def lost(*args: Any, **kwargs: Any) -> Any:
            if next(calls) == nth:
                self.studio.losing_its_answer()
            return real(*args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.studio, name, lost)
            yield

    # What people do.

    def vote(self, name: str, preference: int = -2, most: int = 99) -> list[int]:
        """One person answers what the queues have for them; the annotations' ids."""
        person = self.studio.person(f"{name}@people.example")
        given: list[int] = []
        for project_id in self.projects():
            while len(given) < most and (task := self.studio.next_task(project_id, person.id)) is not None:
                given.append(self.studio.annotate(task, person.id, prefer(preference), 20.0))
        return given

    def answer(self, task: int, name: str, preference: int = -2, lead: float | None = 20.0) -> int:
        """One person answers one task, whoever should; the annotation's id."""
        person = self.studio.person(f"{name}@people.example")
        return self.studio.annotate(task, person.id, prefer(preference), lead)

    # What there is.

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.ctx.store.rows(sql)

    def projects(self) -> list[int]:
        return [
            row["id"] for row in self.rows("SELECT DISTINCT project_id AS id FROM remote_projects ORDER BY 1")
        ]

    def remote(self) -> list[int]:
        """The ids in Label Studio of the tasks that are on record as pushed."""
        return [row["id"] for row in self.rows("SELECT remote_task_id AS id FROM pushes ORDER BY id")]

    def remote_id(self, uid: str) -> int:
        """Under which id a task of ours is on record as pushed."""
        (row,) = self.ctx.store.rows("SELECT remote_task_id AS id FROM pushes WHERE task_id = ?", [uid])
        return int(row["id"])

    def uids(self) -> list[str]:
        """The uid of each task that stands in our projects in Label Studio; of two that were answered both, once."""
        kept = {row["id"] for row in self.rows("SELECT remote_task_id AS id FROM doubles")} - set(
            self.remote()
        )
        standing = self.studio._memory.projects
        found = [
            task.uid
            for one in self.projects()
            if one in standing
            for task in self.studio.changes(one, None)
            if task.id not in kept
        ]
        assert all(self.studio._memory.tasks[one].closed for one in kept & set(self.studio._memory.tasks))
        return sorted(str(uid) for uid in found)

    def wanted(self) -> list[str]:
        """The tasks that want a vote."""
        return [row["uid"] for row in self.rows("SELECT uid FROM wanted WHERE missing > 0 ORDER BY uid")]

    def states(self) -> dict[str, int]:
        rows = self.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state ORDER BY state")
        return {row["state"]: row["n"] for row in rows}

    def findings(self) -> dict[str, int]:
        rows = self.rows("SELECT kind, count(*) AS n FROM findings GROUP BY kind ORDER BY kind")
        return {row["kind"]: row["n"] for row in rows}

    def count(self, table: str) -> int:
        return self.ctx.store.count(table)

    def is_whole(self) -> bool:
        """Come to rest, and see: each task that wants a vote stands once, none stands twice, and both sides agree."""
        self.settle()
        uids = self.uids()
        assert len(uids) == len(set(uids)), "doubled"
        assert set(self.wanted()) <= set(uids), "not there"
        assert self.disagreements() == {}
        return True

    def disagreements(self) -> dict[str, list[str]]:
        """What the doctor finds when it holds both sides against each other."""
        self.open_again()  # what is laid out is seen by one connection alone
        lay_out(self.ctx.store)
        read_there(self.ctx)
        asked = {one.name: [row["line"] for row in self.rows(one.sql)] for one in QUESTIONS}
        return {name: lines for name, lines in asked.items() if lines}


def prefer(preference: int) -> list[dict[str, Json]]:
    """What somebody submits who prefers so."""
    kind = task_types()["preference_pair"]
    return kind.result(kind.label(preference=preference))


@pytest.fixture
def make_effort(tmp_path: Path) -> Iterator[Callable[..., Effort]]:
    made: list[Effort] = []

    def make(**project: Any) -> Effort:
        made.append(Effort(tmp_path, **project))
        return made[-1]

    yield make
    for effort in made:
        effort.ctx.store.close()


@pytest.fixture
def effort(make_effort: Callable[..., Effort]) -> Effort:
    """Four problems, two votes each."""
    return make_effort()


@pytest.fixture(scope="session")
def labeled_once(tmp_path_factory: pytest.TempPathFactory) -> Effort:
    made = Effort(tmp_path_factory.mktemp("labeled"))
    made.run()
    made.vote("ana")
    made.settle()
    made.ctx.store.close()
    return made


@pytest.fixture
def labeled(labeled_once: Effort, tmp_path: Path) -> Iterator[Effort]:
    """Four tasks, each with one of two votes."""
    made = labeled_once.copied(tmp_path)
    yield made
    made.ctx.store.close()


@pytest.fixture
def say() -> Callable[[int], list[dict[str, Json]]]:
    return prefer
