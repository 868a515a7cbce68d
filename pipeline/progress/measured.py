"""What the log says about the flow, in numbers: all that the model of the bottleneck needs, and no log afterwards."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.columns import Floats, Mask
from schemas.flow import Basis
from schemas.team import task_type_of

Span: TypeAlias = tuple[float, float]
"""From when until when, in seconds since 1970, UTC."""
HOUR = 3600.0
DAY = 24 * HOUR
WEEK = 7 * DAY
FORTNIGHT = 2 * WEEK
"""Each weekday twice."""
WEEK_HOURS = WEEK / HOUR


@dataclass(frozen=True)
class CellFigures:
    """One entry a cell in every array. Rates are per hour of the window, by the clock on the wall."""

    names: tuple[str, ...]
    first: Floats
    """Tasks that became ready for the first time."""
    again: Floats
    """Tasks that became ready again, after a rejection."""
    votes: Floats
    """Votes a task gets in an attempt."""
    service: Floats
    """Hours a vote takes somebody of usual pace."""
    adjudication: Floats
    """Hours an adjudication takes."""
    sent: Floats
    """Tasks sent to adjudication."""
    closed: Floats
    """Attempts whose votes were all in: how many."""
    escalated: Floats
    """How many of these went to adjudication."""
    judged: Floats
    """Adjudications that ended: how many."""
    rejected: Floats
    """How many of these sent the task back."""
    submitted: Floats
    """Votes: how many."""
    distinct: Mask
    """Where nobody may give two votes to one task: everywhere, but for what would be if."""
    basis: tuple[Basis, ...]

    @property
    def ready(self) -> Floats:
        """Tasks an hour that want votes."""
        return self.first + self.again

    @property
    def types(self) -> NDArray[np.str_]:
        """Task type of each."""
        return np.array([task_type_of(name) for name in self.names], dtype=np.str_)


@dataclass(frozen=True)
class PeopleFigures:
    """One entry a person; matrices are cells by people. Hours are those of the whole window."""

    names: tuple[str, ...]
    busy: Floats
    starved: Floats
    capacity: Floats
    """Hours that they had to give: busy and starved, or what they declare where nothing is to be seen."""
    gone: Mask
    """Who has been silent for longer than ever: what they gave before that is no capacity any more."""
    declared: Floats
    """Hours by their own calendar, without leave; NaN where they declare nothing."""
    expected: Floats
    """Hours to be expected of them: declared ones as far as others keep theirs, else what they gave until last seen."""
    last_seen: Floats
    """Seconds since 1970; -inf who was never seen."""
    pace: Floats
    """Their time for a vote as a multiple of the usual."""
    pace_adjudicating: Floats
    labels: Mask
    adjudicates: Mask
    done: Floats
    """Votes."""


@dataclass(frozen=True)
class ScreeningFigures:
    """What comes in before people see it."""

    came: float
    """Tasks an hour that come in."""
    went: float
    """Tasks an hour that leave screening."""
    processes: int
    busy: float
    """Hours, of all processes."""
    idle: float
    """Hours in which a process had nothing to do since nothing waited."""
    service: float
    """Hours of a process for a task."""

    @property
    def load(self) -> float:
        """Hours of work that come in for each hour that the processes have."""
        if not self.went or not self.busy:
            return 0.0
        return self.came / self.went * self.busy / (self.busy + self.idle)


@dataclass(frozen=True)
class Queues:
    """What waits, hour by hour: the witness of what the rates say."""

    moments: Floats
    """Seconds since 1970; every hour of the window."""
    votes: Floats
    """Votes that nobody has taken up, cells by moments."""
    adjudication: Floats
    """Tasks that no adjudicator has taken up, cells by moments."""
    screening: Floats
    """Tasks that no process has taken up, at each moment."""
    attended: Floats
    """How many people usually are at work at such an hour, people by moments: a share each."""


@dataclass(frozen=True)
class Days:
    """The same by day, for how far chance moves the rates, and for bursts."""

    ready: Floats
    """Tasks that became ready, cells by days."""
    sent: Floats
    """Tasks sent to adjudication, cells by days."""
    capacity: Floats
    """Hours that people had to give, people by days."""
    came: Floats
    """Tasks that came in, cells by days of the whole log up to the window's end, the last day last."""


@dataclass(frozen=True)
class Measured:
    """The flow within a window."""

    window: Span
    cells: CellFigures
    people: PeopleFigures
    screening: ScreeningFigures | None
    queues: Queues
    days: Days
    plan: Floats
    """Tasks an hour that are planned, or that the targets need, by cell; NaN where nothing says so."""
    attendance: float
    """Hours seen for each hour declared, of somebody who had work; 1 where nobody declares any."""
    hours_basis: str = "measured"
    """How the hours are known: measured, derived, declared, or none at all."""
    notes: tuple[str, ...] = ()

    @property
    def hours(self) -> float:
        """How long the window is."""
        return (self.window[1] - self.window[0]) / HOUR

    @property
    def came(self) -> Floats:
        """Tasks that came in, cells by days of the window; of a log that is shorter than a day, its one day."""
        return self.days.came[:, -max(1, round(self.hours / 24)) :]

    def with_cells(self, **changed: Floats | Mask) -> "Measured":
        """The same with other figures of its cells: what would be if."""
        return replace(self, cells=replace(self.cells, **changed))  # type: ignore[arg-type]  # names are checked by replace

    def with_people(self, **changed: Floats | Mask) -> "Measured":
        """The same with other figures of its people."""
        return replace(self, people=replace(self.people, **changed))  # type: ignore[arg-type]  # names are checked by replace
