"""What the desk knows of a project: copied out of one snapshot into plain memory, by person."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from pipeline.checking.kinds import ON_GOLD
from pipeline.store import Store

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = tuple[Row, ...]

TOLD_AFTER = timedelta(hours=25)
"""What is told of how good somebody is, is at least so old: else it would tell how they did on gold just now."""
DAYS_BACK = 9
"""A week that began on Monday, anywhere on Earth, began within so many days."""

THEIR_OWN = ("asks to be forgotten", "gold disputed", "label disputed")
"""Findings that come of what somebody asked for themselves: nothing to ask them about."""
NOT_ASKED = (*THEIR_OWN, *ON_GOLD)
"""Those that are not asked about: what gold says of somebody stands on their desk a day later."""

WAITING = """
WITH open AS (
    SELECT w.uid, w.purpose, w.cell FROM wanted w JOIN pushes p ON p.task_id = w.uid
    LEFT JOIN remote_states s ON s.task_id = w.uid
    WHERE w.missing > 0 AND NOT w.paused AND w.gold IS NULL AND NOT coalesce(s.gone, false))
"""
OPEN = f"{WAITING} SELECT cell, purpose, count(*) AS tasks FROM open GROUP BY ALL ORDER BY cell, purpose"  # noqa: S608 - ours
ANSWERED = f"""{WAITING},
said AS (
    SELECT o.cell, o.purpose, o.uid, a.annotator FROM open o JOIN latest_annotations a ON a.task_id = o.uid
    WHERE NOT a.deleted
    UNION
    SELECT o.cell, o.purpose, o.uid, a.annotator FROM open o JOIN adjudications j ON j.adjudication_id = o.uid
    JOIN latest_annotations a ON a.task_id = j.task_id WHERE NOT a.deleted)
SELECT annotator, cell, purpose, count(*) AS tasks FROM said GROUP BY ALL
"""  # noqa: S608 - ours
DONE = """
SELECT annotator, task_id AS uid, created_at AS at, skipped
FROM latest_annotations WHERE NOT deleted AND created_at >= ? ORDER BY created_at
"""
GOLD = """
SELECT annotator, task_id, cell, task_type, version, payload AS said, known, clause, submitted_at AS at
FROM gold_said ORDER BY submitted_at DESC, task_id
"""
OVERTURNED = """
SELECT v.annotator, r.task_id, r.resolution_id, t.cell, t.task_type, t.version, v.payload AS said,
    r.payload AS known, coalesce(d.reason, '') AS reason, r.resolved_at AS at
FROM current_resolutions r JOIN votes v USING (task_id) JOIN tasks t USING (task_id)
LEFT JOIN decisions d ON d.revision_id = r.revisions[1]
WHERE r.method = 'adjudicated' AND r.payload IS NOT NULL AND v.payload <> r.payload
ORDER BY r.resolved_at DESC, r.task_id
"""
ITEMS = """
SELECT task_id, payload FROM tasks
WHERE task_id IN (SELECT task_id FROM gold_said)
    OR task_id IN (SELECT r.task_id FROM current_resolutions r WHERE r.method = 'adjudicated')
"""
DISPUTES = """
WITH answers AS (
    SELECT * FROM dispute_answers QUALIFY row_number() OVER (PARTITION BY dispute_id ORDER BY answered_at DESC) = 1)
SELECT d.*, a.upheld, a.remark AS answer, a.answered_at
FROM disputes d LEFT JOIN answers a USING (dispute_id) ORDER BY d.disputed_at DESC, d.dispute_id
"""
ASKED = """
SELECT annotator, kind, bool_or(void) AS void, count(*) AS times, max(found_at) AS last_at, list(DISTINCT cell) AS cells
FROM (
    SELECT annotator, kind, void, found_at, cell FROM findings
    WHERE annotator IS NOT NULL AND kind NOT IN (SELECT unnest(?))
    UNION ALL
    SELECT a.annotator, j.reason, true, j.rejected_at, t.cell
    FROM rejects j JOIN annotations a ON j.stage = 'check' AND a.revision_id = j.subject
    LEFT JOIN tasks t USING (task_id))
GROUP BY annotator, kind ORDER BY last_at DESC, kind
"""
GUIDELINES = "SELECT task_type, version, text, since FROM guidelines ORDER BY task_type, since"
PAUSED = "SELECT annotator, reason, set_at, redo_since FROM paused_people"
CELLS = "SELECT DISTINCT cell, task_type FROM tasks ORDER BY cell"
REDONE = "SELECT task_id FROM redos"
ASSESSED = "SELECT payload FROM assessments WHERE assessed_at <= ? ORDER BY assessed_at DESC LIMIT 1"
AS_OF = "SELECT max(synced_at) FROM syncs"


@dataclass(frozen=True)
class Known:
    """One snapshot; what is by person stands under their pseudonym."""

    as_of: datetime | None = None
    """When Label Studio was last read; None where it never was."""
    open: Rows = ()
    """Tasks that want answers: `cell`, `purpose`, `tasks`."""
    answered: Mapping[str, Rows] = field(default_factory=dict)
    """Of these, those that a person has answered already, or may not be asked."""
    done: Mapping[str, Rows] = field(default_factory=dict)
    gold: Mapping[str, Rows] = field(default_factory=dict)
    overturned: Mapping[str, Rows] = field(default_factory=dict)
    """Votes that differ from what an adjudicator decided; how far is not looked at yet."""
    items: Mapping[str, str] = field(default_factory=dict)
    """The item, as JSON, of each task that gold or an adjudication is about."""
    disputes: Mapping[str, Rows] = field(default_factory=dict)
    asked: Mapping[str, Rows] = field(default_factory=dict)
    """Findings about a person, kind by kind."""
    right: Mapping[str, Rows] = field(default_factory=dict)
    """How often a person is right in each kind of work, as people were assessed before a day ago."""
    guidelines: Mapping[str, Rows] = field(default_factory=dict)
    """The versions of each task type's guideline, the oldest first."""
    paused: Mapping[str, Rows] = field(default_factory=dict)
    cells: Rows = ()
    redone: frozenset[str] = frozenset()
    """Tasks that were asked for anew."""


def read(store: Store, now: datetime) -> Known:
    """Copy out of a store what the desk shows."""
    return Known(
        as_of=store.value(AS_OF),
        open=tuple(store.rows(OPEN)),
        answered=_by("annotator", store.rows(ANSWERED)),
        done=_by("annotator", store.rows(DONE, [now - timedelta(days=DAYS_BACK)])),
        gold=_by("annotator", store.rows(GOLD)),
        overturned=_by("annotator", store.rows(OVERTURNED)),
        items={row["task_id"]: row["payload"] for row in store.rows(ITEMS)},
        disputes=_by("annotator", store.rows(DISPUTES)),
        asked=_by("annotator", store.rows(ASKED, [list(NOT_ASKED)])),
        right=_by("annotator", right_before(store, now - TOLD_AFTER)),
        guidelines=_by("task_type", store.rows(GUIDELINES)),
        paused=_by("annotator", store.rows(PAUSED)),
        cells=tuple(store.rows(CELLS)),
        redone=frozenset(row["task_id"] for row in store.rows(REDONE)),
    )


def right_before(store: Store, until: datetime) -> list[Row]:
    """How often everybody is right in each kind of work, as people were assessed last before a moment."""
    rows = store.rows(ASSESSED, [until])
    people: list[Row] = json.loads(rows[0]["payload"])["people"] if rows else []
    return people


def _by(name: str, rows: Iterable[Row]) -> dict[str, Rows]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return {key: tuple(of_one) for key, of_one in found.items()}
