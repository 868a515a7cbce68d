"""The manifest of what stands in `candidate` and `members`: everything in it follows from the facts and the project."""

from collections import Counter
from collections.abc import Callable, Iterable
from importlib.metadata import version as installed_version
from typing import Any, NamedTuple

from pipeline.context import Context
from pipeline.releasing.candidate import Hashes, rows_of_data
from pipeline.releasing.leaks import Looked
from pipeline.releasing.voices import forgotten
from pipeline.store import Store
from schemas.facts import ReleaseFact
from schemas.manifest import (
    Bump,
    Contamination,
    Counts,
    FileSet,
    HeldBack,
    Manifest,
    Policies,
    Previous,
    SourceEntry,
    TypeEntry,
    Withdrawn,
)
from schemas.project import Project

SOFTWARE = ("headrace", "duckdb", "pyarrow", "pydantic")
SOURCES = """
WITH behind_rows AS (SELECT DISTINCT unnest(records) AS record_id FROM candidate)
SELECT o.dataset, o.config, o.revision, o.license, o.language, count(*) AS records
FROM behind_rows JOIN record_origins o USING (record_id) GROUP BY ALL ORDER BY ALL
"""
VOICES = """
SELECT count(*) FILTER (NOT v.decision) AS labels,
    count(DISTINCT a.annotator) FILTER (NOT v.decision) AS annotators,
    count(DISTINCT a.annotator) FILTER (a.simulated AND NOT v.decision) AS simulated_annotators,
    count(*) FILTER (a.simulated AND NOT v.decision) AS simulated_labels,
    count(*) FILTER (v.decision) AS decisions,
    count(DISTINCT a.annotator) FILTER (v.decision) AS adjudicators,
    count(*) FILTER (a.simulated AND v.decision) AS simulated_decisions
FROM voices v JOIN annotations a USING (revision_id)
"""
UNTIL = "SELECT max(resolved_at) FROM members JOIN resolutions USING (resolution_id)"
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
TASKS = """
SELECT t.task_type, t.version, count(*) AS tasks FROM members JOIN tasks t USING (task_id) GROUP BY ALL
"""
WITHDRAWN = """
SELECT w.record_id, w.withdrawn_at FROM withdrawals w
WHERE record_id IN (SELECT record_id FROM record_tasks JOIN release_members USING (task_id))
ORDER BY w.record_id
"""
HELD = "SELECT row_id, task_id, reason, detail FROM held ORDER BY row_id"


class Candidate(NamedTuple):
    """What is known of what a release made now would hold."""

    version: str
    hashes: Hashes
    sets: tuple[FileSet, ...]
    bump: Bump
    last: ReleaseFact | None
    looked: Looked | None
    additions_only: bool = False


def describe(ctx: Context, candidate: Candidate) -> Manifest:
    """The manifest without files, gates and signatures; `voices` are known."""
    store, project, last = ctx.store, ctx.project, candidate.last
    groups = list(rows_of_data(store))
    data = [row for row in groups if not row["passed"]]
    sources = tuple(SourceEntry.model_validate(row) for row in store.rows(SOURCES))
    tasks = store.rows(TASKS)
    until = store.value(UNTIL)
    counts = _counts(store, groups, sources, sum(row["tasks"] for row in tasks))
    looked = candidate.looked
    return Manifest(
        name=project.name,
        version=candidate.version,
        content=candidate.hashes.content,
        digest=candidate.hashes.digest,
        facts_until=until,
        simulated=counts.simulated_labels + counts.simulated_decisions > 0,
        counts=counts,
        splits=_sums(data, lambda row: row["split"]),
        sets=candidate.sets,
        task_types=tuple(_types(store.rows(AGREEMENT, [until]), tasks, data)),
        sources=sources,
        licenses=_records(sources, lambda source: source.license),
        languages=_records(sources, lambda source: source.language),
        policies=policies(project, additions_only=candidate.additions_only),
        contamination=Contamination(rows=looked.rows, leaks=len(looked.leaks)) if looked else None,
        held_back=tuple(HeldBack.model_validate(row) for row in store.rows(HELD)),
        withdrawn=tuple(Withdrawn.model_validate(row) for row in store.rows(WITHDRAWN)),
        forgotten=forgotten(store),
        previous=Previous(version=last.version, content=last.content or last.digest) if last else None,
        bump=candidate.bump,
        software={name: installed_version(name) for name in SOFTWARE},
    )


def policies(project: Project, *, additions_only: bool) -> Policies:
    """The rules of a project that a release is made by."""
    return Policies(
        overlap={task.type: task.overlap.model_dump(mode="json") for task in project.tasks},
        pool_guidelines=tuple(sorted({task.type for task in project.tasks if task.pool_guidelines})),
        screens={
            name: screen if isinstance(screen, str) else screen.model_dump(mode="json")
            for name, screen in project.screens.items()
        },
        verification=project.verification.model_dump(mode="json") if project.verification else None,
        splits=dict(project.release.splits),
        additions_only=additions_only,
    )


def _counts(store: Store, groups: list[dict[str, Any]], sources: Iterable[SourceEntry], tasks: int) -> Counts:
    data = [row for row in groups if not row["passed"]]
    return Counts(
        records=sum(source.records for source in sources),
        tasks=tasks,
        rows=sum(row["n"] for row in data),
        passed=sum(row["n"] for row in groups if row["passed"]),
        **store.rows(VOICES)[0],
        simulated_rows=sum(row["n"] for row in data if row["simulated"]),
        by=_sums(data, lambda row: row["decided_by"]),
        votes=_sums(data, lambda row: str(row["votes"])),
        methods=_sums(data, lambda row: row["method"]),
        cells=_sums(data, lambda row: row["cell"]),
    )


def _types(
    agreed: list[dict[str, Any]], tasks: list[dict[str, Any]], data: list[dict[str, Any]]
) -> Iterable[TypeEntry]:
    """What was asked, and how well people agreed on it."""
    released = {(row["task_type"], row["version"]): row["tasks"] for row in tasks}
    for row in agreed:
        kind = (row["task_type"], row["version"])
        mine = [one for one in data if (one["task_type"], one["version"]) == kind]
        if kind in released:
            yield TypeEntry(
                name=row["task_type"],
                version=row["version"],
                tasks=released[kind],
                rows=sum(one["n"] for one in mine),
                compared=row["compared"],
                disputed=row["disputed"],
                adjudicated=row["adjudicated"],
                mean_agreement=None if row["agreement"] is None else round(row["agreement"], 4),
                guidelines=_sums(mine, lambda one: one["guideline"] or ""),
            )


def _sums(rows: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[key(row)] += row["n"]
    return dict(sorted(counts.items()))


def _records(sources: Iterable[SourceEntry], key: Callable[[SourceEntry], str | None]) -> dict[str, int]:
    """How many records; what is not known is called so."""
    counts: Counter[str] = Counter()
    for source in sources:
        counts[key(source) or "unknown"] += source.records
    return dict(sorted(counts.items()))
