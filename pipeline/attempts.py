"""Attempts at an item: its first task, the next one where somebody wants it done anew, and its adjudication."""

from dataclasses import dataclass
from typing import Any

from pipeline.context import Context
from pipeline.quality.overlap import is_audited
from pipeline.terms import Terms
from schemas.base import content_id
from schemas.facts import RecordTaskFact, TaskFact
from schemas.project import TaskConfig
from schemas.steering import AdjudicationFact
from tasks import is_current, task_types

BATCH = 500
FOLLOWED = """
SELECT t.* FROM tasks t JOIN superseded USING (task_id)
WHERE t.task_id NOT IN (SELECT task_id FROM withdrawn) AND NOT EXISTS (
    SELECT 1 FROM tasks n WHERE n.item_id = t.item_id AND n.task_type = t.task_type AND n.version = t.version
        AND n.attempt = t.attempt + 1)
ORDER BY t.task_id
"""
UNLINKED = """
SELECT DISTINCT rt.record_id, n.task_id
FROM tasks n JOIN tasks t ON n.attempt > 1 AND t.item_id = n.item_id AND t.task_type = n.task_type
    AND t.version = n.version AND t.attempt = 1
JOIN record_tasks rt ON rt.task_id = t.task_id
WHERE NOT EXISTS (SELECT 1 FROM record_tasks o WHERE o.record_id = rt.record_id AND o.task_id = n.task_id)
"""
"""A record that came after an item's first attempt is a record of the later ones too."""
DISPUTED = """
SELECT r.task_id, r.revisions, t.task_type, t.version FROM current_resolutions r JOIN tasks t USING (task_id)
WHERE r.method = 'none' AND r.task_id NOT IN (SELECT task_id FROM superseded)
    AND r.task_id NOT IN (SELECT task_id FROM withdrawn)
    AND NOT EXISTS (SELECT 1 FROM adjudications j WHERE j.task_id = r.task_id AND j.revisions = r.revisions)
ORDER BY r.task_id
"""


@dataclass(frozen=True)
class Subject:
    """An item as the store keeps it: its id, its cell and its JSON."""

    item_id: str
    cell: str
    payload: str


def task(
    ctx: Context, config: TaskConfig | None, subject: Subject, before: dict[str, Any] | None = None
) -> TaskFact:
    """A task for an item under an entry of [[tasks]]: the first, or the one after the row `before`."""
    name = before["task_type"] if before else config.type if config else ""
    attempt = before["attempt"] + 1 if before else 1
    version = before["version"] if before else task_types()[name].version
    task_id = content_id([subject.item_id, name, version, attempt])
    audit = config is not None and is_audited(task_id, config.overlap.audit_share)
    if config is not None:
        overlap = config.overlap.most if audit else config.overlap.first
    else:
        overlap = before["overlap"] if before else 1
    return TaskFact(
        task_id=task_id,
        item_id=subject.item_id,
        task_type=name,
        version=version,
        cell=subject.cell,
        attempt=attempt,
        overlap=overlap,
        payload=subject.payload,
        generated_at=ctx.clock(),
        audit=audit,
    )


def next_attempts(ctx: Context) -> int:
    """Make the task that follows each superseded one, for the same item and records; returns how many."""
    found = [row for row in ctx.store.rows(FOLLOWED) if is_current(row["task_type"], row["version"])]
    terms = Terms(ctx, [row["task_id"] for row in found])
    made = [
        task(
            ctx,
            terms.of(row["task_id"], row["task_type"]),
            Subject(row["item_id"], row["cell"], row["payload"]),
            row,
        )
        for row in found
    ]
    with ctx.store.transaction():
        done = ctx.store.put(made)
        ctx.store.put(RecordTaskFact(**row) for row in ctx.store.rows(UNLINKED))
    return done


def adjudications(ctx: Context) -> int:
    """Ask an adjudicator for each task whose votes do not agree; other votes are another case. Returns how many."""
    return ctx.store.put(
        AdjudicationFact(
            adjudication_id=content_id([row["task_id"], "adjudicate", *row["revisions"]]),
            task_id=row["task_id"],
            revisions=tuple(row["revisions"]),
            asked_at=ctx.clock(),
        )
        for row in ctx.store.rows(DISPUTED)
        if is_current(row["task_type"], row["version"])
    )
