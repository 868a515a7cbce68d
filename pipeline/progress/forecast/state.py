"""The present state: each task that is in hand, what it waits for, and who has voted on it."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Mask
from pipeline.progress.forecast.window import DAY
from pipeline.simulation.model import Stage
from schemas.events import EventName

LONG = 70 * DAY
"""Longer than any window that parameters are taken from."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task in hand."""

    task: int
    """Its place in Columns.tasks; the same goes for cell and voters."""
    cell: int
    since: float
    """When it came in."""
    stage: Stage
    attempt: int
    voters: tuple[int, ...]
    """Who has voted in this attempt."""


@dataclass(frozen=True)
class State:
    """Where the work stands at a moment."""

    at: float
    waiting: tuple[Waiting, ...]
    """In hand, the oldest first; what is held is not in hand."""
    accepted: tuple[int, ...]
    """So far, by cell."""
    held: int = 0


@dataclass(frozen=True)
class Landmarks:
    """By task: when something last happened to it; -inf for never."""

    first: Floats
    cell: np.ndarray[tuple[int], np.dtype[np.int32]]
    settled: Mask
    accepted: Mask
    held: Mask
    opened: Floats
    """When its present attempt began: ready for the first time, or sent back."""
    adjudicated: Floats
    """When it was last sent to adjudication, or was taken there."""


def landmarks(columns: Columns) -> Landmarks:
    """What the log says of each task, by its end."""
    cell = np.full(len(columns.tasks), NOBODY, dtype=np.int32)
    named = (columns.task != NOBODY) & (columns.cell != NOBODY)
    cell[columns.task[named]] = columns.cell[named]
    done, dropped = _last(columns, "accepted", "released"), _last(columns, "dropped")
    back = _last(columns, "rejected")
    ready = _last(columns, "ready")
    return Landmarks(
        first=first(columns),
        cell=cell,
        settled=np.maximum(done, dropped) > back,
        accepted=(done > back) & (done >= dropped),
        held=_last(columns, "held") > _last(columns, "resumed"),
        opened=np.where(np.isfinite(back), back, ready),
        adjudicated=_last(columns, "sent_to_adjudication", "adjudication_started"),
    )


def state_at(columns: Columns, moment: float) -> State:
    """The state after everything that the log holds until a moment."""
    log = columns.until(moment)
    marks = landmarks(log)
    known = marks.cell != NOBODY
    in_hand = known & ~marks.settled & ~marks.held
    counts = np.bincount(marks.cell[known & marks.accepted], minlength=len(columns.cells))
    return State(
        at=moment,
        waiting=_waiting(log, marks, in_hand),
        accepted=tuple((counts + log.ended("accepted")).tolist()),
        held=int((known & marks.held & ~marks.settled).sum()),
    )


def lately(columns: Columns, moment: float) -> Columns:
    """The log until a moment, without what was settled long before it: all that a fit and the work in hand need."""
    log, start = columns.until(moment), moment - LONG
    if len(log) == 0 or log.span[0] > start:
        return log
    done = _last(log, "accepted", "dropped", "released")
    over = (done > _last(log, "rejected")) & (done <= start)
    old = log.ts <= start
    return log.at(~(old & np.append(over, True)[log.task]))


def _waiting(log: Columns, marks: Landmarks, in_hand: Mask) -> tuple[Waiting, ...]:
    voters = _voters(log, marks, in_hand)
    touched = _last(log, "ready", "served", "submitted", "skipped", "rejected") > -np.inf
    if not log.are("ready").any():
        touched |= _last(log, "screened") > -np.inf
    attempts = np.ones(len(log.tasks), dtype=np.int32)
    told = log.task != NOBODY
    np.maximum.at(attempts, log.task[told], log.attempt[told])
    stages: list[Stage] = ["screening", "ready", "adjudication"]
    stage = np.where(marks.adjudicated > marks.opened, 2, np.where(touched, 1, 0))
    ordered = np.flatnonzero(in_hand)[np.argsort(marks.first[in_hand], kind="stable")]
    return tuple(
        Waiting(
            task,
            int(marks.cell[task]),
            float(marks.first[task]),
            stages[stage[task]],
            int(attempts[task]),
            tuple(voters.get(task, ())),
        )
        for task in ordered.tolist()
    )


def _voters(log: Columns, marks: Landmarks, in_hand: Mask) -> dict[int, list[int]]:
    """Who has voted since the attempt began, each once."""
    votes = np.flatnonzero(log.are("submitted") & (log.task != NOBODY) & (log.actor != NOBODY))
    tasks = log.task[votes]
    sent_back = np.where(marks.adjudicated > -np.inf, marks.opened, -np.inf)
    votes = votes[in_hand[tasks] & (log.ts[votes] >= sent_back[tasks])]
    found: dict[int, list[int]] = {}
    for task, actor in zip(log.task[votes].tolist(), log.actor[votes].tolist(), strict=True):
        who = found.setdefault(task, [])
        if actor not in who:
            who.append(actor)
    return found


def _last(columns: Columns, *events: EventName) -> Floats:
    """When one of these events last happened to each task."""
    moments = np.full(len(columns.tasks), -np.inf)
    those = columns.are(*events) & (columns.task != NOBODY)
    moments[columns.task[those]] = columns.ts[those]  # in the order of time: the last one stays
    return moments


def first(columns: Columns, *events: EventName) -> Floats:
    """When the first of these events (of all, where none is named) came of each task; inf for not by now."""
    moments = np.full(len(columns.tasks), np.inf)
    those = columns.task != NOBODY
    if events:
        those &= columns.are(*events)
    moments[columns.task[those][::-1]] = columns.ts[those][::-1]
    return moments
