"""The forecast: targets, work in hand, and how earlier forecasts fared."""

from datetime import datetime

import numpy as np

from pipeline.progress.columns import Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from pipeline.progress.forecast.arrivals import cells_of
from pipeline.progress.forecast.backtest import coverage, scores
from pipeline.progress.forecast.drawing import Task
from pipeline.progress.forecast.kept import Kept, made_from
from pipeline.progress.forecast.notes import notes
from pipeline.progress.forecast.parameters import Parameters, fit, with_cells
from pipeline.progress.forecast.runs import STRAGGLERS, lot_for, run
from pipeline.progress.forecast.state import State, lately, state_at
from pipeline.progress.forecast.targets import end_of, present_work, target_forecast
from pipeline.progress.forecast.window import DAY, WEEK
from schemas.flow import Forecast, PresentWork, TargetForecast
from schemas.team import Team

RUNS = 60
YEAR = 366 * DAY
LATER = 1.6
"""Times as long as it takes at the recent pace, or until enough has come in."""
SOON = 28 * DAY
"""Within which, beside twice what it takes at the recent pace, present work is settled; only else a year is tried."""
LEAST = 28 * DAY


def forecast(  # noqa: PLR0913 - what it is made from, and what it may cost
    columns: Columns,
    team: Team,
    as_of: datetime,
    *,
    work: Work | None = None,
    runs: int = RUNS,
    seed: int = 0,
    backtest: bool = True,
    kept: Kept | None = None,
) -> Forecast:
    """What comes when, from a cleaned log; its work is derived where it is not given.

    `kept` holds what was said before, with this team; what is said anew is put there.
    """
    now = as_of.timestamp()
    log, known = _known(columns, team, now, work)
    kept, of = kept or Kept(), made_from(log, known, now, runs, seed)
    if kept.newest is None or kept.of != of:
        parameters = fit(lately(log, now), known, team, now)
        kept.of, kept.newest = of, forecast_from(parameters, state_at(log, now), team, runs, seed)
    past = scores(log, known, team, now, seed, kept.said) if backtest else []
    return kept.newest.model_copy(update={"coverage": coverage(past)})


def prepared(
    columns: Columns, team: Team, as_of: datetime, work: Work | None = None
) -> tuple[Parameters, State]:
    """What runs are made from: parameters fitted to the log, and the state at its end."""
    now = as_of.timestamp()
    log, known = _known(columns, team, now, work)
    return fit(lately(log, now), known, team, now), state_at(log, now)


def _known(columns: Columns, team: Team, now: float, work: Work | None) -> tuple[Columns, Work]:
    """The log and the work of people until now."""
    log = columns.until(now)
    log, work = (log, work) if work is not None else derive(log, team, now)
    return with_cells(log, team), work


def forecast_from(parameters: Parameters, state: State, team: Team, runs: int, seed: int) -> Forecast:
    """The same from parameters, with a team that may have been changed since they were fitted."""
    return Forecast(
        targets=_targets(parameters, state, team, runs, seed),
        present_work=_present(parameters, state, team, runs, seed),
        runs=runs,
        basis="measured" if parameters.measured else "declared",
        notes=notes(parameters, team),
    )


def _targets(
    parameters: Parameters, state: State, team: Team, runs: int, seed: int
) -> dict[str, TargetForecast]:
    if not team.targets:
        return {}
    end = _horizon(parameters, state, team)
    lot = lot_for(parameters, state, team, end)
    outcomes = run(parameters, state, team, Task(end, lot=lot), range(runs), seed)
    return {
        key: target_forecast(outcomes, state, parameters.cells, key, target)
        for key, target in team.targets.items()
    }


def _horizon(parameters: Parameters, state: State, team: Team) -> float:
    """Beyond the last day, and beyond when each target may be reached, so that late dates are seen."""
    coming = parameters.arrivals.expected(parameters.cells, team)
    in_hand = np.bincount([one.cell for one in state.waiting], minlength=len(parameters.cells))
    needed = LEAST
    for key, target in team.targets.items():
        cells = cells_of(key, parameters.cells)
        missing = target.accepted - sum(state.accepted[cell] for cell in cells)
        weeks = max(
            _weeks(missing, float(parameters.pace[cells].sum())),
            _weeks(missing - int(in_hand[cells].sum()), float(coming[cells].sum())),
        )
        needed = max(needed, LATER * weeks * WEEK * DAY, end_of(target.by) - state.at)
    return state.at + min(needed, YEAR)


def _weeks(tasks: int, a_week: float) -> float:
    return tasks / a_week if a_week > 0 else 0.0


def _present(parameters: Parameters, state: State, team: Team, runs: int, seed: int) -> PresentWork:
    lot = lot_for(parameters, state, team, state.at, most=STRAGGLERS)
    in_hand = np.bincount([one.cell for one in state.waiting], minlength=len(parameters.cells))
    weeks = max(
        (_weeks(tasks, pace) for tasks, pace in zip(in_hand.tolist(), parameters.pace.tolist(), strict=True)),
        default=0,
    )
    found = PresentWork(p50=None, p85=None, p95=None)
    for horizon in sorted({min(SOON + 2 * weeks * WEEK * DAY, YEAR), YEAR}):
        task = Task(state.at + horizon, intake=False, lot=lot)
        outcomes = run(parameters, state, team, task, range(runs), seed)
        found = present_work(outcomes, state, parameters.cells)
        if found.p95 is not None:
            break
    return found
