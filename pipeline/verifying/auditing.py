"""People's labels beside those of machines: how often a machine is wrong, and each item on which they disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.quality.audit import audit
from pipeline.quality.consensus import one_judgement
from pipeline.verifying.asked import Asked, asked, evidence_of
from pipeline.verifying.routing import decision, label_of
from schemas.base import Frozen, Item, Label
from schemas.records import Record
from schemas.screening import EvidenceFact
from schemas.steering import FindingFact
from tasks import AnyTaskType, is_current, task_types
from tasks._escape import escape_of

BATCH = 500
KIND = "machine disagrees"
SETTLED = """
SELECT t.task_id, t.cell, t.task_type, t.version, t.payload AS item, r.payload AS label,
    first(rt.record_id ORDER BY rt.record_id) AS record_id
FROM current_resolutions r JOIN tasks t USING (task_id) JOIN record_tasks rt USING (task_id)
ANTI JOIN gold_tasks g ON g.task_id = t.task_id
WHERE r.payload IS NOT NULL AND r.method <> 'machine' AND t.attempt = 1 AND t.task_id IN (SELECT unnest(?::VARCHAR[]))
GROUP BY ALL ORDER BY t.task_id
"""
"""First attempts alone: what somebody wanted done anew is no fair share."""
WITH_EVIDENCE = """
SELECT DISTINCT r.task_id FROM current_resolutions r JOIN record_tasks USING (task_id)
JOIN evidence e USING (record_id)
WHERE r.payload IS NOT NULL AND r.method <> 'machine' AND list_contains(?, e."by")
    AND r.resolved_at >= coalesce(?, '-infinity'::TIMESTAMPTZ)
ORDER BY r.task_id
"""
RECORDS = "SELECT record_id, payload FROM records WHERE record_id IN (SELECT unnest(?::VARCHAR[]))"
DECIDED = """
SELECT DISTINCT t.task_type FROM current_resolutions r JOIN tasks t USING (task_id) WHERE r.method = 'machine'
"""


class Audited(Frozen):
    """One check against people, on one kind of work."""

    check: str
    """answers, programs, or the judge's own name."""
    task_type: str
    compared: int
    """Items that the check decides and people settled too."""
    wrong: int
    """Of these, those to which people gave another label."""
    error: float | None
    """The share of the check's labels that people would make another one, as estimated; None without an audit."""
    low: float
    high: float
    """95 in 100 (Clopper-Pearson): 0 and 1 without an audit."""


@dataclass(frozen=True)
class Compared:
    """An item that a check decides, settled by people too."""

    task: dict[str, Any]
    check: Asked
    machine: Label
    people: Label
    agreed: bool
    decided: bool
    """Whether it is what the machines decided together: where checks contradict each other, none did."""


def audits(ctx: Context) -> tuple[Audited, ...]:
    """How often each check that decides is wrong, by the kind of work; those without an audit yet too."""
    kinds = [row["task_type"] for row in ctx.store.rows(DECIDED)]
    found: dict[tuple[str, str], list[bool]] = {
        (name_of(one), kind): []
        for one in deciding(ctx)
        for kind in kinds
        if kind == getattr(one.options, "task", kind)
    }
    for case in compared(ctx):
        if case.decided:
            found.setdefault((name_of(case.check), case.task["task_type"]), []).append(case.agreed)
    return tuple(_audited(*key, agreed) for key, agreed in sorted(found.items()))


def disagreements(ctx: Context, since: datetime | None = None) -> Iterator[FindingFact]:
    """A finding for each item on which people and a check say different things; of those settled since a moment."""
    for case in compared(ctx, since):
        if not case.agreed:
            yield _finding(ctx, case)


def compared(ctx: Context, since: datetime | None = None) -> Iterator[Compared]:
    """Every item that a check decides and that people settled, since a moment or ever."""
    checks = deciding(ctx)
    if not checks:
        return
    by = [one.by for one in checks]
    ids = [row["task_id"] for row in ctx.store.rows(WITH_EVIDENCE, [by, since])]
    for start in range(0, len(ids), BATCH):
        rows = ctx.store.rows(SETTLED, [ids[start : start + BATCH]])
        rows = [row for row in rows if is_current(row["task_type"], row["version"])]
        evidence = evidence_of(ctx, [row["record_id"] for row in rows])
        records = _records(ctx, list(evidence))
        for row in rows:
            yield from _cases(row, records[row["record_id"]], checks, evidence[row["record_id"]])


def deciding(ctx: Context) -> list[Asked]:
    """The checks whose outcomes decide anything."""
    return [one for one in asked(ctx.project) if one.options.decides]


def name_of(one: Asked) -> str:
    """What people call a check: a judge by its own name."""
    return str(getattr(one.options, "name", one.name))


def _records(ctx: Context, ids: list[str]) -> dict[str, Record]:
    found = ctx.store.rows(RECORDS, [ids])
    return {row["record_id"]: Record.model_validate_json(row["payload"]) for row in found}


def _cases(
    row: dict[str, Any], record: Record, checks: Sequence[Asked], evidence: Sequence[EvidenceFact]
) -> Iterator[Compared]:
    task_type: AnyTaskType = task_types()[row["task_type"]]
    try:
        item: Item = task_type.item.model_validate_json(row["item"])
        people: Label = task_type.label.model_validate_json(row["label"])
    except ValueError:  # of an older build
        return
    if escape_of(people) is not None:
        return  # who takes a way out says nothing against the machine
    decided = decision(task_type, item, record, checks, evidence) is not None
    for one in checks:
        machine = label_of(task_type, item, record, one, evidence)
        if machine is not None:
            agreed = one_judgement(task_type, machine, people)
            yield Compared(row, one, machine, people, agreed, decided)


def _audited(check: str, task_type: str, agreed: list[bool]) -> Audited:
    found = audit(agreed)
    return Audited(
        check=check,
        task_type=task_type,
        compared=found.compared,
        wrong=found.wrong,
        error=found.error,
        low=found.interval[0],
        high=found.interval[1],
    )


def _finding(ctx: Context, case: Compared) -> FindingFact:
    task_type = task_types()[case.task["task_type"]]
    machine, people = task_type.summary(case.machine), task_type.summary(case.people)
    name = name_of(case.check)
    return finding(
        ctx,
        KIND,
        f"{case.task['task_id']}/{name}",
        f"task {case.task['task_id']}: {name} said {machine!r}, people said {people!r}; look which of them is wrong",
        {"record_id": case.task["record_id"], "by": case.check.by, "machine": machine, "people": people},
        cell=case.task["cell"],
        task_id=case.task["task_id"],
    )
