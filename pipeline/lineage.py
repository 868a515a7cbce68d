"""Lineage: from a released row back to the annotations behind it, and to the record it was made of."""

import json
from collections.abc import Iterator
from typing import Any

from pipeline.prefilled import against, in_a_word, prefill_of
from pipeline.store import Store
from schemas.errors import UsageError

SAID = """
SELECT a.annotator, a.simulated, a.annotation_id, a.revision_id, a.remote_id, a.result, a.lead_seconds,
    a.created_at, a.synced_at, l.payload, l.checked_at, d.payload AS decided, d.reason,
    coalesce(n.lost, false) AS lost, coalesce(g.version, '') AS guideline
FROM annotations a JOIN latest_annotations n USING (annotation_id)
LEFT JOIN labels l ON l.revision_id = a.revision_id LEFT JOIN decisions d ON d.revision_id = a.revision_id
ASOF LEFT JOIN guideline_spans g ON g.task_type = ? AND a.created_at >= g.since
WHERE {which} ORDER BY a.created_at, a.annotation_id
"""
REVISIONS = SAID.format(which="list_contains(?, a.revision_id)")
VOID = SAID.format(
    which="a.task_id = ? AND a.revision_id IN (SELECT revision_id FROM findings WHERE void) "
    "AND l.revision_id IS NOT NULL"
)
VOTED = SAID.format(which="a.revision_id IN (SELECT revision_id FROM votes WHERE task_id = ?)")
FINDINGS = """
SELECT f.kind, f.detail, f.void, f.found_at FROM findings f JOIN annotations a USING (revision_id)
WHERE a.annotation_id = ? ORDER BY f.found_at, f.finding_id
"""
CASE = "SELECT j.* FROM adjudications j JOIN decisions d USING (adjudication_id) WHERE d.revision_id = ?"
BEFORE = """
SELECT t.task_id, t.attempt, t.overlap, t.generated_at, coalesce(d.redone_at, r.resolved_at) AS ended_at,
    CASE WHEN d.task_id IS NULL THEN r.method ELSE 'redo' END AS ended_by, coalesce(d.reason, e.reason) AS reason,
    e.adjudicator
FROM tasks n JOIN tasks t ON t.item_id = n.item_id AND t.task_type = n.task_type AND t.version = n.version
    AND t.attempt < n.attempt
LEFT JOIN redos d ON d.task_id = t.task_id LEFT JOIN current_resolutions r ON r.task_id = t.task_id
LEFT JOIN decisions e ON r.method = 'sent_back' AND e.revision_id = r.revisions[1]
WHERE n.task_id = ? ORDER BY t.attempt
"""
RECORDS = """
SELECT rec.record_id, rec.prompt_id, rec.payload, rec.ingested_at, w.withdrawn_at
FROM records rec JOIN record_tasks USING (record_id) LEFT JOIN withdrawals w ON w.record_id = rec.record_id
WHERE task_id = ? ORDER BY w.record_id IS NOT NULL, rec.record_id
"""
EVIDENCE = """
SELECT e.record_id, e."check", e.candidate, e.outcome, e.detail, e."by", e.checked_at
FROM evidence e JOIN record_tasks USING (record_id)
WHERE task_id = ? AND e.outcome <> 'nothing_to_check' ORDER BY e.record_id, e."check", e.candidate, e.checked_at
"""

ROWS = """
SELECT r.*, e.made_at, m.payload AS made, o.resolutions
FROM (SELECT * FROM release_rows WHERE starts_with(row_id, ?)) r JOIN releases e USING (version)
LEFT JOIN made_rows m ON m.made_id = r.made_id AND m.row_id = r.row_id AND m.row_hash = r.row_hash
LEFT JOIN made o ON o.made_id = r.made_id ORDER BY e.made_at, r.version
"""
RESOLUTIONS = """
SELECT r.*, t.method AS told_by, t.posterior AS told, t.others
FROM resolutions r LEFT JOIN current_truths t USING (resolution_id) WHERE list_contains(?, r.resolution_id)
"""

NO_GUIDELINE = "-"
"""What stands for the version of a guideline where the project names none."""


def lineage(store: Store, row_id: str) -> dict[str, Any]:
    """The chain behind a row, as nested objects; `row_id` may be shortened to what is unique.

    `resolution` and `task` are those that the row stands with. Of what several tasks hold a part of each, the others
    are in `parts`. Raises UsageError where no row, or more than one, is meant.
    """
    rows = _rows(store, row_id)
    newest = rows[-1]
    own, *parts = (_part(store, resolution) for resolution in _resolutions(store, newest))
    task_id = newest["task_id"]
    evidence = [_parsed(row, "detail", "detail") for row in store.rows(EVIDENCE, [task_id])]
    return {
        "row": {
            "id": newest["row_id"],
            "split": newest["split"],
            "content": _json(newest["payload"] or newest["made"]),
        },
        "releases": [row["version"] for row in rows],
        **own,
        **({"parts": parts} if parts else {}),
        "attempts_before": [_before(store, row, own["task"]) for row in store.rows(BEFORE, [task_id])],
        **({"evidence": evidence} if evidence else {}),
        "records": [_parsed(record, "payload", "record") for record in store.rows(RECORDS, [task_id])],
    }


def _part(store: Store, resolution: dict[str, Any]) -> dict[str, Any]:
    """A task, and how its label came about."""
    task = store.rows("SELECT * FROM tasks WHERE task_id = ?", [resolution["task_id"]])[0]
    prefill = prefill_of(store, task)
    push = store.rows("SELECT * FROM pushes WHERE task_id = ?", [task["task_id"]])
    return {
        "resolution": against(_resolution(store, resolution, task), prefill, task),
        "prefill": prefill,
        "task": _parsed(task, "payload", "item"),
        "push": push[0] if push else None,
    }


def _rows(store: Store, row_id: str) -> list[dict[str, Any]]:
    found = store.rows(ROWS, [row_id])
    ids = {row["row_id"] for row in found}
    if not ids or not row_id:
        raise UsageError(
            f"lineage: no released row has the id {row_id!r}; ids stand in the column `row_id` of a release"
        )
    if len(ids) > 1:
        raise UsageError(f"lineage: {row_id!r} is the beginning of {len(ids)} rows' ids; give more of it")
    return found


def _resolutions(store: Store, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The settled labels that a row was made of, its own task's first."""
    member = "SELECT resolution_id FROM release_members WHERE version = ? AND task_id = ?"
    own = store.value(member, [row["version"], row["task_id"]])
    parts = [part for part in row["resolutions"] or () if part != own]
    found = store.rows(RESOLUTIONS, [[own, *parts]])
    return sorted(found, key=lambda one: [own, *parts].index(one["resolution_id"]))


def _resolution(store: Store, resolution: dict[str, Any], task: dict[str, Any]) -> dict[str, Any]:
    """How the label came about: the votes, the decision where somebody decided, and what did not count."""
    kind, revisions = task["task_type"], resolution["revisions"]
    decision = None
    if resolution["method"] == "adjudicated":
        (decided,) = store.rows(REVISIONS, [kind, revisions])
        (case,) = store.rows(CASE, [decided["revision_id"]])
        decision, revisions = _decision(store, decided, case), case["revisions"]
    void = store.rows(VOID, [kind, task["task_id"]])
    truth = _truth(resolution)
    return {
        **_parsed(resolution, "payload", "label"),
        **({"truth": truth} if truth["method"] else {}),
        "decision": decision,
        "labels": _votes(store, store.rows(REVISIONS, [kind, revisions])),
        "not_counted": _votes(store, [row for row in void if row["revision_id"] not in revisions]),
    }


def _truth(resolution: dict[str, Any]) -> dict[str, Any]:
    """How sure a label is, taken out of its row; `method` is None where nobody has worked it out."""
    others = _json(resolution.pop("others")) or {}
    return {
        "method": resolution.pop("told_by"),
        "posterior": resolution.pop("told"),
        "others": [{"method": name, "label": said[0], "posterior": said[1]} for name, said in others.items()],
    }


def _before(store: Store, attempt: dict[str, Any], task: dict[str, Any]) -> dict[str, Any]:
    """An earlier attempt at the item, with its votes."""
    voted = store.rows(VOTED, [task["task_type"], attempt["task_id"]])
    return {**attempt, "labels": _votes(store, voted)}


def _parsed(row: dict[str, Any], column: str, name: str) -> dict[str, Any]:
    """A row with its JSON column parsed, under another name."""
    rest = {key: value for key, value in row.items() if key != column}
    return {**rest, name: _json(row[column])}


def _json(payload: str | None) -> Any:  # noqa: ANN401 - any JSON
    return None if payload is None else json.loads(payload)


def _votes(store: Store, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "annotator": row["annotator"],
            "simulated": row["simulated"],
            "checked_at": row["checked_at"],
            "guideline": row["guideline"],
            "label": _json(row["payload"]),
            "annotation": _annotation(row),
            "findings": store.rows(FINDINGS, [row["annotation_id"]]),
        }
        for row in rows
    ]


def _decision(store: Store, row: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    return {
        "adjudicator": row["annotator"],
        "simulated": row["simulated"],
        "adjudication_id": case["adjudication_id"],
        "asked_at": case["asked_at"],
        "label": _json(row["decided"]),
        "reason": row["reason"],
        "annotation": _annotation(row),
        "findings": store.rows(FINDINGS, [row["annotation_id"]]),
    }


def _annotation(row: dict[str, Any]) -> dict[str, Any]:
    names = ("annotation_id", "revision_id", "remote_id", "lead_seconds", "created_at", "synced_at", "lost")
    return {**{name: row[name] for name in names}, "result": json.loads(row["result"])}


def in_words(chain: dict[str, Any]) -> list[str]:
    """A lineage for people: one line a link, from the row to the record."""
    task = chain["task"]
    lines = [
        f"row {chain['row']['id']} ({chain['row']['split']}), in release {', '.join(chain['releases'])}",
        *_settled(chain["resolution"]),
        f"  task {task['task_id']} ({task['cell']}, version {task['version']}, attempt {task['attempt']})",
    ]
    for part in chain.get("parts", ()):
        lines += [f"  with task {part['task']['task_id']}, a part of the same", *_settled(part["resolution"])]
    for attempt in reversed(chain["attempts_before"]):
        lines += _attempt(attempt)
    for found in chain.get("evidence", ()):
        what = "the reference" if found["candidate"] < 0 else f"candidate {found['candidate'] + 1}"
        lines.append(
            f"  {found['by']} found of {what}: {found['outcome']} ({found['checked_at']:%Y-%m-%d %H:%M})"
        )
    for record in chain["records"]:
        source = record["record"].get("source") or {}
        gone = f", withdrawn {record['withdrawn_at']:%Y-%m-%d}" if record["withdrawn_at"] else ""
        lines.append(f"  record {record['record_id']}: {source.get('dataset')} row {source.get('row')}{gone}")
    return lines


def _settled(resolution: dict[str, Any]) -> Iterator[str]:
    """How a label came about: who decided, who voted, and what did not count."""
    guideline = resolution["guideline"] or NO_GUIDELINE
    under = "" if guideline == NO_GUIDELINE else f", guideline {guideline}"
    yield (
        f"  settled {resolution['resolved_at']:%Y-%m-%d %H:%M}, {len(resolution['labels'])} votes, "
        f"{resolution['method']}{under}{_sure(resolution.get('truth'))}"
    )
    if (decision := resolution["decision"]) is not None:
        yield "    decided by " + _said(decision["adjudicator"], decision)
    for vote in resolution["labels"]:
        yield "    " + _said(vote["annotator"], vote) + in_a_word(vote)
    for vote in resolution["not_counted"]:
        why = ", ".join(one["kind"] for one in vote["findings"] if one["void"])
        yield f"    not counted ({why}): {_said(vote['annotator'], vote)}"


def _sure(truth: dict[str, Any] | None) -> str:
    """How probable the label is, where a model of the annotators says it."""
    return (
        f", {truth['posterior']:.3f} sure by {truth['method']}"
        if truth and truth["posterior"] is not None
        else ""
    )


def _said(who: str, said: dict[str, Any]) -> str:
    annotation = said["annotation"]
    notes = [", simulated"] * said["simulated"] + [", lost in Label Studio"] * annotation["lost"]
    return (
        f"{who}{''.join(notes)}: annotation {annotation['remote_id']} of "
        f"{annotation['created_at']:%Y-%m-%d %H:%M}: {json.dumps(said['label'], ensure_ascii=False)}"
    )


def _attempt(attempt: dict[str, Any]) -> list[str]:
    how = "asked anew" if attempt["ended_by"] == "redo" else f"sent back by {attempt['adjudicator']}"
    ended = f"{attempt['ended_at']:%Y-%m-%d %H:%M}" if attempt["ended_at"] else "later"
    lines = [f"  attempt {attempt['attempt']}, task {attempt['task_id']}, {how} {ended}: {attempt['reason']}"]
    return lines + ["    " + _said(vote["annotator"], vote) for vote in attempt["labels"]]
