"""What will come in: as much as is planned, or as came lately, on the days and at the hours at which it came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.forecast.state import landmarks
from pipeline.progress.forecast.window import DAY, WEEK, Window
from schemas.team import Team

PSEUDO_WEEKS = 0.5
"""Weeks in which the plan was met, that a plan's record begins with."""
PSEUDO_TASKS = 50.0
"""Tasks, coming as all plans were met, that a cell's record begins with."""
FLOOR = 0.03
"""Spread of a rate, as a share, that no log is long enough to take away."""
WIDEST = 0.3
"""And the most that is made of a rate that jumps."""
SOME = 10
"""Tasks of a cell from which on it has days and hours of its own."""
FAR_MORE, MORE = 3, 1.5
"""Times any other day's tasks, and times the plan, that make a first day's a backlog."""
WORKDAYS = 5
"""Working days a week on which tasks come in where nothing is known."""


@dataclass(frozen=True)
class Arrivals:
    """Past days' intake, and how many tasks a week are to be expected."""

    window: Window
    days: tuple[tuple[Floats, Ints], ...]
    """By past day: seconds after its begin, and cells."""
    recent: Floats
    """Tasks a week, by cell."""
    met: Floats
    """How much of its plan came in, by cell; 1 where there is none."""
    spread: Floats
    """Standard error of the rate, as a share, by cell."""

    def expected(self, cells: Sequence[str], team: Team) -> Floats:
        """Tasks a week by cell: the plan as far as it was met, else the recent rate."""
        rates = self.recent.copy()
        for key, planned in team.plan.items():
            own = cells_of(key, cells)
            if own:
                recent = self.recent[own]
                parts = recent / recent.sum() if recent.sum() else np.full(len(own), 1 / len(own))
                rates[own] = planned * parts * self.met[own]
        return rates

    def drawn(
        self, rates: Floats, until: float, lot: int, source: np.random.Generator
    ) -> list[tuple[float, int]]:
        """Moments and cells of what comes in until a moment, one of `lot` tasks each."""
        noise = np.exp(source.normal(0, FLOOR) + source.normal(0, 1, len(rates)) * self.spread)
        wanted = rates * noise / lot
        own = self.recent * self.window.weeks >= SOME
        copies = np.where(own, wanted / np.where(own, self.recent, 1.0), 0.0)
        moments, cells = self._again(until, source)
        weeks = ((moments - self.window.end) // (WEEK * DAY)).astype(np.int32)
        chance = _chance(rates, int(weeks.max(initial=0)) + 1, source)
        found = _copied(moments, cells, copies[cells] * chance[weeks, cells], source)
        for future in range(int(np.ceil((until - self.window.end) / DAY))):
            if not self.window.is_weekend(-1 - future):
                begin = self.window.end + future * DAY
                found += _anew(begin, np.where(own, 0.0, wanted), source)
        return [(moment, cell) for moment, cell in found if moment < until]

    def _again(self, until: float, source: np.random.Generator) -> tuple[Floats, Ints]:
        """Days to come that each repeat the intake of a past day of their weekday."""
        choices = [self.window.like(weekday) for weekday in range(WEEK)]
        moments: list[Floats] = [np.empty(0)]
        cells: list[Ints] = [np.empty(0, dtype=np.int32)]
        for future in range(int(np.ceil((until - self.window.end) / DAY))):
            likely = choices[future % WEEK]
            if likely:
                after, of = self.days[likely[int(source.random() * len(likely))]]
                moments.append(self.window.end + future * DAY + after)
                cells.append(of)
        return np.concatenate(moments), np.concatenate(cells)


def _chance(rates: Floats, weeks: int, source: np.random.Generator) -> Floats:
    """A factor by week and cell: so many tasks a week vary by chance, in whatever lots they are simulated."""
    shape = np.maximum(rates, 1.0)
    factors: Floats = source.gamma(shape, 1 / shape, (weeks, len(rates)))
    return factors


def _copied(
    moments: Floats, cells: Ints, copies: Floats, source: np.random.Generator
) -> list[tuple[float, int]]:
    """Each task so many times, or one of so many: evenly, so that the number is as it should be."""
    found: list[tuple[float, int]] = []
    for cell in np.unique(cells).tolist():
        own = cells == cell
        reached = np.floor(copies[own].cumsum() + source.random())
        times = np.diff(reached, prepend=0.0).astype(int)
        found += [(moment, cell) for moment in np.repeat(moments[own], times).tolist()]
    return found


def _anew(begin: float, wanted: Floats, source: np.random.Generator) -> list[tuple[float, int]]:
    """A working day's tasks of cells that have had none, at any hour."""
    found: list[tuple[float, int]] = []
    for cell in np.flatnonzero(wanted > 0).tolist():
        count = int(source.poisson(wanted[cell] / WORKDAYS))
        found += [(begin + after, cell) for after in (source.random(count) * DAY).tolist()]
    return found


def arrivals(columns: Columns, team: Team, window: Window) -> Arrivals:
    """From the log, with the team's plan held against it."""
    moments, cells = _came_in(columns)
    inside = (moments > window.start) & (moments <= window.end)
    inside &= ~_are_backlog(columns, team, window, moments)
    moments, cells = moments[inside], cells[inside]
    day = window.day_of(moments)
    counts = np.zeros((window.days, len(columns.cells)))
    np.add.at(counts, (day, cells), 1)
    days = [(moments[day == past] - window.begin_of(past), cells[day == past]) for past in range(window.days)]
    return Arrivals(
        window=window,
        days=tuple(days),
        recent=counts.sum(axis=0) / window.weeks,
        met=_met(columns.cells, team, counts.sum(axis=0), window.weeks),
        spread=_spread(counts),
    )


def _came_in(columns: Columns) -> tuple[Floats, Ints]:
    """When each task came, and its cell; without what is parked now."""
    marks = landmarks(columns)
    there = (marks.cell != NOBODY) & ~(marks.held & ~marks.settled)
    if columns.are("ingested").any():
        told = np.zeros(len(columns.tasks), dtype=bool)
        those = columns.are("ingested") & (columns.task != NOBODY)
        told[columns.task[those]] = True
        there &= told
    return marks.first[there], marks.cell[there]


def _are_backlog(columns: Columns, team: Team, window: Window, moments: Floats) -> Mask:
    """Which tasks were there when the log began: a first day with far more than any other, and than was planned."""
    begin = columns.span[0]
    first = moments <= begin + DAY
    later = window.day_of(moments[(moments > begin + DAY) & (moments > window.start)])
    usual = int(np.bincount(later).max()) if len(later) else 0
    planned = sum(team.plan.values()) * window.weeks
    is_backlog = usual and first.sum() > FAR_MORE * usual and len(moments) > MORE * planned
    return first if is_backlog else np.zeros(len(moments), dtype=bool)


def _met(cells: Sequence[str], team: Team, came: Floats, weeks: float) -> Floats:
    """How much of its plan came, by cell: leaning on how much of all plans came, and that on all of it."""
    keys = {key: own for key in team.plan if (own := cells_of(key, cells))}
    plan = sum(team.plan[key] for key in keys)
    met = np.ones(len(cells))
    if not plan:
        return met
    planned = {cell for own in keys.values() for cell in own}
    overall = (came[sorted(planned)].sum() + PSEUDO_WEEKS * plan) / (plan * (weeks + PSEUDO_WEEKS))
    for key, own in keys.items():
        met[own] = (came[own].sum() + PSEUDO_TASKS * overall) / (team.plan[key] * weeks + PSEUDO_TASKS)
    return met


def _spread(counts: Floats) -> Floats:
    """From days that are a week apart; from counting alone where there are no two weeks."""
    total = counts.sum(axis=0)
    variance = total
    if len(counts) > WEEK:
        differences = counts[WEEK:] - counts[:-WEEK]
        variance = np.maximum((differences**2).mean(axis=0) / 2 * len(counts), total)
    spread: Floats = np.minimum(np.sqrt(variance) / (total + PSEUDO_TASKS), WIDEST)
    return spread


def cells_of(key: str, cells: Sequence[str]) -> list[int]:
    """The cells that a plan or a target speaks of: itself, and those below."""
    whole = key.removesuffix("/*")
    return [place for place, cell in enumerate(cells) if cell == whole or cell.startswith(f"{whole}/")]
