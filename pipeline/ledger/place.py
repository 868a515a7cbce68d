"""Where the door's ledger lies, its tables, and how it is read and written.

`.headrace/door.sqlite` may be open in several processes: SQLite keeps one writer at a time, and what is committed is
on disk (WAL, synchronous FULL). Moments are seconds since 1970, UTC. A file of its own, since the store has one writer
and the door must answer while a stage holds it.
"""

import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.private import write_private
from schemas.errors import StoreError

FOLDER = ".headrace"
NAME = "door.sqlite"
KEY = "door.key"
VERSION = 1
PATIENCE = 30.0
"""Seconds that one waits for another process's writing."""

TABLES = """
CREATE TABLE leases (  -- a task in somebody's hands, or that was; never deleted
    lease_id TEXT PRIMARY KEY, uid TEXT NOT NULL, purpose TEXT NOT NULL, cell TEXT NOT NULL, task_type TEXT NOT NULL,
    version INTEGER NOT NULL, attempt INTEGER NOT NULL, project_id INTEGER NOT NULL, remote_task_id INTEGER NOT NULL,
    slot INTEGER NOT NULL, annotator TEXT NOT NULL, served_at TEXT NOT NULL, expires_at TEXT NOT NULL,
    term REAL NOT NULL, seen_at TEXT NOT NULL, ended_at TEXT, ending TEXT, annotation_id INTEGER,
    swapped INTEGER NOT NULL, simulated INTEGER NOT NULL, why TEXT NOT NULL, active_seconds REAL);
CREATE UNIQUE INDEX one_slot ON leases (uid, slot) WHERE slot > 0 AND (ended_at IS NULL OR ending = 'submitted');
CREATE UNIQUE INDEX once_a_person ON leases (uid, annotator)
    WHERE ended_at IS NULL OR ending IN ('submitted', 'skipped');
CREATE UNIQUE INDEX one_in_hand ON leases (annotator) WHERE ended_at IS NULL;
CREATE INDEX leases_open ON leases (expires_at) WHERE ended_at IS NULL;
CREATE INDEX leases_of ON leases (annotator, served_at);
CREATE INDEX leases_there ON leases (remote_task_id, annotator);
CREATE INDEX leases_uid ON leases (uid);

CREATE TABLE events (  -- DoorEventFact, in the order of writing; taken: the store has it
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, ts TEXT NOT NULL, event TEXT NOT NULL,
    annotator TEXT NOT NULL, uid TEXT, cell TEXT, slot INTEGER, open_seconds REAL, active_seconds REAL, reason TEXT,
    why TEXT, simulated INTEGER NOT NULL, taken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX events_new ON events (ts, event_id) WHERE NOT taken;
CREATE INDEX events_task ON events (uid) WHERE uid IS NOT NULL;
CREATE INDEX events_of ON events (annotator, ts);

CREATE TABLE presence (  -- who is at work: a row from signed_on to signed_off
    annotator TEXT PRIMARY KEY, since TEXT NOT NULL, seen_at TEXT NOT NULL, starved_at TEXT,
    simulated INTEGER NOT NULL);

CREATE TABLE notes (  -- what people write at the door: disputes, answers, requests; taken: the store has it
    note_id TEXT PRIMARY KEY, kind TEXT NOT NULL, annotator TEXT NOT NULL, payload TEXT NOT NULL, at TEXT NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX notes_of ON notes (annotator, kind);
CREATE INDEX notes_new ON notes (kind) WHERE NOT taken;

CREATE TABLE links (
    hash TEXT PRIMARY KEY, annotator TEXT NOT NULL, made_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT,
    revoked_at TEXT);
CREATE INDEX links_of ON links (annotator);

CREATE TABLE sessions (
    hash TEXT PRIMARY KEY, annotator TEXT NOT NULL, role TEXT NOT NULL, made_at TEXT NOT NULL, seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL, ended_at TEXT);
CREATE INDEX sessions_of ON sessions (annotator);

CREATE TABLE accounts (  -- the guard's own way into their Label Studio account: the only secret in clear
    annotator TEXT PRIMARY KEY, email TEXT NOT NULL, password TEXT NOT NULL, person_id INTEGER);

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class LedgerPlace:
    """The ledger of one project folder, made where there is none. Safe between threads: each has its connection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self.path = self.folder / NAME
        self._mine = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @staticmethod
    def is_there(folder: Path) -> bool:
        """Whether a project folder has a ledger: it never had a door where it has none."""
        return (folder / FOLDER / NAME).exists()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among all processes: what is written is on disk at its end, or nothing is."""
        con = self._connection()
        with self._errors():
            con.execute("BEGIN IMMEDIATE")
            try:
                yield con
                con.execute("COMMIT")
            except BaseException:
                if con.in_transaction:
                    con.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to ask; all questions within see one state of the ledger."""
        con = self._connection()
        with self._errors():
            if con.in_transaction:  # within one's own writing
                yield con
                return
            con.execute("BEGIN")
            try:
                yield con
            finally:
                con.execute("ROLLBACK")

    def key(self) -> bytes:
        """The secret that links and choices are made with, kept beside the ledger; made where there is none."""
        path = self.folder / KEY
        with self._errors():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._alone():
                if not path.exists():
                    write_private(path, secrets.token_bytes(32))
            return path.read_bytes()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for con in self._all:
                con.close()
            self._all.clear()
            self._mine = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._mine, "con", None)
        if found is None:
            with self._lock, self._errors():
                found = self._open()
                self._all.append(found)
            self._mine.con = found
        return found

    def _open(self) -> sqlite3.Connection:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.exists():  # the files beside it take over its rights
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        con = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        con.row_factory = sqlite3.Row
        con.execute("PRAGMA synchronous = FULL")
        with self._alone():
            con.execute("PRAGMA journal_mode = WAL")
            self._migrate(con)
        return con

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Of several that open a new ledger at once, one makes it: SQLite does not wait for a change of its mode."""
        descriptor = os.open(self.folder / f"{NAME}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _migrate(self, con: sqlite3.Connection) -> None:
        found = _version(con)
        if found == VERSION:
            return
        if found > VERSION:
            con.close()
            raise StoreError(
                f"{self.path}: made by a newer headrace (version {found}, this one knows {VERSION}); upgrade headrace"
            )
        con.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";\n"):
            con.execute(statement)
        con.execute(f"PRAGMA user_version = {VERSION}")
        con.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:  # a slot that somebody else has: who asks knows what to do
            raise
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"{self.path}: should be readable and writable, is not ({error}); check its rights and the disk"
            ) from error


def text_of(moment: datetime) -> str:
    """A moment as the ledger writes it: texts sort as the moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(text: str) -> datetime:
    """The moment that a text of the ledger says."""
    return datetime.fromisoformat(text)


def _version(con: sqlite3.Connection) -> int:
    return int(con.execute("PRAGMA user_version").fetchone()[0])
