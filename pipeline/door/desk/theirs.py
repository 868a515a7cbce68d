"""What the door's ledger knows of one person, and who may come in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.door.desk.hours import Step
from pipeline.ledger.place import LedgerPlace, moment_of, text_of

STEPS = "SELECT ts, event, uid, active_seconds FROM events WHERE annotator = ? AND ts >= ? ORDER BY ts, seq"
STARVED = "SELECT starved_at FROM presence WHERE annotator = ?"
PRESENT = "SELECT seen_at FROM presence WHERE annotator = ?"
SWAPPED = "SELECT DISTINCT uid FROM leases WHERE annotator = ? AND swapped AND uid IN ({})"
ADDRESS = "SELECT email FROM accounts WHERE annotator = ?"
LINKS = "SELECT annotator, made_at, expires_at, used_at, revoked_at FROM links ORDER BY made_at DESC"
SESSIONS = "SELECT annotator, seen_at, expires_at, ended_at FROM sessions ORDER BY seen_at DESC"


@dataclass(frozen=True)
class Access:
    """Whether and how somebody may come in."""

    annotator: str
    invited_at: datetime | None
    """When their newest link was made."""
    state: str
    """Of that link: `unused`, `used`, `expired` or `revoked`; empty where they have none."""
    sessions: int
    """Browsers that they are signed in with now."""
    seen_at: datetime | None


class Theirs:
    """Asks the ledger."""

    def __init__(self, place: LedgerPlace) -> None:
        self._place = place

    def steps(self, annotator: str, since: datetime) -> list[Step]:
        """What a person did at the door since a moment, in its order."""
        with self._place.reading() as ledger:
            rows = ledger.execute(STEPS, (annotator, text_of(since))).fetchall()
            here = ledger.execute(PRESENT, (annotator,)).fetchone()
        found = [Step(moment_of(ts), event, uid, active) for ts, event, uid, active in rows]
        if here and (at := moment_of(here["seen_at"])) >= (found[-1].at if found else since):
            found.append(Step(at, "seen"))
        return found

    def is_starved(self, annotator: str) -> bool:
        """Whether a person is at work, and the last time that they asked for a task there was none."""
        with self._place.reading() as ledger:
            found = ledger.execute(STARVED, (annotator,)).fetchone()
        return found is not None and found["starved_at"] is not None

    def swapped(self, annotator: str, uids: Sequence[str]) -> frozenset[str]:
        """Those of these tasks in which left and right were swapped for a person."""
        marks = ", ".join("?" * len(uids))
        with self._place.reading() as ledger:
            rows = ledger.execute(SWAPPED.format(marks), (annotator, *uids)).fetchall()
        return frozenset(row["uid"] for row in rows)

    def address(self, annotator: str) -> str:
        """The mail address that a person was invited under; empty where they were not."""
        with self._place.reading() as ledger:
            found = ledger.execute(ADDRESS, (annotator,)).fetchone()
        return str(found["email"]) if found else ""

    def access(self, now: datetime) -> list[Access]:
        """Who may come in, or might, the one seen last first."""
        with self._place.reading() as ledger:
            links = [dict(row) for row in ledger.execute(LINKS).fetchall()]
            sessions = [dict(row) for row in ledger.execute(SESSIONS).fetchall()]
        people = dict.fromkeys(row["annotator"] for row in (*sessions, *links))
        return [_access(one, _of(one, links), _of(one, sessions), now) for one in people]


def _of(annotator: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["annotator"] == annotator]


def _access(
    annotator: str, links: list[dict[str, Any]], sessions: list[dict[str, Any]], now: datetime
) -> Access:
    is_on = [one for one in sessions if not one["ended_at"] and moment_of(one["expires_at"]) > now]
    return Access(
        annotator=annotator,
        invited_at=moment_of(links[0]["made_at"]) if links else None,
        state=_state(links[0], now) if links else "",
        sessions=len(is_on),
        seen_at=moment_of(sessions[0]["seen_at"]) if sessions else None,
    )


def _state(link: dict[str, Any], now: datetime) -> str:
    if link["revoked_at"]:
        return "revoked"
    if link["used_at"]:
        return "used"
    return "unused" if moment_of(link["expires_at"]) > now else "expired"
