"""What a simulation is of: cells, workers with their shifts, and jobs that arrive or are in hand already."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from pipeline.calendars import Shift
from schemas.events import EventName

Sampler: TypeAlias = Callable[[np.random.Generator, int], Sequence[float]]
"""So many service times in seconds, by a source of randomness."""
Stage: TypeAlias = Literal["screening", "ready", "adjudication"]
"""What a job waits for next."""

ALWAYS: tuple[Shift, ...] = ((-math.inf, math.inf),)
NOTHING = -1
"""No job, no actor."""


@dataclass(frozen=True, slots=True)
class Service:
    """How long a piece of work takes at speed 1: lognormal by mean (seconds) and coefficient of variation."""

    mean: float
    cv: float = 1.0
    sampler: Sampler | None = None
    """Draws instead of the lognormal, where another shape is wanted."""


@dataclass(frozen=True, slots=True)
class CellModel:
    """The work of one cell, and how its tasks go on.

    `first` people vote at once on a task; then one more at a time with probability `p_more`, up to `most`. So a fixed
    number n is first = most = n, third_on_disagreement first = 2, most = 3 with the share of disagreements, and a
    posterior rule first = 2 with a larger `most`. Each person votes at most once in an attempt.
    """

    vote: Service
    first: int = 2
    most: int = 2
    p_more: float = 0.0
    p_escalated: float = 0.0
    """Share of attempts that end without consensus."""
    adjudication: Service = Service(300.0)
    p_rejected: float = 0.0
    """Share of adjudicated tasks that are sent back: ready again, attempt + 1, open to everybody again."""
    screening: Service = Service(60.0)
    p_dropped: float = 0.0
    """Share that screening drops."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who labels, adjudicates, or both (adjudication comes first then), during their shifts.

    A shift's end does not cut work: it is gone on with in the next shift, or, where `overtime` says so, finished
    at once. What is in hand when the shifts are over for good, or at `until`, stays in hand for ever.
    """

    name: str
    cells: tuple[int, ...] | None = None
    """Places in Model.cells; None is all of them."""
    shifts: Sequence[Shift] = ALWAYS
    """Sorted, without overlap."""
    speed: float = 1.0
    """2 takes half the time."""
    labels: bool = True
    adjudicates: bool = False
    until: float = math.inf
    """From then on they are away, whatever the shifts say."""
    overtime: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A task: to come, or in hand when the simulation begins."""

    at: float
    """When it comes in; before Model.start for what is in hand. Ages count from here: the oldest goes first."""
    cell: int
    stage: Stage = "screening"
    voters: tuple[int, ...] = ()
    """Places in Model.workers of those who have voted in this attempt, for a job that is ready or in adjudication."""
    others: int = 0
    """Votes of this attempt by people who are not among the workers."""
    attempt: int = 1
    priority: int = 0
    """The smaller goes first, whatever its age."""


@dataclass(frozen=True, slots=True)
class Model:
    """All that a run needs but its seed.

    `screeners` processes work round the clock; with none, jobs are ready as soon as they come in. A job's work is
    chosen by priority, then age, over all cells that a worker may do.
    """

    cells: Sequence[CellModel]
    workers: Sequence[Worker]
    jobs: Sequence[Job]
    start: float
    end: float
    """Nothing happens after it."""
    screeners: int = 0


Recorder: TypeAlias = Callable[[float, EventName, int, int, int, int, float], None]
"""Takes each event as it happens: ts, event, job, actor, attempt, slot, lead.

`job` is the place in Model.jobs, `actor` that in Model.workers, where the screeners follow the last of them; NOTHING
where there is none. `slot` is 0 where it means nothing. `lead` are the seconds of work of submitted, and of accepted
and rejected by an adjudicator; NaN else.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    accepted: list[list[float]]
    """Moments of acceptance by cell, ascending."""
    settled: list[float]
    """For each job of Model.jobs when it was accepted or dropped; inf if it was not by the end."""
    events: int
    """Events handled, for speed's sake."""
