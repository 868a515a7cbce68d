"""What it costs to bring tasks to Label Studio and to read it: `label_studio.py [--tasks N] [--sizes N,N,...]`.

On a real Label Studio of its own, on SQLite. Pushing is held against bare POSTs of the very same bodies, in turns.
Reading is measured on projects of several sizes, with nothing new and with 50 tasks changed. Each step is a process of
its own, so that its memory is its own too. Exits 1 where a promise is missed.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.measuring.costs import Asked, Cost, alone, bare, cpu_of, post
from pipeline.context import Context, Quiet, run_stage
from pipeline.label_studio import server
from pipeline.label_studio.base import UID, LabelStudio, NewTask, ProjectSpec
from pipeline.label_studio.batches import batches
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server
from pipeline.label_studio.wire import import_body, importable
from pipeline.opening import EMBEDDED, Studio, writing
from pipeline.pushing.pages import pages
from pipeline.pushing.queue import Lot
from pipeline.stages import load
from schemas.project import parse_project
from schemas.steering import GuidelineFact
from tasks import task_types

TURNS = 3
LEAST_SHARE = 0.8
"""Of the throughput of bare POSTs."""
MOST_REQUESTS = 2
MOST_MB = 500
MOST_GROWTH = 2.0
"""How much more a reading of 50 changes may cost in the largest project than in the smallest."""
CHANGED = 50
VOTERS = 2
LATER = timedelta(minutes=10)
"""How much later by the store's clock a reading is than the one before: nothing can come to light behind that then."""
TYPE = task_types()["preference_pair"]
CELL = f"en/{TYPE.name}"
STEPS = (
    (1, "sync, all of it", "sync"),
    (1, "check all", "check"),
    (1, "resolve all", "resolve"),
    (2, "sync, once more", "sync"),
    (3, "push, nothing new", "push"),
    (3, "sync, nothing new", "sync"),
    (3, "check, nothing new", "check"),
    (3, "resolve, nothing new", "resolve"),
    (4, f"sync, {CHANGED} changed", "sync"),
)
"""How often LATER, what for and which stage."""
PROJECT = parse_project(
    {
        "name": "costs",
        "sources": [{"reader": "jsonl", "path": "made-up.jsonl", "domain": "reasoning", "language": "en"}],
        "tasks": [{"type": TYPE.name, "overlap": VOTERS}],
        "label_studio": {"buffer_tasks": 10**6},
    }
)
GUIDELINE = [GuidelineFact(task_type=TYPE.name, version="-", text="", since=datetime(2026, 1, 1, tzinfo=UTC))]


class Answered:
    """A Label Studio in which tasks are answered as they arrive: by an import that holds the answers too."""

    def __init__(self, there: Server, people: Sequence[int]) -> None:
        self._http, self._people = bare(there), people
        self._studio = connect(there.url, there.token)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        return getattr(self._studio, name)

    def push(self, project_id: int, tasks: Sequence[NewTask]) -> list[int]:
        """Import tasks, each with an answer of each person."""
        said = {"result": TYPE.result(TYPE.label(preference=1)), "lead_time": 30.0, "ground_truth": False}
        answers = [{**said, "completed_by": one} for one in self._people]
        bodies = [{**importable(task), "annotations": answers} for task in tasks]
        ids: list[int] = post(self._http, project_id, json.dumps(bodies).encode()).json()["task_ids"]
        return ids


@contextmanager
def opened(folder: Path, studio: Callable[[], Any], later: int = 0) -> Iterator[Context]:
    """A project's context, by a clock that is ahead so many times LATER."""
    with writing(folder, PROJECT, Studio(EMBEDDED, studio), "costs", progress=Quiet()) as ctx:
        yield replace(ctx, clock=lambda: datetime.now(UTC) + later * LATER)


def measured(
    there: Server, folder: Path, stage: str, later: int = 0, studio: Callable[[], Any] | None = None
) -> Cost:
    """Run a stage in this process, which has loaded what it needs and opened its store; so many times LATER."""
    run, asked = load(stage), Asked()
    with opened(folder, studio or partial(connect, there.url, there.token), later) as ctx:
        ctx.label_studio.version()
        ctx.store.put(GUIDELINE)  # the first facts load what writes them
        asked.count, began, cpu, there_cpu = 0, time.perf_counter(), time.process_time(), cpu_of(there)
        done = run_stage(ctx, stage, run).done
        return Cost(
            done,
            time.perf_counter() - began,
            time.process_time() - cpu,
            cpu_of(there) - there_cpu,
            asked.count,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )


def fill(folder: Path, tasks: int) -> None:
    """A store in which so many tasks of 2 KB wait for Label Studio."""
    stems = ("stream", "quarry", "lantern", "orbit", "meadow", "granite")
    dice = Random(tasks)  # noqa: S311 - made-up text
    with (folder / "made-up.jsonl").open("w", encoding="utf-8") as file:
        for number in range(tasks):
            prompt, one, other = (" ".join(dice.choices(stems, k=90)) for _ in range(3))
            made = {"prompt": f"{number} {prompt}", "candidates": [{"text": one}, {"text": other}]}
            file.write(f"{json.dumps(made)}\n")
    with opened(folder, refused) as ctx:
        for stage in ("ingest", "screen", "generate"):
            run_stage(ctx, stage, load(stage))


def refused() -> LabelStudio:
    """No Label Studio: for what must not ask it."""
    raise AssertionError


def post_bare(there: Server, folder: Path, project_id: int, part: slice) -> tuple[float, int, int]:
    """Send a part of the tasks with nothing around the requests: seconds, lots and bytes."""
    with opened(folder, refused) as ctx:
        uids = [row["task_id"] for row in ctx.store.rows("SELECT task_id FROM tasks ORDER BY task_id")][part]
        lot = Lot(CELL, TYPE.name, TYPE.version, "label", tuple(uids), 0)
        made = [NewTask(data={UID: uid, **page.data}) for uid, page in pages(ctx, lot, uids)]
        bodies = [import_body(lot) for lot in batches(made)]
    with bare(there) as http:
        http.get("/api/version/")
        began = time.perf_counter()
        for body in bodies:
            assert post(http, project_id, body).json()["task_ids"]
        return time.perf_counter() - began, len(bodies), sum(map(len, bodies))


def pushing(there: Server, folder: Path, tasks: int) -> tuple[float, float]:
    """Push tasks, half of them by bare POSTs before and half after: the share of that speed, and megabytes."""
    folder.mkdir()
    alone(fill, folder, tasks)
    spec = ProjectSpec(marker="headrace: bare", title="bare", config=TYPE.config(), overlap=VOTERS)
    beside = connect(there.url, there.token).ensure_project(spec)
    before = alone(post_bare, there, folder, beside, slice(tasks // 2))
    ours = alone(measured, there, folder, "push")
    after = alone(post_bare, there, folder, beside, slice(tasks // 2, None))
    assert ours.done == tasks
    seconds, lots, size = (sum(pair) for pair in zip(before, after, strict=True))
    print(
        f"{tasks:,} tasks of {size / tasks:,.0f} bytes, {tasks / ours.seconds:,.0f} a second\n"
        f"  {'pushed':20} {ours}\n  {lots} bare POSTs        {seconds:24.2f} s "
        f"(half before {before[0]:.2f} s, half after {after[0]:.2f} s): {seconds / ours.seconds:.2f}",
        flush=True,
    )
    return seconds / ours.seconds, ours.megabytes


def reading(there: Server, folder: Path, tasks: int) -> dict[str, Cost]:
    """Read a project of so many tasks, each answered by two: all of it, with nothing new, with some changed."""
    folder.mkdir()
    alone(fill, folder, tasks)
    people = [1, *alone(accounts, there)]
    costs = {"brought": alone(measured, there, folder, "push", 0, partial(Answered, there, people))}
    for later, name, stage in STEPS:
        if name == f"sync, {CHANGED} changed":
            alone(change, there, folder)
        costs[name] = alone(measured, there, folder, stage, later)
    print(f"{tasks:,} tasks, {tasks * VOTERS:,} annotations")
    for name, cost in costs.items():
        print(f"  {name:20} {cost}", flush=True)
    return costs


def accounts(there: Server) -> list[int]:
    """Somebody besides the administrator."""
    with bare(there) as http:
        known = http.get("/api/users/").raise_for_status().json()
        if len(known) < VOTERS:
            email = "somebody@example.com"
            known.append(http.post("/api/users/", json={"email": email, "username": email}).json())
    return [user["id"] for user in known[1:VOTERS]]


def change(there: Server, folder: Path) -> None:
    """Say something else of a few tasks."""
    sql = "SELECT remote_id FROM latest_annotations QUALIFY row_number() OVER (PARTITION BY task_id) = 1 LIMIT ?"
    with opened(folder, refused) as ctx:
        ids = [row["remote_id"] for row in ctx.store.rows(sql, [CHANGED])]
    with bare(there) as http:
        for one in ids:
            body = {"result": TYPE.result(TYPE.label(preference=2))}
            http.patch(f"/api/annotations/{one}/", json=body).raise_for_status()


def push_holds(turns: Sequence[tuple[float, float]]) -> bool:
    """Whether pushing keeps its promises; the median, since a turn is as good as the machine was quiet."""
    share, most_mb = median(share for share, _ in turns), max(megabytes for _, megabytes in turns)
    print(
        f"push: {share:.2f} of the speed of bare POSTs, the median of {len(turns)} (at least {LEAST_SHARE}); "
        f"{most_mb:.0f} MB (at most {MOST_MB})",
        flush=True,
    )
    return share >= LEAST_SHARE and most_mb <= MOST_MB


def sync_holds(costs: dict[int, dict[str, Cost]]) -> bool:
    """Whether reading keeps its promises."""
    few, many = costs[min(costs)], costs[max(costs)]
    asked = max(cost["sync, nothing new"].requests for cost in costs.values())
    most_mb = max(cost.megabytes for one in costs.values() for cost in one.values())
    changed = f"sync, {CHANGED} changed"
    growth = many[changed].cpu / few[changed].cpu
    whole = many["sync, all of it"].all_cpu / many[changed].all_cpu
    same = len({cost[changed].requests for cost in costs.values()}) == 1
    print(
        f"sync: {asked} requests with nothing new (at most {MOST_REQUESTS}); {CHANGED} changes among {max(costs):,} "
        f"tasks take {'as many' if same else 'MORE'} requests and {growth:.1f} times as much CPU here as among "
        f"{min(costs):,} (at most {MOST_GROWTH}), and there, where all tasks are searched, "
        f"{few[changed].server_cpu:.2f} and {many[changed].server_cpu:.2f} s; all of them take {whole:.0f} times as "
        f"much; {most_mb:.0f} MB (at most {MOST_MB})"
    )
    return asked <= MOST_REQUESTS and same and growth <= MOST_GROWTH and most_mb <= MOST_MB


def main() -> int:
    """Measure and print; 1 where a promise is missed."""
    arguments = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    arguments.add_argument("--tasks", type=int, default=20_000, help="how many to push")
    arguments.add_argument("--sizes", default=None, help="of the projects that are read, with commas between")
    given = arguments.parse_args()
    usual = "1000,10000,50000" if given.tasks >= 20_000 else f"{given.tasks // 4},{given.tasks}"
    sizes = [int(size) for size in (usual if given.sizes is None else given.sizes).split(",") if size]
    with tempfile.TemporaryDirectory(prefix="label-studio-") as place:
        folder = Path(place)
        there = server.up(folder)
        try:
            turns = [pushing(there, folder / f"push-{turn}", given.tasks) for turn in range(TURNS)]
            held = push_holds(turns)
            costs = {size: reading(there, folder / f"read-{size}", size) for size in sizes}
            return 0 if (not costs or sync_holds(costs)) and held else 1
        finally:
            server.down(folder)


if __name__ == "__main__":
    sys.exit(main())
