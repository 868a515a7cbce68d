"""What progress costs of a store of any size: `python -m benchmarks.measuring.flow_store [TASKS]`, by step.

The store is made by bulk SQL: tasks over half a year, five votes each by fifty people back to back in working hours,
one in twelve adjudicated, nine in ten released. Each step's seconds, processor seconds and the most memory so far are
told.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pipeline.progress.cleaning import clean
from pipeline.progress.deriving.blocks import as_one, in_blocks
from pipeline.progress.deriving.derive import derive
from pipeline.progress.reading import columns_of
from pipeline.store import Store
from pipeline.store.log import EventLog
from schemas.team import Team

GivenT = TypeVar("GivenT")
TASKS = 1_000_000
VOTES, PEOPLE, CELLS, DAYS = 5, 50, 12, 180
A_DAY = 86_400.0

MADE = """
INSERT INTO records SELECT 'r' || i, 'p' || i, 'reasoning', 'en', NULL, NULL, NULL, NULL, NULL, 0, '{{}}', {born}
FROM range({tasks}) t(i);
INSERT INTO tasks (task_id, item_id, task_type, version, cell, attempt, overlap, payload, generated_at)
SELECT 't' || i, 'i' || i, 'step_review', 1, 'l' || (i % {cells}) || '/step_review', 1, {votes}, '{{}}',
    {born} + INTERVAL 5 MINUTE
FROM range({tasks}) t(i);
INSERT INTO record_tasks SELECT 'r' || i, 't' || i FROM range({tasks}) t(i);
INSERT INTO annotations (revision_id, annotation_id, task_id, annotator, server, remote_id, result, lead_seconds,
    skipped, deleted, simulated, created_at, updated_at, synced_at)
SELECT 'v' || n, 'a' || n, 't' || i, 'annotator-' || (n % {people}), 's', n, '[]',
    {pace} * (0.5 + 0.5 * (hash(n) % 100) / 100), false, false, false, done_at, done_at, done_at + INTERVAL 1 HOUR
FROM (SELECT *, {worked} AS done_at FROM (SELECT i, slot, i * {votes} + slot AS n
    FROM range({tasks}) t(i), range({votes}) s(slot)));
INSERT INTO resolutions (resolution_id, task_id, payload, method, agreement, votes, revisions, simulated, resolved_at)
SELECT 'z' || i, 't' || i, '{{}}', CASE WHEN i % 12 = 0 THEN 'none' ELSE 'majority' END, 1.0,
    {votes}, ['v' || (i * {votes})], false, max_at + INTERVAL 2 HOUR
FROM (SELECT *, {last} AS max_at FROM range({tasks}) t(i));
INSERT INTO releases (version, digest, row_count, simulated, facts_until, made_at)
VALUES ('1.0.0', 'd', 1, false, NULL, {end});
INSERT INTO release_members (version, task_id, resolution_id, row_count)
SELECT '1.0.0', 't' || i, 'z' || i, 1 FROM range({tasks}) t(i)
WHERE i % 12 <> 0 AND i < {tasks} * 0.9
"""


def make(store: Store, tasks: int) -> None:
    """Fill a store; each person does one vote after another, eight hours a day."""
    begin = "TIMESTAMPTZ '2026-01-05 00:00:00+00'"
    per_day = max(1.0, tasks * VOTES / PEOPLE / DAYS)
    pace = 8 * 3600 / per_day

    def worked(vote: str) -> str:
        place = f"(({vote}) // {PEOPLE})"
        day = f"CAST(floor({place} / {per_day}) AS BIGINT)"
        seconds = f"({day} * {A_DAY} + 9 * 3600 + ({place} - {day} * {per_day} + 1) * {pace})"
        return f"{begin} + to_microseconds(CAST({seconds} * 1000000 AS BIGINT))"

    figures = {
        "tasks": tasks,
        "votes": VOTES,
        "people": PEOPLE,
        "cells": CELLS,
        "pace": pace,
        "born": f"({worked(f'i * {VOTES}')} - INTERVAL 3 HOUR)",
        "worked": worked("n"),
        "last": worked(f"i * {VOTES} + {VOTES - 1}"),
        "end": f"{begin} + INTERVAL {DAYS} DAY",
    }
    for statement in MADE.format(**figures).split(";\n"):
        store.rows(statement)


@contextmanager
def told(what: str) -> Iterator[None]:
    """Print what a step took."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{what:34} {time.perf_counter() - wall:8.2f} s {time.process_time() - cpu:8.2f} s CPU {most:7,.0f} MB\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Make a store, and time what is done with it, step by step."""
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else TASKS
    with tempfile.TemporaryDirectory() as folder:
        with told(f"a store of {tasks:,} tasks"), Store(Path(folder) / "store.duckdb") as store:
            make(store, tasks)
        with Store(Path(folder) / "store.duckdb", read_only=True) as store:
            measure(store)


def measure(store: Store) -> None:
    """Time each step from the store to the work of people."""
    with told("the view, counted"):
        count = store.value("SELECT count(*) FROM events")
    sys.stdout.write(f"{count:,} events\n")
    with told("EventLog.of_store"):
        log = EventLog.of_store(store)
    with told("as columns"):
        columns = columns_of(log)
    cleaned = _told("clean", lambda: clean(columns)[0])
    _told("derive", lambda: derive(cleaned, Team(overlap=VOTES)))
    end = columns.span[1]
    before = _told(
        "a day ago, in blocks",
        lambda: in_blocks(columns.until(end - A_DAY), Team(overlap=VOTES), end - A_DAY),
    )
    _told("a day more", lambda: as_one(in_blocks(columns, Team(overlap=VOTES), end, before, end - A_DAY)))
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d} {len(columns):,} events in the log\n")


def _told(what: str, step: Callable[[], GivenT]) -> GivenT:
    with told(what):
        return step()


if __name__ == "__main__":
    main()
