"""When each attempt wanted one more person: from ready until its last wanted slot was taken, or its end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.progress.attempts import NEVER, Attempts, Places, rank_within
from pipeline.progress.columns import CODE, Floats, Ints, Mask
from pipeline.progress.deriving.serving import Served
from pipeline.progress.deriving.work import Spells
from pipeline.progress.votes import MOST, settled_by_votes
from schemas.events import EventName
from schemas.team import Team

SETTLED = 20
"""Settled attempts of a cell from which on their votes say how many are wanted."""
OFTEN = 0.1
"""Share of settled attempts with so few votes, from which on so few may be enough; fewer may have lost some."""
ADAPTIVE = 0.03
"""Share of settled attempts with more than the usual votes, from which on a further one is asked for at need."""
SETTLING = 60.0
"""Seconds after a vote, within which a task that wants no other is settled."""
_TAKEN = -1
_AGAIN = -2


@dataclass(frozen=True)
class Openings:
    """Stretches in which an attempt was open to one more person, by attempt and start."""

    attempt: Ints
    cell: Ints
    start: Floats
    end: Floats
    """NEVER where it is open still."""

    def at(self, where: Mask | Places) -> "Openings":
        """Some of them."""
        return Openings(self.attempt[where], self.cell[where], self.start[where], self.end[where])

    def of(self, attempt: Ints, moment: Floats) -> Places:
        """The place of the stretch of each attempt that began last before a moment; -1 where there is none."""
        if not len(self.start):
            return np.full(len(attempt), -1)
        zero, span = self.start.min(), np.ptp(self.start) + 2
        keys = self.attempt * span + (self.start - zero + 1)
        wanted = attempt * span + np.clip(moment - zero + 1, 0, span - 1)
        place = np.searchsorted(keys, wanted, side="right") - 1
        return np.where((place >= 0) & (self.attempt[np.maximum(place, 0)] == attempt), place, -1)


def for_votes(attempts: Attempts, served: Served, team: Team) -> Openings:
    """When attempts wanted a vote; what somebody has before them is taken already."""
    wanted, adaptive = _wanted(attempts, team)
    given = ~served.skipped
    votes, finished = served.spells.at(given), served.finished[given]
    number = attempts.of(votes.task, votes.attempt)
    cell = attempts.cell[number]
    taken = rank_within(number) + 1 >= wanted[cell]
    again = taken & adaptive[cell] & finished
    changes = _Changes.joined(
        _Changes.of(
            attempts, "ready", "held", "resumed", "sent_to_adjudication", "accepted", "rejected", "dropped"
        ),
        _Changes.all(number[taken], votes.start[taken], _TAKEN),
        _Changes.all(number[again], votes.end[again], _AGAIN),
    )
    settled = attempts.first("sent_to_adjudication", "accepted", "rejected", "dropped")
    return changes.openings(attempts, "ready", settled)


def for_adjudication(attempts: Attempts, served: Served) -> Openings:
    """When attempts wanted an adjudicator."""
    number = attempts.of(served.spells.task, served.spells.attempt)
    changes = _Changes.joined(
        _Changes.of(attempts, "sent_to_adjudication", "held", "resumed", "accepted", "rejected", "dropped"),
        _Changes.all(number, served.spells.start, _TAKEN),
    )
    settled = attempts.first("accepted", "rejected", "dropped")
    return changes.openings(attempts, "sent_to_adjudication", settled)


@dataclass(frozen=True)
class _Changes:
    """What opens or closes attempts."""

    attempt: Ints
    ts: Floats
    code: NDArray[np.int8]

    @classmethod
    def of(cls, attempts: Attempts, *events: EventName) -> "_Changes":
        """Those of the log."""
        rows = attempts.rows(*events)
        return cls(attempts.of_row[rows], attempts.columns.ts[rows], attempts.columns.event[rows])

    @classmethod
    def all(cls, attempt: Ints, ts: Floats, code: int) -> "_Changes":
        """Several of one kind."""
        return cls(attempt, ts, np.full(len(ts), code, dtype=np.int8))

    @classmethod
    def joined(cls, *lots: "_Changes") -> "_Changes":
        """By attempt and time."""
        attempt = np.concatenate([lot.attempt for lot in lots])
        ts = np.concatenate([lot.ts for lot in lots])
        code = np.concatenate([lot.code for lot in lots])
        order = np.argsort(ts, kind="stable")
        order = order[np.argsort(attempt[order], kind="stable")]
        return cls(attempt[order], ts[order], code[order])

    def openings(self, attempts: Attempts, opens: EventName, settled: Floats) -> Openings:
        """The stretches after what opens, until what comes next of the attempt; nothing opens once it is settled."""
        is_open = np.isin(self.code, (CODE[opens], CODE["resumed"], _AGAIN))
        grace = np.where(self.code == _AGAIN, SETTLING, 0.0)
        moot = (settled[self.attempt] <= self.ts + grace) | (attempts.first(opens)[self.attempt] > self.ts)
        keep = ~(is_open & moot)
        attempt, ts, is_open = self.attempt[keep], self.ts[keep], is_open[keep]
        end = np.append(ts[1:], NEVER)[: len(ts)]
        end[np.flatnonzero(attempt[1:] != attempt[:-1])] = NEVER
        found = is_open & (end > ts)
        return Openings(attempt[found], attempts.cell[attempt[found]], ts[found], end[found])


def _wanted(attempts: Attempts, team: Team) -> tuple[Floats, Mask]:
    """The votes each cell's tasks want at first, as settled ones show, else as declared; and where more come at need.

    The last entry is of no cell.
    """
    table = settled_by_votes(attempts)
    many = table.sum(axis=1)
    often = table >= OFTEN * np.maximum(many, SETTLED)[:, None]
    declared = np.array(
        [max(1.0, float(np.floor(team.votes(cell)))) for cell in attempts.columns.cells] + [2.0]
    )
    wanted = np.where(many >= SETTLED, often.argmax(axis=1), declared)
    more = (table * (np.arange(MOST + 1) > wanted[:, None])).sum(axis=1)
    return wanted, more > ADAPTIVE * np.maximum(many, SETTLED)


def waits(openings: Openings, spells: Spells, attempts: Attempts) -> tuple[Places, Floats]:
    """Of each spell at a task, the opening it took up (-1: none is known), and since when that was open."""
    number = attempts.of(spells.task, spells.attempt)
    place = openings.of(number, spells.start)
    since = np.where(place >= 0, openings.start[place] if len(openings.start) else NEVER, spells.start)
    return place, since
