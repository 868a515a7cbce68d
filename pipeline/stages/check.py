"""Read what annotations mean, and refuse those that mean nothing."""

import json
from typing import Any

from pipeline.context import Context, Tally
from pipeline.people import is_unknown
from schemas.base import Item
from schemas.facts import LabelFact, RejectFact
from tasks import is_current, task_types
from tasks.base import Answers, ParseError

BATCH = 500

UNREAD = """
SELECT a.revision_id, a.annotation_id, a.task_id, a.annotator, a.result, a.simulated, a.remote_id,
    t.task_type, t.version, t.payload
FROM current_annotations a JOIN tasks t USING (task_id)
WHERE a.revision_id NOT IN (SELECT revision_id FROM labels)
  AND a.revision_id NOT IN (SELECT subject FROM rejects WHERE stage = 'check')
ORDER BY a.created_at, a.revision_id
"""


def check(ctx: Context) -> Tally:
    """Parse every current annotation that has no label yet: it becomes one, or a reject with the reason."""
    tally = Tally()
    todo = [row for row in ctx.store.rows(UNREAD) if is_current(row["task_type"], row["version"])]
    for start in ctx.progress.track(range(0, len(todo), BATCH), "check"):
        labels: list[LabelFact] = []
        rejects: list[RejectFact] = []
        for row in todo[start : start + BATCH]:
            read = _read(ctx, row)
            (labels if isinstance(read, LabelFact) else rejects).append(read)  # type: ignore[arg-type] # told apart
        with ctx.store.transaction():
            tally.done += ctx.store.put(labels)
            ctx.reject(tally, rejects)
    return tally


def _read(ctx: Context, row: dict[str, Any]) -> LabelFact | RejectFact:
    task_type = task_types()[row["task_type"]]
    evidence = {name: row[name] for name in ("remote_id", "task_id", "annotator")}
    if is_unknown(row["annotator"]):
        # whose vote it is decides whether it counts, and whether it is a simulated one
        detail = f"annotation {row['remote_id']}: expected somebody's, found that the account is gone"
        return ctx.rejection("check", row["revision_id"], "no account", detail, evidence)
    try:
        item: Item = task_type.item.model_validate_json(row["payload"])
        label = task_type.parse(item, Answers(json.loads(row["result"])))
    except (ParseError, ValueError) as error:
        detail = " ".join(str(error).split())[:500]
        return ctx.rejection("check", row["revision_id"], "says no label", detail, evidence)
    return LabelFact(
        revision_id=row["revision_id"],
        annotation_id=row["annotation_id"],
        task_id=row["task_id"],
        annotator=row["annotator"],
        payload=label.model_dump_json(),
        simulated=row["simulated"],
        checked_at=ctx.clock(),
    )
