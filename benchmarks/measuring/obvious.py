"""Five obvious ways to name a bottleneck, as dashboards invite to: each points to the worst resource."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.columns import NOBODY, Columns, Floats
from schemas.events import EventName
from schemas.flow import ADJUDICATION, SCREENING

WINDOW = 14 * 86_400.0
GROWTH, FEWEST = 0.1, 20
"""A queue that grows by more than this share of what comes to it, and by so many tasks, is alarming."""
Resource: TypeAlias = str | None
"""A cell, `screening`, `adjudication`, or nothing at all."""


def longest_queue(log: Columns) -> Resource:
    """Where most tasks are at the end, parked ones left out."""
    return _highest({name: float(np.isinf(gone).sum()) for name, (_, gone) in _resources(log).items()})


def longest_wait(log: Columns) -> Resource:
    """Where tasks of the last two weeks waited longest on average until somebody began."""
    end = log.span[1]
    waits = {}
    for name, (come, begun) in _waits(log).items():
        recent = (begun > end - WINDOW) & np.isfinite(begun)
        waits[name] = float((begun[recent] - come[recent]).mean()) if recent.any() else 0.0
    return _highest(waits)


def longest_lead(log: Columns) -> Resource:
    """Where a piece of work takes longest on average."""
    return _highest({name: float(np.mean(lead)) for name, (lead, _) in _work(log).items() if len(lead)})


def wall_clock_utilisation(log: Columns) -> Resource:
    """Whose people are busy for most of the hours of day and night."""
    return _highest(
        {name: float(lead.sum()) / (WINDOW * max(1, people)) for name, (lead, people) in _work(log).items()}
    )


def queue_growth(log: Columns) -> Resource:
    """Where more came than went in the last two weeks; nothing where that is little."""
    since = log.span[1] - WINDOW
    growth = {}
    for name, (come, gone) in _resources(log).items():
        came = int((come > since).sum())
        more = came - int((np.isfinite(gone) & (gone > since)).sum())
        growth[name] = float(more) if more > max(FEWEST, GROWTH * came) else 0.0
    return _highest(growth)


OBVIOUS: dict[str, Callable[[Columns], Resource]] = {
    "longest queue": longest_queue,
    "longest mean wait": longest_wait,
    "longest mean lead time": longest_lead,
    "utilisation, wall clock": wall_clock_utilisation,
    "queue growth, alarm": queue_growth,
}


def cause_of(resource: Resource) -> tuple[str, str | None]:
    """The cause that such a detector can speak of."""
    if resource is None:
        return "none", None
    if resource in {ADJUDICATION, SCREENING}:
        return f"slow_{resource}", None
    return "skill_shortage", resource


def _highest(figures: Mapping[str, float]) -> Resource:
    best = max(figures, key=lambda name: figures[name], default=None)
    return best if best is not None and figures[best] > 0 else None


def _first(log: Columns, *events: EventName) -> Floats:
    """For each task when it first had one of these events; inf if never."""
    found = np.full(len(log.tasks), np.inf)
    where = log.are(*events) & (log.task != NOBODY)
    np.minimum.at(found, log.task[where], log.ts[where])
    return found


def _cells(log: Columns) -> NDArray[np.int32]:
    """For each task its cell."""
    found = np.full(len(log.tasks), NOBODY, dtype=np.int32)
    where = (log.task != NOBODY) & (log.cell != NOBODY)
    found[log.task[where]] = log.cell[where]
    return found


def _resources(log: Columns) -> dict[str, tuple[Floats, Floats]]:
    """For each resource when tasks came to it and left it, first attempts alone; parked tasks left out."""
    parked = np.isfinite(_first(log, "held"))
    cells = np.where(parked, NOBODY, _cells(log))
    come, ready = _first(log, "ingested"), _first(log, "ready")
    judged, settled = _first(log, "sent_to_adjudication"), _first(log, "accepted", "dropped")
    left = np.minimum(judged, settled)
    screened = np.minimum(ready, settled)
    known = (cells != NOBODY) & np.isfinite(come)
    sent = np.isfinite(judged)
    verdict = np.minimum(settled, _first(log, "rejected"))
    found = {SCREENING: (come[known], screened[known]), ADJUDICATION: (judged[sent], verdict[sent])}
    for code, name in enumerate(log.cells):
        own = (cells == code) & np.isfinite(ready)
        found[name] = (ready[own], left[own])
    return found


def _waits(log: Columns) -> dict[str, tuple[Floats, Floats]]:
    """For each resource when tasks came and when somebody began with them."""
    cells, ready = _cells(log), _first(log, "ready")
    served = np.minimum(_first(log, "served"), _first(log, "submitted"))
    come, screened = _first(log, "ingested"), _first(log, "screening_started")
    judged, begun = _first(log, "sent_to_adjudication"), _first(log, "adjudication_started", "rejected")
    sent, known = np.isfinite(judged), np.isfinite(screened)
    found = {SCREENING: (come[known], screened[known]), ADJUDICATION: (judged[sent], begun[sent])}
    for code, name in enumerate(log.cells):
        own = (cells == code) & np.isfinite(ready)
        found[name] = (ready[own], served[own])
    return found


def _work(log: Columns) -> dict[str, tuple[Floats, int]]:
    """For each resource how long each piece of work of the last two weeks took, and how many did them."""
    recent = log.at(log.ts > log.span[1] - WINDOW)
    took = np.nan_to_num(recent.lead)
    found = {}
    for code, name in enumerate(recent.cells):
        own = recent.are("submitted") & (recent.cell == code)
        found[name] = (took[own], len(set(recent.actor[own].tolist())))
    judged = recent.are("accepted", "rejected") & (recent.actor != NOBODY)
    found[ADJUDICATION] = (took[judged], len(set(recent.actor[judged].tolist())))
    started = recent.are("screening_started")
    begun, done = _first(recent, "screening_started"), _first(recent, "screened")
    both = np.isfinite(begun) & np.isfinite(done)
    found[SCREENING] = (done[both] - begun[both], len(set(recent.actor[started].tolist())))
    return found
