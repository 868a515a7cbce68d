"""A made-up labeling project: what there is to do, who does it, and what was planted in it."""

import math
from dataclasses import dataclass, field
from datetime import date

from schemas.flow import Cause
from schemas.team import Team, may_do, task_type_of

DAY = 86_400.0
WEEK = 7 * DAY
WINDOW = 2 * WEEK
"""The last days of the intake, for which planted loads are true."""


class Unsuitable(Exception):  # noqa: N818 - not an error: the project was drawn such that a cause cannot be planted
    """This project cannot have this cause: another is to be drawn."""


@dataclass(frozen=True)
class Kind:
    """The work of one cell."""

    name: str
    minutes: float
    """Of a vote, on average, at speed 1."""
    cv: float
    first: int
    most: int
    p_more: float
    p_escalated: float
    p_rejected: float
    p_dropped: float
    weekly: float
    """Tasks a week that come out of screening."""

    @property
    def type(self) -> str:
        """Its task type."""
        return task_type_of(self.name)

    @property
    def attempts(self) -> float:
        """Attempts a week, rework among them."""
        return self.weekly / (1 - self.p_escalated * self.p_rejected)

    @property
    def votes(self) -> float:
        """Votes an attempt gets on average."""
        return self.first + sum(self.p_more**more for more in range(1, self.most - self.first + 1))


@dataclass(frozen=True)
class Person:
    """Somebody of the team, and when they work."""

    id: str
    cells: tuple[str, ...]
    zone: str
    weekdays: tuple[int, ...]
    """0 is Monday."""
    begin: float
    """Hour of the day, in their zone."""
    hours: float
    """Of a day."""
    speed: float
    adjudicates: bool = False
    away: tuple[date, date] | None = None
    """A planned leave, both days included."""
    until: float = math.inf
    """From then on they are silent, though nothing was declared."""

    def may(self, cell: str) -> bool:
        """Whether they may do a cell."""
        return may_do(self.cells, cell)

    @property
    def weekly_hours(self) -> float:
        """Hours of a usual week."""
        return self.hours * len(self.weekdays)


@dataclass(frozen=True)
class Project:
    """All that a log is made from, but the seed."""

    kinds: tuple[Kind, ...]
    people: tuple[Person, ...]
    start: float
    days: int
    tail_days: int = 0
    """Days after the last intake in which people go on."""
    screeners: int = 1
    screening_minutes: float = 1.0
    adjudication_minutes: float = 5.0
    overtime: bool = False
    every_day: bool = False
    """Whether tasks come in on weekends too."""
    intake: float = 1.0
    """What comes in, as a share of what is planned."""
    lot_days: int = 0
    """Days between two lots in which all tasks come in; 0 is day by day."""
    noise: float = 0.1
    """Spread of a day's intake about its mean, besides chance."""
    backlog: float = 0.0
    """Weeks of intake that are there at the start."""
    held: int = 0
    """Tasks parked on purpose."""
    releases: bool = False

    @property
    def intake_end(self) -> float:
        """The moment after which nothing comes in."""
        return self.start + self.days * DAY

    @property
    def end(self) -> float:
        """The last moment of the log."""
        return self.intake_end + self.tail_days * DAY

    @property
    def window(self) -> tuple[float, float]:
        """The stretch for which planted loads are true."""
        return self.intake_end - WINDOW, self.intake_end


@dataclass(frozen=True)
class Wish:
    """How a cause is to be planted; the same for all projects that are tried."""

    load: float
    """Of what is to be short."""
    variant: float
    """0..1, for causes that come in two ways."""


@dataclass(frozen=True)
class Truth:
    """What was planted."""

    cause: Cause
    where: str | None = None
    also: frozenset[str] = field(default_factory=frozenset)
    """Other answers to `where` that are as right."""
    resources: frozenset[str] = field(default_factory=frozenset)
    """Cells, `screening` or `adjudication`: what is short of hours."""
    load: float | None = None
    """Of the resource that is short; over all resources the highest, where none is."""

    def is_named_by(self, cause: str, where: str | None) -> bool:
        """Whether an answer is right."""
        return cause == self.cause and (self.where is None or where == self.where or where in self.also)


@dataclass(frozen=True)
class World:
    """A project with a planted cause."""

    seed: int
    project: Project
    team: Team
    truth: Truth
