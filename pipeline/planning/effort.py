"""What votes that are yet to be asked for cost people: hours of work, and days by the calendar."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pipeline.context import Context
from pipeline.planning.pace import Pace, paces
from pipeline.store import Store
from pipeline.terms import Terms
from schemas.base import Frozen
from schemas.people import covers

MEDIANS = """
SELECT t.cell, quantile_cont(v.lead_seconds, 0.5) AS seconds FROM votes v JOIN tasks t USING (task_id)
WHERE v.lead_seconds > 0 GROUP BY t.cell
"""
DAYS_A_WEEK = 7


class CellEffort(Frozen):
    """What the tasks of one cell cost, asked anew."""

    cell: str
    tasks: int
    votes: int
    """Those every task gets."""
    votes_at_most: int
    """With those that a policy asks for where votes leave a doubt."""
    hours: float | None
    """Of people, for `votes`; None where nothing says how long one takes."""
    days: float | None
    """As the cell goes now, or else by the weekly hours of its people; None where neither is known."""


def efforts(ctx: Context, tasks: Sequence[dict[str, Any]]) -> tuple[CellEffort, ...]:
    """The effort of asking tasks (rows with `task_id`, `task_type`, `cell`, `overlap`) anew, by cell."""
    by_cell: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for task in tasks:
        by_cell[task["cell"]].append(task)
    terms = Terms(ctx, [task["task_id"] for task in tasks])
    seconds = medians(ctx.store)
    now = paces(ctx.store, ctx.clock())
    return tuple(
        _effort(ctx, terms, of_one, seconds.get(cell), now.get(cell))
        for cell, of_one in sorted(by_cell.items())
    )


def medians(store: Store) -> dict[str, float]:
    """The median of the seconds that a vote took, for each cell in which any was measured."""
    return {row["cell"]: row["seconds"] for row in store.rows(MEDIANS)}


def total(numbers: Sequence[float | None]) -> float | None:
    """The sum, where every part is known."""
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def longest(numbers: Sequence[float | None]) -> float | None:
    """The longest of times that run side by side, where every one is known."""
    known = [number for number in numbers if number is not None]
    return max(known, default=0.0) if len(known) == len(numbers) else None


def _effort(
    ctx: Context, terms: Terms, tasks: Sequence[dict[str, Any]], seconds: float | None, pace: Pace | None
) -> CellEffort:
    configs = [terms.of(task["task_id"], task["task_type"]) for task in tasks]
    pairs = [
        (config and config.overlap, task["overlap"]) for config, task in zip(configs, tasks, strict=True)
    ]
    votes = sum(overlap.first if overlap else asked for overlap, asked in pairs)
    minutes = next((config.minutes for config in configs if config and config.minutes), None)
    each = seconds if seconds is not None else minutes and minutes * 60
    hours = None if each is None else votes * each / 3600
    return CellEffort(
        cell=tasks[0]["cell"],
        tasks=len(tasks),
        votes=votes,
        votes_at_most=sum(overlap.most if overlap else asked for overlap, asked in pairs),
        hours=hours,
        days=_days(ctx, tasks[0]["cell"], votes, hours, pace),
    )


def _days(ctx: Context, cell: str, votes: int, hours: float | None, pace: Pace | None) -> float | None:
    if pace is not None and pace.votes_per_day is not None:
        return votes / pace.votes_per_day
    weekly = sum(
        person.weekly_hours or 0.0
        for person in ctx.project.people
        if person.role == "annotator" and (not person.cells or any(covers(one, cell) for one in person.cells))
    )
    return hours / weekly * DAYS_A_WEEK if hours is not None and weekly else None
