"""What stages ask of Label Studio, and of the store, grows with what changed and not with what there is."""

import itertools
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.context import Context, Tally, run_stage
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server
from pipeline.stages import load
from pipeline.store import Store
from pipeline.syncing.keeping import latest_of
from schemas.project import parse_project
from tests.pipeline.filled import SERVER, START, Filled, said

MANY = 450
"""Tasks: more than two pages of what changed."""


class Asked(logging.Handler):
    """The requests that went over the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def asked() -> Iterator[list[str]]:
    """What the HTTP library says that it asked for."""
    log, handler = logging.getLogger("httpx"), Asked()
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield handler.lines
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


class Live:
    """An effort of some tasks in a real Label Studio, by a clock that can be put on."""

    def __init__(self, folder: Path, server: Server, tasks: int) -> None:
        folder.mkdir()
        problems = (
            {"prompt": f"{folder.name} {n}", "candidates": [{"text": "a"}, {"text": "b"}], "language": "en"}
            for n in range(tasks)
        )
        (folder / "problems.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in problems))
        given = {
            "name": "costs",
            "sources": [{"reader": "jsonl", "path": "problems.jsonl", "domain": "reasoning"}],
            "tasks": [{"type": "preference_pair", "overlap": 1}],
        }
        self.ahead = timedelta()
        self.server = server
        self.ctx = Context(
            folder=folder,
            project=parse_project(given),
            store=Store(":memory:"),
            connect=lambda: connect(server.url, server.token),
            server=server.url,
            clock=lambda: datetime.now(UTC) + self.ahead,
        )

    def run(self, *stages: str) -> list[Tally]:
        """Run stages, ten minutes after the ones before."""
        self.ahead += timedelta(minutes=10)
        return [run_stage(self.ctx, stage, load(stage)) for stage in stages]

    def settle(self) -> None:
        """Until there is nothing new, and nothing can come to light any more."""
        self.run("ingest", "screen", "generate", "push")
        self.run("sync")
        self.run("sync")

    def touch(self) -> None:
        """Somebody answers a task."""
        remote = self.ctx.store.value("SELECT min(remote_task_id) FROM pushes")
        headers = {"Authorization": f"Token {self.server.token}"}
        body = {"result": [], "was_cancelled": True}
        url = f"{self.server.url}/api/tasks/{remote}/annotations/"
        httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False).raise_for_status()


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A buffer without an end."""
    monkeypatch.setattr("pipeline.pushing.queue.buffer", lambda *_: 10**6)


@pytest.mark.live
@pytest.mark.usefixtures("wide")
def test_a_sync_asks_for_what_changed_however_much_there_is(
    label_studio_server: Server, tmp_path: Path
) -> None:
    costs = []
    for tasks in (3, MANY):
        effort = Live(tmp_path / str(tasks), label_studio_server, tasks)
        effort.settle()
        assert effort.ctx.store.count("pushes") == tasks
        with asked() as quiet:
            (tally,) = effort.run("sync")
        assert (tally.done, len(quiet)) == (0, 2), quiet
        effort.touch()
        with asked() as changed:
            (tally,) = effort.run("sync")
        assert tally.done == 1
        costs.append(len(changed))
    assert costs[0] == costs[1]


@pytest.mark.live
@pytest.mark.usefixtures("wide")
def test_lots_are_sent_in_one_request_each(
    label_studio_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.label_studio.batches.batches.__defaults__", (10**6, 3, 10**6))
    effort = Live(tmp_path / "lots", label_studio_server, 21)
    effort.run("ingest", "screen", "generate")
    with asked() as lines:
        (tally,) = effort.run("push")
    assert tally.done == 21
    imports = [line for line in lines if "/import" in line]
    assert len(imports) == 7
    assert len(lines) - len(imports) <= 8, lines  # to make, look at and stamp the project


@pytest.mark.live
@pytest.mark.usefixtures("wide")
def test_nothing_to_push_asks_nothing(label_studio_server: Server, tmp_path: Path) -> None:
    effort = Live(tmp_path / "idle", label_studio_server, 3)
    effort.settle()
    with asked() as lines:
        effort.run("push", "check", "resolve")
    assert lines == []


def test_the_latest_of_some_tasks_are_those_of_all(make_effort: Callable[..., Any]) -> None:
    effort = make_effort()
    filled = Filled(effort.ctx.store)
    moments = [START + timedelta(hours=hour) for hour in range(3)]
    number = itertools.count()
    for task, place, moment in itertools.product(["t0", "t1", "t2"], range(2), moments):
        deleted = (place, moment) == (1, moments[2])
        annotation, _ = said(
            next(number), task, "ann-a", moment, annotation_id=f"{task}/{place}", deleted=deleted
        )
        filled.put(annotation)
    moved, _ = said(next(number), "t2", "ann-a", moments[2] + timedelta(hours=1), annotation_id="t0/0")
    filled.put(moved)
    ctx = replace(effort.ctx, server=SERVER)
    rows = ctx.store.rows("SELECT * FROM latest_annotations WHERE task_id IN ('t0', 't2')")
    expected: dict[str, dict[str, Any]] = {}
    for row in rows:
        expected.setdefault(row["task_id"], {})[row["annotation_id"]] = row
    assert latest_of(ctx, ["t0", "t2"]) == expected
    assert sorted(expected["t2"]) == ["t0/0", "t2/0", "t2/1"]
    assert sorted(expected["t0"]) == ["t0/1"]
    assert latest_of(ctx, ["t0"]) == {"t0": expected["t0"]}
