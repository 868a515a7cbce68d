"""Records as the rows of shards, and as the facts that the store keeps."""

from datetime import datetime
from typing import NamedTuple

from schemas.facts import RecordFact
from schemas.records import Record


class Row(NamedTuple):
    """What a shard says of a record, but for when and as which one it was read."""

    record_id: str
    prompt_id: str
    domain: str
    language: str | None
    programming_language: str | None
    topic: str | None
    difficulty: str | None
    license: str | None
    dataset: str | None
    candidates: int
    payload: str | bytes


def row_of(record: Record) -> Row:
    """A record's row."""
    return Row(
        record_id=record.id,
        prompt_id=record.prompt_id,
        domain=record.domain,
        language=record.language,
        programming_language=record.programming_language,
        topic=record.topic,
        difficulty=None if record.difficulty is None else str(record.difficulty),
        license=record.license,
        dataset=record.source.dataset if record.source else None,
        candidates=len(record.candidates),
        payload=payload_of(record),
    )


def payload_of(record: Record) -> str:
    """A record as it is kept: JSON of what is set."""
    return record.model_dump_json(exclude_none=True)


def record_fact(record: Record, at: datetime) -> RecordFact:
    """A record as the store keeps it, where it comes another way than through the corpus."""
    return RecordFact(**row_of(record)._asdict(), ingested_at=at)
