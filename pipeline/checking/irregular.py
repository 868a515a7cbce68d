"""What is out of the ordinary among annotations that are on record: found by looking at all of them together."""

from collections.abc import Iterator
from typing import Any

from pipeline.checking.votes import why_void
from pipeline.context import Context
from pipeline.findings import finding
from pipeline.people.roster import PAUSED, REDO, Roster
from schemas.steering import FindingFact

TWICE = """
SELECT a.task_id, a.annotator, t.cell, count(*) AS times, list_sort(list(a.remote_id)) AS remote_ids,
    concat_ws('/', a.task_id, a.annotator, count(*)) AS subject
FROM current_annotations a JOIN tasks t USING (task_id) GROUP BY a.task_id, a.annotator, t.cell
HAVING count(*) > 1 AND subject NOT IN (SELECT subject FROM findings WHERE kind = 'double submission')
"""
PAST = """
SELECT v.task_id, v.annotator, v.revision_id, t.cell, coalesce(k.votes, t.overlap) AS overlap,
    row_number() OVER (PARTITION BY v.task_id ORDER BY v.submitted_at, v.annotation_id) AS place
FROM votes v JOIN tasks t USING (task_id) LEFT JOIN current_asks k USING (task_id)
QUALIFY place > coalesce(k.votes, t.overlap)
    AND v.revision_id NOT IN (SELECT subject FROM findings WHERE kind = 'past the overlap')
"""
TIMELESS = """
SELECT a.remote_id, a.revision_id, a.task_id, a.annotator, t.cell
FROM current_annotations a JOIN tasks t USING (task_id)
WHERE a.lead_seconds IS NULL AND a.revision_id NOT IN (SELECT subject FROM findings WHERE kind = 'no lead time')
"""
UNDONE = """
SELECT a.*, t.cell FROM current_annotations a JOIN tasks t USING (task_id)
ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
WHERE a.annotator IN (SELECT annotator FROM person_pauses)
"""
UNDONE_CASES = """
SELECT a.*, j.task_id AS case_id, j.revisions, t.cell FROM current_adjudicating a
JOIN adjudications j ON j.adjudication_id = a.task_id JOIN tasks t ON t.task_id = j.task_id
ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
WHERE a.annotator IN (SELECT annotator FROM person_pauses)
"""


def find(ctx: Context, roster: Roster) -> Iterator[FindingFact]:
    """Several answers of one person to a task, more than were asked for, no lead time, a person's pause."""
    for row in ctx.store.rows(TWICE):
        detail = (
            f"task {row['task_id']}: expected one answer of {row['annotator']}, found {row['times']} "
            f"(annotations {', '.join(map(str, row['remote_ids']))}); the last one counts"
        )
        yield finding(ctx, "double submission", row["subject"], detail, **_about(row))
    for row in ctx.store.rows(PAST):
        detail = (
            f"task {row['task_id']}: expected {row['overlap']} votes, {row['annotator']}'s is number {row['place']}; "
            "it counts only if more are asked for"
        )
        about = {**_about(row), "revision_id": row["revision_id"]}
        yield finding(ctx, "past the overlap", row["revision_id"], detail, **about)
    for row in ctx.store.rows(TIMELESS):
        detail = f"annotation {row['remote_id']}: expected a lead time, found none that can be; its pace is unknown"
        about = {**_about(row), "revision_id": row["revision_id"]}
        yield finding(ctx, "no lead time", row["revision_id"], detail, **about)
    for row in [*ctx.store.rows(UNDONE), *ctx.store.rows(UNDONE_CASES)]:
        # what was read when other cells were theirs counts on; a pause reaches back
        yield from (one for one in why_void(ctx, roster, row) if one.kind in (PAUSED, REDO))


def _about(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("cell", "task_id", "annotator")}
