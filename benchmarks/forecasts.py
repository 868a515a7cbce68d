"""How often the truth falls before a forecast's dates, on made-up projects: `forecasts.py [--projects N]`.

Each project is forecast on a day in its middle, from its log until then: when a target of each cell is reached with the
intake going on, and when all that is in hand is settled if the intake stops. The truth is what the same project goes on
to do. Beside it stands what is usual elsewhere: days drawn again from the daily throughput of all cells together, as
they come or weekday by weekday. Seeds under 1000 are for tuning, those from 1000 on for judging.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import Columns, Floats
from pipeline.progress.deriving.derive import derive
from pipeline.progress.forecast.forecast import forecast
from pipeline.progress.forecast.state import State, state_at
from pipeline.progress.forecast.targets import end_of
from pipeline.progress.forecast.window import DAY, WEEK
from pipeline.progress.reading import columns_of
from pipeline.simulation.core import simulate
from pipeline.simulation.worlds import Shape, World, run, world
from pipeline.simulation.worlds.log import model_of
from pipeline.simulation.worlds.marring import dirtied, reduced
from pipeline.store.log import EventLog
from schemas.flow import Cause, TargetForecast, WorkForecast
from schemas.project import Target

CAUSES: tuple[Cause, ...] = (
    "skill_shortage",
    "none",
    "skill_shortage",
    "overlap_shortage",
    "slow_adjudication",
    "skill_shortage",
    "ambiguous_guideline",
    "slow_screening",
    "starved_intake",
    "bursty_intake",
)
"""Of the projects, in turns; nobody can forecast that somebody will stay away from next month on."""
SHAPE = Shape(days=63, tail_days=50)
DRAWS = 400
LEVELS = (0.5, 0.85, 0.95)
LOGS: dict[str, Callable[[Any, np.random.Generator], Any]] = {
    "whole": lambda table, _: table,
    "reduced": reduced,
    "dirtied": dirtied,
    "both": lambda table, source: dirtied(reduced(table, source), source),
}
"""What befalls a log: nothing; what Label Studio Community does not say is missing; rows twice, late, lost; both."""


@dataclass(frozen=True)
class Scored:
    """One forecast and what came of it, in days after the forecast; inf for beyond what was simulated."""

    cause: str
    seed: int
    what: str
    truth: float
    dates: dict[str, list[float]]
    """By method: P50, P85, P95."""
    chance: float = 0.0
    met: bool = False


def scored(seed: int, runs: int, log_as: str) -> list[Scored]:
    """All forecasts for a project, scored."""
    cause = CAUSES[seed % len(CAUSES)]
    made = world(cause, seed, SHAPE)
    source = np.random.default_rng([seed, 77])
    at = made.project.start + DAY * int(source.integers(15, 29)) + 3600 * int(source.integers(0, 24))
    moment = datetime.fromtimestamp(at, UTC)
    log, _, _ = clean(columns_of(EventLog.of_arrow(LOGS[log_as](run(made), source), moment)))
    state = state_at(log, at)
    targets = _targets(log, state, made, source)
    team = made.team.model_copy(update={"targets": targets})
    log, work = derive(log, team)
    made_now = forecast(log, team, moment, work=work, runs=runs, seed=seed, backtest=False)
    accepted, settled = _truth(made, at)
    rows = []
    for key, target in targets.items():
        cell = log.cells.index(key)
        moments = accepted[[kind.name for kind in made.project.kinds].index(key)]
        reached = moments[target.accepted - 1] if len(moments) >= target.accepted else np.inf
        said = made_now.targets[key]
        dates = {
            "headrace": _days(said, at),
            **_throughput(log, at, cell, target.accepted - state.accepted[cell]),
        }
        row = Scored(
            cause, seed, key, (reached - at) / DAY, dates, said.probability, reached <= end_of(target.by)
        )
        rows.append(row)
    if made_now.present_work is not None and state.waiting:
        dates = {
            "headrace": _days(made_now.present_work, at),
            **_throughput(log, at, None, len(state.waiting)),
        }
        rows.append(Scored(cause, seed, "present work", (settled - at) / DAY, dates))
    return rows


def _targets(log: Columns, state: State, made: World, source: np.random.Generator) -> dict[str, Target]:
    """One for each cell, to be reached in about one to three weeks by the plan."""
    today = datetime.fromtimestamp(state.at, UTC).date()
    return {
        cell: Target(
            accepted=state.accepted[place] + 1 + int(made.team.plan[cell] * source.uniform(1, 3)),
            by=today + timedelta(days=int(source.integers(7, 29))),
        )
        for place, cell in enumerate(log.cells)
    }


def _truth(made: World, at: float) -> tuple[list[list[float]], float]:
    """When tasks are accepted, by cell; and when all that is in hand at a moment is settled if nothing more comes."""
    source = np.random.default_rng([made.seed, 1])
    goes_on = simulate(model_of(made.project, source), source)
    source = np.random.default_rng([made.seed, 1])
    model = model_of(made.project, source)
    stopped = simulate(replace(model, jobs=[job for job in model.jobs if job.at <= at]), source)
    return goes_on.accepted, max((moment for moment in stopped.settled if moment > at), default=at)


def _days(said: TargetForecast | WorkForecast, at: float) -> list[float]:
    return [
        (moment.timestamp() - at) / DAY if moment is not None else np.inf
        for moment in (said.p50, said.p85, said.p95)
    ]


# What is usual elsewhere


def _throughput(log: Columns, at: float, cell: int | None, missing: int) -> dict[str, list[float]]:
    """Days drawn again from the last two weeks' daily throughput; a cell gets its usual share of it."""
    done = log.are("accepted") & (log.ts > at - 14 * DAY)
    days = np.bincount(((at - log.ts[done]) // DAY).astype(int).clip(0, 13), minlength=14).astype(float)
    share = 1.0 if cell is None else float((log.cell[done] == cell).mean()) if done.any() else 0.0
    own = done if cell is None else done & (log.cell == cell)
    of_cell = np.bincount(((at - log.ts[own]) // DAY).astype(int).clip(0, 13), minlength=14).astype(float)
    source = np.random.default_rng(len(log))
    return {
        "pooled": _drawn(days * share, missing, source, by_weekday=False),
        "pooled by weekday": _drawn(days * share, missing, source, by_weekday=True),
        "per cell by weekday": _drawn(of_cell, missing, source, by_weekday=True),
    }


def _drawn(days: Floats, missing: int, source: np.random.Generator, *, by_weekday: bool) -> list[float]:
    later = np.arange(DRAWS)
    first = 6 - later % WEEK
    picks = (
        first + WEEK * source.integers(0, 2, (DRAWS, DRAWS))
        if by_weekday
        else source.integers(0, 14, (DRAWS, DRAWS))
    )
    reached = days[picks].cumsum(axis=1) >= missing
    when = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1.0, np.inf)
    return [float(np.sort(when)[min(DRAWS - 1, int(level * DRAWS))]) for level in LEVELS]


# The table


def table(rows: list[Scored]) -> Iterator[str]:
    """What is printed."""
    groups: dict[str, Callable[[Scored], bool]] = {
        "targets": lambda row: row.what != "present work",
        "targets, shortage": lambda row: row.what != "present work" and row.cause == "skill_shortage",
        "present work": lambda row: row.what == "present work",
    }
    yield f"{'':34} {'n':>5} {'<=P50':>6} {'<=P85':>6} {'<=P95':>6} {'error':>6} {'of sum':>6}"
    for group, belongs in groups.items():
        own = [row for row in rows if belongs(row) and np.isfinite(row.truth)]
        for method in own[0].dates if own else ():
            yield f"{group:18} {method:16}" + _line(own, method)
    targets = [row for row in rows if groups["targets"](row)]
    met = np.array([row.met for row in targets], dtype=float)
    chances = np.array([row.chance for row in targets])
    base = float(met.mean())
    brier = ((chances - met) ** 2).mean()
    yield f"Brier score of target probabilities {brier:.3f}; of the base rate {base * (1 - base):.3f}"
    for low in np.arange(0, 1, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        if inside.any():
            said = f"said {chances[inside].mean():.2f}, met {met[inside].mean():.2f}"
            yield f"  {low:.1f}-{low + 0.2:.1f}: {inside.sum():4} targets, {said}"


def _line(own: list[Scored], method: str) -> str:
    truth = np.array([row.truth for row in own])
    dates = np.array([row.dates[method] for row in own])
    before = [(truth <= dates[:, level] + 1e-6).mean() for level in range(len(LEVELS))]
    error = np.minimum(np.abs(dates[:, 0] - truth), 100)
    share = (error / np.maximum(truth, 1)).mean()
    figures = " ".join(f"{part:6.2f}" for part in (*before, share, error.sum() / truth.sum()))
    return f" {len(own):5} {figures}"


def main() -> None:
    """Score projects one after another; with a file to keep them in, those that it holds are not done again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--first", type=int, default=1000, metavar="SEED")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--log", choices=sorted(LOGS), default="whole", help="what of the log is known")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    given = parser.parse_args()
    rows: list[Scored] = []
    if given.keep and given.keep.exists():
        rows = [Scored(**json.loads(line)) for line in given.keep.read_text().splitlines()]
    done = {row.seed for row in rows}
    began = time.perf_counter()
    for seed in range(given.first, given.first + given.projects):
        if seed not in done:
            found = scored(seed, given.runs, given.log)
            rows += found
            if given.keep:
                with given.keep.open("a") as file:
                    file.writelines(f"{json.dumps(asdict(row))}\n" for row in found)
            print(f"{seed}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print("\n".join(table([row for row in rows if row.seed >= given.first])))


if __name__ == "__main__":
    main()
