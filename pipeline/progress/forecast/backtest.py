"""How earlier forecasts fared: the same made as of past days, from the log as it was then, against what came."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import Columns
from pipeline.progress.deriving.work import Work
from pipeline.progress.forecast.drawing import Task
from pipeline.progress.forecast.parameters import Parameters, fit
from pipeline.progress.forecast.runs import Outcomes, lot_for, run
from pipeline.progress.forecast.state import State, first, landmarks, lately, state_at
from pipeline.progress.forecast.targets import quantile
from pipeline.progress.forecast.window import DAY
from schemas.flow import Coverage
from schemas.team import Team

RUNS = 20
TASKS = 400
"""Tasks a run simulates one by one: cheaper than a forecast that somebody waits for."""
MOST = 10
"""Past days, evenly spread; each costs about as much as a tenth of a forecast."""
FIRST, AHEAD = 7, 7
"""Days of log that a forecast needs, and days that it looks ahead."""
LONGEST = 14
"""Days ahead in which the work then in hand is looked for."""
SOME = 5
"""A week's count below it says nothing."""
MOST_OF_IT = 0.95
"""Of the work in hand on a past day, what must be settled; a log that lost a few events never settles the rest."""
TEN = 10
"""Scored forecasts, under which nothing is said about how far forecasts can be trusted."""


@dataclass(frozen=True)
class Score:
    """One past forecast, and what came."""

    as_of: float
    what: str
    """A cell, whose count was forecast a week ahead; or '' for the date at which the work in hand was settled."""
    said: tuple[float, float, float]
    """P50, P85, P95: a count that so many of 100 runs reach at least, or days within which they settle the work."""
    truth: float

    def is_before(self, level: int) -> bool:
        """Whether what came was no worse than said: at least the count, at the latest on the day."""
        return self.truth >= self.said[level] if self.what else self.truth <= self.said[level]

    @property
    def error(self) -> float:
        """Of the middle forecast, as a share of the truth."""
        return abs(self.said[0] - self.truth) / max(self.truth, 1.0)


def past_days(columns: Columns, as_of: float) -> list[float]:
    """The moments that forecasts are made as of: whole days back, at most so many, the first first."""
    if not len(columns):
        return []
    latest = int((as_of - columns.span[0]) // DAY) - FIRST
    back = range(AHEAD, latest + 1)
    chosen = np.unique(np.linspace(AHEAD, latest, min(MOST, len(back))).round()) if back else np.empty(0)
    return [as_of - float(days) * DAY for days in chosen[::-1]]


def scores(columns: Columns, work: Work, team: Team, as_of: float, seed: int) -> list[Score]:
    """Past forecasts with what came; each depends on the log until then, on the team and on the seed alone."""
    done = _Done(columns)
    return [
        one
        for moment in past_days(columns, as_of)
        for one in _scores_of(done, work, team, moment, as_of, seed)
    ]


def coverage(found: list[Score]) -> Coverage:
    """The sum of it, in figures and in a sentence."""
    if not found:
        return Coverage()
    before = [sum(one.is_before(level) for one in found) for level in (1, 2)]
    days = len({one.as_of for one in found})
    said = f"truth fell before P85 in {before[0]} of {len(found)}, before P95 in {before[1]} (as of {days} past days)"
    return Coverage(
        scored=len(found),
        before_p85=before[0],
        before_p95=before[1],
        mean_error=round(float(np.mean([one.error for one in found])), 4),
        calibrated=len(found) >= TEN,
        said=said
        if len(found) >= TEN
        else f"uncalibrated: only {len(found)} forecasts could be scored; {said}",
    )


class _Done:
    """The log, and when each task was accepted and settled in it."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.cell = landmarks(columns).cell
        self.accepted = first(columns, "accepted")
        self.settled = first(columns, "accepted", "dropped", "released")

    def count(self, cell: int, start: float, end: float) -> float:
        """Tasks of a cell accepted between two moments."""
        return float(((self.cell == cell) & (self.accepted > start) & (self.accepted <= end)).sum())

    def settled_by(self, state: State) -> float:
        """When most of what was in hand was settled; inf where it is not yet."""
        moments = np.sort(self.settled[[one.task for one in state.waiting]])
        return float(moments[int(np.ceil(MOST_OF_IT * len(moments))) - 1])


def _scores_of(
    done: _Done, work: Work, team: Team, moment: float, as_of: float, seed: int
) -> Iterator[Score]:
    log = lately(done.columns, moment)
    parameters, state = fit(log, work, team, moment), state_at(log, moment)
    end = moment + LONGEST * DAY
    task = Task(end, lot=lot_for(parameters, state, team, end, most=TASKS))
    outcomes = run(parameters, state, team, task, range(RUNS), seed + int(moment // DAY))
    yield from _counts(done, parameters, outcomes, moment)
    days = (outcomes.done(share=MOST_OF_IT) - moment) / DAY
    said = (quantile(days, 0.5), quantile(days, 0.85), quantile(days, 0.95))
    if (
        state.waiting and said[2] * DAY <= as_of - moment
    ):  # whether it was kept can be seen by now, whatever came
        yield Score(moment, "", said, min((done.settled_by(state) - moment) / DAY, (as_of - moment) / DAY))


def _counts(done: _Done, parameters: Parameters, outcomes: Outcomes, moment: float) -> Iterator[Score]:
    end = moment + AHEAD * DAY
    for cell, name in enumerate(parameters.cells):
        counts = outcomes.counts([cell], end)
        said = (quantile(counts, 0.5), quantile(counts, 0.15), quantile(counts, 0.05))
        if said[0] >= SOME:
            yield Score(moment, name, said, done.count(cell, moment, end))
