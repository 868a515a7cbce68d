"""What happened at the door, in the ledger: written with the deed itself, read by who asks why and by `sync`."""

import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.ledger.place import LedgerPlace, moment_of, text_of
from schemas.base import Frozen
from schemas.door import DoorEvent, DoorEventFact

COLUMNS = tuple(DoorEventFact.model_fields)
_PUT = f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our names
_READ = f"SELECT {', '.join(COLUMNS)} FROM events"  # noqa: S608 - our names


class About(Frozen):
    """What an event is about beyond its moment: the task where there is one, and what is told of it."""

    annotator: str
    simulated: bool
    uid: str | None = None
    cell: str | None = None
    slot: int | None = None
    open_seconds: float | None = None
    active_seconds: float | None = None
    reason: str | None = None
    why: str | None = None


def happened(con: sqlite3.Connection, event: DoorEvent, at: datetime, about: About) -> None:
    """Write an event down, within the transaction that makes it true. Ids sort as the events were written."""
    number = con.execute("SELECT coalesce(max(seq), 0) + 1 FROM events").fetchone()[0]
    known_as = f"{number:012x}{secrets.token_hex(10)}"
    fact = DoorEventFact(event_id=known_as, ts=at, event=event, **about.model_dump())
    row = fact.model_dump()
    con.execute(_PUT, [text_of(value) if name == "ts" else value for name, value in row.items()])


class Events:
    """The events of a ledger."""

    def __init__(self, place: LedgerPlace) -> None:
        self._place = place

    def untaken(self, limit: int = 10_000) -> list[DoorEventFact]:
        """Those that the store does not have yet, the oldest first."""
        return self._read("WHERE NOT taken ORDER BY ts, event_id LIMIT ?", [limit])

    def take(self, event_ids: Iterable[str]) -> None:
        """Say that these stand in the store now."""
        with self._place.writing() as con:
            con.executemany("UPDATE events SET taken = 1 WHERE event_id = ?", [(one,) for one in event_ids])

    def of_task(self, uid: str) -> list[DoorEventFact]:
        """All that happened to a task or an adjudication, the oldest first."""
        return self._read("WHERE uid = ? ORDER BY seq", [uid])

    def of(self, annotator: str, since: datetime) -> list[DoorEventFact]:
        """All that somebody did since a moment, the oldest first."""
        return self._read("WHERE annotator = ? AND ts >= ? ORDER BY seq", [annotator, text_of(since)])

    def _read(self, rest: str, params: Sequence[object]) -> list[DoorEventFact]:
        with self._place.reading() as con:
            rows = con.execute(f"{_READ} {rest}", params).fetchall()
        return [DoorEventFact.model_validate({**row, "ts": moment_of(row["ts"])}) for row in map(dict, rows)]
