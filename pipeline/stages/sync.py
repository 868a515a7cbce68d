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

OURS, WAITING, CHANGED, COPIED, FOREIGN = "ours", "waiting", "changed uid", "copied task", "foreign task"
SAYS = {
    CHANGED: "expected the uid it was made with, found another or none; nothing on it counts until that is mended",
    COPIED: "bears the uid of another task; nothing on it counts, delete it there",
    FOREIGN: "expected a task of this project, found one that somebody added; nothing on it counts",
}
PUSHED = """
SELECT p.task_id, p.remote_task_id, count(r.subject) AS gone
FROM pushes p LEFT JOIN rejects r ON r.stage = 'sync' AND r.reason = 'task gone' AND r.subject = p.task_id
WHERE p.server = ? AND p.project_id = ? GROUP BY ALL
"""
ADDED = """
SELECT count(*) FROM rejects WHERE stage = 'sync' AND list_contains(?, reason) AND starts_with(subject, ?)
"""


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
    pushes = _Pushes(ctx, project, tasks)
    latest = _latest(ctx, list(pushes.by_uid))
    found: list[AnnotationFact] = []
    rejects: list[RejectFact] = []
    waiting: list[datetime] = []
    for task in tasks:
        rejects += [_broken(ctx, project, task, reason) for reason in task.broken]
        kind = pushes.kind(task)
        if kind == OURS:
            found += sight.revisions(str(task.uid), task, latest.get(str(task.uid), {}))
        elif kind == WAITING:
            waiting.append(task.updated_at)
        elif not (task.broken and task.uid is None):
            rejects.append(_not_ours(ctx, project, task, kind))
    with ctx.store.transaction():
        new = ctx.store.put(found)
        ctx.reject(tally, rejects)
    tally.done += new
    tally.skipped += len(found) - new
    return waiting


class _Pushes:
    """What is on record of a batch of tasks in a Label Studio project."""

    def __init__(self, ctx: Context, project: RemoteProjectFact, tasks: list[RemoteTask]) -> None:
        self._project_id = project.project_id
        uids = [task.uid for task in tasks if task.uid is not None]
        made = "SELECT task_id FROM tasks WHERE list_contains(?, task_id)"
        self._made = {row["task_id"] for row in ctx.store.rows(made, [uids])}
        columns = "SELECT task_id, project_id, remote_task_id FROM pushes WHERE server = ? AND "
        rows = ctx.store.rows(columns + "list_contains(?, task_id)", [ctx.server, uids])
        self.by_uid = {row["task_id"]: (row["project_id"], row["remote_task_id"]) for row in rows}
        here = "project_id = ? AND list_contains(?, remote_task_id)"
        ids = [task.id for task in tasks]
        rows = ctx.store.rows(columns + here, [ctx.server, self._project_id, ids])
        self._ids = {row["remote_task_id"] for row in rows}

    def kind(self, task: RemoteTask) -> str:
        """Whose a task is: by its uid and its place together, since either can be made up."""
        if task.uid in self.by_uid and self.by_uid[task.uid] == (self._project_id, task.id):
            return OURS
        if task.id in self._ids:
            return CHANGED
        if task.uid in self.by_uid:
            return COPIED
        return WAITING if task.uid in self._made else FOREIGN


def _latest(ctx: Context, task_ids: list[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """The newest revisions that the store has, by task and annotation."""
    latest: dict[str, dict[str, dict[str, Any]]] = {}
    for row in ctx.store.rows("SELECT * FROM latest_annotations WHERE list_contains(?, task_id)", [task_ids]):
        latest.setdefault(row["task_id"], {})[row["annotation_id"]] = row
    return latest


def _missing(ctx: Context, project: RemoteProjectFact, sight: Sight, there: int, tally: Tally) -> None:
    """Where the project's own counter says so, look for tasks that somebody deleted, their annotations with them.

    What others added is on record from its first sight on, so that it cannot make up for what is missing.
    """
    pushed = ctx.store.rows(PUSHED, [ctx.server, project.project_id])
    known_gone = sum(row["gone"] for row in pushed)
    added = ctx.store.value(ADDED, [[COPIED, FOREIGN], f"{ctx.server}/{project.project_id}/"])
    if there == len(pushed) - known_gone + added:
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


def _not_ours(ctx: Context, project: RemoteProjectFact, task: RemoteTask, kind: str) -> RejectFact:
    detail = f"task {task.id} in project {project.project_id} ({project.cell}): {SAYS[kind]}"
    evidence = {"project": project.project_id, "remote_task": task.id, "annotations": len(task.annotations)}
    return ctx.rejection("sync", f"{ctx.server}/{project.project_id}/{task.id}", kind, detail, evidence)


def _broken(ctx: Context, project: RemoteProjectFact, task: RemoteTask, reason: str) -> RejectFact:
    subject = f"{ctx.server}/{project.project_id}/{task.id}/{reason}"
    return ctx.rejection("sync", subject, "unreadable", reason, {"remote_task": task.id, "task": task.uid})
