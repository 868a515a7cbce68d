"""What a project's store knows of tasks whose rows went, where the releases do not tell."""

from datetime import datetime

import pyarrow as pa

from pipeline.released.whys import Ask, Column
from pipeline.store import Store
from tasks import is_current

WENT = """
WITH asked AS (SELECT DISTINCT unnest(?::VARCHAR[]) AS task_id),
known AS (
    SELECT r.* FROM resolutions r SEMI JOIN asked USING (task_id) WHERE resolved_at <= ?
    QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY resolved_at DESC, resolution_id) = 1),
before AS (  -- the label that made the row
    SELECT m.task_id, r.resolution_id, list_sort(r.revisions) AS revisions
    FROM release_members m SEMI JOIN asked USING (task_id) JOIN releases l USING (version)
    JOIN resolutions r USING (resolution_id) WHERE l.made_at < ? AND m.row_count > 0
    QUALIFY row_number() OVER (PARTITION BY m.task_id ORDER BY l.made_at DESC) = 1),
gone AS (
    SELECT task_id FROM record_tasks SEMI JOIN asked USING (task_id)
    LEFT JOIN (FROM withdrawals WHERE withdrawn_at <= ?) w USING (record_id)
    GROUP BY task_id HAVING count(*) = count(w.record_id))
SELECT t.task_id, t.task_type, t.version, CASE
    WHEN w.task_id IS NOT NULL THEN 'withdrawal'
    WHEN d.task_id IS NOT NULL OR r.method = 'sent_back' THEN 'redo'
    WHEN g.task_id IS NOT NULL THEN 'made gold'
    WHEN r.method = 'none' THEN 'dispute'
    WHEN r.method = 'reopened' THEN 'vote taken back'
    -- it has a label that makes no row, as a tie is none
    WHEN r.payload IS NULL OR r.resolution_id = b.resolution_id THEN NULL
    WHEN r.method = 'adjudicated' THEN 'adjudication'
    WHEN len(r.revisions) > len(b.revisions) THEN 'new vote'
    WHEN len(r.revisions) < len(b.revisions) THEN 'vote taken back'
    WHEN list_sort(r.revisions) <> b.revisions THEN 'corrected vote'
    WHEN b.task_id IS NOT NULL THEN 'other method' END AS why
FROM asked JOIN tasks t USING (task_id) LEFT JOIN gone w USING (task_id)
LEFT JOIN (FROM redos WHERE redone_at <= ?) d USING (task_id)
LEFT JOIN (SELECT DISTINCT task_id FROM gold WHERE put_at <= ?) g USING (task_id) LEFT JOIN known r USING (task_id)
LEFT JOIN before b USING (task_id)
"""
"""As it was by a moment: what has happened since is not why."""


def asker(store: Store, version: str) -> Ask:
    """Asks a store of the time when a version was made; of now, where it was not made by this project."""
    made = store.value("SELECT coalesce((SELECT made_at FROM releases WHERE version = ?), now())", [version])

    def ask(tasks: Column) -> Column:
        known = _known(store, tasks, made)
        return pa.array([_why(known.get(task)) for task in tasks.to_pylist()], pa.string())

    return ask


def _known(store: Store, tasks: Column, by: datetime) -> dict[str, dict[str, object]]:
    asked = tasks.drop_null().to_pylist()
    found = store.rows(WENT, [asked, by, by, by, by, by]) if asked else []
    return {str(row["task_id"]): row for row in found}


def _why(row: dict[str, object] | None) -> str | None:
    if row is None:
        return None
    if row["why"] is not None:
        return str(row["why"])
    return None if is_current(str(row["task_type"]), int(str(row["version"]))) else "other question"
