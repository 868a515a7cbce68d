"""Whose a task in Label Studio is: by its uid, its place and its data together, since each can be made up."""

from collections.abc import Sequence
from typing import Any

from pipeline.context import Context
from pipeline.label_studio.base import UID, RemoteTask
from pipeline.label_studio.wire import clean
from pipeline.pushing.pages import pages
from pipeline.pushing.queue import Lot
from schemas.base import content_id
from schemas.errors import HeadraceError
from schemas.facts import PushFact, RemoteProjectFact
from schemas.steering import DoubleFact

OURS, ARRIVED, DOUBLE, CHANGED, COPIED, FOREIGN = (
    "ours",
    "arrived",
    "double",
    "changed uid",
    "copied task",
    "foreign task",
)
MADE = """
SELECT task_id AS uid FROM tasks WHERE list_contains(?, task_id) UNION ALL
SELECT adjudication_id FROM adjudications WHERE list_contains(?, adjudication_id)
"""
PLACED = """
SELECT p.remote_task_id, p.task_id FROM pushes p LEFT JOIN remote_states s USING (task_id)
WHERE p.server = ? AND p.project_id = ? AND list_contains(?, p.remote_task_id) AND NOT coalesce(s.gone, false)
"""

SAID = "SELECT remote_id, created_at FROM annotations WHERE server = ? AND list_contains(?, task_id)"


class Whose:
    """What is on record of a batch of tasks in a Label Studio project."""

    def __init__(self, ctx: Context, project: RemoteProjectFact, tasks: Sequence[RemoteTask]) -> None:
        self._ctx, self._project = ctx, project
        uids = [task.uid for task in tasks if task.uid is not None]
        self._made = {row["uid"] for row in ctx.store.rows(MADE, [uids, uids])}
        found = ctx.store.facts(PushFact, "server = ? AND list_contains(?, task_id)", [ctx.server, uids])
        self.pushes = {push.task_id: push for push in found}
        ids = [task.id for task in tasks]
        placed = ctx.store.rows(PLACED, [ctx.server, project.project_id, ids])
        self._placed: dict[int, list[str]] = {}
        for row in placed:
            self._placed.setdefault(row["remote_task_id"], []).append(row["task_id"])
        self.doubles: dict[str, list[int]] = {}
        for double in ctx.store.facts(
            DoubleFact, "server = ? AND list_contains(?, task_id)", [ctx.server, uids]
        ):
            self.doubles.setdefault(double.task_id, []).append(double.remote_task_id)

    def kind(self, task: RemoteTask) -> str:
        """What a task there is to us."""
        push = self.pushes.get(str(task.uid))
        if push and (push.project_id, push.remote_task_id) == (self._project.project_id, task.id):
            return OURS
        if self._is_changed(task):
            return CHANGED  # what people say there was said of what stood there before
        if task.uid not in self._made:
            return FOREIGN
        if not self._is_as_sent(task, str(task.uid)):
            return COPIED
        return ARRIVED if push is None else DOUBLE

    def doubles_of(self, task: RemoteTask) -> list[int]:
        """The ids of the tasks there that were found to be this one over again."""
        return self.doubles.get(str(task.uid), [])

    def _is_changed(self, task: RemoteTask) -> bool:
        """Whether it is ours still, but for its uid; another one may have been given the id of ours."""
        placed = self._placed.get(task.id, [])
        if not placed or task.broken:
            return bool(placed)
        return any(self._is_as_sent(task, uid) for uid in placed) or self._is_answered(task, placed)

    def _is_answered(self, task: RemoteTask, placed: list[str]) -> bool:
        """Whether it holds an answer that is on record as said of ours, whatever it shows now."""
        known = {
            (row["remote_id"], row["created_at"])
            for row in self._ctx.store.rows(SAID, [self._ctx.server, placed])
        }
        return any((one.id, one.created_at) in known for one in task.annotations)

    def _is_as_sent(self, task: RemoteTask, uid: str) -> bool:
        """Whether a task shows what ours shows, so that what is said of it is said of ours."""
        sent = _sent(self._ctx, self._project, uid)
        return sent is not None and sent == content_id({**task.data, UID: None})


def _sent(ctx: Context, project: RemoteProjectFact, uid: str) -> str | None:
    lot = Lot(project.cell, project.task_type, project.version, project.purpose, (uid,), 0)
    try:
        ((_, page),) = pages(ctx, lot, [uid])
    except (HeadraceError, KeyError, ValueError):
        return None
    data: dict[str, Any] = clean(page.data)
    return content_id({**data, UID: None})
