"""Suites of made-up projects, and how often a detector names what was planted in them."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from scipy.stats import binomtest

from benchmarks.measuring.obvious import OBVIOUS, cause_of
from pipeline.progress.analysis import find_bottleneck
from pipeline.progress.cleaning import clean
from pipeline.progress.reading import columns_of
from pipeline.simulation.worlds import Truth, dirtied, reduced, run, world
from pipeline.store.log import EventLog
from schemas.flow import CAUSES, Cause
from schemas.team import Team

if TYPE_CHECKING:
    import pyarrow as pa

Form: TypeAlias = Literal["complete", "reduced", "dirtied", "reduced and dirtied"]
FORMS: tuple[Form, ...] = get_args(Form)
Detector: TypeAlias = "Callable[[pa.Table, Team], tuple[str, str | None]]"
OURS = "Headrace"
JUDGING = 1000
"""The first seed to judge by; those under it are there to tune by, so that what is judged was never tuned by."""
PROCESSES = 2


@dataclass(frozen=True)
class Case:
    """One log of a suite."""

    cause: Cause
    seed: int
    form: Form = "complete"


@dataclass(frozen=True)
class Verdict:
    """What a detector said of a case."""

    case: Case
    detector: str
    said: tuple[str, str | None]
    truth: tuple[str, str | None]
    right: bool
    """Cause and place."""
    right_resource: bool
    """At least the resource that is short, or that there is none."""


@dataclass(frozen=True)
class Share:
    """So many of so many, with the interval that holds the true share in 95 of 100 cases."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.right / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """By Clopper and Pearson."""
        found = binomtest(self.right, self.of).proportion_ci()
        return float(found.low), float(found.high)


def suite(seeds: Iterable[int], form: Form = "complete", causes: Iterable[Cause] = CAUSES) -> list[Case]:
    """Each cause with each seed."""
    kept = list(seeds)
    return [Case(cause, seed, form) for cause in causes for seed in kept]


def log_of(case: Case) -> "tuple[pa.Table, Team, Truth]":
    """The log of a case, its team, and what is true of it."""
    made = world(case.cause, case.seed)
    table, source = run(made), np.random.default_rng([case.seed, 2])
    if case.form.startswith("reduced"):
        table = reduced(table, source, adjudication=bool(source.random() < 0.5))
    if case.form.endswith("dirtied"):
        table = dirtied(table, source)
    return table, made.team, made.truth


def headrace(table: "pa.Table", team: Team) -> tuple[str, str | None]:
    """What the product says of a log."""
    found = find_bottleneck(table, team)
    return found.cause, found.where


def judge(case: Case, detect: Detector) -> list[Verdict]:
    """What a detector, and each of the obvious ones, say of a case."""
    table, team, truth = log_of(case)
    found = {OURS: detect(table, team)}
    with EventLog.of_arrow(table) as log:
        columns = clean(columns_of(log))[0]
    found |= {name: cause_of(obvious(columns)) for name, obvious in OBVIOUS.items()}
    return [
        Verdict(case, name, said, (truth.cause, truth.where), truth.is_named_by(*said), _meets(said, truth))
        for name, said in found.items()
    ]


def _meets(said: tuple[str, str | None], truth: Truth) -> bool:
    if truth.is_named_by(*said):
        return True
    cause, where = said
    resource = cause.removeprefix("slow_") if where is None else where
    return resource in truth.resources if truth.resources else cause == "none"


def judged(cases: list[Case], detect: Detector) -> Iterator[list[Verdict]]:
    """The verdicts on cases, made in two processes; `detect` has to be a function of a module."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        yield from pool.map(judge, cases, [detect] * len(cases))


def shares(verdicts: Iterable[Verdict], *, resource: bool = False) -> dict[str, dict[str, Share]]:
    """By detector and cause, and `all`, how many were right."""
    found: dict[str, dict[str, Share]] = {}
    for verdict in verdicts:
        row = found.setdefault(verdict.detector, {})
        for key in (verdict.case.cause, "all"):
            before = row.get(key, Share(0, 0))
            right = verdict.right_resource if resource else verdict.right
            row[key] = Share(before.right + right, before.of + 1)
    return found
