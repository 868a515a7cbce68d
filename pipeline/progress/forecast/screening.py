"""How fast tasks are screened, by how many processes, and how many are dropped there."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.forecast.shares import NEVER, Share, shares
from pipeline.progress.forecast.state import landmarks
from pipeline.progress.forecast.window import Window
from schemas.events import EventName

FEW = 20


@dataclass(frozen=True)
class Screening:
    """The processes that screen, working round the clock."""

    processes: int = 0
    """0 where tasks are ready as soon as they come in."""
    seconds: float = 0.0
    """Of a process, for a task."""
    cv: float = 1.0
    count: int = 0
    """Tasks that these stand on."""
    dropped: tuple[Share, ...] = ()


def screening(columns: Columns, window: Window) -> Screening:
    """From the screenings that ended in the window; from all of the log where those are few."""
    dropped = _dropped(columns)
    begins, ends, actors = _screenings(columns)
    inside = ends > window.start
    if inside.sum() < FEW:
        inside = np.ones(len(ends), dtype=bool)
    if inside.sum() < FEW:
        return Screening(dropped=dropped)
    begins, ends, actors = begins[inside], ends[inside], actors[inside]
    processes = max(1, len(np.unique(actors)))
    seconds = _working(begins, ends, actors) / len(ends)
    each = ends - begins
    cv = float(np.clip(each.std() / each.mean(), 0.1, 2.0)) if each.mean() > 0 else 1.0
    return Screening(processes, seconds, cv, len(ends), dropped)


def _dropped(columns: Columns) -> tuple[Share, ...]:
    """How many were dropped before anybody saw them."""
    cell = landmarks(columns).cell
    ready, known = _have(columns, "ready"), cell != NOBODY
    lost = _have(columns, "dropped") & ~ready & known
    seen = (ready | lost) & known
    count = len(columns.cells)
    yes, of = np.bincount(cell[lost], minlength=count), np.bincount(cell[seen], minlength=count)
    return tuple(shares(columns.cells, yes.tolist(), of.tolist())) if of.sum() else (NEVER,) * count


def _have(columns: Columns, event: EventName) -> Mask:
    """Which tasks have an event."""
    found = np.zeros(len(columns.tasks), dtype=bool)
    found[columns.task[columns.are(event) & (columns.task != NOBODY)]] = True
    return found


def _screenings(columns: Columns) -> tuple[Floats, Floats, Ints]:
    """Begin, end and process of each screening that has both."""
    wanted = np.flatnonzero(
        columns.are("screening_started", "screened", "dropped") & (columns.task != NOBODY)
    )
    order = wanted[np.lexsort((columns.ts[wanted], columns.task[wanted]))]
    starts = columns.are("screening_started")[order]
    same = columns.task[order][1:] == columns.task[order][:-1]
    pairs = np.flatnonzero(starts[:-1] & ~starts[1:] & same)
    begin, end = order[pairs], order[pairs + 1]
    return columns.ts[begin], columns.ts[end], columns.actor[begin]


def _working(begins: Floats, ends: Floats, actors: Ints) -> float:
    """Seconds that processes were at it; a process with several tasks at once counts once."""
    total = 0.0
    for actor in np.unique(actors):
        own = np.flatnonzero(actors == actor)
        own = own[np.argsort(begins[own])]
        reached = np.maximum.accumulate(ends[own])
        covered = np.concatenate(([-np.inf], reached[:-1]))
        total += float(np.maximum(reached - np.maximum(begins[own], covered), 0).sum())
    return total
