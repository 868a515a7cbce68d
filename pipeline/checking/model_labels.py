"""What the hidden model said of the tasks that people answered: its labels stand in records, shown to nobody."""

from typing import Any

from pipeline.context import Context
from pipeline.page_starts import start_of
from pipeline.terms import Terms
from schemas.base import Label
from schemas.records import Record
from tasks import is_current, task_types

HIDDEN = "hidden_model_label"
MOST = 20_000
"""So many tasks are asked about, the newest."""
TASKS = f"""
SELECT t.task_id, t.task_type, t.version, t.payload AS item, any_value(r.payload) AS record
FROM tasks t JOIN record_tasks rt USING (task_id) JOIN records r USING (record_id)
WHERE coalesce(r.payload ->> '$.{HIDDEN}', 'null') <> 'null' AND t.task_id IN (SELECT task_id FROM labels)
GROUP BY ALL ORDER BY t.task_id DESC LIMIT {MOST}
"""  # noqa: S608 - names and numbers of ours


def model_labels(ctx: Context) -> dict[str, Label]:
    """By task; what the model said that is no label of its task is left out."""
    rows = [row for row in ctx.store.rows(TASKS) if is_current(row["task_type"], row["version"])]
    terms = Terms(ctx, [row["task_id"] for row in rows])
    found = ((row["task_id"], _label(terms, row)) for row in rows)
    return {task_id: label for task_id, label in found if label is not None}


def _label(terms: Terms, row: dict[str, Any]) -> Label | None:
    config = terms.of(row["task_id"], row["task_type"])
    if config is None or config.prefill == HIDDEN:  # people see it: to keep it is no copying
        return None
    task_type = task_types()[row["task_type"]]
    hidden = config.model_copy(update={"prefill": HIDDEN})
    try:
        item = task_type.item.model_validate_json(row["item"])
        return start_of(task_type, hidden, Record.model_validate_json(row["record"]), item)
    except ValueError:
        return None
