"""Which items need no person, because what a machine found out decides them; and which of these people see anyway."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.quality.consensus import one_judgement
from pipeline.quality.overlap import is_audited
from pipeline.verifying.asked import Asked
from schemas.base import Item, Json, Label, content_id
from schemas.records import Record
from schemas.screening import REFERENCE, EvidenceFact
from tasks import AnyTaskType
from tasks._evidence import places
from tasks._programs import unfenced
from tasks.base import ParseError

REASON = "decided by machine"


@dataclass(frozen=True)
class Decision:
    """What machines say of an item, in one voice."""

    label: Label
    by: tuple[Asked, ...]
    """The checks that say so, in the project's order."""
    audited: bool
    """Whether people are asked all the same."""

    @property
    def drops(self) -> bool:
        """Whether the item ends here without a label: where any of the checks asks for that."""
        return any(one.options.then == "drop" for one in self.by)


def decision(
    task_type: AnyTaskType,
    item: Item,
    record: Record,
    checks: Sequence[Asked],
    evidence: Sequence[EvidenceFact],
) -> Decision | None:
    """What the checks decide of an item; None where none does, or two of them contradict each other."""
    said = [
        (one, label)
        for one in checks
        if (label := label_of(task_type, item, record, one, evidence)) is not None
    ]
    if not said or any(not one_judgement(task_type, said[0][1], label) for _, label in said[1:]):
        return None
    share = max(one.options.audit_share for one, _ in said)
    audited = is_audited(content_id(["machine", item.id, task_type.name]), share)
    return Decision(said[0][1], tuple(one for one, _ in said), audited)


def label_of(
    task_type: AnyTaskType, item: Item, record: Record, one: Asked, evidence: Sequence[EvidenceFact]
) -> Label | None:
    """What one check alone decides of an item, whatever the others say."""
    mine = [
        fact
        for fact in evidence
        if (fact.check, fact.by) == (one.name, one.by)
        and (fact.candidate == REFERENCE or fact.outcome in one.options.decides)
    ]
    if not any(fact.outcome in one.options.decides for fact in mine):
        return None
    label: Label | None = (
        _judged(task_type, item, record, one, mine)
        if one.name == "judges"
        else task_type.decided(item, record, mine)
    )
    return label


def _judged(
    task_type: AnyTaskType, item: Item, record: Record, one: Asked, mine: Sequence[EvidenceFact]
) -> Label | None:
    """The label that a judge's words state of an item: of the candidate that it is made of, or of the record."""
    if getattr(one.options, "task", None) != task_type.name:
        return None
    at = _places(item, record)
    said = {fact.detail for fact in mine if fact.candidate in at and fact.outcome in one.options.decides}
    known = {fact.candidate for fact in mine if fact.outcome in one.options.decides}
    if len(said) != 1 or not set(at) <= known:
        return None
    try:
        label: Label = task_type.prefilled(item, _in_full(task_type, json.loads(said.pop())["said"]))
    except ParseError:
        return None
    return label


def _in_full(task_type: AnyTaskType, said: Json) -> Json:
    """A verdict alone as the label that holds it."""
    fields: tuple[str, ...] = getattr(task_type.label, "verdicts", ())
    return said if isinstance(said, Mapping) or len(fields) != 1 else {fields[0]: said}


def _places(item: Item, record: Record) -> tuple[int, ...]:
    """Of which candidates an item is made; the reference stands for the record as a whole."""
    for name in ("answer", "code", "response"):
        text = getattr(item, name, None)
        if isinstance(text, str) and (at := places(record, text, lambda one: unfenced(one)[0].strip())):
            return at
    return (0,) if len(record.candidates) == 1 else (REFERENCE,)
