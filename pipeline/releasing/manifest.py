"""The manifest: what a release holds and where it comes from, with the hash of every file."""

import hashlib
from collections import Counter
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from pipeline.releasing.leaks import Looked
from pipeline.releasing.rows import Content
from pipeline.releasing.sets import set_of
from pipeline.store import Store
from schemas.project import Project
from tasks import task_types

BEHIND = """
WITH inside AS (SELECT unnest(?::VARCHAR[]) AS task_id)
SELECT rec.dataset, rec.license, rec.language, count(DISTINCT rec.record_id) AS records
FROM inside JOIN record_tasks USING (task_id) JOIN records rec USING (record_id)
ANTI JOIN withdrawals w ON w.record_id = rec.record_id
GROUP BY ALL ORDER BY ALL
"""
VOICES = """
WITH inside AS (SELECT unnest(?::VARCHAR[]) AS resolution_id),
said AS (SELECT unnest(revisions) AS revision_id FROM resolutions JOIN inside USING (resolution_id)),
decision AS (SELECT d.* FROM decisions d JOIN said USING (revision_id)),
revision AS (
    SELECT revision_id FROM said UNION
    SELECT unnest(j.revisions) FROM decision JOIN adjudications j USING (adjudication_id)),
voice AS (SELECT DISTINCT annotator, simulated, revision_id FROM revision JOIN labels USING (revision_id))
SELECT count(*) AS labels, count(DISTINCT annotator) AS annotators,
    count(DISTINCT annotator) FILTER (simulated) AS simulated_annotators,
    count(*) FILTER (simulated) AS simulated_labels,
    (SELECT count(*) FROM decision) AS decisions,
    (SELECT count(DISTINCT adjudicator) FROM decision) AS adjudicators,
    (SELECT count(*) FROM decision WHERE simulated) AS simulated_decisions
FROM voice
"""
"""The votes behind what an adjudicator decided are behind the row too."""
BY_MACHINE = "SELECT count(*) FROM resolutions WHERE method = 'machine' AND list_contains(?, resolution_id)"
AGREEMENT = """
WITH known AS (
    SELECT * FROM resolutions WHERE resolved_at <= ?
    QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY resolved_at DESC, resolution_id) = 1)
SELECT t.task_type, t.version, count(*) FILTER (r.method <> 'machine') AS compared,
    count(*) FILTER (r.payload IS NULL) AS disputed, count(*) FILTER (r.method = 'adjudicated') AS adjudicated,
    avg(r.agreement) AS agreement
FROM known r JOIN tasks t USING (task_id)
ANTI JOIN redos d ON d.task_id = r.task_id
ANTI JOIN withdrawn w ON w.task_id = r.task_id
WHERE r.method <> 'reopened'
GROUP BY ALL ORDER BY ALL
"""
"""Over all tasks compared by then, the disputed ones too: those that got in agree better than people do."""


def describe(
    store: Store, project: Project, version: str, content: Content, looked: Looked | None = None
) -> dict[str, Any]:
    """The manifest without its files: everything in it follows from the facts, the project and its benchmarks."""
    tasks = [member.task_id for member in content.members]
    resolutions = [member.resolution_id for member in content.members]
    behind = store.rows(BEHIND, [tasks])
    voices = store.rows(VOICES, [resolutions])[0]
    machine = store.value(BY_MACHINE, [resolutions])
    until = content.facts_until
    return {
        "name": project.name,
        "version": version,
        "headrace": installed_version("headrace"),
        "digest": content.digest(),
        "facts_until": until.isoformat() if until else None,
        "simulated": voices["simulated_labels"] + voices["simulated_decisions"] > 0,
        "simulated_rows": content.simulated_rows,
        "counts": {
            "records": sum(row["records"] for row in behind),
            "tasks": len(tasks),
            "rows": content.row_count,
            **({"passed": content.passed} if content.passed else {}),
            **voices,
            **({"by_machine": machine} if machine else {}),
        },
        "splits": dict(sorted(Counter(m.split for m in content.members for _ in m.data).items())),
        "task_types": _task_types(store, content),
        "sources": _by(behind, "dataset"),
        **({"contamination": looked.to_json()} if looked else {}),
        "licenses": _by(behind, "license"),
        "languages": _by(behind, "language"),
    }


def _task_types(store: Store, content: Content) -> list[dict[str, Any]]:
    """What was asked, and how well people agreed on it."""
    tasks = Counter((member.task_type, member.version) for member in content.members)
    rows = Counter((member.task_type, member.version) for member in content.members for _ in member.data)
    sets = _sets(content)
    return [
        {
            "name": row["task_type"],
            "version": row["version"],
            "tasks": tasks[kind],
            "rows": rows[kind],
            **({"sets": dict(sorted(sets[kind].items()))} if kind in sets else {}),
            "compared": row["compared"],
            "disputed": row["disputed"],
            "adjudicated": row["adjudicated"],
            "mean_agreement": None if row["agreement"] is None else round(row["agreement"], 4),
        }
        for row in store.rows(AGREEMENT, [content.facts_until])
        if tasks[kind := (row["task_type"], row["version"])]
    ]


def _sets(content: Content) -> dict[tuple[str, int], Counter[str]]:
    """How many rows stand in which file set, of each task type that has others than its main one."""
    sets: dict[tuple[str, int], Counter[str]] = {}
    for member in content.members:
        for row in member.rows:
            name = set_of(task_types()[member.task_type], type(row))
            sets.setdefault((member.task_type, member.version), Counter())[name] += 1
    return {kind: found for kind, found in sets.items() if set(found) != {kind[0]}}


def _by(behind: list[dict[str, Any]], column: str) -> dict[str, int]:
    """How many records, by one column; what is not known is called so."""
    counts: Counter[str] = Counter()
    for row in behind:
        counts[row[column] or "unknown"] += row["records"]
    return dict(sorted(counts.items()))


def file_entry(folder: Path, path: Path, rows: int) -> dict[str, Any]:
    """A file of a release, as its manifest lists it."""
    content = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "rows": rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
