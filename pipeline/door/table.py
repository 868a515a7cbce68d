"""What lies on the table now: the pool's tasks that still have a vote to give, after what the ledger knows.

Kept up to date by the ledger's own events, whichever process wrote them, so that a deal looks at a few rows and never
at all tasks.
"""

import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter

from pipeline.door.pool import Open, Pool
from pipeline.ledger.place import text_of

GRACE = timedelta(minutes=2)
"""A sync that began so long after an answer would have brought it: what it did not bring never reached us."""
ORDER = attrgetter("order")
Order = tuple[float, float, str]

STANDING = """
SELECT uid, annotator, ending, ended_at FROM leases
WHERE ended_at IS NULL OR ending IN ('submitted', 'skipped') ORDER BY rowid
"""
NEWS = "SELECT seq, event, uid, annotator, cell FROM events WHERE seq > ? ORDER BY seq"
SERVED = "SELECT annotator, cell, count(DISTINCT uid) FROM leases GROUP BY annotator, cell"
LAST = "SELECT annotator, uid FROM leases WHERE rowid IN (SELECT max(rowid) FROM leases GROUP BY annotator)"
LEFT = """
SELECT uid, annotator FROM leases GROUP BY uid, annotator
HAVING sum(ended_at IS NULL OR ending IN ('submitted', 'skipped')) = 0 ORDER BY max(rowid)
"""
ENDS = {"submitted": "submitted", "skipped": "skipped", "served": "open"}
"""How somebody stands to a task after an event; after the others they do not have it."""


@dataclass
class Queue:
    """The tasks of one Label Studio project and one priority that want votes, the oldest first."""

    project_id: int
    cell: str
    purpose: str
    priority: float
    tasks: list[Open] = field(default_factory=list)
    starts: dict[str, Order] = field(default_factory=dict)
    """For an annotator, before what there is nothing for them."""

    def add(self, task: Open) -> None:
        """Put a task where it belongs; nothing where it lies there already."""
        place = bisect_left(self.tasks, task.order, key=ORDER)
        if place == len(self.tasks) or self.tasks[place].uid != task.uid:
            self.tasks.insert(place, task)
            self.starts = {who: min(order, task.order) for who, order in self.starts.items()}

    def remove(self, task: Open) -> None:
        """Take a task away, where it lies there."""
        place = bisect_left(self.tasks, task.order, key=ORDER)
        if place < len(self.tasks) and self.tasks[place].uid == task.uid:
            del self.tasks[place]

    def after(self, order: Order) -> Iterator[Open]:
        """The tasks from a place on."""
        for place in range(bisect_left(self.tasks, order, key=ORDER), len(self.tasks)):
            yield self.tasks[place]


class Table:
    """A pool with the ledger laid over it. To be used by one thread at a time, within a transaction."""

    def __init__(self, pool: Pool, con: sqlite3.Connection, before: Mapping[str, Open] | None = None) -> None:
        self.pool, self._before = pool, before or {}
        self.queues: dict[tuple[int, str, str, float], Queue] = {}
        self.held: dict[str, dict[str, str]] = defaultdict(dict)
        """By uid and annotator: `open`, `submitted` or `skipped`."""
        self.served: Counter[tuple[str, str]] = Counter()
        """Different tasks of a cell that somebody was served."""
        self.last: dict[str, str] = {}
        """The uid that somebody was served last."""
        self._begun: dict[str, dict[str, None]] = defaultdict(dict)
        self._lost: set[tuple[str, str]] = set()
        self._seq = 0
        self._read(con)

    def follow(self, con: sqlite3.Connection) -> None:
        """Take in what was written since, by whomever."""
        for seq, event, uid, annotator, cell in con.execute(NEWS, [self._seq]).fetchall():
            self._seq = seq
            if uid is not None:
                self._happened(uid, annotator, event, cell)

    def free(self, task: Open) -> int:
        """How many more people may get a task."""
        return task.missing - len(self._counting(task.uid))

    def was_with(self, task: Open, annotator: str) -> bool:
        """Whether somebody has a task, is through with it, or voted on what it is about."""
        if annotator in self.pool.said.get(task.uid, ()) or annotator in self.held.get(task.uid, ()):
            return True
        return task.purpose == "adjudicate" and annotator in self.held.get(task.about, ())

    def last_of(self, annotator: str) -> Open | None:
        """What somebody was served last, also where it is settled by now; None where nobody remembers it."""
        uid = self.last.get(annotator, "")
        return self.pool.find(uid) or self._before.get(uid)

    def lasts(self) -> dict[str, Open]:
        """What everybody was served last, by uid: a newer table does not find what was settled since."""
        found = map(self.last_of, self.last)
        return {task.uid: task for task in found if task is not None}

    def begun(self, annotator: str) -> list[Open]:
        """What somebody gave back, or left for too long, and that may still be done; the last first."""
        found = [self.pool.find(uid) for uid in reversed(self._begun[annotator])]
        return [task for task in found if task and (task.uid not in self.pool.tasks or self.free(task) > 0)]

    def slot(self, task: Open, taken: set[int]) -> int:
        """The number of the vote that is given next: the first that nobody has; 0 for gold."""
        if task.uid not in self.pool.tasks:
            return 0
        said = self.pool.said.get(task.uid, ())
        known = sum(
            state == "submitted" and who in said for who, state in self.held.get(task.uid, {}).items()
        )
        number = 1 + max(0, self.pool.given.get(task.uid, 0) - known)
        while number in taken:
            number += 1
        return number

    def _counting(self, uid: str) -> list[str]:
        """Who takes up a vote that the snapshot still counts as missing."""
        said = self.pool.said.get(uid, ())
        return [
            who
            for who, state in self.held.get(uid, {}).items()
            if state != "skipped" and who not in said and (uid, who) not in self._lost
        ]

    def note(self, uid: str, annotator: str, state: str | None) -> None:
        """Say how somebody stands to a task now; None: they do not have it any more."""
        if state is None:
            self.held[uid].pop(annotator, None)
            self._begun[annotator].pop(uid, None)
            self._begun[annotator][uid] = None
        else:
            self.held[uid][annotator] = state
            self._begun[annotator].pop(uid, None)
        if (task := self.pool.tasks.get(uid)) is not None:
            (self._queue(task).add if self.free(task) > 0 else self._queue(task).remove)(task)

    def _read(self, con: sqlite3.Connection) -> None:
        self._seq = con.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
        before = text_of(self.pool.synced_at - GRACE) if self.pool.synced_at else ""
        for uid, who, ending, ended_at in con.execute(STANDING):
            if self.pool.find(uid) is None and uid not in self.pool.judged:
                continue  # settled long ago
            self.held[uid][who] = ending or "open"
            if ending == "submitted" and ended_at < before:
                self._lost.add((uid, who))
        self.served.update({(who, cell): n for who, cell, n in con.execute(SERVED)})
        self.last = dict(con.execute(LAST).fetchall())
        for uid, who in con.execute(LEFT):
            self._begun[who][uid] = None
        for task in self.pool.tasks.values():
            if self.free(task) > 0:
                self._queue(task).tasks.append(task)
        for queue in self.queues.values():
            queue.tasks.sort(key=ORDER)

    def _happened(self, uid: str, annotator: str, event: str, cell: str) -> None:
        if event == "served":
            self.last[annotator] = uid
            self.served[annotator, cell] += uid not in self._begun[annotator]
        self.note(uid, annotator, ENDS.get(event))

    def _queue(self, task: Open) -> Queue:
        key = task.project_id, task.cell, task.purpose, task.priority
        if key not in self.queues:
            self.queues[key] = Queue(*key)
        return self.queues[key]
