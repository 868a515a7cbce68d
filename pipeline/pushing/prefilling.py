"""What a task's page starts from, where the project has it filled in by a model or a verifier.

The label stands in the record, under the name that `prefill` gives: as it is, by task type, or in a list with one for
each of the record's items. What a page starts from is on record before it is sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.pushing.queue import Lot
from pipeline.terms import Terms
from schemas.base import Item, Label
from schemas.project import TaskConfig
from schemas.records import Record
from schemas.steering import FindingFact, PrefillFact
from tasks import AnyTaskType, task_types
from tasks.base import Answers, ParseError, Region

BEHIND = """
SELECT rt.task_id, t.payload AS item, rec.payload AS record
FROM record_tasks rt JOIN tasks t USING (task_id) JOIN records rec USING (record_id)
ANTI JOIN withdrawals w ON w.record_id = rec.record_id
WHERE list_contains(?, rt.task_id) ORDER BY rec.ingested_at, rec.record_id
"""


def is_prefilled(ctx: Context, task_type: str) -> bool:
    """Whether pages of a task type start from anything."""
    return any(config.prefill for config in ctx.project.tasks if config.type == task_type)


def prefills(ctx: Context, lot: Lot, uids: Sequence[str]) -> dict[str, tuple[Region, ...]]:
    """The regions from which each task's page starts; it, and what cannot be used, is put on record."""
    if not is_prefilled(ctx, lot.task_type):
        return {}
    task_type, terms = task_types()[lot.task_type], Terms(ctx, uids)
    labels: dict[str, tuple[Label, str]] = {}
    findings: list[FindingFact] = []
    for row in ctx.store.rows(BEHIND, [list(uids)]):
        uid, config = row["task_id"], terms.of(row["task_id"], lot.task_type)
        if uid in labels or config is None or config.prefill is None:
            continue
        try:
            label = _label(task_type, config, row)
        except ParseError as why:
            detail = (
                f"{config.prefill}: a label of {task_type.name} was expected, {why}; the page starts empty"
            )
            findings.append(finding(ctx, "no prefill", uid, detail, cell=lot.cell, task_id=uid))
            continue
        if label is not None:
            labels[uid] = label, config.prefill
    now = ctx.clock()
    facts = [
        PrefillFact(task_id=uid, source=source, payload=label.model_dump_json(), filled_at=now)
        for uid, (label, source) in labels.items()
    ]
    ctx.store.put(findings)
    ctx.store.put(facts, replace=True)
    return {uid: tuple(task_type.result(label)) for uid, (label, _) in labels.items()}


def _label(task_type: AnyTaskType, config: TaskConfig, row: Mapping[str, Any]) -> Label | None:
    """The label that the record holds for the item, None where it holds none."""
    record = Record.model_validate_json(row["record"])
    item: Item = task_type.item.model_validate_json(row["item"])
    said = _said(record, str(config.prefill))
    if isinstance(said, Mapping) and task_type.name in said:
        said = said[task_type.name]
    if isinstance(said, list):
        items = [one.id for one in task_type.items(record, {**task_type.options, **config.options})]
        place = items.index(item.id) if item.id in items else len(said)
        said = said[place] if place < len(said) else None
    if said is None:
        return None
    label: Label = task_type.prefilled(item, said)
    again: Label = task_type.parse(item, Answers(task_type.result(label)))
    return again


def _said(record: Record, where: str) -> Any:  # noqa: ANN401 - any JSON
    name, _, column = where.partition(".")
    return record.extra.get(column) if name == "extra" else record.hidden_model_label
