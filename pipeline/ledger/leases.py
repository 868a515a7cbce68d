"""Tasks in people's hands: one row a lease, from served to its end. Decided and written in one transaction."""

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from pipeline.ledger.events import About, happened
from pipeline.ledger.place import moment_of, text_of

HOLDING = "(ended_at IS NULL OR ending = 'submitted')"
"""Leases that take one of a task's votes up."""
_MOMENTS = frozenset({"served_at", "expires_at", "seen_at", "ended_at"})


@dataclass(frozen=True, slots=True)
class Lease:
    """A task, or an adjudication, in somebody's hands, or that was; as `pipeline.door.base.Handed`, and how it goes."""

    uid: str
    purpose: str
    cell: str
    task_type: str
    version: int
    attempt: int
    project_id: int
    remote_task_id: int
    slot: int
    annotator: str
    served_at: datetime
    expires_at: datetime
    term: float
    """Seconds that it stays theirs without a sign of life."""
    seen_at: datetime
    """The last sign of life."""
    swapped: bool
    simulated: bool
    why: str
    ended_at: datetime | None = None
    ending: str | None = None
    annotation_id: int | None = None
    active_seconds: float | None = None
    """While the page was seen and touched; None where it never said."""
    lease_id: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is in their hands now."""
        return self.ended_at is None

    def event(
        self, *, why: str | None = None, until: datetime | None = None, reason: str | None = None
    ) -> About:
        """What an event of it says: how long it was open where it ended."""
        return About(
            annotator=self.annotator,
            simulated=self.simulated,
            uid=self.uid,
            cell=self.cell,
            slot=self.slot,
            open_seconds=None if until is None else max(0.0, (until - self.served_at).total_seconds()),
            active_seconds=None if until is None else self.active_seconds,
            reason=reason,
            why=why,
        )


COLUMNS = tuple(field.name for field in fields(Lease))
_PUT = f"INSERT INTO leases ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our names
_READ = f"SELECT {', '.join(COLUMNS)} FROM leases"  # noqa: S608 - our names


def serve(con: sqlite3.Connection, lease: Lease) -> Lease:
    """Put a task into somebody's hands; raises sqlite3.IntegrityError where that may not be."""
    made = replace(lease, lease_id=secrets.token_hex(16))
    con.execute(_PUT, [_plain(getattr(made, name)) for name in COLUMNS])
    happened(con, "served", made.served_at, made.event(why=made.why))
    return made


def end(
    con: sqlite3.Connection,
    lease: Lease,
    ending: str,
    at: datetime,
    *,
    annotation_id: int | None = None,
    reason: str | None = None,
) -> Lease:
    """End a lease. What expired was at work until its last sign of life."""
    ended = replace(lease, ended_at=at, ending=ending, annotation_id=annotation_id)
    _save(con, ended)
    until = lease.seen_at if ending == "expired" else at
    happened(con, ending, at, ended.event(until=until, reason=reason))  # type: ignore[arg-type] # one of the endings
    return ended


def pass_through(con: sqlite3.Connection, lease: Lease, ending: str, annotation_id: int | None) -> Lease:
    """Write down what was never in their hands by the ledger, or not any more, and is answered all the same."""
    at = lease.served_at
    made = replace(
        lease, lease_id=secrets.token_hex(16), ended_at=at, ending=ending, annotation_id=annotation_id
    )
    con.execute(_PUT, [_plain(getattr(made, name)) for name in COLUMNS])
    happened(con, "served", at, made.event(why=made.why))
    happened(con, ending, at, made.event(until=at, reason="late"))  # type: ignore[arg-type] # one of the endings
    return made


def amend(con: sqlite3.Connection, lease: Lease, **changes: Any) -> Lease:  # noqa: ANN401 - any of its fields
    """Change what a lease says without an event: a sign of life, or a correction of what was submitted."""
    changed = replace(lease, **changes)
    _save(con, changed)
    return changed


def open_of(con: sqlite3.Connection, annotator: str) -> Lease | None:
    """What somebody has in their hands."""
    return next(iter(find(con, "annotator = ? AND ended_at IS NULL", [annotator])), None)


def overdue(con: sqlite3.Connection, at: datetime) -> list[Lease]:
    """Open leases whose time is over."""
    return find(con, "ended_at IS NULL AND expires_at <= ? ORDER BY expires_at", [text_of(at)])


def newest(con: sqlite3.Connection, uid: str, annotator: str) -> Lease | None:
    """The last time that a task was in somebody's hands."""
    return next(
        iter(find(con, "uid = ? AND annotator = ? ORDER BY rowid DESC LIMIT 1", [uid, annotator])), None
    )


def there(con: sqlite3.Connection, remote_task_id: int, annotator: str) -> Lease | None:
    """The same by the task's number in Label Studio."""
    where = "remote_task_id = ? AND annotator = ? ORDER BY rowid DESC LIMIT 1"
    return next(iter(find(con, where, [remote_task_id, annotator])), None)


def since(con: sqlite3.Connection, annotator: str, moment: datetime) -> list[Lease]:
    """What somebody was served since a moment, newest first."""
    return find(con, "annotator = ? AND served_at >= ? ORDER BY rowid DESC", [annotator, text_of(moment)])


def slots(con: sqlite3.Connection, uid: str) -> set[int]:
    """The numbers of a task's votes that are given, or in somebody's hands."""
    return {row[0] for row in con.execute(f"SELECT slot FROM leases WHERE uid = ? AND {HOLDING}", [uid])}  # noqa: S608 - ours


def find(con: sqlite3.Connection, where: str, params: Sequence[object]) -> list[Lease]:
    """The leases that meet a condition of ours."""
    return [_read(row) for row in con.execute(f"{_READ} WHERE {where}", params)]


def _save(con: sqlite3.Connection, lease: Lease) -> None:
    con.execute(
        "UPDATE leases SET slot = ?, expires_at = ?, seen_at = ?, ended_at = ?, ending = ?, annotation_id = ?, "
        "active_seconds = ? WHERE lease_id = ?",
        [
            lease.slot,
            _plain(lease.expires_at),
            _plain(lease.seen_at),
            _plain(lease.ended_at),
            lease.ending,
            lease.annotation_id,
            lease.active_seconds,
            lease.lease_id,
        ],
    )


def _plain(value: object) -> object:
    return text_of(value) if isinstance(value, datetime) else value


def _read(row: sqlite3.Row) -> Lease:
    found = {name: row[name] for name in COLUMNS}
    moments = {name: moment_of(found[name]) for name in _MOMENTS if found[name] is not None}
    return Lease(**{**found, **moments, "swapped": bool(row["swapped"]), "simulated": bool(row["simulated"])})
