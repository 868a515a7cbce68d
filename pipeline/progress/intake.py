"""What comes in, day by day, and what is planned or needed."""

from datetime import UTC, datetime

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Mask
from pipeline.progress.measured import DAY, HOUR, WEEK_HOURS, Span
from pipeline.progress.parked import parked_now
from pipeline.progress.tallies import Tallies
from schemas.team import Team


def came_by_day(columns: Columns, cells: int, end: float) -> Floats:
    """Tasks that came in, cells by days back from a moment to the log's begin, the last day last.

    Without those that are parked. By `ingested`; where a log has none, by the first time that tasks were ready; where
    it has neither, by the first answers.
    """
    rows = columns.are("ingested")
    if not rows.any():
        rows = columns.are("ready") & (columns.attempt <= 1)
    if not rows.any():
        rows = _first_answers(columns)
    begin = columns.span[0]
    rows &= (columns.cell != NOBODY) & (columns.ts >= begin) & (columns.ts <= end)
    rows[rows] = ~np.append(parked_now(columns), False)[columns.task[rows]]
    days = max(1, int(np.ceil((end - begin) / DAY - 1e-9)))
    back = np.minimum(((end - columns.ts[rows]) / DAY).astype(np.int64), days - 1)
    flat = columns.cell[rows].astype(np.int64) * days + (days - 1 - back)
    return np.bincount(flat, minlength=cells * days).reshape(cells, days).astype(np.float64)


def _first_answers(columns: Columns) -> Mask:
    """The first answer to each task."""
    answers = np.flatnonzero(columns.are("submitted") & (columns.task != NOBODY))
    found = np.zeros(len(columns), dtype=bool)
    found[answers[np.unique(columns.task[answers], return_index=True)[1]]] = True
    return found


def planned(team: Team, names: tuple[str, ...], tasks: Floats, window: Span) -> Floats:
    """Tasks an hour of each cell by the plan; without one, what its target still needs; NaN where neither says so.

    `tasks` are those that came by the window's end, accepted or in hand.
    """
    found = np.full(len(names), np.nan)
    for place, name in enumerate(names):
        if name in team.plan:
            found[place] = team.plan[name] / WEEK_HOURS
        elif not team.plan and name in team.targets:
            target = team.targets[name]
            by = datetime.combine(target.by, datetime.max.time(), UTC).timestamp()
            left = max((by - window[1]) / HOUR, WEEK_HOURS)
            found[place] = max(0.0, target.accepted - tasks[place]) / left
    return found


def tasks_until(tallies: Tallies) -> Floats:
    """Tasks of each cell that became ready since the log began, and those that had ended before."""
    ready = tallies.by_cell(tallies.wanted & (tallies.attempts.number == 1))
    return ready + tallies.columns.ended("accepted")
