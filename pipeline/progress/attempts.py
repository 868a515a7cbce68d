"""The attempts at tasks: a task is opened again after a rejection, and each time is an attempt of its own."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from schemas.events import EventName

Places: TypeAlias = NDArray[np.intp]
"""Where entries stand in an array."""
NEVER = np.inf


@dataclass(frozen=True)
class Attempts:
    """Every attempt by a number of its own, and which entry of the log is about which."""

    columns: Columns
    of_row: Ints
    """The attempt that each entry is about; NOBODY for those about no task."""
    begins: Ints
    """Of each task, the number of its first attempt; one place more than there are tasks."""

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.begins[-1])

    @cached_property
    def task(self) -> Ints:
        """The task of each attempt."""
        tasks = len(self.columns.tasks)
        return np.repeat(np.arange(tasks, dtype=np.int32), np.diff(self.begins))

    @cached_property
    def number(self) -> Ints:
        """Each attempt's number within its task, from 1."""
        return (np.arange(self.count) - self.begins[:-1][self.task] + 1).astype(np.int32)

    @cached_property
    def cell(self) -> Ints:
        """The cell of each attempt; of its task where it says none itself."""
        cells = np.full(self.count, NOBODY, dtype=np.int32)
        of_task = np.full(len(self.columns.tasks), NOBODY, dtype=np.int32)
        named = (self.of_row != NOBODY) & (self.columns.cell != NOBODY)
        of_task[self.columns.task[named]] = self.columns.cell[named]
        cells[self.of_row[named]] = self.columns.cell[named]
        return np.where(cells == NOBODY, of_task[self.task], cells)

    def of(self, task: Ints, number: Ints) -> Ints:
        """The attempts of these tasks and numbers."""
        return self.begins[task] + number - 1

    def rows(self, *events: EventName) -> Places:
        """The places of these events that are about a task."""
        return np.flatnonzero(self.columns.are(*events) & (self.of_row != NOBODY))

    def first(self, *events: EventName) -> Floats:
        """When the first of these events came in each attempt; NEVER where none did."""
        rows = self.rows(*events)[::-1]
        found = np.full(self.count, NEVER)
        found[self.of_row[rows]] = self.columns.ts[rows]
        return found

    def arrived(self, *events: EventName) -> Floats:
        """Of each attempt, when the first of these events (of all, where none is named) came of its task."""
        rows = self.rows(*events)[::-1] if events else np.flatnonzero(self.of_row != NOBODY)[::-1]
        found = np.full(len(self.columns.tasks), NEVER)
        found[self.columns.task[rows]] = self.columns.ts[rows]
        return found[self.task]

    def last(self, *events: EventName) -> Floats:
        """When the last of these events came in each attempt; -NEVER where none did."""
        rows = self.rows(*events)
        found = np.full(self.count, -NEVER)
        found[self.of_row[rows]] = self.columns.ts[rows]
        return found

    def counts(self, *events: EventName) -> Ints:
        """How many of these events each attempt has."""
        return np.bincount(self.of_row[self.rows(*events)], minlength=self.count).astype(np.int32)

    def whose_task(self, of_tasks: Mask) -> Mask:
        """Which attempts are at one of these tasks."""
        return of_tasks[self.task]


def attempts_of(columns: Columns) -> Attempts:
    """The attempts of a log."""
    about = columns.task != NOBODY
    numbers = np.maximum(columns.attempt, 1)
    most = np.ones(len(columns.tasks), dtype=np.int32)
    later = about & (numbers > 1)
    np.maximum.at(most, columns.task[later], numbers[later])
    begins = np.concatenate(([0], np.cumsum(most))).astype(np.int32)
    of_row = np.full(len(columns), NOBODY, dtype=np.int32)
    of_row[about] = begins[columns.task[about]] + numbers[about] - 1
    return Attempts(columns, of_row, begins)


def rank_within(groups: Ints) -> Ints:
    """Of each entry, how many of its group came before it."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))) if len(ordered) else order
    sizes = np.diff(np.append(starts, len(ordered)))
    ranks = np.empty(len(groups), dtype=np.int32)
    ranks[order] = np.arange(len(ordered)) - np.repeat(starts, sizes)
    return ranks


def before_by(groups: Ints, times: Floats) -> Floats:
    """Of each entry, in the order of time, when its group's entry before it was; -NEVER for the first."""
    order = np.argsort(groups, kind="stable")
    previous = np.full(len(groups), -NEVER)
    same = groups[order][1:] == groups[order][:-1]
    previous[order[1:][same]] = times[order[:-1][same]]
    return previous
