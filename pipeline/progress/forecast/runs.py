"""Many runs of the simulation, each in a world of its own, and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.forecast.drawing import Task, drawn, scene
from pipeline.progress.forecast.parameters import Parameters
from pipeline.progress.forecast.state import State
from pipeline.progress.forecast.window import DAY, WEEK
from pipeline.simulation.core import simulate
from schemas.team import Team

TASKS = 2_000
"""Tasks a run simulates one by one; more are simulated in lots."""
STRAGGLERS = 3_000
"""The same where the last few decide."""
RUNNING = 0xF10
"""Tells the random numbers of what happens from those of the parameters."""


@dataclass(frozen=True)
class Outcomes:
    """What came of the runs."""

    accepted: tuple[tuple[Floats, ...], ...]
    """By run and cell: when tasks were accepted, ascending; one entry a lot."""
    settled: tuple[Floats, ...]
    """By run: when what was in hand was settled, inf for never; one entry a lot."""
    cells: tuple[tuple[int, ...], ...]
    """By run: the cells of what was in hand."""
    lot: int
    until: float

    def counts(self, cells: Sequence[int], moment: float) -> Floats:
        """By run: how many tasks of these cells were accepted until a moment."""
        counts = [
            sum(int(np.searchsorted(run[cell], moment, side="right")) for cell in cells)
            for run in self.accepted
        ]
        return np.array(counts, dtype=np.float64) * self.lot

    def reached(self, cells: Sequence[int], tasks: int) -> Floats:
        """By run: when so many tasks of these cells were accepted; inf for not within the horizon."""
        moments = [np.sort(np.concatenate([run[cell] for cell in cells])) for run in self.accepted]
        return np.array([_nth(run, max(0.0, (tasks - 0.5) / self.lot - 0.5)) for run in moments])

    def done(self, cell: int | None = None, share: float = 1.0) -> Floats:
        """By run: when a share of what was in hand, of a cell or of all, was settled."""
        return np.array(
            [
                _when(run[[own == cell for own in cells]] if cell is not None else run, share)
                for run, cells in zip(self.settled, self.cells, strict=True)
            ]
        )


def _nth(moments: Floats, place: float) -> float:
    """The moment at a place, between two where it lies between them: a lot's tasks are spread about its moment."""
    if ceil(place) >= len(moments):
        return np.inf
    return float(np.interp(place, (int(place), ceil(place)), (moments[int(place)], moments[ceil(place)])))


def _when(moments: Floats, share: float) -> float:
    if not len(moments):
        return -np.inf
    return float(np.sort(moments)[max(0, ceil(share * len(moments)) - 1)])


def lot_for(parameters: Parameters, state: State, team: Team, until: float, *, most: int = TASKS) -> int:
    """How many tasks are to be simulated as one, so that a run stays cheap."""
    weeks = max(0.0, until - state.at) / (WEEK * DAY)
    coming = float(parameters.arrivals.expected(parameters.cells, team).sum()) * weeks
    return max(1, ceil((len(state.waiting) + coming) / most))


def run(parameters: Parameters, state: State, team: Team, task: Task, runs: range, seed: int) -> Outcomes:
    """Run after run; each has its own number, and the same number the same luck."""
    accepted, settled, cells = [], [], []
    common = scene(parameters, state, team, task)
    for number in runs:
        model = drawn(common, (seed, number))
        came = simulate(model, np.random.default_rng((seed, number, RUNNING)))
        before = [place for place, job in enumerate(model.jobs) if job.at < state.at]
        accepted.append(tuple(np.array(moments) for moments in came.accepted))
        settled.append(np.array([came.settled[place] for place in before]))
        cells.append(tuple(model.jobs[place].cell for place in before))
    return Outcomes(tuple(accepted), tuple(settled), tuple(cells), task.lot, task.until)
