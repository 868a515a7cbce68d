"""Doubles: one of our tasks that stands in Label Studio twice, since an import came late or somebody copied it.

The empty one is taken out before it is served. Where both were answered both stay, the second closed, and what is said
of either counts as said of the task.
"""

from dataclasses import dataclass

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.label_studio.base import RemoteTask
from pipeline.syncing.whose import Whose
from schemas.facts import PushFact, RemoteProjectFact
from schemas.steering import DoubleFact, RemovalFact


@dataclass(frozen=True)
class Settled:
    """The one of two that stands for the task."""

    task: RemoteTask
    is_second: bool
    first_is_gone: bool = False


def settle(ctx: Context, project: RemoteProjectFact, task: RemoteTask, whose: Whose) -> Settled | None:
    """Settle which of two stands for the task; None where the first one stays as it was."""
    fresh = ctx.label_studio.task(task.id)
    main = _main(ctx, whose.pushes[str(task.uid)])
    if fresh is None:
        return None
    if main is None:
        return Settled(fresh, is_second=True, first_is_gone=True)
    if task.id in whose.doubles_of(task):
        if not fresh.closed:  # each change there opens or closes it by its votes alone
            _close(ctx, fresh)
        return Settled(main, is_second=False)
    if not fresh.annotations:
        _remove(ctx, project, fresh)
        return None
    if not main.annotations:
        _remove(ctx, project, main)
        return Settled(fresh, is_second=True)
    _keep_both(ctx, project, fresh)
    whose.doubles.setdefault(str(task.uid), []).append(task.id)
    return Settled(main, is_second=False)


def together(ctx: Context, task: RemoteTask, whose: Whose) -> RemoteTask:
    """A task with what was said of its doubles too."""
    ids = [one for one in whose.doubles_of(task) if one != task.id]
    others = [
        other for other in map(ctx.label_studio.task, ids) if other is not None and other.uid == task.uid
    ]
    if not others:
        return task
    said = tuple(annotation for other in others for annotation in other.annotations)
    broken = tuple(reason for other in others for reason in other.broken)
    return task.replace(
        annotations=(*task.annotations, *said),
        broken=(*task.broken, *broken),
        updated_at=max(task.updated_at, *(other.updated_at for other in others)),
    )


def voters(task: RemoteTask) -> int:
    """How many people answered a task; skips are no answers."""
    return len({annotation.person_id for annotation in task.annotations if not annotation.skipped})


def _main(ctx: Context, push: PushFact) -> RemoteTask | None:
    task = ctx.label_studio.task(push.remote_task_id)
    return task if task is not None and task.uid == push.task_id else None


def _close(ctx: Context, task: RemoteTask) -> None:
    ctx.label_studio.steer(task.id, overlap=max(1, voters(task)), closed=True)


def _keep_both(ctx: Context, project: RemoteProjectFact, task: RemoteTask) -> None:
    _close(ctx, task)
    fact = DoubleFact(
        server=ctx.server,
        project_id=project.project_id,
        remote_task_id=task.id,
        task_id=str(task.uid),
        found_at=ctx.clock(),
    )
    ctx.store.put([fact])
    _tell(ctx, project, task, "both were answered: both count, the second is closed")


def _remove(ctx: Context, project: RemoteProjectFact, task: RemoteTask) -> None:
    _tell(ctx, project, task, "the one without answers is taken out")
    ctx.label_studio.remove(task.id)
    fact = RemovalFact(
        server=ctx.server,
        project_id=project.project_id,
        remote_task_id=task.id,
        task_id=str(task.uid),
        reason="double",
        removed_at=ctx.clock(),
    )
    ctx.store.put([fact])


def _tell(ctx: Context, project: RemoteProjectFact, task: RemoteTask, what: str) -> None:
    where = f"project {project.project_id} ({project.cell})"
    detail = f"task {task.uid}: expected once in {where}, stood there twice; {what}"
    subject = f"{ctx.server}/{project.project_id}/{task.id}"
    ctx.store.put([finding(ctx, "double", subject, detail, cell=project.cell, task_id=task.uid)])
