"""The event log as columns of numbers, sorted by time: what is computed often is computed on these."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from schemas.events import EVENTS, EventName, Past

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

CODE: dict[EventName, int] = {name: code for code, name in enumerate(EVENTS)}
NOBODY = -1
"""The code of an actor, a cell or a task that an event does not name."""


@dataclass(frozen=True)
class Columns:
    """One entry an event, in the order of time; names stand apart, and the columns hold their places there."""

    ts: Floats
    """Seconds since 1970, UTC."""
    event: NDArray[np.int8]
    """The place of the event's name in schemas.events.EVENTS."""
    task: Ints
    actor: Ints
    cell: Ints
    attempt: Ints
    """1 where the log does not say."""
    slot: Ints
    """0 where the log does not say."""
    lead: Floats
    """Seconds; NaN where unknown."""
    tasks: tuple[str, ...]
    actors: tuple[str, ...]
    cells: tuple[str, ...]
    past: Past | None = None
    """What was left out as long past; None where the log is whole."""

    def __len__(self) -> int:
        return len(self.ts)

    @cached_property
    def span(self) -> tuple[float, float]:
        """The first and the last moment of what the log tells whole; (0, 0) of an empty log.

        Of a log whose long past was left out, tasks in hand may have begun before the first.
        """
        if not len(self.ts):
            return (0.0, 0.0)
        first, last = float(self.ts[0]), float(self.ts[-1])
        return (first if self.past is None else min(max(first, self.past.since.timestamp()), last), last)

    def ended(self, what: Literal["accepted", "dropped"]) -> Ints:
        """How many tasks of each cell had ended so in the past that was left out."""
        known = self.past.cells if self.past is not None else {}
        return np.array([getattr(known.get(cell), what, 0) for cell in self.cells], dtype=np.int32)

    def are(self, *events: EventName) -> Mask:
        """Which entries are one of these events."""
        codes = np.zeros(len(EVENTS), dtype=bool)
        codes[[CODE[event] for event in events]] = True
        return codes[self.event]

    def first(self, *events: EventName) -> Floats:
        """Of each task, when the first of these events came; inf where none did."""
        return self._found(self.are(*events), np.inf, backwards=True)

    def last(self, *events: EventName) -> Floats:
        """Of each task, when the last of these events came; -inf where none did."""
        return self._found(self.are(*events), -np.inf)

    def _found(self, which: Mask, never: float, *, backwards: bool = False) -> Floats:
        rows = np.flatnonzero(which & (self.task != NOBODY))
        rows = rows[::-1] if backwards else rows
        found = np.full(len(self.tasks), never)
        found[self.task[rows]] = self.ts[rows]
        return found

    def until(self, moment: float) -> "Columns":
        """The log as it was then: what came later is not in it."""
        return self.at(slice(0, int(np.searchsorted(self.ts, moment, side="right"))))

    def at(self, where: "slice | Mask | NDArray[np.intp]") -> "Columns":
        """Some of the entries, in the order given."""
        return replace(
            self,
            ts=self.ts[where],
            event=self.event[where],
            task=self.task[where],
            actor=self.actor[where],
            cell=self.cell[where],
            attempt=self.attempt[where],
            slot=self.slot[where],
            lead=self.lead[where],
        )
