"""What becomes of tasks, cell by cell: how many come, how many votes they get, how many are contested or sent back."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.progress.attempts import Attempts, attempts_of
from pipeline.progress.columns import NOBODY, Columns, Floats, Ints, Mask
from pipeline.progress.measured import DAY, Span
from pipeline.progress.parked import wants_work

ENOUGH = 20
"""Closed attempts, votes or adjudications of a cell from which its own figure is believed, and not the team's word."""
NEAR = 0.05
"""Votes a task as declared are believed when those measured are this near: single rows get lost."""


@dataclass(frozen=True)
class Tallies:
    """The attempts at tasks that want work, and moments of what happened to them."""

    columns: Columns
    attempts: Attempts
    window: Span

    @cached_property
    def wanted(self) -> Mask:
        """Which attempts are at tasks that want work and whose cell is known."""
        known: Mask = (self.attempts.cell != NOBODY) & (self.opened < np.inf)
        found: Mask = self.attempts.whose_task(self.of_tasks) & known
        return found

    @cached_property
    def of_tasks(self) -> Mask:
        """Which tasks want work."""
        return wants_work(self.columns, self.attempts)

    @cached_property
    def opened(self) -> Floats:
        """When each attempt was ready; by its first trace where that row is lost."""
        return np.minimum(self.attempts.first("ready"), self.attempts.first("served", "submitted"))

    @cached_property
    def closed(self) -> Floats:
        """When the votes of each attempt were all in."""
        return self.attempts.first("sent_to_adjudication", "accepted", "dropped")

    @cached_property
    def sent(self) -> Floats:
        """When each went to adjudication; inf where it did not."""
        return self.attempts.first("sent_to_adjudication")

    @cached_property
    def votes(self) -> Ints:
        """How many votes each attempt got."""
        return self.attempts.counts("submitted")

    def within(self, moments: Floats) -> Mask:
        """Which moments fall in the window, of attempts that count."""
        return self.wanted & (moments > self.window[0]) & (moments <= self.window[1])

    def by_cell(self, which: Mask, weights: Floats | None = None) -> Floats:
        """How many of these attempts each cell has, or the sum of their weights."""
        given = None if weights is None else weights[which]
        return np.bincount(
            self.attempts.cell[which], weights=given, minlength=len(self.columns.cells)
        ).astype(np.float64)

    def by_day(self, moments: Floats) -> Floats:
        """How many of these moments fall on each day of the window, cells by days; the last day ends with it."""
        start, end = self.window
        days = max(1, round((end - start) / DAY))
        which = self.within(moments)
        place = np.minimum(((moments[which] - start) / (end - start) * days).astype(np.int64), days - 1)
        flat = self.attempts.cell[which] * days + place
        cells = len(self.columns.cells)
        return np.bincount(flat, minlength=cells * days).reshape(cells, days).astype(np.float64)


def tallies_of(columns: Columns, window: Span) -> Tallies:
    """The tallies of a log as of the window's end."""
    known = columns.until(window[1])
    return Tallies(known, attempts_of(known), window)


def votes_per_task(tallies: Tallies, declared: Floats) -> Floats:
    """Votes an attempt gets: measured where enough of them closed, else as declared."""
    voted = tallies.within(tallies.closed) & (tallies.votes > 0)
    closed = tallies.by_cell(voted)
    measured = tallies.by_cell(voted, tallies.votes.astype(np.float64)) / np.maximum(closed, 1)
    believed = (closed >= ENOUGH) & (np.abs(measured - declared) > NEAR * declared)
    return np.where(believed, measured, declared)
