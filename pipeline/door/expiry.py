"""When a task in somebody's hands is theirs no more, and when somebody is at work no more."""

import sqlite3
from datetime import datetime, timedelta

from pipeline.door.pool import Pool
from pipeline.ledger import leases
from pipeline.ledger.events import About, happened
from pipeline.ledger.leases import Lease
from pipeline.ledger.place import moment_of, text_of

USUAL = 15 * 60.0
"""Seconds that an answer is taken to need where nothing tells."""
TIMES = 4
"""How many times the usual a task may stay without a sign of life."""
SHORTEST, LONGEST = 15 * 60.0, 8 * 3600.0
"""Seconds: the least and the most that a task stays without a sign of life."""
SILENCE = timedelta(minutes=10)
"""After so long without a sign of life somebody is not at work any more, since that sign."""


def term(pool: Pool, cell: str) -> float:
    """Seconds that a task of a cell stays somebody's without a sign of life."""
    return min(LONGEST, max(SHORTEST, TIMES * pool.usual.get(cell, USUAL)))


def expire(con: sqlite3.Connection, at: datetime) -> list[Lease]:
    """Take back what lay too long."""
    return [leases.end(con, lease, "expired", at) for lease in leases.overdue(con, at)]


def sees(con: sqlite3.Connection, annotator: str, at: datetime, *, simulated: bool) -> None:
    """A sign of life: they are at work from here on, where they were not."""
    row = con.execute("SELECT seen_at FROM presence WHERE annotator = ?", [annotator]).fetchone()
    if row is not None and at - moment_of(row["seen_at"]) > SILENCE:
        leaves(con, annotator)
        row = None
    if row is None:
        con.execute(
            "INSERT INTO presence (annotator, since, seen_at, simulated) VALUES (?, ?, ?, ?)",
            [annotator, text_of(at), text_of(at), simulated],
        )
        happened(con, "signed_on", at, About(annotator=annotator, simulated=simulated))
    elif moment_of(row["seen_at"]) < at:
        con.execute("UPDATE presence SET seen_at = ? WHERE annotator = ?", [text_of(at), annotator])


def leaves(con: sqlite3.Connection, annotator: str, at: datetime | None = None) -> None:
    """They are at work no more: from a moment on, or since the last sign of life. Nothing where they were not."""
    row = con.execute("SELECT seen_at, simulated FROM presence WHERE annotator = ?", [annotator]).fetchone()
    if row is None:
        return
    con.execute("DELETE FROM presence WHERE annotator = ?", [annotator])
    about = About(annotator=annotator, simulated=bool(row["simulated"]))
    happened(con, "signed_off", at or moment_of(row["seen_at"]), about)


def silent(con: sqlite3.Connection, at: datetime) -> list[str]:
    """Who is at work by the ledger, but gave no sign of life for long."""
    rows = con.execute("SELECT annotator FROM presence WHERE seen_at < ?", [text_of(at - SILENCE)])
    return [row["annotator"] for row in rows.fetchall()]


def starves(con: sqlite3.Connection, annotator: str, at: datetime, reason: str) -> None:
    """They are at work and find nothing; told once, until they are served or leave."""
    row = con.execute(
        "SELECT starved_at, simulated FROM presence WHERE annotator = ?", [annotator]
    ).fetchone()
    if row is None or row["starved_at"] is not None:
        return
    con.execute("UPDATE presence SET starved_at = ? WHERE annotator = ?", [text_of(at), annotator])
    happened(con, "starved", at, About(annotator=annotator, simulated=bool(row["simulated"]), reason=reason))


def finds(con: sqlite3.Connection, annotator: str) -> None:
    """They found something: the next time that they find nothing is told anew."""
    con.execute("UPDATE presence SET starved_at = NULL WHERE annotator = ?", [annotator])
