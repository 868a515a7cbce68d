"""When there was nothing for a person: no task open in their cells that they had not worked on already."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.progress.attempts import Attempts, Places
from pipeline.progress.columns import Floats, Ints, Mask
from pipeline.progress.deriving.intervals import Intervals, union
from pipeline.progress.deriving.openings import Openings, waits
from pipeline.progress.deriving.work import Spells

STRICT = 3
"""Later tasks taken first, up to which a person takes the oldest first, whatever its cell."""
CHANCES = 30
"""Votes in later attempts, of which none by an earlier voter shows that a person has one vote a task."""
LINGERS = 600.0
"""Seconds open, from which on it is asked whether a task is none for a person."""


@dataclass(frozen=True)
class Steps:
    """A count that goes up and down."""

    ts: Floats
    change: Floats

    @cached_property
    def level(self) -> Floats:
        """The count after each step."""
        return np.cumsum(self.change)


def steps(start: Floats, end: Floats) -> Steps:
    """How many stretches hold at each moment."""
    end = end[np.isfinite(end)]
    ts = np.concatenate((start, end))
    change = np.concatenate((np.ones(len(start)), -np.ones(len(end))))
    order = np.argsort(ts, kind="stable")
    return Steps(ts[order], change[order])


class Queue:
    """The open tasks of one kind of work, and what each person may take of them."""

    def __init__(self, attempts: Attempts, openings: Openings, spells: Spells) -> None:
        self.attempts, self.openings = attempts, openings
        self.spells = spells
        self.taken, self.since = waits(openings, spells, attempts)
        number = attempts.of(spells.task, spells.attempt)
        self.once = _once_a_task(spells)
        self._arrived = attempts.arrived("ready"), attempts.arrived()
        self._ages = self.since, *(ages[number] for ages in self._arrived)
        self._bases: dict[bytes, tuple[Openings, Steps]] = {}

    def _base(self, cells: Mask) -> tuple[Openings, Steps]:
        """All that is open in some cells; the same for everybody who may do them."""
        key = cells.tobytes()
        if key not in self._bases:
            inside = self.openings.at(cells[self.openings.cell])
            self._bases[key] = inside, steps(inside.start, inside.end)
        return self._bases[key]

    def left_for(self, person: int, cells: Mask, voted: Spells) -> Steps:
        """How many tasks there were for a person at each moment, less those that they worked on (`voted`)."""
        openings, base = self._base(cells)
        number = self.attempts.of(voted.task, voted.attempt)
        place = openings.of(number, voted.start)
        until = self.attempts.begins[voted.task + 1] if self.once else number + 1
        later = _later(openings, number, until, place)
        own = np.unique(np.concatenate((place[place >= 0], later)))
        since = np.full(len(openings.start), np.nan)
        since[later] = openings.start[later]
        since[place[place >= 0]] = voted.start[place >= 0]
        mine = steps(since[own], openings.end[own])
        passed = self._passed(person, openings, own)
        return _merged(base, _merged(Steps(mine.ts, -mine.change), passed))

    def _passed(self, person: int, openings: Openings, own: Places) -> Steps:
        """What takes out of the count the tasks that the person passed over for later ones."""
        others = openings.end - openings.start > LINGERS
        others[own] = False
        rest = openings.at(others)
        mine = np.flatnonzero(self.spells.actor == person)
        taken, known = self.spells.at(mine), self.taken[mine] >= 0
        orders = [_Takes.of(taken, age[mine], known) for age in self._ages]
        best = int(np.argmin([takes.limit for takes in orders]))
        takes, age = orders[best], (rest.start, *(ages[rest.attempt] for ages in self._arrived))[best]
        passed = takes.passed(age, rest.start)
        if takes.limit > STRICT:  # not the oldest of all: it may still be the oldest of a cell
            passed = np.full(len(rest.start), np.inf)
            for cell in np.unique(takes.cell):
                inside = rest.cell == cell
                passed[inside] = takes.at(takes.cell == cell).passed(age[inside], rest.start[inside])
        passed = np.maximum(passed, rest.start)
        out = passed < rest.end
        gone = steps(passed[out], rest.end[out])
        return Steps(gone.ts, -gone.change)


def _later(openings: Openings, number: Ints, until: Ints, place: Places) -> Places:
    """The openings of what was worked on that began only after that: none for the person either."""
    first = np.searchsorted(openings.attempt, number, side="left")
    last = np.searchsorted(openings.attempt, until, side="left")
    start = np.where(place >= 0, place + 1, first)
    many = np.maximum(last - start, 0)
    offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    found: Places = np.repeat(start, many) + offset
    return found


def _once_a_task(spells: Spells) -> bool:
    """Whether nobody works twice on a task that is opened again, as far as many chances to do so show."""
    order = np.lexsort((spells.attempt, spells.task, spells.actor))
    actor, task = spells.actor[order], spells.task[order]
    again = (actor[1:] == actor[:-1]) & (task[1:] == task[:-1])
    chances = int((spells.attempt > 1).sum())
    return chances >= CHANCES and int(again.sum()) <= 0.01 * chances


@dataclass(frozen=True)
class _Takes:
    """What a person took up, in the order of its age, however that is reckoned."""

    cell: Ints
    age: Floats
    start: Floats
    free: Floats
    """From when on the person had nothing before them, until they took it."""

    @classmethod
    def of(cls, spells: Spells, age: Floats, known: Mask) -> "_Takes":
        """Those of one person, in the order of their starts; only of tasks whose opening is known."""
        before = np.append(-np.inf, np.maximum.accumulate(spells.end)[:-1]) if len(spells) else spells.end
        free = np.minimum(before, spells.start)
        order = np.argsort(age[known], kind="stable")
        cell, start = spells.cell[known][order], spells.start[known][order]
        return cls(cell, age[known][order], start, free[known][order])

    def at(self, where: Mask) -> "_Takes":
        """Some of them."""
        return _Takes(self.cell[where], self.age[where], self.start[where], self.free[where])

    @cached_property
    def limit(self) -> int:
        """Later tasks taken first, from which on an earlier one is none for them: 1 where the oldest goes first."""
        if not len(self.start):
            return 1
        late = np.argsort(np.argsort(self.start, kind="stable"), kind="stable") - np.arange(len(self.start))
        return 1 + int(np.percentile(np.maximum(late, 0), 90))

    def passed(self, age: Floats, opened: Floats) -> Floats:
        """Since when each of these tasks was none for the person: the pause at whose end they took a later one."""
        first = np.searchsorted(np.maximum.accumulate(self.start), opened, side="left")
        later = np.searchsorted(self.age, age, side="right")
        place = np.maximum(first, later) + self.limit - 1  # the pass that settles it
        found: Floats = np.append(np.maximum.accumulate(self.free), np.full(self.limit + 1, np.inf))[place]
        return found


def nothing_left(count: Steps, span: tuple[float, float]) -> Intervals:
    """When a count was at nought, between two moments."""
    ts = np.concatenate(([span[0]], np.clip(count.ts, *span), [span[1]]))
    level = np.concatenate(([0.0], count.level, [1.0]))
    zero = (level[:-1] <= 0) & (np.diff(ts) > 0)
    return union(ts[:-1][zero], ts[1:][zero])


def total(counts: list[Steps]) -> Steps:
    """Several counts as one."""
    found = Steps(np.empty(0), np.empty(0))
    for count in counts:
        found = _merged(found, count)
    return found


def _merged(one: Steps, other: Steps) -> Steps:
    ts = np.concatenate((one.ts, other.ts))
    order = np.argsort(ts, kind="stable")
    return Steps(ts[order], np.concatenate((one.change, other.change))[order])
