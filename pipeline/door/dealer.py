"""The dealer: who gets what, decided and written down in one transaction of the ledger.

One process may ask from many threads, and several processes may deal from one ledger: SQLite lets one of them write at
a time, and each takes in what the others wrote before it decides.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pipeline.door import expiry, hands
from pipeline.door.base import Ending, Handed, Visitor
from pipeline.door.choosing import Choice, Question, choose
from pipeline.door.hours import outside_hours
from pipeline.door.pool import Account, Pool
from pipeline.door.table import Table
from pipeline.ledger import LedgerPlace, leases
from pipeline.ledger.leases import Lease
from pipeline.people.roster import NOT_HERE, NOT_THEN, PAUSED, REDO

BARRED = frozenset({PAUSED, REDO, NOT_HERE, NOT_THEN})
"""Why somebody gets nothing at all."""
GIVEN = ("submitted", "skipped")


class Pools(Protocol):
    """Where the newest pool comes from."""

    def newest(self) -> Pool:
        """The newest there is; a newer one may be read meanwhile."""

    def wait(self) -> Pool:
        """The same, once what is being read is read."""


class LedgerDealer:
    """A `Dealer` (pipeline/door/base.py) over a ledger and the newest pool. Safe between threads."""

    def __init__(
        self, place: LedgerPlace, pools: Pools, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._place, self._pools, self._clock = place, pools, clock
        self._key = place.key()
        self._lock = threading.Lock()
        self._laid: Table | None = None

    def deal(self, who: Visitor, project_id: int | None = None) -> Handed | None:
        """The task in their hands, or the one that needs them most; None where there is none, or it lies elsewhere."""
        if who.annotator not in self._pools.newest().people:
            self._pools.wait()  # somebody who was invited just now
        with self._alone() as (con, table, now):
            if _is_barred(table.pool, who, now):
                _give_back(con, who.annotator, now, "not at work on the project")
                return None
            account = table.pool.account(who.annotator)
            expiry.sees(con, who.annotator, now, simulated=account.simulated)
            if (lease := self._in_hand(con, table, who.annotator, now)) is not None:
                return hands.handed(lease) if project_id in (None, lease.project_id) else None
            choice = choose(table, Question(account, now, self._key))
            if choice.task is None:
                expiry.starves(con, who.annotator, now, choice.reason)
                return None
            if project_id not in (None, choice.task.project_id):
                return None
            expiry.finds(con, who.annotator)
            why = _why(table, choice, account, now)
            return hands.handed(hands.into_hands(con, table, choice.task, who.annotator, now, why))

    def held(self, who: Visitor, remote_task_id: int) -> Handed | None:
        """A task that is in their hands, or was and may still be changed, or submitted late, by them."""
        pool, now = self._pools.newest(), self._clock()
        with self._place.reading() as con:
            lease = leases.there(con, remote_task_id, who.annotator)
        return hands.handed(lease) if lease is not None and hands.may_change(pool, lease, now) else None

    def own(self, who: Visitor, project_id: int) -> list[Handed]:
        """What they hold in a project and what they did there that may still be changed, newest first."""
        pool, now = self._pools.newest(), self._clock()
        since = now - hands.CHANGEABLE - timedelta(seconds=expiry.LONGEST)
        with self._place.reading() as con:
            found = leases.since(con, who.annotator, since)
        theirs = [
            lease
            for lease in found
            if lease.project_id == project_id
            and lease.ending != "expired"
            and hands.may_change(pool, lease, now)
        ]
        theirs.sort(key=lambda lease: lease.ended_at or now, reverse=True)
        return [hands.handed(lease) for lease in theirs]

    def touched(self, handed: Handed, active_seconds: float) -> None:
        """A sign of life, where the page was touched: the lease goes on, or comes back where it had run out."""
        with self._alone(expires=False) as (con, table, now):
            lease = leases.newest(con, handed.uid, handed.annotator)
            if lease is None:
                return
            if active_seconds > 0:
                expiry.sees(con, lease.annotator, now, simulated=lease.simulated)
                if lease.ending == "expired":
                    hands.come_back(con, table, lease, now)
            if lease.is_open:
                hands.live_on(con, lease, active_seconds, now)

    def ended(
        self, handed: Handed, ending: Ending, annotation_id: int | None = None, reason: str | None = None
    ) -> None:
        """They submitted it, passed on it (with a reason), or gave it back; the same ending again changes nothing."""
        with self._alone(expires=False) as (con, table, now):
            lease = leases.newest(con, handed.uid, handed.annotator)
            if lease is None:
                return
            if ending in GIVEN:
                expiry.sees(con, lease.annotator, now, simulated=lease.simulated)
            if lease.is_open:
                leases.end(con, lease, ending, now, annotation_id=annotation_id, reason=reason)
            elif lease.ending in GIVEN and ending in GIVEN:
                hands.correct(con, table, lease, ending, annotation_id)
            elif ending in GIVEN:
                hands.hand_in_late(con, table, lease, ending, now, annotation_id)

    def here(self, who: Visitor) -> None:
        """A sign of life from the work page."""
        with self._alone(expires=False) as (con, table, now):
            if not _is_barred(table.pool, who, now):
                simulated = table.pool.account(who.annotator).simulated
                expiry.sees(con, who.annotator, now, simulated=simulated)

    def leaves(self, who: Visitor) -> None:
        """They signed out: what is in their hands goes back, and is the first that they get when they come again."""
        with self._alone(expires=False) as (con, _, now):
            _give_back(con, who.annotator, now, "signed out")
            expiry.leaves(con, who.annotator, now)

    def tick(self) -> None:
        """Take back what ran out, and note who left without a word; to be called every now and then."""
        with self._alone() as (con, _, now):
            for annotator in expiry.silent(con, now):
                expiry.leaves(con, annotator)

    def lay(self, pool: Pool) -> None:
        """Lay a newer pool out beside the work that goes on, then deal from it; what it says is answered, ends."""
        with self._lock:
            before = self._laid.lasts() if self._laid else {}
        with self._place.reading() as con:
            table = Table(pool, con, before)
        with self._lock:
            self._laid = table
        with self._alone(expires=False) as (con, _, now):
            for lease in leases.find(con, "ended_at IS NULL", []):
                if (answer := pool.answers.get((lease.uid, lease.annotator))) is not None:
                    at = min(now, max(answer.at, lease.served_at))
                    how = "skipped" if answer.skipped else "submitted"
                    leases.end(con, lease, how, at, annotation_id=answer.annotation_id)

    @contextmanager
    def _alone(self, *, expires: bool = True) -> Iterator[tuple[sqlite3.Connection, Table, datetime]]:
        """The ledger for oneself, and the table as the ledger is now."""
        pool = self._pools.newest()
        with self._lock, self._place.writing() as con:
            try:
                now = self._clock()
                if expires:
                    expiry.expire(con, now)
                self._laid = self._laid or Table(pool, con)
                self._laid.follow(con)
                yield con, self._laid, now
            except BaseException:
                self._laid = None  # it may have taken in what is undone now
                raise

    def _in_hand(self, con: sqlite3.Connection, table: Table, annotator: str, now: datetime) -> Lease | None:
        """What they have in their hands; what is not to be done any more is taken out of them."""
        lease = leases.open_of(con, annotator)
        if lease is None or hands.is_wanted(table.pool, lease, now):
            return lease
        leases.end(con, lease, "returned", now, reason="not wanted any more")
        table.follow(con)
        return None


def _is_barred(pool: Pool, who: Visitor, at: datetime) -> bool:
    return pool.why_not(who.annotator, "", at, "label") in BARRED


def _give_back(con: sqlite3.Connection, annotator: str, at: datetime, reason: str) -> None:
    if (lease := leases.open_of(con, annotator)) is not None:
        leases.end(con, lease, "returned", at, reason=reason)


def _why(table: Table, choice: Choice, account: Account, at: datetime) -> str:
    """As JSON: the rules that chose, among how many tasks, and whether it was outside their hours."""
    waiting = sum(len(queue.tasks) for queue in table.queues.values())
    why: dict[str, Any] = {"rules": choice.rules, "waiting": waiting}
    if account.person is not None and outside_hours(account.person, at):
        why["hours"] = "outside"
    return json.dumps(why)
