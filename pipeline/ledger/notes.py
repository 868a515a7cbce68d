"""What people write at the door, kept until `sync` takes it over, and what the door itself must remember of them."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

from pipeline.ledger.place import LedgerPlace, moment_of, text_of
from schemas.base import Json

Kind: TypeAlias = Literal["dispute", "dispute_answer", "forget", "looked", "answer"]
"""`dispute` and `dispute_answer` hold a fact as JSON, for `sync` to take over; `forget` is a request to be forgotten,
`looked` the guideline that somebody has read, `answer` what somebody says to a question about them."""
KINDS: tuple[Kind, ...] = get_args(Kind)

_OF = "SELECT * FROM notes WHERE annotator = ? AND kind = ? ORDER BY at, note_id"
_ALL = "SELECT * FROM notes WHERE kind = ? ORDER BY at, note_id"
_UNTAKEN = "SELECT * FROM notes WHERE kind = ? AND NOT taken ORDER BY at, note_id"


@dataclass(frozen=True)
class Note:
    """One thing that somebody wrote, or did, at the door."""

    note_id: str
    kind: Kind
    annotator: str
    """Who wrote it."""
    payload: Mapping[str, Any]
    at: datetime
    taken: bool
    """Whether it stands in the store by now."""


class Notes:
    """The notes of a ledger."""

    def __init__(self, place: LedgerPlace) -> None:
        self._place = place

    def put(
        self,
        kind: Kind,
        annotator: str,
        payload: Mapping[str, Json],
        *,
        note_id: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Write one down; with an id that is known already nothing changes. It is on disk when this returns."""
        known_as = note_id or secrets.token_hex(16)
        moment = text_of(at or datetime.now(UTC))
        said = json.dumps(payload, ensure_ascii=True)
        with self._place.writing() as ledger:
            ledger.execute(
                "INSERT OR IGNORE INTO notes (note_id, kind, annotator, payload, at, taken) VALUES (?, ?, ?, ?, ?, 0)",
                (known_as, kind, annotator, said, moment),
            )
        return known_as

    def of(self, annotator: str, kind: Kind) -> list[Note]:
        """What one person wrote, the oldest first."""
        return self._read(_OF, (annotator, kind))

    def all(self, kind: Kind) -> list[Note]:
        """What everybody wrote, the oldest first."""
        return self._read(_ALL, (kind,))

    def untaken(self, kinds: Sequence[Kind] = ("dispute", "dispute_answer")) -> list[Note]:
        """What does not stand in the store yet, kind by kind, the oldest first."""
        return [note for kind in kinds for note in self._read(_UNTAKEN, (kind,))]

    def take(self, note_ids: Iterable[str]) -> None:
        """Say that these stand in the store now."""
        with self._place.writing() as ledger:
            ledger.executemany("UPDATE notes SET taken = 1 WHERE note_id = ?", [(one,) for one in note_ids])

    def _read(self, sql: str, params: Sequence[str]) -> list[Note]:
        with self._place.reading() as ledger:
            rows = ledger.execute(sql, params).fetchall()
        return [
            Note(
                row["note_id"],
                row["kind"],
                row["annotator"],
                json.loads(row["payload"]),
                moment_of(row["at"]),
                bool(row["taken"]),
            )
            for row in rows
        ]
