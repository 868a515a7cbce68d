"""Put new tasks into Label Studio, each once."""

from itertools import groupby
from pathlib import Path

from pipeline.context import Context, Tally
from pipeline.label_studio.base import UID, ProjectSpec
from pipeline.remote import check_server
from schemas.base import Json
from schemas.errors import ProjectError
from schemas.facts import PushFact, RemoteProjectFact, TaskFact
from tasks import is_current, task_types

BATCH = 250


def push(ctx: Context) -> Tally:
    """Push every task that is not in Label Studio yet, cell by cell, looking its uid up before it is sent."""
    tally = Tally()
    check_server(ctx)
    waiting = ctx.store.facts(TaskFact, "task_id NOT IN (SELECT task_id FROM pushes)")
    waiting.sort(key=lambda task: (task.cell, task.task_type, task.version, task.generated_at))
    for (cell, name, version), group in groupby(
        waiting, lambda task: (task.cell, task.task_type, task.version)
    ):
        tasks = list(group)
        if not is_current(name, version):
            # the question has changed since: these are not asked any more, their successors are
            tally.skipped += len(tasks)
            continue
        project_id = _project(ctx, tasks[0])
        starts = range(0, len(tasks), BATCH)
        for start in ctx.progress.track(starts, f"push {cell}"):
            _push(ctx, project_id, tasks[start : start + BATCH], tally)
    return tally


def _project(ctx: Context, task: TaskFact) -> int:
    """The Label Studio project of a task's cell and version, made where there is none."""
    task_type = task_types()[task.task_type]
    spec = ProjectSpec(
        marker=f"headrace:{ctx.store.id}:{task.cell}:v{task.version}",
        title=f"{ctx.project.name} · {task.cell}"[:50],
        config=task_type.config(),
        overlap=task.overlap,
        instruction=_guideline(ctx, task.task_type),
    )
    where = "server = ? AND cell = ? AND task_type = ? AND version = ?"
    known = ctx.store.facts(RemoteProjectFact, where, [ctx.server, task.cell, task.task_type, task.version])
    project_id = ctx.label_studio.ensure_project(spec, known[0].project_id if known else None)
    fact = RemoteProjectFact(
        server=ctx.server,
        cell=task.cell,
        task_type=task.task_type,
        version=task.version,
        project_id=project_id,
        made_at=ctx.clock(),
    )
    ctx.store.put([fact])
    return project_id


def _guideline(ctx: Context, task_type: str) -> str:
    """The guideline's text for annotators, empty where the project names none."""
    from tasks._markup import prose  # markdown-free text to safe HTML

    for config in ctx.project.tasks:
        if config.type == task_type and config.guideline is not None:
            path: Path = ctx.folder / config.guideline
            try:
                return prose(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError) as error:
                raise ProjectError(
                    f"{path}: the guideline cannot be read ({error}); mend or remove it"
                ) from None
    return ""


def _push(ctx: Context, project_id: int, tasks: list[TaskFact], tally: Tally) -> None:
    known = ctx.label_studio.uids(project_id, [task.task_id for task in tasks])
    for overlap, group in groupby(
        sorted((task for task in tasks if task.task_id not in known), key=lambda task: task.overlap),
        lambda task: task.overlap,
    ):
        new = list(group)
        ids = ctx.label_studio.push(project_id, [_data(task) for task in new], overlap)
        known |= dict(zip((task.task_id for task in new), ids, strict=True))
    tally.done += ctx.store.put(
        PushFact(
            task_id=task.task_id,
            server=ctx.server,
            project_id=project_id,
            remote_task_id=known[task.task_id],
            pushed_at=ctx.clock(),
        )
        for task in tasks
    )


def _data(task: TaskFact) -> dict[str, Json]:
    task_type = task_types()[task.task_type]
    item = task_type.item.model_validate_json(task.payload)
    return {UID: task.task_id, **task_type.data(item)}
