"""Fetch what people have said since the last time."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from pipeline.context import Context, Tally
from pipeline.label_studio.base import RemoteTask
from pipeline.people import Pseudonyms
from pipeline.remote import check_server
from pipeline.revisions import Latest, Sight
from schemas.errors import LabelStudioGone
from schemas.facts import AnnotationFact, RejectFact, RemoteProjectFact, SyncFact

BATCH = 200
OVERLAP = timedelta(seconds=120)
"""How far each sync reaches back behind the last one: a change is dated before it is committed."""
AHEAD = timedelta(hours=1)
"""What is dated later than this from now is read again each time: a clock that once ran ahead must not blind us."""
TICK = timedelta(microseconds=1)


def sync(ctx: Context) -> Tally:
    """Read the tasks that changed in Label Studio, with all their annotations, and keep every revision seen."""
    check_server(ctx)
    tally = Tally()
    people = Pseudonyms(ctx)
    for project in ctx.store.facts(RemoteProjectFact, "server = ?", [ctx.server]):
        try:
            there = ctx.label_studio.count_tasks(project.project_id)
        except LabelStudioGone as error:
            detail = f"{project.cell}: {error}"
            subject = f"{ctx.server}/{project.project_id}"
            ctx.reject(tally, [ctx.rejection("sync", subject, "project gone", detail)])
            continue
        sight = Sight(ctx.server, _moment(ctx), people)
        _changes(ctx, project, sight, tally)
        _missing(ctx, project, sight, there, tally)
    return tally


def _moment(ctx: Context) -> datetime:
    """Now, and in any case after the last look: the newest revision is the one seen last, whatever clocks do."""
    last: datetime | None = ctx.store.value("SELECT max(synced_at) FROM annotations")
    return ctx.clock() if last is None else max(ctx.clock(), last + TICK)


def _changes(ctx: Context, project: RemoteProjectFact, sight: Sight, tally: Tally) -> None:
    known = ctx.store.facts(SyncFact, "server = ? AND project_id = ?", [ctx.server, project.project_id])
    before = known[0].seen_until if known else None
    horizon = ctx.clock() + AHEAD
    since = before - OVERLAP if before is not None else None
    changes = ctx.label_studio.changes(project.project_id, since)
    seen, held = before, None
    for tasks in _batches(ctx.progress.track(changes, f"sync {project.cell}")):
        waiting = _keep(ctx, project, tasks, sight, tally)
        held = min([*waiting, held] if held else waiting, default=None)
        moments = [task.updated_at for task in tasks if task.updated_at <= horizon]
        seen = max([*moments, seen] if seen else moments, default=None)
    # a task whose push is not on record yet (a push was cut off) is read again until it is
    until = min(seen, held) if seen and held else seen
    if not known or until != before:
        fact = SyncFact(
            server=ctx.server, project_id=project.project_id, seen_until=until, synced_at=sight.at
        )
        ctx.store.put([fact], replace=True)


def _batches(tasks: Iterable[RemoteTask]) -> Iterator[list[RemoteTask]]:
    batch: list[RemoteTask] = []
    for task in tasks:
        batch.append(task)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(
    ctx: Context, project: RemoteProjectFact, tasks: list[RemoteTask], sight: Sight, tally: Tally
) -> list[datetime]:
    """Put a batch's new revisions; returns when those tasks changed whose push is not on record yet."""
    uids = [task.uid for task in tasks if task.uid is not None]
    pushed = _pushed(ctx, uids)
    ours = {
        row["task_id"]
        for row in ctx.store.rows("SELECT task_id FROM tasks WHERE list_contains(?, task_id)", [uids])
    }
    latest = _latest(ctx, list(pushed))
    found: list[AnnotationFact] = []
    rejects: list[RejectFact] = []
    waiting: list[datetime] = []
    for task in tasks:
        rejects += [_broken(ctx, project, task, reason) for reason in task.broken]
        if task.uid is None or task.uid not in ours:
            continue
        if task.uid not in pushed:
            waiting.append(task.updated_at)
        elif pushed[task.uid] == (project.project_id, task.id):
            found += sight.revisions(task.uid, task, latest.get(task.uid, {}))
        else:
            rejects.append(_copy(ctx, project, task))
    with ctx.store.transaction():
        new = ctx.store.put(found)
        ctx.reject(tally, rejects)
    tally.done += new
    tally.skipped += len(found) - new
    return waiting


def _pushed(ctx: Context, uids: list[str]) -> dict[str, tuple[int, int]]:
    """Where our tasks stand: the Label Studio project and task of each."""
    sql = "SELECT task_id, project_id, remote_task_id FROM pushes WHERE server = ? AND list_contains(?, task_id)"
    rows = ctx.store.rows(sql, [ctx.server, uids])
    return {row["task_id"]: (row["project_id"], row["remote_task_id"]) for row in rows}


def _latest(ctx: Context, task_ids: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """The newest revisions that the store has, by task and annotation."""
    latest: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ctx.store.rows("SELECT * FROM latest_annotations WHERE list_contains(?, task_id)", [task_ids]):
        latest.setdefault(row["task_id"], {})[row["annotation_id"]] = row
    return latest


def _missing(ctx: Context, project: RemoteProjectFact, sight: Sight, there: int, tally: Tally) -> None:
    """Where the project's own counter says so, look for tasks that somebody deleted, their annotations with them."""
    sql = "SELECT task_id, remote_task_id FROM pushes WHERE server = ? AND project_id = ?"
    pushed = ctx.store.rows(sql, [ctx.server, project.project_id])
    if there == len(pushed):
        return
    standing = ctx.label_studio.standing(project.project_id, [row["remote_task_id"] for row in pushed])
    gone = [row["task_id"] for row in pushed if row["remote_task_id"] not in standing]
    latest: dict[str, Latest] = dict(_latest(ctx, gone))
    with ctx.store.transaction():
        tally.done += ctx.store.put(
            fact for task_id in gone for fact in sight.gone(latest.get(task_id, {}), set())
        )
        ctx.reject(tally, [_task_gone(ctx, project, task_id) for task_id in gone])


def _task_gone(ctx: Context, project: RemoteProjectFact, task_id: str) -> RejectFact:
    where = f"project {project.project_id} ({project.cell})"
    detail = f"task {task_id}: expected in {where}, found that somebody deleted it"
    return ctx.rejection("sync", task_id, "task gone", detail, {"project": project.project_id})


def _copy(ctx: Context, project: RemoteProjectFact, task: RemoteTask) -> RejectFact:
    detail = (
        f"task {task.id} in project {project.project_id} ({project.cell}): bears the uid of another task, "
        "what was said on it does not count; delete it there"
    )
    evidence = {"project": project.project_id, "remote_task": task.id, "annotations": len(task.annotations)}
    return ctx.rejection(
        "sync", f"{ctx.server}/{project.project_id}/{task.id}", "copied task", detail, evidence
    )


def _broken(ctx: Context, project: RemoteProjectFact, task: RemoteTask, reason: str) -> RejectFact:
    subject = f"{ctx.server}/{project.project_id}/{task.id}/{reason}"
    return ctx.rejection("sync", subject, "unreadable", reason, {"remote_task": task.id, "task": task.uid})
