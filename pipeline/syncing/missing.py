"""Tasks of ours that are not in Label Studio any more: deleted by somebody, or forgotten by a restored server."""

from dataclasses import dataclass
from typing import Any

from pipeline.context import Context, Tally
from pipeline.findings import finding
from pipeline.label_studio.base import RemoteProject
from pipeline.revisions import Sight
from pipeline.syncing.keeping import keep, lose
from schemas.facts import RemoteProjectFact, SyncFact
from schemas.steering import DoubleFact, FindingFact

STANDING = """
SELECT count(*) FROM pushes LEFT JOIN remote_states s USING (task_id)
WHERE server = ? AND project_id = ? AND NOT coalesce(s.gone, false)
"""
IDS = """
SELECT task_id, remote_task_id, s.seen_at,
    row_number() OVER (PARTITION BY remote_task_id ORDER BY pushed_at DESC, task_id) > 1 AS id_given_again
FROM pushes LEFT JOIN remote_states s USING (task_id)
WHERE server = ? AND project_id = ? AND NOT coalesce(s.gone, false) ORDER BY remote_task_id
"""
BATCH = 500


@dataclass(frozen=True)
class Look:
    """One look at a project of ours: what the server says of it, and how it was read."""

    project: RemoteProjectFact
    there: RemoteProject
    sight: Sight
    restored: bool
    strangers: frozenset[int]
    """The ids of those met in this look that are none of ours, or double one."""


def find_missing(ctx: Context, look: Look, cursor: SyncFact, tally: Tally) -> SyncFact:
    """Compare ids where the project's own counter says that something is missing; the cursor after.

    What others added is counted in the cursor, so that it cannot make up for what is missing.
    """
    here = [ctx.server, look.project.project_id]
    sure = look.restored or bool(look.strangers)
    if not sure and look.there.tasks == ctx.store.value(STANDING, here) + cursor.strangers:
        return cursor
    pushed = ctx.store.rows(IDS, here)
    standing = _standing(ctx, look, pushed)
    missing = [row for row in pushed if row["task_id"] not in standing]
    gone = [row for row in missing if not _is_stood_for(ctx, look, row["task_id"], tally)]
    for start in range(0, len(gone), BATCH):
        batch = gone[start : start + BATCH]
        lose(ctx, [row["task_id"] for row in batch], look.sight, tally)
        ctx.store.put(_task_gone(ctx, look.project, row["task_id"], row["remote_task_id"]) for row in batch)
    now = ctx.label_studio.look(look.project.project_id).tasks
    return cursor.replace(strangers=max(0, now - len(pushed) + len(gone)))


def _is_stood_for(ctx: Context, look: Look, task_id: str, tally: Tally) -> bool:
    """Put the double of a task that is gone in its place, where one stands; whether one does."""
    known = ctx.store.facts(DoubleFact, "server = ? AND task_id = ?", [ctx.server, task_id])
    for double in known:
        task = ctx.label_studio.task(double.remote_task_id)
        if task is not None and task.uid == task_id and double.project_id == look.project.project_id:
            keep(ctx, look.project, [task], look.sight, tally)
            return True
    return False


def _standing(ctx: Context, look: Look, pushed: list[dict[str, Any]]) -> set[str]:
    """Which of ours stand there still, by their ids, unless the server has given those out again."""
    there: set[int] = set()
    for start in range(0, len(pushed), BATCH):
        ids = [row["remote_task_id"] for row in pushed[start : start + BATCH]]
        there |= ctx.label_studio.standing(look.project.project_id, ids)
    there -= look.strangers
    candidates = [row for row in pushed if row["remote_task_id"] in there and not row["id_given_again"]]
    return {row["task_id"] for row in candidates if not look.restored or _is_itself(ctx, look, row)}


def _is_itself(ctx: Context, look: Look, row: dict[str, Any]) -> bool:
    """Whether what stands there after a restore under the id of a task of ours is that task."""
    if row["seen_at"] is not None and row["seen_at"] >= look.sight.at:
        return True
    task = ctx.label_studio.task(row["remote_task_id"])
    return task is not None and (task.uid == row["task_id"] or bool(task.broken))


def _task_gone(ctx: Context, project: RemoteProjectFact, task_id: str, remote_task_id: int) -> FindingFact:
    where = f"project {project.project_id} ({project.cell})"
    detail = (
        f"task {task_id}: expected in {where}, is gone; what was said of it stands, and where it still wants votes it "
        "is sent again; to take a record out: headrace withdraw"
    )
    subject = f"{ctx.server}/{project.project_id}/{remote_task_id}/{task_id}/{ctx.clock():%Y-%m-%dT%H}"
    return finding(ctx, "task gone", subject, detail, cell=project.cell, task_id=task_id)
