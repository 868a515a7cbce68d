"""What becomes of a task in somebody's hands: it is made theirs, lives on, runs out, comes back, is handed in late.

Work that was done is not lost where that can be helped: who comes back to a task that ran out has it again while a
vote of it is free, and what they submit late is kept in any case, as one vote too many where none is.
"""

import hashlib
import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.door.base import Ending, Handed
from pipeline.door.expiry import term
from pipeline.door.pool import Open, Pool
from pipeline.door.table import Table
from pipeline.ledger import leases
from pipeline.ledger.leases import Lease

CHANGEABLE = timedelta(hours=24)
"""How long somebody may change what they submitted, or still submit what ran out."""
CAME_BACK = json.dumps({"rules": [{"rule": "came back", "among": 1, "left": 1}]})
_FIELDS = tuple(Handed.model_fields)


def handed(lease: Lease) -> Handed:
    """A lease as the rest of the door knows it."""
    return Handed.model_validate({name: getattr(lease, name) for name in _FIELDS})


def into_hands(
    con: sqlite3.Connection, table: Table, task: Open, annotator: str, at: datetime, why: str
) -> Lease:
    """Put a task into somebody's hands."""
    seconds = term(table.pool, task.cell)
    has_sides = task.purpose == "label" and task.task_type in table.pool.mirrored
    swapped = has_sides and swaps(task.uid, annotator)
    lease = Lease(
        uid=task.uid,
        purpose=task.purpose,
        cell=task.cell,
        task_type=task.task_type,
        version=task.version,
        attempt=task.attempt,
        project_id=task.project_id,
        remote_task_id=task.remote_task_id,
        slot=table.slot(task, leases.slots(con, task.uid)),
        annotator=annotator,
        served_at=at,
        expires_at=at + timedelta(seconds=seconds),
        term=seconds,
        seen_at=at,
        swapped=swapped,
        simulated=table.pool.account(annotator).simulated,
        why=json.dumps({**json.loads(why), "swapped": True}) if swapped else why,
    )
    return leases.serve(con, lease)


def swaps(uid: str, annotator: str) -> bool:
    """Whether left and right are swapped: for half of the people, the same ones each time that they see the task."""
    return hashlib.blake2b(f"{uid}/{annotator}".encode(), digest_size=1).digest()[0] % 2 == 1


def is_wanted(pool: Pool, lease: Lease, at: datetime) -> bool:
    """Whether what somebody has in hand is still to be done, and by them; in a cell that was paused they may end it."""
    if pool.why_not(lease.annotator, lease.cell, at, handed(lease).purpose) is not None:
        return False
    task = pool.find(lease.uid)
    return lease.uid in pool.parked or (task is not None and task.remote_task_id == lease.remote_task_id)


def may_change(pool: Pool, lease: Lease, at: datetime) -> bool:
    """Whether they have it in hand, may still change what they submitted, or submit late what ran out."""
    if lease.ended_at is None:
        return True
    if lease.ending == "returned" or at - lease.ended_at > CHANGEABLE or lease.uid in pool.settled:
        return False
    # gold is as closed as work that was settled once it was read
    return lease.uid not in pool.known_answers or (lease.uid, lease.annotator) not in pool.answers


def live_on(con: sqlite3.Connection, lease: Lease, active_seconds: float, at: datetime) -> None:
    """The lease goes on; no page was seen for longer than the time that went by."""
    went_by = max(0.0, (at - lease.seen_at).total_seconds())
    active = (lease.active_seconds or 0.0) + min(max(0.0, active_seconds), went_by)
    if active_seconds <= 0:
        leases.amend(con, lease, active_seconds=active)
    else:
        until = at + timedelta(seconds=lease.term)
        leases.amend(con, lease, active_seconds=active, seen_at=at, expires_at=max(until, lease.expires_at))


def come_back(con: sqlite3.Connection, table: Table, lease: Lease, at: datetime) -> Lease | None:
    """What ran out is theirs again, where they have nothing else in hand and a vote is free; else None."""
    task = table.pool.find(lease.uid)
    if task is None or leases.open_of(con, lease.annotator) is not None or not _is_free(table, task):
        return None
    return into_hands(con, table, task, lease.annotator, at, CAME_BACK)


def hand_in_late(
    con: sqlite3.Connection,
    table: Table,
    lease: Lease,
    ending: Ending,
    at: datetime,
    annotation_id: int | None,
) -> Lease:
    """Take what was submitted after it had run out: as theirs where a vote is free, else as one too many (slot 0)."""
    task = table.pool.find(lease.uid)
    slot = table.slot(task, leases.slots(con, lease.uid)) if task and _is_free(table, task) else 0
    again = replace(
        lease, slot=slot, served_at=at, expires_at=at, seen_at=at, why=CAME_BACK, active_seconds=None
    )
    return leases.pass_through(con, again, ending, annotation_id)


def correct(
    con: sqlite3.Connection, table: Table, lease: Lease, ending: Ending, annotation_id: int | None
) -> None:
    """They changed their mind between an answer and a pass, or the answer's number came later: no event of its own."""
    number = annotation_id if annotation_id is not None else lease.annotation_id
    slot = lease.slot
    if lease.ending == "skipped" and ending == "submitted":
        taken, task = leases.slots(con, lease.uid), table.pool.find(lease.uid)
        if slot in taken:
            slot = table.slot(task, taken) if task and _is_free(table, task) else 0
    leases.amend(con, lease, ending=ending, slot=slot, annotation_id=number)
    table.note(lease.uid, lease.annotator, ending)


def _is_free(table: Table, task: Open) -> bool:
    return task.uid not in table.pool.tasks or table.free(task) > 0
