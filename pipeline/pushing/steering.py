"""Steering what stands in Label Studio: open for the votes it still wants, closed where there are none, taken out."""

from contextlib import suppress
from typing import Any

from pipeline.context import Context, Tally
from pipeline.pushing.projects import Projects
from schemas.errors import LabelStudioGone
from schemas.steering import RemoteStateFact, RemovalFact
from tasks import is_current

DUE = "SELECT * FROM steering WHERE server = ? ORDER BY project_id, remote_task_id"
OPEN = """
SELECT w.*, p.project_id, p.remote_task_id, s.submitted, s.voters, true AS want_closed,
    greatest(s.voters, 1) AS want_overlap
FROM wanted w JOIN pushes p ON p.task_id = w.uid JOIN remote_states s ON s.task_id = w.uid
WHERE p.server = ? AND NOT s.gone AND NOT s.closed ORDER BY p.project_id, p.remote_task_id
"""
OUT = """
SELECT p.*, s.updated_at FROM pushes p JOIN withdrawn w USING (task_id) JOIN remote_states s USING (task_id)
WHERE p.server = ? AND s.closed AND NOT s.gone AND s.updated_at IS NOT NULL
UNION ALL
SELECT p.*, s.updated_at FROM pushes p JOIN adjudications j ON j.adjudication_id = p.task_id
JOIN withdrawn w ON w.task_id = j.task_id JOIN remote_states s ON s.task_id = p.task_id
WHERE p.server = ? AND s.closed AND NOT s.gone AND s.updated_at IS NOT NULL
ORDER BY project_id, remote_task_id
"""
"""Withdrawn tasks, closed and read once more since: what was said of them until then is kept."""


def steer(ctx: Context, projects: Projects, tally: Tally) -> set[int]:
    """Have each task wait for the votes that it still wants; returns the projects that were touched."""
    due = [row for row in ctx.store.rows(DUE, [ctx.server]) if is_current(row["task_type"], row["version"])]
    # what is answered to a question that was put otherwise since is not read any more: nobody should be asked it
    due += [
        row for row in ctx.store.rows(OPEN, [ctx.server]) if not is_current(row["task_type"], row["version"])
    ]
    rows = [row for row in due if projects.look(row["project_id"])]
    for row in ctx.progress.track(rows, "steer"):
        # one that is gone `sync` puts on record, with what was said of it, before it is sent again
        with suppress(LabelStudioGone):
            ctx.store.put([_steered(ctx, row)], replace=True)
            tally.done += 1
    return {row["project_id"] for row in rows}


def take_out(ctx: Context, projects: Projects, tally: Tally) -> set[int]:
    """Delete the withdrawn tasks there; returns the projects that were touched."""
    rows = [row for row in ctx.store.rows(OUT, [ctx.server, ctx.server]) if projects.look(row["project_id"])]
    for row in ctx.progress.track(rows, "take out"):
        if not _is_as_read(ctx, row):
            continue
        ctx.label_studio.remove(row["remote_task_id"])
        with ctx.store.transaction():
            ctx.store.put([_removal(ctx, row)])
            states = ctx.store.facts(RemoteStateFact, "task_id = ?", [row["task_id"]])
            ctx.store.put([state.replace(gone=True) for state in states], replace=True)
        tally.done += 1
    return {row["project_id"] for row in rows}


def _is_as_read(ctx: Context, row: dict[str, Any]) -> bool:
    """Whether a task still is what was read last: nothing is deleted there that is not on record here."""
    task = ctx.label_studio.task(row["remote_task_id"])
    return task is None or (task.uid == row["task_id"] and task.updated_at <= row["updated_at"])


def _removal(ctx: Context, row: dict[str, Any]) -> RemovalFact:
    return RemovalFact(
        server=row["server"],
        project_id=row["project_id"],
        remote_task_id=row["remote_task_id"],
        task_id=row["task_id"],
        reason="withdrawn",
        removed_at=ctx.clock(),
    )


def _steered(ctx: Context, row: dict[str, Any]) -> RemoteStateFact:
    ctx.label_studio.steer(row["remote_task_id"], overlap=row["want_overlap"], closed=row["want_closed"])
    return RemoteStateFact(
        task_id=row["uid"],
        overlap=row["want_overlap"],
        closed=row["want_closed"],
        gone=False,
        submitted=row["submitted"],
        voters=row["voters"],
        updated_at=None,
        seen_at=ctx.clock(),
    )
