"""One task handed to two who ask at the same moment: SQLite does it, and every answer too many is put on record."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from pipeline.cli import app, register
from pipeline.cli.faults import exit_code_of
from pipeline.context import Context, Quiet, run_stage
from pipeline.label_studio.server import Server
from pipeline.opening import embedded, writing
from pipeline.stages import load
from schemas.facts import RemoteProjectFact
from schemas.project import read_project
from tests.pipeline.stages.crowd import TYPE, Crowd
from tests.pipeline.stages.queue_seats import Handed

pytestmark = pytest.mark.live
TOGETHER = ("ann", "ben", "cem")
"""Those who ask at the same moment; dan does not ask."""
SAYS = {"ann": -2, "ben": 1, "cem": 3, "dan": 0}
"""What each says of everything."""
ROUNDS = 8
PAST = "past the overlap"
PROJECT = """\
name = "doubles"

[[sources]]
reader = "jsonl"
path = "pairs.jsonl"
domain = "reasoning"

[[tasks]]
type = "preference_pair"
overlap = 1

[label_studio]
buffer_tasks = 1000
"""
TO_SETTLED = ("sync", "check", "resolve")


class Effort:
    """Tasks for one vote each in a real Label Studio, and those who label them."""

    def __init__(self, ctx: Context, crowd: Crowd) -> None:
        self.ctx = ctx
        self.answered: Counter[str] = Counter()
        """How often each of our tasks was answered."""
        self._seats = {name: crowd.seat(name) for name in SAYS}
        self.run("ingest", "screen", "generate", "push")
        (project,) = ctx.store.facts(RemoteProjectFact)
        self._project_id = project.project_id

    def run(self, *stages: str) -> list[int]:
        """Run some stages; how much each of them did."""
        return [run_stage(self.ctx, name, load(name)).done for name in stages]

    def answer_at_once(self) -> dict[str, Handed]:
        """The three ask at the same moment, and answer what they were handed."""
        together = Barrier(len(TOGETHER))

        def ask(name: str) -> Handed | None:
            together.wait(60)
            return self._seats[name].next_task(self._project_id)

        with ThreadPoolExecutor(len(TOGETHER)) as threads:
            found = zip(TOGETHER, threads.map(ask, TOGETHER), strict=True)
            handed = {name: task for name, task in found if task is not None}
            assert tuple(handed) == TOGETHER, "there is a task for everybody in every round"
            list(threads.map(self._submit, handed, handed.values()))
        self.answered.update(task.uid for task in handed.values())
        return handed

    def answer(self, name: str, task: Handed) -> None:
        """Somebody answers a task, handed to them or not."""
        self._submit(name, task)
        self.answered[task.uid] += 1

    def _submit(self, name: str, task: Handed) -> None:
        self._seats[name].submit(task.id, TYPE.result(TYPE.label(preference=SAYS[name])), 10.0)

    def there(self) -> dict[str, int]:
        """How many annotations each answered task has in Label Studio."""
        tasks = self.ctx.label_studio.changes(self._project_id, None)
        return {str(task.uid): len(task.annotations) for task in tasks if task.annotations}

    def counted(self) -> dict[str, list[str]]:
        """The revisions that each settled task was settled on."""
        rows = self.ctx.store.rows("SELECT task_id, revisions FROM current_resolutions")
        return {row["task_id"]: list(row["revisions"]) for row in rows}

    def revisions(self) -> set[str]:
        """All that was said."""
        return {row["revision_id"] for row in self.ctx.store.rows("SELECT revision_id FROM votes")}


@contextmanager
def labeling(folder: Path, server: Server) -> Iterator[Effort]:
    """As many tasks as are handed out in all rounds at the most."""
    (folder / "project.toml").write_text(PROJECT)
    pairs = [
        {"prompt": f"Problem {n}?", "candidates": [{"text": f"answer {n}"}, {"text": f"reply {n}"}]}
        for n in range(ROUNDS * len(TOGETHER))
    ]
    (folder / "pairs.jsonl").write_text("".join(f"{json.dumps(pair)}\n" for pair in pairs))
    with writing(folder, read_project(folder), embedded(server), "test", progress=Quiet()) as ctx:
        yield Effort(ctx, Crowd(server))


def told(folder: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """What `headrace findings --json` prints."""
    register()
    capsys.readouterr()
    assert exit_code_of(app, ["-C", str(folder), "findings", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_on_sqlite_every_answer_too_many_is_reported_and_none_is_counted(
    label_studio_server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with labeling(tmp_path, label_studio_server) as effort:
        first, *_ = [effort.answer_at_once() for _ in range(ROUNDS)]
        effort.answer("dan", first["ann"])  # what the queue doubles is chance, this is certain
        effort.run(*TO_SETTLED)
        assert effort.there() == effort.answered
        counted, said = effort.counted(), effort.revisions()
        assert effort.run(*TO_SETTLED, "push") == [0, 0, 0, 0]
    surplus = effort.answered - Counter(dict.fromkeys(effort.answered, 1))
    found = told(tmp_path, capsys)
    print(f"answered past the overlap on SQLite: {surplus.total()} in {ROUNDS} rounds")  # noqa: T201 - the record
    assert surplus[first["ann"].uid] >= 1
    assert (found["total"], found["kinds"]) == (surplus.total(), {PAST: surplus.total()})
    assert Counter(one["task_id"] for one in found["findings"]) == surplus
    assert [len(counted[task]) for task in effort.answered] == [1] * len(effort.answered)
    past, settled_on = {one["subject"] for one in found["findings"]}, {one for (one,) in counted.values()}
    assert len(past) == surplus.total()
    assert past | settled_on == said, "what was said is counted, or reported as too much"
    assert not past & settled_on


@pytest.mark.proof
def test_on_postgresql_there_is_none_to_report(
    label_studio_on_postgres: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with labeling(tmp_path, label_studio_on_postgres) as effort:
        for _ in range(ROUNDS):
            effort.answer_at_once()
        effort.run(*TO_SETTLED)
        assert effort.there() == effort.answered
        assert {len(revisions) for revisions in effort.counted().values()} == {1}
    assert set(effort.answered.values()) == {1}
    assert len(effort.answered) == ROUNDS * len(TOGETHER)
    assert told(tmp_path, capsys) == {"total": 0, "kinds": {}, "findings": []}
