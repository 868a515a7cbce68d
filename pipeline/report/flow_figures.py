"""The figures that the panels of the flow draw, in the order in which they are drawn."""

from datetime import date
from typing import NamedTuple, TypeVar

from pipeline.progress.metrics.ageing import Ageing
from pipeline.progress.metrics.cost import Cost
from pipeline.progress.metrics.cumulative_flow import CumulativeFlow, DayOfStates
from pipeline.progress.metrics.days import Days
from pipeline.progress.metrics.effort import Effort
from pipeline.progress.metrics.hours import Hours, PersonHours
from pipeline.progress.metrics.rework import Rework
from pipeline.progress.metrics.throughput import Throughput
from pipeline.report.everyday import upper
from pipeline.report.flow_words import DAY_PARTS, HOUR_PARTS, STATES
from pipeline.report.pictures.areas import Layer
from pipeline.report.pictures.frame import Tick
from pipeline.report.pictures.rows import Part
from pipeline.report.pictures.scatter import Column
from schemas.base import Frozen
from schemas.flow import Flow, Load, TargetForecast

MOST_FANS = 12
"""So many targets are drawn, the least likely first; the table has all."""
LEAST_AXIS = 1.2
"""The axis of loads goes at least so far, so that both lines can be seen."""
MOST_LOAD = 3.0
"""Loads beyond this reach the end of their bar: one at 2,000 % would leave no room for the others."""
MOST_ROWS = 12
"""Days that the table of a picture over time has."""
HOURS_A_DAY = 24

MetricT = TypeVar("MetricT", bound=Frozen)


class Figures(NamedTuple):
    """What is drawn; None for what there are no facts of."""

    loads: list[Load]
    most_load: float
    fans: list[tuple[str, TargetForecast]]
    hours: Hours | None
    accumulation: CumulativeFlow | None
    throughput: Throughput | None
    days: Days | None
    ageing: Ageing | None
    rework: Rework | None
    effort: Effort | None
    cost: Cost | None


def figures(flow: Flow) -> Figures:
    """The figures of an analysis."""
    loads = sorted(flow.loads, key=lambda load: (-load.load, load.resource))
    ends = [
        LEAST_AXIS,
        *(load.load for load in loads),
        *(load.interval[1] for load in loads if load.interval),
    ]
    drawn = [(cell, one) for cell, one in flow.forecast.targets.items() if len(one.fan) > 1]
    drawn.sort(key=lambda pair: (pair[1].probability, pair[0]))
    return Figures(
        loads=loads,
        most_load=min(max(ends), MOST_LOAD) * 1.05,
        fans=drawn[:MOST_FANS],
        hours=_metric(flow, "hours", Hours),
        accumulation=accumulation(flow),
        throughput=_metric(flow, "throughput", Throughput),
        days=_metric(flow, "days", Days),
        ageing=ageing(flow),
        rework=_metric(flow, "rework", Rework),
        effort=_metric(flow, "effort", Effort),
        cost=_metric(flow, "cost", Cost),
    )


def accumulation(flow: Flow) -> CumulativeFlow | None:
    """The tasks by state, day by day."""
    return _metric(flow, "cumulative_flow", CumulativeFlow)


def ageing(flow: Flow) -> Ageing | None:
    """The open tasks by their age."""
    return _metric(flow, "ageing", Ageing)


def layers(one: CumulativeFlow) -> list[Layer]:
    """The areas of the cumulative flow from the bottom up; states that never held a task are left out."""
    found = [
        Layer(state.title, state.colour, [getattr(day, state.name) for day in one.days]) for state in STATES
    ]
    return [layer for layer in found if any(layer.counts)]


def heads_of(shown: list[Layer]) -> list[tuple[str, bool]]:
    """The heads of the table that says the same."""
    return [("Day", False), *((upper(layer.title), True) for layer in shown)]


def on_days(one: CumulativeFlow | Throughput) -> list[date]:
    """The days of a picture over time."""
    return [day.day for day in one.days]


def some_days(one: CumulativeFlow) -> list[DayOfStates]:
    """Few enough days for a table, evenly apart, the last among them."""
    step = -(-len(one.days) // MOST_ROWS)
    return list(reversed(one.days[::-1][::step]))


def person_parts(one: PersonHours) -> list[Part]:
    """A person's hours, part by part."""
    return [Part(part.title, part.colour, getattr(one, part.name) or 0.0) for part in HOUR_PARTS]


def most_hours(one: Hours) -> float:
    """The end of the axis of hours."""
    return max(sum(part.amount for part in person_parts(person)) for person in one.people)


def day_parts(one: object) -> list[Part]:
    """The days of a cell's finished tasks, part by part."""
    return [Part(part.title, part.colour, getattr(one, part.name) / HOURS_A_DAY) for part in DAY_PARTS]


def most_days(one: Days) -> float:
    """The end of the axis of days."""
    return max(cell.total for cell in (one.all, *one.cells)) / HOURS_A_DAY


def age_columns(one: Ageing) -> list[Column]:
    """The dots of open tasks in the columns of their states, in the order in which a task goes through them."""
    found = [
        (state.title, [dot for dot in one.dots if dot.state == state.name]) for state in reversed(STATES)
    ]
    return [
        Column(title, [dot.days for dot in dots], [dot.late for dot in dots]) for title, dots in found if dots
    ]


def age_lines(one: Ageing) -> list[Tick]:
    """The ages that finished tasks reached, where all open ones are of one cell; else each cell has its own."""
    if len(one.cells) != 1 or one.cells[0].p85_days is None or one.cells[0].p50_days is None:
        return []
    return [
        Tick(one.cells[0].p50_days, "half of the finished ones"),
        Tick(one.cells[0].p85_days, "85 of 100 finished ones"),
    ]


def _metric(flow: Flow, name: str, kind: type[MetricT]) -> MetricT | None:
    """A metric, as it was measured or as it stood in JSON."""
    found = flow.metrics.get(name)
    return None if found is None else kind.model_validate(found)
