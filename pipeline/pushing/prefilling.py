"""What a task's page starts from, where the project has it filled in by a model or a verifier.

What a page starts from is on record before it is sent; of gold, whose record is not kept, since it was made.
"""

from collections.abc import Sequence

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.page_starts import start_of
from pipeline.pushing.queue import Lot
from pipeline.terms import Terms
from schemas.base import Label
from schemas.records import Record
from schemas.steering import FindingFact, PrefillFact
from tasks import task_types
from tasks.base import ParseError, Region

BEHIND = """
SELECT rt.task_id, t.payload AS item, rec.payload AS record
FROM record_tasks rt JOIN tasks t USING (task_id) JOIN records rec USING (record_id)
ANTI JOIN withdrawals w ON w.record_id = rec.record_id
WHERE list_contains(?, rt.task_id) ORDER BY rec.ingested_at, rec.record_id
"""
OF_GOLD = "list_contains(?, task_id) AND task_id IN (SELECT task_id FROM gold_tasks)"


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
            record = Record.model_validate_json(row["record"])
            label = start_of(task_type, config, record, task_type.item.model_validate_json(row["item"]))
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
    for known in ctx.store.facts(PrefillFact, OF_GOLD, [list(uids)]):
        labels.setdefault(known.task_id, (task_type.label.model_validate_json(known.payload), known.source))
    return {uid: tuple(task_type.result(label)) for uid, (label, _) in labels.items()}
