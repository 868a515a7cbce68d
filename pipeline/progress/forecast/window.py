"""The stretch of the log that parameters are taken from, in days that end with the present moment."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import Columns, Floats, Ints

DAY = 86_400.0
WEEK = 7
WEEKS = (2, 4, 8)
"""Two full weeks, so that no weekday counts more than another; more where they hold little."""
HABITS = 4
ENOUGH = 200
"""Votes from which on a window is not thin."""


@dataclass(frozen=True)
class Window:
    """The last `days` days before `end`; day 0 is the last one."""

    end: float
    days: int

    @property
    def start(self) -> float:
        """Its first moment."""
        return self.end - self.days * DAY

    @property
    def weeks(self) -> float:
        """How many it holds."""
        return self.days / WEEK

    def begin_of(self, day: int) -> float:
        """When a past day begins."""
        return self.end - (day + 1) * DAY

    def day_of(self, moments: Floats) -> Ints:
        """In which past day moments lie."""
        return np.floor((self.end - moments) / DAY).clip(0, self.days - 1).astype(np.int32)

    def like(self, future: int, *, since: int | None = None) -> tuple[int, ...]:
        """The past days that a day to come may repeat: those of its weekday, else those of the same half of the week.

        `since` leaves out days further back than that.
        """
        days = self.days if since is None else max(1, min(self.days, since))
        same = tuple(range(WEEK - 1 - future % WEEK, days, WEEK))
        if same:
            return same
        weekend = self.is_weekend(-1 - future)
        alike = tuple(day for day in range(days) if self.is_weekend(day) == weekend)
        return alike or (() if weekend else tuple(range(days)))

    def is_weekend(self, day: int) -> bool:
        """Whether the middle of a day lies on Saturday or Sunday, UTC; days to come are -1, -2 and so on."""
        middle = self.begin_of(day) + DAY / 2
        return (int(middle // DAY) + 3) % WEEK >= 5  # noqa: PLR2004 - 1970 began on a Thursday


def habits_at(columns: Columns, moment: float) -> Window:
    """The longer window that people's habits are taken from: each weekday four times."""
    there = max(1, int((moment - columns.span[0]) // DAY)) if len(columns) else 1
    return Window(moment, min(there, HABITS * WEEK))


def window_at(columns: Columns, moment: float) -> Window:
    """The window before a moment: at least one day, at most what there is."""
    there = max(1, int((moment - columns.span[0]) // DAY)) if len(columns) else 1
    votes = columns.ts[columns.are("submitted")]
    for weeks in WEEKS:
        begin = moment - weeks * WEEK * DAY
        if np.searchsorted(votes, moment) - np.searchsorted(votes, begin) >= ENOUGH:
            return Window(moment, min(there, weeks * WEEK))
    return Window(moment, min(there, WEEKS[-1] * WEEK))
