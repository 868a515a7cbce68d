"""What a task's page shows: of a task its item, of an adjudication the item with its votes."""

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.context import Context
from pipeline.label_studio.base import NewTask
from pipeline.pushing.prefilling import prefills
from pipeline.pushing.queue import Lot
from pipeline.quality.consensus import leading
from schemas.base import Vote
from tasks import task_types

ITEMS = "SELECT task_id AS uid, payload FROM tasks WHERE task_id IN (SELECT unnest(?))"
CASES = """
SELECT j.adjudication_id AS uid, t.payload, j.revisions FROM adjudications j JOIN tasks t USING (task_id)
WHERE j.adjudication_id IN (SELECT unnest(?))
"""
VOTES = """
SELECT l.annotator, l.payload FROM labels l JOIN annotations a USING (revision_id)
WHERE list_contains(?, l.revision_id) ORDER BY a.created_at, l.revision_id
"""


def pages(ctx: Context, lot: Lot, uids: Sequence[str]) -> Iterator[tuple[str, NewTask]]:
    """The page of each task, in the order asked for."""
    sql = ITEMS if lot.purpose == "label" else CASES
    rows = {row["uid"]: row for row in ctx.store.rows(sql, [list(uids)])}
    if lot.purpose != "label":
        yield from ((uid, _case_page(ctx, lot.task_type, rows[uid])) for uid in uids)
        return
    task_type, seeds = task_types()[lot.task_type], prefills(ctx, lot, uids)
    for uid in uids:
        data = task_type.data(task_type.item.model_validate_json(rows[uid]["payload"]))
        yield uid, NewTask(data=data, seed=seeds.get(uid, ()))


def _case_page(ctx: Context, name: str, row: dict[str, Any]) -> NewTask:
    from tasks._adjudication import Adjudication

    task_type = task_types()[name]
    item = task_type.item.model_validate_json(row["payload"])
    votes = [
        Vote[Any](annotator=vote["annotator"], label=task_type.label.model_validate_json(vote["payload"]))
        for vote in ctx.store.rows(VOTES, [row["revisions"]])
    ]
    page = Adjudication(task_type)
    seed = page.seed(leading(task_type, votes))
    return NewTask(data=page.data(item, [vote.label for vote in votes]), seed=seed)
