"""What an analysis of the flow says: the bottleneck, the loads, the forecast, and how far each can be trusted."""

from datetime import date, datetime
from typing import Any, Literal, TypeAlias, get_args

from schemas.base import Frozen

Cause: TypeAlias = Literal[
    "skill_shortage",
    "overlap_shortage",
    "absent_person",
    "slow_adjudication",
    "ambiguous_guideline",
    "slow_screening",
    "starved_intake",
    "bursty_intake",
    "none",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)

Basis: TypeAlias = Literal["measured", "declared"]
"""Whether a figure was measured in the log, or stands on what plan, targets, hours and minutes declare."""
Known: TypeAlias = Literal["measured", "partly", "derived", "none"]
"""Whether the log has something itself, has it for some people or times, had it worked out, or not at all."""
Interval: TypeAlias = tuple[float, float]
"""The bounds between which a figure lies in 90 of 100 cases."""
NINETY = 1.6448536
"""Standard errors to both sides that hold so many, of the normal distribution."""
Confidence: TypeAlias = Literal["high", "medium", "low"]

SCREENING = "screening"
ADJUDICATION = "adjudication"
INTAKE = "intake"
"""Names of resources that are no cell."""


class Remedy(Frozen):
    """A change that would relieve the bottleneck, tried in the model."""

    change: str
    """In words, such as '1 more person for zh/code_review, 20 h a week'."""
    spec: str | None = None
    """The same as `headrace what-if` takes it, where it can, such as '--add zh/code_review:1'."""
    load_after: float | None
    throughput_gain: float | None
    """Share of accepted tasks a week more; 0.08 is 8 %."""


class Bottleneck(Frozen):
    """What holds the labeling back, proved by undoing it in the model."""

    cause: Cause
    where: str | None = None
    """A cell, a person's pseudonym, a task type, or null."""
    load: float | None = None
    """Hours of work that come in for each hour that people have: over 1 the queue grows."""
    evidence: tuple[str, ...] = ()
    """Figures in sentences."""
    remedies: tuple[Remedy, ...] = ()
    """The best first; also what would change nothing, where one would expect that it does."""
    confidence: Confidence = "high"
    doubts: tuple[str, ...] = ()
    """Near-ties, thin data, gaps in the log: why the confidence is not higher."""
    basis: Basis = "measured"


UNMEETABLE = 99.0
"""The load where no amount of hours would do: nobody may do it, or fewer than the votes that each task wants."""


class Load(Frozen):
    """How much of its capacity a resource is asked for."""

    resource: str
    """A cell, `screening` or `adjudication`."""
    load: float
    """At most UNMEETABLE."""
    interval: Interval | None = None
    people: int = 0
    """Who may do this work, and does or should be there."""
    hours_needed: float = 0.0
    """Hours of work that come in a week, if those people do it, each a share by their hours."""
    hours_available: float = 0.0
    """Hours a week of the people above, those included that they spend on other cells."""
    basis: Basis = "measured"


class TargetForecast(Frozen):
    """Whether a cell's target will be met."""

    target: int
    by: date
    accepted: int
    """So far."""
    probability: float
    p50: datetime | None
    p85: datetime | None
    p95: datetime | None
    """By when the target is reached in 50, 85, 95 of 100 runs; null beyond the horizon."""
    shortfall: int
    """How many are missing on the day, in the middle run; 0 where it is met."""
    expected: tuple[int, int, int] = (0, 0, 0)
    """Accepted on the day in the 5th, 50th and 95th run of 100."""
    fan: tuple[tuple[datetime, float, float, float, float, float], ...] = ()
    """Moments with the 5th, 15th, 50th, 85th and 95th of 100 runs' accepted counts, for the picture."""


class WorkForecast(Frozen):
    """By when what is now in hand is settled, if nothing more came in."""

    p50: datetime | None
    p85: datetime | None
    p95: datetime | None
    open: int = 0
    """Tasks in hand."""


class PresentWork(WorkForecast):
    """The same for all, and cell by cell."""

    cells: dict[str, WorkForecast] = {}


class Coverage(Frozen):
    """How earlier forecasts fared: the same forecast made as of past days, scored by what then came."""

    scored: int = 0
    before_p85: int = 0
    before_p95: int = 0
    mean_error: float | None = None
    """Mean of |P50 - truth| over the truth."""
    calibrated: bool = False
    """False with fewer than ten scored forecasts: 'uncalibrated'."""
    said: str = "uncalibrated: no forecast could be scored yet"


class Forecast(Frozen):
    """What comes when, by a simulation from the present state."""

    targets: dict[str, TargetForecast] = {}
    present_work: PresentWork | None = None
    coverage: Coverage = Coverage()
    runs: int = 0
    basis: Basis = "measured"
    notes: tuple[str, ...] = ()
    """What had to be assumed."""


class TargetChange(Frozen):
    """What a change to the team does to a target, before and after."""

    target: int
    probability: tuple[float, float]
    p50: tuple[datetime | None, datetime | None]
    shortfall: tuple[int, int]


class WhatIf(Frozen):
    """Two forecasts from the same moment and with the same luck, so that they differ by the change alone."""

    before: Forecast
    after: Forecast
    targets: dict[str, TargetChange] = {}


class DataQuality(Frozen):
    """What the log holds, what it lacks, and what had to be mended or left out."""

    events: int
    tasks: int
    first: datetime | None
    last: datetime | None
    window: tuple[datetime, datetime] | None = None
    served: Known = "none"
    """Whether `served` was in the log or was derived from submissions and lead times."""
    starved: Known = "none"
    at_the_door: bool = False
    """Whether what is measured of these was measured at the door of a project."""
    notes: tuple[str, ...] = ()
    """Duplicates, late and impossible rows, lead times that were missing or cut: counts in sentences."""
    counts: dict[str, int] = {}
    """The same as figures: `duplicates`, `out_of_order`, `unknown_events`, `zero_leads`, …"""


class Flow(Frozen):
    """The analysis of one event log as of one moment, as `--json` prints it."""

    as_of: datetime
    sentence: str
    """What a lead reads first: will the target be met, what holds it back, by which number, the cheapest relief."""
    bottleneck: Bottleneck
    bottlenecks: tuple[Bottleneck, ...]
    """In the order in which they bind; holds at least the one above."""
    loads: tuple[Load, ...]
    little_ratio: float | None
    forecast: Forecast
    metrics: dict[str, Any]
    """By metric's name; a metric without facts is left out (docs/reference/flow.md)."""
    data_quality: DataQuality
