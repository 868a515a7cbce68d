"""Lineage: from a released row back to the annotations behind it, and to the record it was made of."""

import json
from typing import Any

from pipeline.store import Store
from schemas.errors import UsageError

VOTES = """
SELECT l.annotator, l.payload, l.simulated, a.annotation_id, a.revision_id, a.remote_id, a.result, a.lead_seconds,
    a.created_at, a.synced_at, l.checked_at
FROM labels l JOIN annotations a USING (revision_id)
WHERE list_contains(?, l.revision_id) ORDER BY a.created_at, a.annotation_id
"""
RECORDS = """
SELECT rec.record_id, rec.prompt_id, rec.payload, rec.ingested_at
FROM records rec JOIN record_tasks USING (record_id) WHERE task_id = ? ORDER BY record_id
"""


def lineage(store: Store, row_id: str) -> dict[str, Any]:
    """The chain behind a row, as nested objects; `row_id` may be shortened to what is unique.

    Raises UsageError where no row, or more than one, is meant.
    """
    rows = _rows(store, row_id)
    newest = rows[-1]
    member = store.rows(
        "SELECT * FROM release_members WHERE version = ? AND task_id = ?",
        [newest["version"], newest["task_id"]],
    )[0]
    resolution = store.rows("SELECT * FROM resolutions WHERE resolution_id = ?", [member["resolution_id"]])[0]
    task = store.rows("SELECT * FROM tasks WHERE task_id = ?", [newest["task_id"]])[0]
    push = store.rows("SELECT * FROM pushes WHERE task_id = ?", [newest["task_id"]])
    return {
        "row": {"id": newest["row_id"], "split": newest["split"], "content": json.loads(newest["payload"])},
        "releases": [row["version"] for row in rows],
        "resolution": {
            **_parsed(resolution, "payload", "label"),
            "revisions": resolution["revisions"],
            "labels": [_vote(vote) for vote in store.rows(VOTES, [resolution["revisions"]])],
        },
        "task": _parsed(task, "payload", "item"),
        "push": push[0] if push else None,
        "records": [
            _parsed(record, "payload", "record") for record in store.rows(RECORDS, [task["task_id"]])
        ],
    }


def _rows(store: Store, row_id: str) -> list[dict[str, Any]]:
    found = store.rows(
        "SELECT r.*, e.made_at FROM release_rows r JOIN releases e USING (version) "
        "WHERE starts_with(r.row_id, ?) ORDER BY e.made_at, r.version",
        [row_id],
    )
    ids = {row["row_id"] for row in found}
    if not ids or not row_id:
        raise UsageError(
            f"lineage: no released row has the id {row_id!r}; ids stand in the column `id` of a release"
        )
    if len(ids) > 1:
        raise UsageError(f"lineage: {row_id!r} is the beginning of {len(ids)} rows' ids; give more of it")
    return found


def _parsed(row: dict[str, Any], column: str, name: str) -> dict[str, Any]:
    """A row with its JSON column parsed, under another name."""
    payload = row[column]
    rest = {key: value for key, value in row.items() if key != column}
    return {**rest, name: None if payload is None else json.loads(payload)}


def _vote(row: dict[str, Any]) -> dict[str, Any]:
    annotation = {
        key: row[key]
        for key in ("annotation_id", "revision_id", "remote_id", "lead_seconds", "created_at", "synced_at")
    }
    return {
        "annotator": row["annotator"],
        "simulated": row["simulated"],
        "checked_at": row["checked_at"],
        "label": json.loads(row["payload"]),
        "annotation": {**annotation, "result": json.loads(row["result"])},
    }


def in_words(chain: dict[str, Any]) -> list[str]:
    """A lineage for people: one line a link, from the row to the record."""
    task, resolution = chain["task"], chain["resolution"]
    lines = [
        f"row {chain['row']['id']} ({chain['row']['split']}), in release {', '.join(chain['releases'])}",
        f"  settled {resolution['resolved_at']:%Y-%m-%d %H:%M}, {resolution['votes']} votes, {resolution['method']}",
    ]
    for vote in resolution["labels"]:
        annotation = vote["annotation"]
        simulated = ", simulated" if vote["simulated"] else ""
        lines.append(
            f"    {vote['annotator']}{simulated}: annotation {annotation['remote_id']} of "
            f"{annotation['created_at']:%Y-%m-%d %H:%M}: {json.dumps(vote['label'], ensure_ascii=False)}"
        )
    lines.append(
        f"  task {task['task_id']} ({task['cell']}, version {task['version']}, attempt {task['attempt']})"
    )
    for record in chain["records"]:
        source = record["record"].get("source") or {}
        lines.append(f"  record {record['record_id']}: {source.get('dataset')} row {source.get('row')}")
    return lines
