"""What the report costs of a store of any size: `python -m benchmarks.measuring.flow_store [TASKS] [--folder DIR]`.

The store is made by bulk SQL: tasks over half a year, five votes each by fifty people back to back in working hours,
one in twelve adjudicated, nine in ten released. Then, each in a process of its own as somebody would type it: the
first report, the next with a day's facts more, the analysis by its parts. Seconds, processor seconds and the most
memory of each are told.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.progress.analysis import analyse
from pipeline.progress.cleaning import clean
from pipeline.progress.deriving.derive import derive
from pipeline.progress.reading import columns_of
from pipeline.store import Store, StorePlace
from pipeline.store.log import EventLog
from schemas.team import Team

TASKS = 1_000_000
VOTES, PEOPLE, CELLS, DAYS = 6, 50, 12, 180
HARD = 12
"""Of so many tasks one is disputed, and settled by an adjudicator two days later."""
A_DAY = 86_400.0

MADE = """
INSERT INTO records SELECT 'r' || i, 'p' || i, 'reasoning', 'en', NULL, NULL, NULL, NULL, NULL, 0, '{{}}', {born}
FROM range({first}, {last}) t(i);
INSERT INTO tasks (task_id, item_id, task_type, version, cell, attempt, overlap, payload, generated_at)
SELECT 't' || i, 'i' || i, 'step_review', 1, 'l' || (i % {cells}) || '/step_review', 1, {votes}, '{{}}',
    {born} + INTERVAL 5 MINUTE
FROM range({first}, {last}) t(i);
INSERT INTO record_tasks SELECT 'r' || i, 't' || i FROM range({first}, {last}) t(i);
INSERT INTO annotations (revision_id, annotation_id, task_id, annotator, server, remote_id, result, lead_seconds,
    skipped, deleted, simulated, created_at, updated_at, synced_at)
SELECT 'v' || n, 'a' || n, 't' || i, 'annotator-' || (n % {people}), 's', n, '[]',
    {pace} * (0.5 + 0.5 * (hash(n) % 100) / 100), false, false, false, done_at, done_at, done_at + INTERVAL 1 HOUR
FROM (SELECT *, {worked} AS done_at FROM (SELECT i, slot, i * {votes} + slot AS n
    FROM range({first}, {last}) t(i), range({votes}) s(slot)));
INSERT INTO labels SELECT revision_id, annotation_id, task_id, annotator, '{{}}', false, synced_at
FROM annotations WHERE remote_id >= {first} * {votes};
INSERT INTO resolutions (resolution_id, task_id, payload, method, agreement, votes, revisions, simulated, resolved_at)
SELECT 'z' || i, 't' || i, CASE WHEN i % {hard} > 0 THEN '{{}}' END, CASE WHEN i % {hard} = 0 THEN 'none' ELSE
    'majority' END, 1.0, {votes}, ['v' || (i * {votes})], false, voted_at + INTERVAL 2 HOUR
FROM (SELECT *, {voted} AS voted_at FROM range({first}, {last}) t(i));
INSERT INTO resolutions (resolution_id, task_id, payload, method, agreement, votes, revisions, simulated, resolved_at)
SELECT 'y' || i, 't' || i, '{{}}', 'adjudicated', 1.0, 1, ['v' || (i * {votes})], false, voted_at + INTERVAL 50 HOUR
FROM (SELECT *, {voted} AS voted_at FROM range({first}, {last}) t(i)) WHERE i % {hard} = 0 AND voted_at < {until};
INSERT INTO releases (version, digest, row_count, simulated, facts_until, made_at)
VALUES ('{version}.0.0', 'd', 1, false, NULL, {until});
INSERT INTO release_members (version, task_id, resolution_id, row_count)
SELECT '{version}.0.0', task_id, resolution_id, 1 FROM resolutions
WHERE payload IS NOT NULL AND resolved_at < {until} - INTERVAL 18 DAY
    AND task_id NOT IN (SELECT task_id FROM release_members)
"""


def make(store: Store, first: int, last: int, tasks: int) -> None:
    """Tasks from one number to another, of so many in all; each person does one vote after another, eight hours a day.

    All of them end a day ago.
    """
    begin = f"TIMESTAMPTZ '{datetime.now(UTC).date() - timedelta(days=DAYS + 1)} 00:00:00+00'"
    per_day = max(1.0, tasks * VOTES / PEOPLE / DAYS)
    pace = 8 * 3600 / per_day

    def worked(vote: str) -> str:
        place = f"(({vote}) // {PEOPLE})"
        day = f"CAST(floor({place} / {per_day}) AS BIGINT)"
        seconds = f"({day} * {A_DAY} + 9 * 3600 + ({place} - {day} * {per_day} + 1) * {pace})::DOUBLE"
        return f"{begin} + to_microseconds(CAST({seconds} * 1000000 AS BIGINT))"

    figures = {
        "first": first,
        "last": last,
        "votes": VOTES,
        "people": PEOPLE,
        "cells": CELLS,
        "hard": HARD,
        "pace": pace,
        "version": 1 + (first > 0),
        "born": f"({worked(f'i * {VOTES}')} - INTERVAL 3 HOUR)",
        "worked": worked("n"),
        "voted": worked(f"i * {VOTES} + {VOTES - 1}"),
        "until": f"({worked(f'{last} * {VOTES}')})",
    }
    for statement in MADE.format(**figures).split(";\n"):
        store.temporary(statement)


PROJECT = """
name = "long"

[[tasks]]
type = "step_review"
overlap = {votes}
"""
REPORT = ("report", "--json")


def main() -> None:
    """Make a project, and time what is asked of it."""
    parser = argparse.ArgumentParser(description="What the report costs of a store of any size.")
    parser.add_argument("tasks", nargs="?", type=int, default=TASKS)
    parser.add_argument(
        "--folder", type=Path, help="make it here and keep it, or look at the one that is here"
    )
    parser.add_argument("--parts", action="store_true", help="the analysis by its parts too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        if not (folder / "project.toml").exists():
            with told(f"a store of {given.tasks:,} tasks"):
                project(folder, given.tasks)
        if given.parts:
            with StorePlace(folder).reading() as store:
                parts(store)
            return
        asked(folder, "the first report", *REPORT)
        with told("a day more"):
            a_day_more(folder)
        asked(folder, "the next report", *REPORT)


def project(folder: Path, tasks: int) -> None:
    """A project folder with a store of so many tasks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.toml").write_text(PROJECT.format(votes=VOTES), encoding="utf-8")
    with StorePlace(folder).writing("make") as store:
        make(store, 0, tasks, tasks)


def a_day_more(folder: Path) -> None:
    """What another day brings, in a project made here."""
    with StorePlace(folder).writing("a day more") as store:
        tasks = store.count("tasks")
        make(store, tasks, tasks + tasks // DAYS, tasks)


def asked(folder: Path, what: str, *words: str) -> None:
    """Run a command in a process of its own, and tell what it took."""
    wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "pipeline", "-C", str(folder), *words], check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    _tell(what, time.perf_counter() - wall, cpu, after.ru_maxrss / 1024)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Print what a step took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _tell(what, time.perf_counter() - wall, time.process_time() - cpu, most)


def _tell(what: str, wall: float, cpu: float, most: float) -> None:
    sys.stdout.write(f"{what:34} {wall:8.2f} s {cpu:8.2f} s CPU {most:7,.0f} MB\n")
    sys.stdout.flush()


def parts(store: Store) -> None:
    """Time each step from the store to the analysis."""
    now = datetime.now(UTC)
    with told("the log"):
        log = EventLog.of_store(store, now)
    with told("as columns"):
        columns = columns_of(log)
    with told("clean"):
        cleaned = clean(columns)[0]
    with told("derive"):
        derive(cleaned, Team(overlap=VOTES))
    with told("all of the analysis"):
        analyse(log, Team(overlap=VOTES), now)
    sys.stdout.write(f"{len(columns):,} events in the log, {log.past}\n")


if __name__ == "__main__":
    main()
