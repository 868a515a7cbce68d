"""What annotators disagree with, and what leads say to it: as the store has it, and as it stands in the ledger yet."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipeline.door.desk.judged import About, Judged
from pipeline.door.desk.snapshot import Known
from pipeline.ledger.notes import Notes
from schemas.door import DisputeAnswerFact, DisputeFact


@dataclass(frozen=True)
class Dispute:
    """One disagreement, with the newest answer to it."""

    dispute_id: str
    annotator: str
    task_id: str
    about: About
    remark: str
    disputed_at: datetime
    upheld: bool | None = None
    """Whether the annotator was right; None until a lead has answered."""
    answer: str = ""
    answered_at: datetime | None = None


def disputes_of(known: Known, notes: Notes, annotator: str) -> list[Dispute]:
    """A person's disputes, the newest first."""
    stored = [_stored(row) for row in known.disputes.get(annotator, ())]
    written = [note.payload for note in notes.of(annotator, "dispute")]
    return _together(stored, written, notes)


def all_disputes(known: Known, notes: Notes) -> list[Dispute]:
    """Everybody's disputes, the newest first."""
    stored = [_stored(row) for rows in known.disputes.values() for row in rows]
    return _together(stored, [note.payload for note in notes.all("dispute")], notes)


def disagree(notes: Notes, annotator: str, judged: Judged, remark: str, now: datetime) -> None:
    """Write a dispute down; the same one again changes nothing."""
    fact = DisputeFact(
        dispute_id=judged.dispute_id,
        annotator=annotator,
        task_id=judged.task_id,
        about=judged.about,
        remark=remark,
        disputed_at=now,
    )
    notes.put("dispute", annotator, fact.model_dump(mode="json"), note_id=fact.dispute_id, at=now)


def answer(notes: Notes, by: str, dispute: Dispute, *, upheld: bool, remark: str, now: datetime) -> None:
    """Write down what a lead says to a dispute."""
    fact = DisputeAnswerFact(
        dispute_id=dispute.dispute_id, upheld=upheld, remark=remark, answered_by=by, answered_at=now
    )
    notes.put("dispute_answer", by, fact.model_dump(mode="json"), at=now)


def _together(stored: list[Dispute], written: Iterable[Any], notes: Notes) -> list[Dispute]:
    found = {fact.dispute_id: _said(fact) for fact in map(DisputeFact.model_validate, written)}
    found |= {one.dispute_id: one for one in stored}
    for note in notes.all("dispute_answer"):
        fact = DisputeAnswerFact.model_validate(note.payload)
        one = found.get(fact.dispute_id)
        if one and (one.answered_at is None or fact.answered_at > one.answered_at):
            found[fact.dispute_id] = replace(
                one, upheld=fact.upheld, answer=fact.remark, answered_at=fact.answered_at
            )
    return sorted(found.values(), key=lambda one: (one.disputed_at, one.dispute_id), reverse=True)


def _said(fact: DisputeFact) -> Dispute:
    return Dispute(fact.dispute_id, fact.annotator, fact.task_id, fact.about, fact.remark, fact.disputed_at)


def _stored(row: Any) -> Dispute:  # noqa: ANN401 - a row of the store
    return Dispute(
        row["dispute_id"],
        row["annotator"],
        row["task_id"],
        row["about"],
        row["remark"],
        row["disputed_at"],
        row["upheld"],
        row["answer"] or "",
        row["answered_at"],
    )
