"""When the tasks of a made-up project come in: day by day or in lots, and what was there at the start."""

from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.simulation.worlds.project import DAY, WINDOW, Project

SATURDAY = 5
HOUR = 3600.0
FROM, UNTIL = 7.0, 19.0
"""Hours of the day in which tasks come in, UTC."""
Spell: TypeAlias = tuple[float, float, float]
"""A begin, seconds from then, and how many tasks are expected in them."""


def arrivals(project: Project, source: np.random.Generator) -> list[tuple[float, int]]:
    """Moment and cell of each task, in the order of time."""
    found: list[tuple[float, int]] = []
    shared = source.lognormal(0, project.noise, project.days)
    for cell, kind in enumerate(project.kinds):
        weekly = kind.weekly / (1 - kind.p_dropped)
        days = _lots(project, weekly) if project.lot_days else _days(project, weekly, shared, source)
        for begin, length, expected in days:
            found += [
                (begin + at, cell)
                for at in source.uniform(0, length, int(expected + source.random())).tolist()
            ]
    return sorted(found)


def _start(project: Project, weekly: float) -> Spell:
    """What is there when the project begins."""
    return project.start, 2 * HOUR, project.backlog * weekly


def _lots(project: Project, weekly: float) -> list[Spell]:
    first = project.start + (project.days % project.lot_days) * DAY / 2 + 6 * HOUR
    begins = np.arange(first, project.intake_end, project.lot_days * DAY).tolist()
    return [(begin, 1.5 * HOUR, weekly * project.lot_days / 7) for begin in begins]


def _days(
    project: Project, weekly: float, shared: NDArray[np.float64], source: np.random.Generator
) -> list[Spell]:
    """Day by day, more on some than on others; the last two weeks get their share, as their load was planted."""
    begins = project.start + np.arange(project.days) * DAY
    open_days = [
        project.every_day or datetime.fromtimestamp(begin, UTC).weekday() < SATURDAY for begin in begins
    ]
    weights = shared * source.lognormal(0, project.noise / 2, project.days) * open_days
    recent = begins >= project.intake_end - WINDOW
    expected = np.zeros(project.days)
    for part in (recent, ~recent):
        expected[part] = weekly / 7 * part.sum() * weights[part] / max(weights[part].sum(), 1e-9)
    days = zip((begins + FROM * HOUR).tolist(), expected.tolist(), strict=True)
    return [_start(project, weekly), *((begin, (UNTIL - FROM) * HOUR, size) for begin, size in days)]
