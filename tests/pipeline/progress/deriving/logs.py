"""Logs for tests: written by hand, simulated, reduced to what Label Studio Community knows, and dirtied."""

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import numpy as np
from hypothesis import strategies as st

from pipeline.calendars import shifts
from pipeline.progress.columns import CODE, NOBODY, Columns
from pipeline.simulation.core import simulate
from pipeline.simulation.model import CellModel, Job, Model, Service, Worker
from schemas.events import EVENTS
from schemas.team import Member, Team

HOUR, DAY = 3600.0, 86_400.0
MONDAY = datetime(2026, 11, 2, tzinfo=UTC).timestamp()
CELLS = ("en/code_review", "zh/code_review")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TEAM = Team(
    overlap=2,
    people=(
        Member(id="ann", cells=("en/*",), hours=dict.fromkeys(WEEKDAYS, "8-14")),
        Member(id="bob", cells=("en/*",), hours=dict.fromkeys(WEEKDAYS, "9-17")),
        Member(id="li", cells=("zh/*",), hours=dict.fromkeys(WEEKDAYS, "8-16")),
        Member(id="wu", cells=("zh/*",), hours={"mon": "10-14", "thu": "10-14"}),
        Member(id="eve", role="adjudicator", hours=dict.fromkeys(WEEKDAYS, "9-13")),
    ),
)
"""Li has soon voted on all there is, and waits for Wu, who is there on two days."""
Row: TypeAlias = tuple[Any, ...]
"""Hours since Monday, event, task, actor[, attempt, slot, lead in seconds]."""
Happened: TypeAlias = tuple[float, str, int, int, int, int, float]
"""Seconds since 1970, event, task, actor, attempt, slot, lead in seconds; as the simulation tells it."""
rows_of_any_kind = st.tuples(
    st.floats(0, 50),
    st.sampled_from(EVENTS),
    st.integers(-1, 3),
    st.sampled_from(("", "ann", "bob")),
    st.integers(0, 3),
    st.integers(-1, 3),
    st.sampled_from((math.nan, 0.0, -1.0, 1e9, 60.0)),
)
"""For log_of; possible or not."""


def log_of(*rows: Row, cell: str = "en/code_review") -> Columns:
    """A log of one cell."""
    whole = [(*row, 1, 0, math.nan)[:7] if len(row) == 4 else row for row in rows]
    whole.sort(key=lambda row: row[0])
    actors = tuple(sorted({row[3] for row in whole} - {""}))
    tasks = max((row[2] for row in whole), default=NOBODY) + 1
    places = [actors.index(row[3]) if row[3] else NOBODY for row in whole]
    task = np.array([row[2] for row in whole], dtype=np.int32)
    return Columns(
        ts=MONDAY + HOUR * np.array([row[0] for row in whole], dtype=np.float64),
        event=np.array([CODE[row[1]] for row in whole], dtype=np.int8),
        task=task,
        actor=np.array(places, dtype=np.int32),
        cell=np.where(task == NOBODY, NOBODY, 0).astype(np.int32),
        attempt=np.array([row[4] for row in whole], dtype=np.int32),
        slot=np.array([row[5] for row in whole], dtype=np.int32),
        lead=np.array([row[6] for row in whole], dtype=np.float64),
        tasks=tuple(f"t{number}" for number in range(tasks)),
        actors=actors,
        cells=(cell,),
    )


def simulated(
    seed: int, days: int = 21, weekly: tuple[int, int] = (150, 60), minutes: float = 12.0
) -> Columns:
    """A complete log of TEAM: signed on and off, served, starved; half of what comes in is there on Mondays."""
    source = np.random.default_rng(seed)
    cell = CellModel(Service(minutes * 60, 0.7), p_escalated=0.15, p_rejected=0.2, screening=Service(30.0))
    weeks = days // 7
    jobs = [
        Job(float(MONDAY + moment), place)
        for place, many in enumerate(weekly)
        for moment in np.sort(source.uniform(0, weeks * 7 * DAY, many * weeks))
    ]
    end = MONDAY + days * DAY
    workers = [
        Worker(
            person.id,
            tuple(
                n
                for n, name in enumerate(CELLS)
                if person.cells == () or name.startswith(person.cells[0][:2])
            ),
            shifts(person, MONDAY, end),
            labels=person.role == "annotator",
            adjudicates=person.role == "adjudicator",
            overtime=True,
        )
        for person in TEAM.people
    ]
    model = Model([cell, cell], workers, jobs, MONDAY, end, screeners=2)
    return recorded(model, source, (*(worker.name for worker in workers), "screening-1", "screening-2"))


def recorded(model: Model, source: np.random.Generator, actors: tuple[str, ...]) -> Columns:
    """The complete log of a simulation of CELLS."""
    rows: list[Happened] = []
    simulate(model, source, lambda *row: rows.append(row))
    rows.sort(key=lambda row: row[0])
    return columns_of(rows, [job.cell for job in model.jobs], actors)


def columns_of(rows: list[Happened], cells: list[int], actors: tuple[str, ...]) -> Columns:
    """Rows as columns; the cells are those of the tasks."""
    ts, event, task, actor, attempt, slot, lead = zip(*rows, strict=True)
    tasks = np.array(task, dtype=np.int32)
    return Columns(
        ts=np.array(ts, dtype=np.float64),
        event=np.array([CODE[name] for name in event], dtype=np.int8),
        task=tasks,
        actor=np.array(actor, dtype=np.int32),
        cell=np.array([*cells, NOBODY], dtype=np.int32)[tasks],
        attempt=np.array(attempt, dtype=np.int32),
        slot=np.array(slot, dtype=np.int32),
        lead=np.array(lead, dtype=np.float64),
        tasks=tuple(f"t{number}" for number in range(len(cells))),
        actors=actors,
        cells=CELLS,
    )


def as_community(columns: Columns) -> Columns:
    """What Label Studio Community knows of it: who submitted what, when, and a lead time."""
    return columns.at(~columns.are("signed_on", "signed_off", "served", "starved", "adjudication_started"))


def dirtied(columns: Columns, seed: int) -> Columns:
    """1 % of rows lost, 2 % twice, clocks up to 5 minutes apart, 5 % of leads 2 hours more, 10 % zero."""
    source = np.random.default_rng(seed)
    some = columns.at(source.random(len(columns)) > 0.01)
    off = np.append(source.uniform(-150, 150, len(columns.actors)), 0.0)
    drawn = source.random(len(some))
    lead = np.where(drawn < 0.1, some.lead * 0, np.where(drawn > 0.95, some.lead + 2 * HOUR, some.lead))
    twice = np.concatenate((np.arange(len(some)), np.flatnonzero(source.random(len(some)) < 0.02)))
    dirty = replace(some, ts=some.ts + off[some.actor], lead=lead).at(twice)
    return dirty.at(np.argsort(dirty.ts, kind="stable"))


def same(one: Columns, other: Columns) -> bool:
    """Whether two logs are alike in every entry."""
    names = ("ts", "event", "task", "actor", "cell", "attempt", "slot", "lead")
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "lead") for name in names
    )
