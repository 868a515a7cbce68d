"""All that is kept of one person: for them to see, and to take away.

What would tell that an answer given today was gold is left out until the answer can be changed no more.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.checking.kinds import ON_GOLD, PEOPLE_KINDS
from pipeline.door.desk.judged import TELL_AFTER
from pipeline.door.desk.snapshot import TOLD_AFTER, right_before
from pipeline.ledger.place import LedgerPlace, text_of
from pipeline.store import Store
from schemas.people import Person

Rows: TypeAlias = list[dict[str, Any]]

OTHERS = re.compile(r"\bann-[0-9a-f]+")
"""Pseudonyms, as they stand in texts."""

STORED = {
    "people": "SELECT * FROM people WHERE annotator = ?",
    "annotations": "SELECT * FROM annotations WHERE annotator = ? ORDER BY created_at, revision_id",
    "labels": "SELECT * FROM labels WHERE annotator = ? ORDER BY checked_at, revision_id",
    "decisions": "SELECT * FROM decisions WHERE adjudicator = ? ORDER BY checked_at, revision_id",
    "findings": "SELECT * FROM findings WHERE annotator = ? ORDER BY found_at, finding_id",
    "rejects": """
        SELECT DISTINCT j.* FROM rejects j JOIN annotations a ON a.revision_id = j.subject
        WHERE j.stage = 'check' AND a.annotator = ? ORDER BY j.rejected_at, j.reject_id""",
    "pauses": "SELECT * FROM person_pauses WHERE annotator = ? ORDER BY set_at",
    "disputes": "SELECT * FROM disputes WHERE annotator = ? ORDER BY disputed_at",
    "dispute_answers": """
        SELECT d.dispute_id, d.upheld, d.remark, d.answered_at FROM dispute_answers d
        JOIN disputes s USING (dispute_id) WHERE s.annotator = ? ORDER BY d.answered_at""",
}
KEPT = {
    "events": "SELECT * FROM events WHERE annotator = ? ORDER BY ts, seq",
    "leases": "SELECT * FROM leases WHERE annotator = ? ORDER BY served_at",
    "notes": "SELECT kind, payload, at FROM notes WHERE annotator = ? ORDER BY at",
    "links": "SELECT made_at, expires_at, used_at, revoked_at FROM links WHERE annotator = ? ORDER BY made_at",
    "sessions": """
        SELECT role, made_at, seen_at, expires_at, ended_at FROM sessions WHERE annotator = ? ORDER BY made_at""",
    "presence": "SELECT * FROM presence WHERE annotator = ?",
    "accounts": "SELECT email, person_id FROM accounts WHERE annotator = ?",
}
SECRET = ("slot", "why", "purpose")
"""Columns of the ledger that tell whether a task is gold."""


def own_data(
    annotator: str, person: Person | None, store: Store, ledger: LedgerPlace, now: datetime
) -> dict[str, Any]:
    """Everything by table, as JSON; other people's pseudonyms are blanked."""
    found: dict[str, Any] = {
        "annotator": annotator,
        "as_of": now.isoformat(),
        "person": person.model_dump(mode="json", by_alias=True, exclude_none=True) if person else None,
    }
    found |= {name: store.rows(sql, [annotator]) for name, sql in STORED.items()}
    found["findings"] = _findings(found["findings"], now)
    assessed = right_before(store, now - TOLD_AFTER)
    found["assessed"] = [dict(row) for row in assessed if row["annotator"] == annotator]
    with ledger.reading() as asked:
        kept = {name: list(map(dict, asked.execute(sql, (annotator,)))) for name, sql in KEPT.items()}
    found |= _told(kept, now)
    return {name: _without_others(value, annotator) for name, value in found.items()}


def as_json(found: Mapping[str, Any]) -> str:
    """The same as text; times as ISO 8601."""
    return json.dumps(found, ensure_ascii=False, indent=1, default=_plain)


def counts(found: Mapping[str, Any]) -> dict[str, int]:
    """How much is kept of each kind; what there is none of is left out."""
    return {name: len(rows) for name, rows in found.items() if isinstance(rows, list) and rows}


def _findings(rows: Rows, now: datetime) -> Rows:
    """What was found, without what others said of the same tasks, and without how they did on gold just now."""
    told = [row for row in rows if row["kind"] not in ON_GOLD or row["found_at"] + TELL_AFTER <= now]
    return [
        {**row, "evidence": None, "detail": row["detail"].partition("; look at it")[0]}
        if row["kind"] in PEOPLE_KINDS
        else row
        for row in told
    ]


def _told(kept: dict[str, Rows], now: datetime) -> dict[str, Rows]:
    """The ledger's rows, without what would tell gold from other tasks while an answer may be changed."""
    since = text_of(now - TELL_AFTER)
    fresh = {row["uid"] for row in kept["leases"] if row["ended_at"] is None or row["ended_at"] >= since}
    return {
        name: [_blanked(row) if row.get("uid") in fresh else row for row in rows]
        for name, rows in kept.items()
    }


def _blanked(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in SECRET}


def _without_others(value: Any, annotator: str) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        return OTHERS.sub(lambda found: found[0] if found[0] == annotator else "ann-\u2026", value)
    if isinstance(value, list):
        return [_without_others(one, annotator) for one in value]
    if isinstance(value, dict):
        return {name: _without_others(one, annotator) for name, one in value.items()}
    return value


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
