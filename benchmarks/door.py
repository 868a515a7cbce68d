"""What the door adds to a call: `door.py [--people N] [--seconds N] [--think N] [--database URL]`.

People work in a closed loop, each with time to think, before a real Label Studio of its own: one task through the
door, the next at Label Studio itself, by the same calls. What the door adds is all that somebody waited less the one
call that was passed on: its own work, its own further questions to Label Studio, and the way. Exits 1 where a promise
is missed: by that, or by the medians of what people waited here and there.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from benchmarks.measuring.door_people import NEXT, Waited, World, all_work
from pipeline.context import Quiet, run_stage
from pipeline.label_studio import database, server
from pipeline.label_studio.outside import TOKEN_VARIABLE, URL_VARIABLE
from pipeline.label_studio.server import Server
from pipeline.ledger import LedgerPlace
from pipeline.ledger.keys import Keys
from pipeline.ledger.standing import answers
from pipeline.ledger.state import Door, DoorHome
from pipeline.opening import embedded, writing
from pipeline.people.inviting import invite
from pipeline.stages import load
from pipeline.store import StorePlace
from schemas.people import Person
from schemas.people_file import write_people
from schemas.project import read_project

MOST_NEXT, MOST_OTHER = 50.0, 20.0
"""Milliseconds that may be added, at the 95th of 100 calls."""
LEAST = 20
"""Calls of a kind, for its 95th of 100 to mean anything."""
PROJECT = """\
name = "door"
sources = [{ reader = "jsonl", path = "records.jsonl" }]
[[tasks]]
type = "preference_pair"
overlap = 1
[label_studio]
buffer_tasks = 100000
"""
RECORD = (
    '{{"prompt": "Which is larger? {0}", "domain": "reasoning", "language": "en", "candidates": '
    '[{{"text": "It is {0}. {1}"}}, {{"text": "It is {2}. {1}"}}]}}\n'
)


def main() -> int:
    """Measure, and print the table."""
    given = arguments()
    with tempfile.TemporaryDirectory() as name, made(Path(name), given) as world:
        report(f"{given.people} people work for {given.seconds:.0f} s")
        waited = asyncio.run(all_work(world, given.seconds, given.think))
    return judged(waited)


def arguments() -> argparse.Namespace:
    """How it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=400.0)
    parser.add_argument(
        "--think", type=float, default=40.0, help="seconds between two tasks of a person, on average"
    )
    parser.add_argument("--database", help="postgresql://…, instead of SQLite")
    return parser.parse_args()


@contextmanager
def made(folder: Path, given: argparse.Namespace) -> Iterator[World]:
    """Everything, running; at the end nothing runs."""
    for variable in (URL_VARIABLE, TOKEN_VARIABLE):
        os.environ.pop(variable, None)
    tasks = int(given.people * (3 + given.seconds / given.think))
    names = [f"person-{number}" for number in range(given.people)]
    words = "And so on. " * 150
    (folder / "project.toml").write_text(PROJECT)
    (folder / "records.jsonl").write_text("".join(RECORD.format(n, words, n + 1) for n in range(tasks)))
    write_people(folder, [Person(name=name, email=f"{name}@people.example") for name in names])
    kept = database.parse(given.database) if given.database else None
    there = server.up(folder, database=kept, report=report)
    try:
        home, door = (
            DoorHome(folder),
            Door(port=free_port(), label_studio=there.url, project=str(folder), version="-"),
        )
        home.make()
        home.write(door)
        with writing(folder, read_project(folder), embedded(there), "door", progress=Quiet()) as ctx:
            for stage in ("ingest", "screen", "generate", "push"):
                run_stage(ctx, stage, load(stage))
            report(f"{tasks} tasks are there; inviting {given.people} people")
            links = [invite(ctx, door, name).link for name in names]
        with running(folder, door):
            yield world(folder, there, door, links)
    finally:
        server.down(folder)


@contextmanager
def running(folder: Path, door: Door) -> Iterator[None]:
    """The door, as a process of its own."""
    command = [sys.executable, "-m", "benchmarks.measuring.timed_door", str(folder)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1])
    try:
        while not answers(door.port):
            if process.poll() is not None:
                raise SystemExit("the door should run, it ended")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def world(folder: Path, there: Server, door: Door, links: Sequence[str]) -> World:
    """Everybody let in, and a twin of the project."""
    place = LedgerPlace(folder)
    keys = Keys(place)
    with StorePlace(folder).reading() as store:
        project = int(store.value("SELECT project_id FROM remote_projects"))
    accounts = [keys.account_of(f"person-{number}@people.example") for number in range(len(links))]
    place.close()
    cookies = []
    for link in links:
        let_in = httpx.post(link, headers={"Origin": door.addresses()[0]}, trust_env=False, timeout=60)
        cookies.append(let_in.cookies["headrace_door"])
    known = [one for one in accounts if one is not None]
    return World(there, door.addresses()[0], project, twin_of(there, project), known, cookies)


def twin_of(there: Server, project: int) -> int:
    """A project with the same settings and the same tasks."""
    headers = {"Authorization": f"Token {there.token}"}
    with httpx.Client(base_url=there.url, headers=headers, timeout=600, trust_env=False) as http:
        like = http.get(f"/api/projects/{project}/").json()
        kept = ("label_config", "expert_instruction", "show_instruction", "show_skip_button", "sampling")
        twin = int(
            http.post("/api/projects/", json={"title": "twin", **{name: like[name] for name in kept}}).json()[
                "id"
            ]
        )
        page = 1
        while True:
            query: dict[str, Any] = {"project": project, "page": page, "page_size": 500, "fields": "all"}
            found = http.get("/api/tasks", params=query)
            if found.status_code == httpx.codes.NOT_FOUND or not found.json()["tasks"]:
                return twin
            tasks = [{"data": task["data"]} for task in found.json()["tasks"]]
            http.post(f"/api/projects/{twin}/import", json=tasks).raise_for_status()
            page += 1


def judged(waited: dict[str, Waited]) -> int:
    """Print the table; 1 where a promise is missed."""
    pairs = "".join(f"{name:>9}{'P95':>7}" for name in ("direct", "door", "added"))
    print(f"{'milliseconds':<16}{'n':>6}{pairs}{'at most':>9}{'calls':>7}")
    missed = []
    for kind, one in waited.items():
        most = MOST_NEXT if kind == NEXT else MOST_OTHER
        figures = [(median(of), p95(of)) for of in (one.direct, one.door, one.added) if of]
        if len(figures) < 3:
            continue
        shown = "".join(f"{middle:>9.1f}{high:>7.1f}" for middle, high in figures)
        calls = sum(one.calls) / len(one.calls)
        print(f"{kind:<16}{len(one.door):>6}{shown}{most:>9.0f}{calls:>7.1f}")
        (direct, _), (door, _), (_, added) = figures
        if added > most or door - direct > most:
            missed.append(kind)
    if few := [kind for kind, one in waited.items() if min(len(one.door), len(one.direct)) < LEAST]:
        print(f"too few calls to tell: {', '.join(few)}")
    print(f"MISSED: {', '.join(missed)}" if missed else "held")
    return 1 if missed else 0


def p95(values: Sequence[float]) -> float:
    """The 95th of 100."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


def report(line: str) -> None:
    """Say how far it is."""
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
