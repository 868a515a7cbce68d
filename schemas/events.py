"""The event log that progress is computed from: one row an event, for a project's store and for plain files alike."""

from datetime import datetime
from typing import Literal, TypeAlias, get_args

from schemas.base import Frozen

EventName: TypeAlias = Literal[
    "ingested",
    "screening_started",
    "screened",
    "held",
    "resumed",
    "dropped",
    "ready",
    "served",
    "submitted",
    "skipped",
    "sent_to_adjudication",
    "adjudication_started",
    "accepted",
    "rejected",
    "released",
    "signed_on",
    "signed_off",
    "starved",
]

EVENTS: tuple[EventName, ...] = get_args(EventName)
"""Every event by its name, in the order in which a task would see them; its place is its code in a columnar log."""

COLUMNS = ("ts", "event", "task", "record", "actor", "cell", "attempt", "slot", "lead_seconds", "reason")
"""The columns of the log; unknown is null, and so is a column that a file does not have."""
NEEDED = ("ts", "event")
"""Without these there is no log."""


class AtRest(Frozen):
    """How many tasks ended, and how many of those accepted were released."""

    accepted: int = 0
    dropped: int = 0
    released: int = 0


class Past(Frozen):
    """What a long log leaves out: tasks that had ended before a moment and were not touched since."""

    since: datetime
    """From when on the log tells all."""
    cells: dict[str, AtRest]
    """'' for those of no cell."""

    @property
    def accepted(self) -> int:
        """Of all cells."""
        return sum(one.accepted for one in self.cells.values())

    @property
    def dropped(self) -> int:
        """Of all cells."""
        return sum(one.dropped for one in self.cells.values())
