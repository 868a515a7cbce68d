"""How far chance may have moved a load: from how the same weekday of two weeks differs."""

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.load import Demand, Loads
from pipeline.progress.measured import Measured, ScreeningFigures
from schemas.flow import NINETY, UNMEETABLE, Interval

WEEK_DAYS = 7


def interval_of(measured: Measured, demand: Demand, loads: Loads, queue: int) -> Interval | None:
    """Where the load of a queue lies in 90 of 100 cases; None where no hours would do.

    The load is what comes in, weighed by what it adds to the load, over the hours that are used up (delta method).
    Its days are compared with the same weekdays of the other week: what every weekend brings is no chance.
    """
    load, group = float(loads.load[queue]), loads.group[queue]
    if load >= UNMEETABLE or not group:
        return None
    by_day = _surplus_by_day(measured, demand, loads, group)
    days = len(by_day)
    counted = np.array([demand.tasks[place] * measured.hours for place in group])
    least = float(np.sqrt(((loads.weight[list(group)] / measured.hours) ** 2 * counted).sum()))
    spread = 0.0
    if days == 2 * WEEK_DAYS:
        spread = float(np.sqrt(((by_day[:WEEK_DAYS] - by_day[WEEK_DAYS:]) ** 2).sum()) / days)
    jobs = sum(_jobs(measured, demand, place) for place in group)
    error = float(np.hypot(max(spread, least), load / np.sqrt(max(jobs, 1.0))))
    return max(0.0, load - NINETY * error), load + NINETY * error


def screening_interval(screening: ScreeningFigures, hours: float) -> Interval:
    """The same for screening, whose tasks come and go by chance."""
    counted = 1 / max(screening.came * hours, 1.0) + 1 / max(screening.went * hours, 1.0)
    error = screening.load * float(np.sqrt(counted))
    return max(0.0, screening.load - NINETY * error), screening.load + NINETY * error


def _surplus_by_day(measured: Measured, demand: Demand, loads: Loads, group: tuple[int, ...]) -> Floats:
    """Of each day by how much the load of what came in exceeded that of the hours there were."""
    load = loads.load[group[0]]
    came = np.zeros(measured.days.ready.shape[1])
    for place in group:
        counts = measured.days.sent if demand.judges[place] else measured.days.ready
        came += loads.weight[place] * counts[list(demand.cells[place])].sum(axis=0) / 24
    scarce = list(loads.scarce[group[0]])
    had = measured.days.capacity[[one for one in scarce if one < len(measured.days.capacity)]].sum(axis=0)
    share = had / had.mean() if had.sum() else np.ones(len(came))
    found: Floats = came - load * share
    return found


def _jobs(measured: Measured, demand: Demand, place: int) -> float:
    cells = list(demand.cells[place])
    figures = measured.cells
    return float((figures.judged if demand.judges[place] else figures.submitted)[cells].sum())
