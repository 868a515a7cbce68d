"""Both sides held against each other: what Label Studio has now is laid beside the facts, in one connection alone.

A task that changed there after the last sync is *fresh*: what differs on it is not synced yet, and no disagreement.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from pipeline.context import Context
from pipeline.label_studio.base import RemoteTask
from pipeline.store import Store
from schemas.errors import LabelStudioGone
from schemas.facts import Fact, RemoteProjectFact

BATCH = 1000

TABLES = """
CREATE TEMP TABLE there_projects (project_id BIGINT PRIMARY KEY, cell VARCHAR, gone BOOLEAN, stamp VARCHAR);
CREATE TEMP TABLE there_tasks (
    project_id BIGINT, remote_task_id BIGINT, uid VARCHAR, updated_at TIMESTAMPTZ, overlap BIGINT, closed BOOLEAN,
    broken BOOLEAN, PRIMARY KEY (project_id, remote_task_id));
CREATE TEMP TABLE there_annotations (
    remote_id BIGINT PRIMARY KEY, project_id BIGINT, remote_task_id BIGINT, person_id BIGINT, digest VARCHAR,
    skipped BOOLEAN, created_at TIMESTAMPTZ);
"""

VIEWS = """
-- Which of our uids each task there should bear: that of the push, or of the task that it doubles.
CREATE TEMP VIEW on_record AS
SELECT project_id, remote_task_id, task_id, pushed_at AS since, false AS is_double FROM pushes
QUALIFY row_number() OVER (PARTITION BY project_id, remote_task_id ORDER BY pushed_at DESC) = 1  -- ids are given again
UNION ALL
SELECT project_id, remote_task_id, d.task_id, found_at, true FROM doubles d
ANTI JOIN pushes p USING (project_id, remote_task_id);

-- Each task there, with what is on record of it.
CREATE TEMP VIEW beside AS
SELECT t.*, s.task_id, s.since, coalesce(t.updated_at > y.seen_until, true) AS fresh, CASE
    WHEN s.task_id = t.uid THEN CASE WHEN s.is_double THEN 'double' ELSE 'ours' END
    WHEN s.task_id IS NOT NULL AND t.broken AND t.uid IS NULL THEN 'unreadable'
    WHEN s.task_id IS NOT NULL THEN 'changed'
    WHEN t.uid IN (SELECT task_id FROM pushes) THEN 'copied'
    WHEN t.uid IN (SELECT uid FROM wanted) THEN 'unrecorded'
    ELSE 'foreign' END AS kind
FROM there_tasks t
LEFT JOIN on_record s USING (project_id, remote_task_id)
LEFT JOIN syncs y USING (project_id);

-- Each annotation there that says something, and in what the store has it otherwise.
CREATE TEMP VIEW said_there AS
SELECT a.*, b.fresh, CASE
    WHEN l.annotation_id IS NULL THEN 'is not in the store'
    WHEN l.deleted THEN 'is taken back in the store'
    WHEN l.lost THEN 'is lost in the store'
    WHEN l.skipped THEN 'is a skip in the store'
    WHEN l.task_id <> b.task_id THEN 'is of task ' || l.task_id || ' in the store'
    WHEN p.annotator <> l.annotator THEN 'is by ' || p.annotator || ', by ' || l.annotator || ' in the store'
    WHEN sha256(l.result) <> a.digest THEN 'says something else in the store'
    END AS otherwise
FROM there_annotations a
JOIN beside b USING (project_id, remote_task_id)
LEFT JOIN latest_annotations l ON l.remote_id = a.remote_id AND l.created_at = a.created_at
LEFT JOIN people p ON p.person_id = a.person_id
WHERE NOT a.skipped AND b.kind IN ('ours', 'double');

-- Each annotation here that says something and is not there, of tasks that stand there and can be read.
CREATE TEMP VIEW said_here_alone AS
SELECT l.*, s.fresh FROM latest_annotations l
JOIN (
    SELECT task_id, bool_or(fresh) AS fresh FROM beside WHERE kind IN ('ours', 'double')
    GROUP BY task_id HAVING NOT bool_or(broken)) s USING (task_id)
ANTI JOIN (SELECT * FROM there_annotations WHERE NOT skipped) a
    ON a.remote_id = l.remote_id AND a.created_at = l.created_at
WHERE NOT l.deleted AND NOT l.lost AND NOT l.skipped
    AND l.server IN (SELECT server FROM pushes);  -- votes that were adopted stand in a project of somebody else's
"""


class ThereProject(Fact):
    """A project of ours as it stands in Label Studio, if it does."""

    table = "there_projects"
    key = ("project_id",)

    project_id: int
    cell: str
    gone: bool
    stamp: str | None


class ThereTask(Fact):
    """A task as it stands in a project of ours, whoever put it there."""

    table = "there_tasks"
    key = ("project_id", "remote_task_id")

    project_id: int
    remote_task_id: int
    uid: str | None
    updated_at: datetime
    overlap: int
    closed: bool
    broken: bool


class ThereAnnotation(Fact):
    """An annotation as it stands there; of its result only a hash."""

    table = "there_annotations"
    key = ("remote_id",)

    remote_id: int
    project_id: int
    remote_task_id: int
    person_id: int | None
    digest: str
    skipped: bool
    created_at: datetime


def lay_out(store: Store) -> None:
    """Make room beside the facts for what Label Studio has, seen by this connection alone and gone with it."""
    store.temporary(TABLES + VIEWS)


def read_there(ctx: Context) -> None:
    """Lay all tasks and annotations of our projects in Label Studio beside the facts; nothing is written there."""
    for project in ctx.store.facts(RemoteProjectFact):
        where = project.project_id
        try:
            stamp = ctx.label_studio.look(where).stamp
            tasks = ctx.progress.track(ctx.label_studio.changes(where, None), f"read {project.cell}")
            while batch := list(islice(tasks, BATCH)):
                _lay(ctx.store, where, batch)
        except LabelStudioGone:
            ctx.store.put([ThereProject(project_id=where, cell=project.cell, gone=True, stamp=None)])
        else:
            ctx.store.put([ThereProject(project_id=where, cell=project.cell, gone=False, stamp=stamp)])


def _lay(store: Store, project_id: int, tasks: Sequence[RemoteTask]) -> None:
    store.put(
        (
            ThereTask(
                project_id=project_id,
                remote_task_id=task.id,
                uid=task.uid,
                updated_at=task.updated_at,
                overlap=task.overlap,
                closed=task.closed,
                broken=bool(task.broken),
            )
            for task in tasks
        ),
        replace=True,
    )
    store.put(
        (
            ThereAnnotation(
                remote_id=annotation.id,
                project_id=project_id,
                remote_task_id=task.id,
                person_id=annotation.person_id,
                digest=hashlib.sha256(json.dumps(annotation.result).encode()).hexdigest(),
                skipped=annotation.skipped,
                created_at=annotation.created_at,
            )
            for task in tasks
            for annotation in task.annotations
        ),
        replace=True,
    )
