"""Rows that must have been there and are not: put back where it is clear when, and else estimated."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.attempts import NEVER, Attempts, attempts_of
from pipeline.progress.columns import Columns, Floats, Ints, Mask
from pipeline.progress.rows import merged, rows_like
from pipeline.progress.votes import MOST, settled_by_votes
from schemas.events import EventName

MOSTLY = 0.5
"""Share of tasks that have an event, from which on its absence is a loss and not a habit of the log."""
AT_ONCE = 600.0
"""Seconds within which nearly all is settled after the last vote, where settling is the log's own work."""
LONG = 20
"""Times that, after which a task with all its votes was settled and only the row is missing."""
SKEW = 3600.0
"""Seconds that a row may stand before the one that must precede it, to be moved there."""
_WORK: tuple[EventName, ...] = (
    "served",
    "submitted",
    "skipped",
    "sent_to_adjudication",
    "adjudication_started",
    "accepted",
    "rejected",
)


@dataclass(frozen=True)
class Lost:
    """What is missing of one event: how many rows were put back or counted, of how many there should be."""

    event: EventName
    missing: int
    expected: int
    put_back: bool


def put_back(columns: Columns) -> tuple[Columns, list[Lost]]:
    """The log with the rows whose loss others show, and what is missing in all."""
    seen = _Seen.of(attempts_of(columns))
    found = [find(seen) for find in (_rejections, _openings, _arrivals, _releases, _settlements)]
    return merged(columns, *(rows for rows, _ in found)), [*(lost for _, lost in found), _votes(seen)]


def in_sequence(columns: Columns) -> tuple[Columns, int]:
    """With each `ready` and `ingested` moved before what came of it, where clocks put it a little behind."""
    ts = columns.ts.copy()
    attempts = attempts_of(columns)
    rows = attempts.rows("ready")
    earliest = attempts.first(*_WORK)[attempts.of_row[rows]]
    moved = (ts[rows] > earliest) & (ts[rows] - earliest <= SKEW)
    ts[rows[moved]] = earliest[moved]
    count = int(moved.sum())
    if not count:
        return columns, 0
    return replace(columns, ts=ts).at(np.argsort(ts, kind="stable")), count


@dataclass(frozen=True)
class _Seen:
    """What the log tells of each attempt."""

    attempts: Attempts
    begun: Floats
    """When work on it began."""
    ready: Floats
    rejected: Floats
    """NEVER where it did not come to it; changed as rows are put back."""
    voted: Floats
    """When the last vote came; -NEVER where none did."""
    votes: Ints

    @classmethod
    def of(cls, attempts: Attempts) -> "_Seen":
        """That of a log."""
        return cls(
            attempts,
            attempts.first(*_WORK),
            attempts.first("ready"),
            attempts.first("rejected"),
            attempts.last("submitted"),
            attempts.counts("submitted"),
        )

    def has(self, *events: EventName) -> Mask:
        """Which attempts have one of these events."""
        return np.isfinite(self.attempts.first(*events))

    def lost(self, event: EventName, where: Mask, ts: Floats, there: Mask) -> tuple[Columns, Lost]:
        """Rows for the attempts that lack one, if it is not that most do."""
        usual = there.sum() >= MOSTLY * (there.sum() + where.sum())
        found = np.flatnonzero(where & usual)
        attempts = self.attempts
        rows = rows_like(
            attempts.columns,
            event,
            ts[found],
            task=attempts.task[found],
            attempt=attempts.number[found],
            cell=attempts.cell[found],
        )
        return rows, Lost(event, len(found), int(there.sum()) + len(found), put_back=True)


def _rejections(seen: _Seen) -> tuple[Columns, Lost]:
    """A later attempt at a task shows that the one before it was rejected."""
    attempts = seen.attempts
    begun = np.minimum(seen.ready, seen.begun)
    following = np.append(begun[1:], NEVER)[: len(begun)]
    following[np.flatnonzero(attempts.number == 1) - 1] = NEVER
    there = np.isfinite(seen.rejected)
    where = ~there & np.isfinite(following) & np.isfinite(begun)
    seen.rejected[where] = following[where]
    return seen.lost("rejected", where, following, there)


def _openings(seen: _Seen) -> tuple[Columns, Lost]:
    """What was worked on was ready, at the latest when work on it began; again, when it had been rejected."""
    there = np.isfinite(seen.ready)
    where = np.isfinite(seen.begun) & ~there
    before = np.append(NEVER, seen.rejected)[: len(there)]
    again = (seen.attempts.number > 1) & (before <= seen.begun)
    opened = np.where(again, before, seen.begun)
    seen.ready[where] = opened[where]
    return seen.lost("ready", where, opened, there)


def _arrivals(seen: _Seen) -> tuple[Columns, Lost]:
    """What is ready came in."""
    first = seen.attempts.number == 1
    opened = np.minimum(seen.ready, seen.attempts.first("screening_started", "screened"))
    there = first & seen.has("ingested")
    return seen.lost("ingested", first & ~there & np.isfinite(opened), opened, there)


def _releases(seen: _Seen) -> tuple[Columns, Lost]:
    """What was released had been accepted; when its last vote came, or the last word on it."""
    last = np.maximum(seen.voted, seen.attempts.last("sent_to_adjudication", "adjudication_started", "ready"))
    there = seen.has("accepted")
    return seen.lost("accepted", seen.has("released") & ~there & np.isfinite(last), last, there)


def _settlements(seen: _Seen) -> tuple[Columns, Lost]:
    """Where settling is at once, a task that has had all its votes for long was settled."""
    attempts = seen.attempts
    outcome = attempts.first("accepted", "sent_to_adjudication")
    there = np.isfinite(outcome) | seen.has("dropped", "rejected", "adjudication_started", "released")
    after = outcome - seen.voted
    after = np.maximum(after[np.isfinite(after)], 0.0)
    delay = float(np.percentile(after, 95)) if len(after) else NEVER
    wanted = _usual_votes(attempts)[attempts.cell]
    at_once = delay <= AT_ONCE
    settled = np.where(np.isfinite(seen.voted), seen.voted, 0.0) + (delay / 2 if at_once else 0.0)
    old = settled < attempts.columns.span[1] - max(LONG * min(delay, AT_ONCE), SKEW)
    where = at_once & old & ~there & np.isfinite(seen.voted) & (seen.votes >= wanted)
    return seen.lost("accepted", where, settled, there)


def _usual_votes(attempts: Attempts) -> Floats:
    """The votes that most settled attempts of each cell got; NEVER where none was settled. The last is of no cell."""
    table = settled_by_votes(attempts)
    return np.where(table.sum(axis=1) > 0, table.argmax(axis=1).astype(np.float64), NEVER)


def _votes(seen: _Seen) -> Lost:
    """Votes that are missing, by the numbers of the slots: a second without a first."""
    attempts = seen.attempts
    rows = attempts.rows("submitted")
    slots = attempts.columns.slot
    rows = rows[(slots[rows] > 0) & (slots[rows] <= MOST)]
    highest = np.zeros(attempts.count, dtype=np.int32)
    np.maximum.at(highest, attempts.of_row[rows], slots[rows])
    keys = np.unique(attempts.of_row[rows].astype(np.int64) * (MOST + 1) + slots[rows])
    there = np.bincount(keys // (MOST + 1), minlength=attempts.count)
    settled = seen.has("accepted", "sent_to_adjudication")
    gaps = int(np.where(settled, np.clip(highest - there, 0, None), 0).sum())
    return Lost("submitted", gaps, gaps + len(rows), put_back=False)
