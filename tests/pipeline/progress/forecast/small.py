"""A small project for tests: two languages, four people, an adjudicator, four weeks, simulated by a seed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np

from pipeline.calendars import shifts
from pipeline.progress.columns import Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from pipeline.simulation.model import CellModel, Job, Model, Service, Worker
from schemas.project import Target
from schemas.team import Member, Team
from tests.pipeline.progress.deriving.logs import CELLS, DAY, MONDAY, recorded

START = MONDAY
WEEKLY = {"en/code_review": 60.0, "zh/code_review": 60.0}
PEOPLE = (
    Member(id="ann", cells=("en/*",), weekly_hours=20),
    Member(id="bob", cells=("en/*",), weekly_hours=20),
    Member(id="li", cells=("zh/*",), weekly_hours=10),
    Member(id="wu", cells=("zh/*",), weekly_hours=10),
    Member(id="eve", role="adjudicator", weekly_hours=20),
)
TEAM = Team(
    overlap=2,
    people=PEOPLE,
    plan=WEEKLY,
    targets={
        "en/code_review": Target(accepted=200, by=date(2026, 11, 30)),
        "zh/code_review": Target(accepted=200, by=date(2026, 11, 30)),
    },
)


@dataclass(frozen=True)
class Made:
    """A log until a moment, and all that came later."""

    all: Columns
    log: Columns
    work: Work
    at: float

    @property
    def as_of(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


def made(
    seed: int = 0, days: int = 28, *, until: float = 14.0, minutes: float = 10.0, overtime: bool = False
) -> Made:
    """A project of so many days, known until one of them."""
    source = np.random.default_rng(seed)
    cell = CellModel(Service(minutes * 60, 0.6), p_escalated=0.2, p_rejected=0.2, screening=Service(30.0))
    jobs = [
        Job(START + day * DAY + 8 * 3600 + 60.0 * number, number % 2)
        for day in range(days)
        if day % 7 < 5
        for number in range(24)
    ]
    workers = [
        Worker(
            one.id,
            cells=(CELLS.index(f"{one.cells[0][:2]}/code_review"),) if one.cells else None,
            shifts=shifts(one, START, START + (days + 14) * DAY),
            labels=one.role == "annotator",
            adjudicates=one.role == "adjudicator",
            overtime=overtime,
        )
        for one in PEOPLE
    ]
    model = Model([cell, cell], workers, jobs, START, START + (days + 14) * DAY, screeners=1)
    whole = recorded(model, source, (*(one.id for one in PEOPLE), "screening"))
    at = START + until * DAY
    log, work = derive(whole.until(at), TEAM)
    return Made(whole, log, work, at)


def empty() -> Columns:
    """A log before its first event."""
    nothing = np.empty(0, dtype=np.int32)
    floats = np.empty(0)
    return Columns(
        floats, np.empty(0, dtype=np.int8), nothing, nothing, nothing, nothing, nothing, floats, (), (), ()
    )
