"""The tasks behind a figure: by cell, kind, state, person and age, the oldest first, page by page."""

import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pipeline.report.words import SETTLED, STATES
from pipeline.store import Store
from schemas.base import Frozen
from schemas.facts import PersonFact

PAGE = 50
"""Tasks a page."""
OPEN = tuple(
    state.name for state in STATES if state.name not in (*SETTLED, "gold", "superseded", "withdrawn")
)
"""The states of tasks that are not at their end."""

# views over all facts, worked out once a snapshot: a page then takes milliseconds
PREPARE = """
CREATE OR REPLACE TEMP TABLE listed AS
SELECT task_id, cell, task_type, state, attempt, version, overlap, votes, agreement, method, generated_at, resolved_at
FROM task_states ORDER BY generated_at, task_id;
CREATE OR REPLACE TEMP TABLE answered AS
SELECT DISTINCT annotator, task_id FROM latest_annotations WHERE NOT deleted AND NOT skipped
ORDER BY annotator, task_id;
"""
ANSWERS = """
SELECT annotator, created_at, lead_seconds, skipped, simulated, void FROM (
    SELECT a.*, a.annotation_id IN (
        SELECT v.annotation_id FROM findings f JOIN annotations v USING (revision_id) WHERE f.void) AS void
    FROM annotations a WHERE a.task_id = ?
    QUALIFY row_number() OVER (PARTITION BY a.annotation_id ORDER BY a.synced_at DESC, a.updated_at DESC) = 1)
WHERE NOT deleted ORDER BY created_at
"""
OUTCOMES = (
    "SELECT method, votes, agreement, resolved_at FROM resolutions WHERE task_id = ? ORDER BY resolved_at"
)
RECORDS = "SELECT record_id FROM record_tasks WHERE task_id = ? ORDER BY record_id"


class Chosen(Frozen):
    """Which tasks; what is not said does not matter."""

    cell: str | None = None
    kind: str | None = None
    state: str | None = None
    """One of the states, or 'unsettled' for all of OPEN."""
    person: str | None = None
    """Those that this person answered."""
    older: float | None = None
    """Days since the task was made."""

    def said(self) -> dict[str, object]:
        """What was chosen, for a link."""
        return self.model_dump(exclude_none=True)


class Page(NamedTuple):
    """Some of the tasks, and how many there are."""

    tasks: list[dict[str, Any]]
    total: int
    number: int
    pages: int

    @property
    def before(self) -> int:
        """How many of the tasks stand on earlier pages."""
        return PAGE * (self.number - 1)


class Listing:
    """Questions about the tasks of one snapshot; one at a time."""

    def __init__(self, store: Store, now: datetime) -> None:
        store.temporary(PREPARE)
        self._store, self._now = store, now
        self._lock = threading.Lock()
        self.names = {person.annotator: person.name for person in store.facts(PersonFact) if person.name}
        """What people are called, for those who may see it."""

    def page(self, chosen: Chosen, number: int = 1) -> Page:
        """One page of the chosen tasks, counted from 1; the last one where there are not so many."""
        where, params = self._where(chosen)
        with self._lock:
            total = int(self._store.value(f"SELECT count(*) FROM listed WHERE {where}", params))  # noqa: S608 - ours
            pages = max(1, -(-total // PAGE))
            number = min(number, pages)
            tasks = self._store.rows(
                f"SELECT * FROM listed WHERE {where} ORDER BY generated_at, task_id LIMIT ? OFFSET ?",  # noqa: S608 - ours
                [*params, PAGE, PAGE * (number - 1)],
            )
        return Page(tasks, total, number, pages)

    def states(self, chosen: Chosen) -> dict[str, int]:
        """How many of the chosen tasks are in which state, in the states' order."""
        where, params = self._where(chosen)
        with self._lock:
            rows = self._store.rows(
                f"SELECT state, count(*) AS tasks FROM listed WHERE {where} GROUP BY state",  # noqa: S608 - ours
                params,
            )
        found = {row["state"]: int(row["tasks"]) for row in rows}
        return {state.name: found.get(state.name, 0) for state in STATES}

    def task(self, task_id: str) -> dict[str, Any] | None:
        """One task with what was said of it and how it was settled; None where there is none."""
        with self._lock:
            found = self._store.rows("SELECT * FROM listed WHERE task_id = ?", [task_id])
            if not found:
                return None
            return {
                **found[0],
                "answers": self._store.rows(ANSWERS, [task_id]),
                "outcomes": self._store.rows(OUTCOMES, [task_id]),
                "records": [row["record_id"] for row in self._store.rows(RECORDS, [task_id])],
            }

    def unknown(self, task_ids: Sequence[str]) -> frozenset[str]:
        """Those of some tasks that are not in the store: a history that was brought along may name them."""
        with self._lock:
            found = self._store.rows("SELECT task_id FROM listed WHERE list_contains(?, task_id)", [task_ids])
        return frozenset(task_ids) - {row["task_id"] for row in found}

    def close(self, closing: ExitStack) -> None:
        """Close the store, once nobody asks it."""
        with self._lock:
            closing.close()

    def _where(self, chosen: Chosen) -> tuple[str, list[object]]:
        conditions: list[tuple[str, object]] = []
        if chosen.cell is not None:
            conditions.append(("cell = ?", chosen.cell))
        if chosen.kind is not None:
            conditions.append(("task_type = ?", chosen.kind))
        if chosen.person is not None:
            conditions.append(
                ("task_id IN (SELECT task_id FROM answered WHERE annotator = ?)", chosen.person)
            )
        if chosen.older is not None:
            conditions.append(("generated_at <= ?", self._now - timedelta(days=chosen.older)))
        if chosen.state is not None:
            among = OPEN if chosen.state == "unsettled" else (chosen.state,)
            conditions.append(("list_contains(?, state)", list(among)))
        return " AND ".join(sql for sql, _ in conditions) or "true", [param for _, param in conditions]
