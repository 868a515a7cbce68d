"""What the log shows of people: what they did, how long they were at work, when they were last seen."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import NOBODY, Columns, Floats, Ints
from pipeline.progress.deriving.work import Spells, Work
from pipeline.progress.forecast.times import Pieces, Times
from pipeline.progress.forecast.window import Window
from schemas.team import Team

UNLIKELY = 5.0
"""Times the usual time for a piece, beyond which a lead time is none."""


@dataclass(frozen=True)
class Seen:
    """What there is to judge people by."""

    columns: Columns
    work: Work
    team: Team
    window: Window
    habits: Window
    """The longer one, for when people work."""
    shifts: Spells
    """When people were at work, without what they stayed for to finish."""
    votes: Pieces
    adjudications: Pieces
    pace: Times
    """Of votes."""
    pace_adjudicating: Times

    def deeds(self) -> "Deeds":
        """Count and add up what people did within the window."""
        actors, cells = len(self.columns.actors), len(self.columns.cells)
        start, end = self.window.start, self.window.end
        votes, adjudications = self.votes.within(start, end), self.adjudications.within(start, end)
        seconds = _seconds(votes, self.pace, actors) + _seconds(adjudications, self.pace_adjudicating, actors)
        known = votes.at(votes.cell != NOBODY)
        place = known.actor.astype(np.int64) * cells + known.cell
        last = np.full(actors, -np.inf)
        named = self.columns.actor != NOBODY
        last[self.columns.actor[named]] = self.columns.ts[named]
        return Deeds(
            votes=np.bincount(place, minlength=actors * cells).reshape(actors, cells).astype(np.int32),
            adjudicated=np.bincount(adjudications.actor, minlength=actors).astype(np.int32),
            working=seconds / 3600 + self.work.starved.hours(start, end, actors),
            present=self.work.present.hours(start, end, actors),
            shifts=self.shifts.hours(start, end, actors),
            last=last,
        )


@dataclass(frozen=True)
class Deeds:
    """What people did within the window."""

    votes: Ints
    """Actors by cells."""
    adjudicated: Ints
    """By actor."""
    working: Floats
    """Hours of work and of waiting for it, by actor."""
    present: Floats
    shifts: Floats
    """Hours at work, and those of them that were not stayed for to finish something."""
    last: Floats
    """When each did something last, in all the log; -inf for never."""


def _seconds(lot: Pieces, pace: Times, actors: int) -> Floats:
    """Of each actor, with the usual time for a piece whose own is not known or cannot be."""
    usual = pace.mean[lot.cell] * pace.factor[lot.actor]
    seconds: Floats = np.where(np.isnan(lot.seconds), usual, np.minimum(lot.seconds, UNLIKELY * usual))
    return np.bincount(lot.actor, weights=seconds, minlength=actors).astype(np.float64)
