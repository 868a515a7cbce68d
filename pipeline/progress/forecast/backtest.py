"""How earlier forecasts fared: the same made as of past days, from the log as it was then, against what came.

They are made as of the same midnights whenever one looks, so that those made once can be kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from pipeline.progress.columns import Columns
from pipeline.progress.deriving.work import Work
from pipeline.progress.forecast.drawing import Task
from pipeline.progress.forecast.parameters import fit
from pipeline.progress.forecast.runs import lot_for, run
from pipeline.progress.forecast.state import first, landmarks, lately, state_at
from pipeline.progress.forecast.targets import quantile
from pipeline.progress.forecast.window import DAY
from schemas.flow import Coverage
from schemas.team import Team

RUNS = 20
TASKS = 400
"""Tasks a run simulates one by one: cheaper than a forecast that somebody waits for."""
MOST = 10
"""Past days, evenly spread; each costs about as much as a third of a forecast."""
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


Said: TypeAlias = dict[str, tuple[float, float, float]]
"""What was said as of one day: P50, P85, P95 of each cell's count a week ahead, and under '' of the days that the work
then in hand takes; inf for beyond what was looked at."""


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
    """The midnights (UTC) that forecasts are made as of: every so many days, at most so many, the first first."""
    if not len(columns):
        return []
    first = int(columns.span[0] // DAY) + FIRST
    last = int((as_of - AHEAD * DAY) // DAY)
    step = max(1, int(np.ceil((last - first + 1) / MOST)))
    return [day * DAY for day in range(first + -first % step, last + 1, step)]


def scores(
    columns: Columns, work: Work, team: Team, as_of: float, seed: int, kept: dict[float, Said] | None = None
) -> list[Score]:
    """Past forecasts with what came; each depends on the log until then, on the team and on the seed alone.

    Those `kept` from before are taken as they are; what is made anew is put there.
    """
    done, known = _Done(columns), {} if kept is None else kept
    return [
        one
        for moment in past_days(columns, as_of)
        for one in _scored(done, _said(known, done, work, team, moment, seed), moment, as_of)
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

    def settled_by(self, moment: float) -> float:
        """When most of what was in hand was settled; inf where it is not yet."""
        waiting = state_at(lately(self.columns, moment), moment).waiting
        moments = np.sort(self.settled[[one.task for one in waiting]])
        return float(moments[int(np.ceil(MOST_OF_IT * len(moments))) - 1]) if len(moments) else moment


def _said(kept: dict[float, Said], done: _Done, work: Work, team: Team, moment: float, seed: int) -> Said:
    if moment not in kept:
        kept[moment] = _forecast_as_of(done.columns, work, team, moment, seed)
    return kept[moment]


def _forecast_as_of(columns: Columns, work: Work, team: Team, moment: float, seed: int) -> Said:
    log = lately(columns, moment)
    parameters, state = fit(log, work, team, moment), state_at(log, moment)
    end = moment + LONGEST * DAY
    task = Task(end, lot=lot_for(parameters, state, team, end, most=TASKS))
    outcomes = run(parameters, state, team, task, range(RUNS), seed + int(moment // DAY))
    said = {}
    for cell, name in enumerate(parameters.cells):
        counts = outcomes.counts([cell], moment + AHEAD * DAY)
        if quantile(counts, 0.5) >= SOME:
            said[name] = (quantile(counts, 0.5), quantile(counts, 0.15), quantile(counts, 0.05))
    if state.waiting:
        days = (outcomes.done(share=MOST_OF_IT) - moment) / DAY
        said[""] = (quantile(days, 0.5), quantile(days, 0.85), quantile(days, 0.95))
    return said


def _scored(done: _Done, said: Said, moment: float, as_of: float) -> Iterator[Score]:
    places = {name: cell for cell, name in enumerate(done.columns.cells)}
    for name in sorted(said.keys() & places.keys()):
        yield Score(moment, name, said[name], done.count(places[name], moment, moment + AHEAD * DAY))
    passed = as_of - moment
    if "" in said and said[""][2] * DAY <= passed:  # whether it was kept can be seen by now, whatever came
        truth = min(done.settled_by(moment) - moment, passed) / DAY
        yield Score(moment, "", said[""], truth)
