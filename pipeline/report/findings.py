"""What went otherwise than it should: findings, and what sync and check refused, in one list."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.store import Store
from schemas.base import Frozen

FOUND = """
SELECT f.finding_id AS id, f.kind, f.subject, f.cell, f.task_id, f.annotator, f.void, f.detail, f.evidence, f.found_at
FROM findings f
UNION ALL
SELECT j.reject_id, j.reason, j.subject, t.cell, t.task_id, j.evidence ->> '$.annotator',
    j.stage = 'check', j.detail, j.evidence, j.rejected_at
FROM rejects j LEFT JOIN tasks t ON t.task_id = j.evidence ->> '$.task_id'
WHERE j.stage IN ('sync', 'check')
"""
"""An annotation that check refused is no vote, as one with a void finding is none."""


KINDS = f"""
SELECT kind, count(*) AS findings, count(*) FILTER (void) AS void, max(found_at) AS last_at,
    arg_max(detail, (found_at, id)) AS newest
FROM ({FOUND}) GROUP BY kind ORDER BY findings DESC, kind
"""  # noqa: S608 - ours


class FindingCount(Frozen):
    """How often something went otherwise than it should, and what the newest one says."""

    kind: str
    findings: int
    void: int
    """Those that keep an annotation from counting."""
    last_at: datetime
    newest: str


def by_kind(store: Store) -> tuple[FindingCount, ...]:
    """Every kind of finding there was, the most frequent first."""
    return tuple(FindingCount(**row) for row in store.rows(KINDS))


@dataclass(frozen=True)
class Sought:
    """Which findings are asked for; what is None leaves them all."""

    kind: str | None = None
    cells: Sequence[str] | None = None
    annotator: str | None = None
    since: datetime | None = None

    def condition(self) -> tuple[str, list[object]]:
        """The condition, and its parameters."""
        parts: list[tuple[str, object]] = [
            ("kind = ?", self.kind),
            ("list_contains(?, cell)", self.cells),
            ("annotator = ?", self.annotator),
            ("found_at >= ?", self.since),
        ]
        given = [(sql, value) for sql, value in parts if value is not None]
        return " AND ".join(["true", *(sql for sql, _ in given)]), [value for _, value in given]


def findings(store: Store, sought: Sought, limit: int) -> dict[str, Any]:
    """How many there are, how many of each kind, and the newest ones."""
    condition, params = sought.condition()
    found = f"FROM ({FOUND}) WHERE {condition}"
    kinds = store.rows(
        f"SELECT kind, count(*) AS number {found} GROUP BY kind ORDER BY number DESC, kind", params
    )
    newest = store.rows(f"SELECT * {found} ORDER BY found_at DESC, id LIMIT ?", [*params, limit])
    return {
        "total": sum(row["number"] for row in kinds),
        "kinds": {row["kind"]: row["number"] for row in kinds},
        "findings": [{**row, "evidence": json.loads(row["evidence"])} for row in newest],
    }
