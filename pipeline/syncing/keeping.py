"""Keeping what a sync sees of our tasks: each new revision, and how the task itself stands."""

from collections.abc import Sequence
from typing import Any

from pipeline.context import Context, Tally
from pipeline.label_studio.base import RemoteTask
from pipeline.revisions import Latest, Sight
from pipeline.syncing import doubles
from pipeline.syncing.whose import ARRIVED, CHANGED, COPIED, DOUBLE, FOREIGN, OURS, Whose
from schemas.facts import PushFact, RejectFact, RemoteProjectFact
from schemas.steering import RemoteStateFact

LATEST = """
WITH revisions AS (
    SELECT * FROM annotations
    WHERE annotation_id IN (SELECT annotation_id FROM annotations WHERE list_contains(?, task_id)))
SELECT * FROM (SELECT * FROM revisions QUALIFY row_number() OVER (
    PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1)
WHERE server = ? AND list_contains(?, task_id)
"""
"""As `latest_annotations` has it, which looks at all there are."""
SAYS = {
    CHANGED: "expected the uid it was made with, found another or none; nothing on it counts until that is mended",
    COPIED: "bears the uid of another task; nothing on it counts, delete it there",
    FOREIGN: "expected a task of this project, found one that somebody added; nothing on it counts",
}


def keep(
    ctx: Context, project: RemoteProjectFact, tasks: Sequence[RemoteTask], sight: Sight, tally: Tally
) -> set[int]:
    """Put a batch's new revisions and states; returns the ids of the tasks that are none of ours, or double one."""
    seen = _Seen(ctx, project, tasks)
    said = [doubles.together(ctx, task, seen.whose) for task in seen.ours]
    latest = latest_of(ctx, [str(task.uid) for task in said])
    found = [
        one
        for task in said
        for one in sight.revisions(
            str(task.uid), task, latest.get(str(task.uid), {}), anew=task.id in seen.anew
        )
    ]
    with ctx.store.transaction():
        ctx.store.put(seen.pushes, replace=True)
        new = ctx.store.put(found)
        ctx.store.put((state(sight, task) for task in seen.ours if not task.broken), replace=True)
        ctx.reject(tally, seen.rejects)
    tally.done += new
    tally.skipped += len(found) - new
    return seen.strangers


class _Seen:
    """A batch of tasks as they are to us: ours, those put on record only now, and others' that count for nothing."""

    def __init__(self, ctx: Context, project: RemoteProjectFact, tasks: Sequence[RemoteTask]) -> None:
        self._ctx, self._project = ctx, project
        self.whose = Whose(ctx, project, tasks)
        self.ours: list[RemoteTask] = []
        self.pushes: list[PushFact] = []
        self.rejects: list[RejectFact] = []
        self.strangers: set[int] = set()
        self.anew: set[int] = set()
        """The ids of those that stand in the place of one that is gone."""
        for task in tasks:
            self.rejects += [_broken(ctx, project, task, reason) for reason in task.broken]
            self._sort(task, self.whose.kind(task))

    def _sort(self, task: RemoteTask, kind: str) -> None:
        if kind == OURS:
            self.ours.append(task)
        elif kind == ARRIVED:
            self._arrived(task)
        elif kind == DOUBLE:
            settled = doubles.settle(self._ctx, self._project, task, self.whose)
            if settled is not None and settled.is_second:
                self._arrived(settled.task)
                self.anew |= {task.id} if settled.first_is_gone else set()
                return
            self.strangers.add(task.id)
            if settled is not None:
                self.ours.append(settled.task)
        else:
            self.strangers |= {task.id} if kind != CHANGED else set()
            if not (task.broken and task.uid is None):
                self.rejects.append(_not_ours(self._ctx, self._project, task, kind))

    def _arrived(self, task: RemoteTask) -> None:
        """One that is there without our knowing: a push that was cut off, or one that came late."""
        if task.uid not in {push.task_id for push in self.pushes}:
            self.ours.append(task)
            self.pushes.append(_push(self._ctx, self._project, task))


def latest_of(ctx: Context, task_ids: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """The newest revisions that the store has of this server, by task and annotation; adopted votes are another's."""
    latest: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ctx.store.rows(LATEST, [task_ids, ctx.server, task_ids]):
        latest.setdefault(row["task_id"], {})[row["annotation_id"]] = row
    return latest


def lose(ctx: Context, task_ids: list[str], sight: Sight, tally: Tally) -> None:
    """Put on record that tasks are gone; what was said of them stands."""
    latest: dict[str, Latest] = dict(latest_of(ctx, task_ids))
    states = ctx.store.facts(RemoteStateFact, "list_contains(?, task_id)", [task_ids])
    known = {state.task_id: state for state in states}
    with ctx.store.transaction():
        lost = (fact for task_id in task_ids for fact in sight.lost(latest.get(task_id, {})))
        tally.done += ctx.store.put(lost)
        gone = (known.get(task_id, _nothing(ctx, task_id)).replace(gone=True) for task_id in task_ids)
        ctx.store.put(gone, replace=True)


def state(sight: Sight, task: RemoteTask) -> RemoteStateFact:
    """How a task of ours stands there."""
    return RemoteStateFact(
        task_id=str(task.uid),
        overlap=task.overlap,
        closed=task.closed,
        gone=False,
        submitted=sum(not annotation.skipped for annotation in task.annotations),
        voters=doubles.voters(task),
        updated_at=task.updated_at,
        seen_at=sight.at,
    )


def _nothing(ctx: Context, task_id: str) -> RemoteStateFact:
    return RemoteStateFact(
        task_id=task_id,
        overlap=1,
        closed=False,
        gone=True,
        submitted=0,
        voters=0,
        updated_at=None,
        seen_at=ctx.clock(),
    )


def _push(ctx: Context, project: RemoteProjectFact, task: RemoteTask) -> PushFact:
    return PushFact(
        task_id=str(task.uid),
        server=ctx.server,
        project_id=project.project_id,
        remote_task_id=task.id,
        pushed_at=ctx.clock(),
    )


def _not_ours(ctx: Context, project: RemoteProjectFact, task: RemoteTask, kind: str) -> RejectFact:
    detail = f"task {task.id} in project {project.project_id} ({project.cell}): {SAYS[kind]}"
    evidence = {"project": project.project_id, "remote_task": task.id, "annotations": len(task.annotations)}
    return ctx.rejection("sync", f"{ctx.server}/{project.project_id}/{task.id}", kind, detail, evidence)


def _broken(ctx: Context, project: RemoteProjectFact, task: RemoteTask, reason: str) -> RejectFact:
    subject = f"{ctx.server}/{project.project_id}/{task.id}/{reason}"
    return ctx.rejection("sync", subject, "unreadable", reason, {"remote_task": task.id, "task": task.uid})
