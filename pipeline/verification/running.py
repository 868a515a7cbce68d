"""A check over many records: the work that an engine spreads over its processes."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.verification import check_of
from pipeline.verification.base import NOTHING, Found
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import CheckConfig


@dataclass(frozen=True)
class Batch:
    """Some records to look at, each with its id and its JSON: they are few, and need no file."""

    check: str
    options: CheckConfig
    records: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Looked:
    """What was found of each of a batch's records, in their order."""

    found: tuple[tuple[str, tuple[Found, ...]], ...]


def look(batch: Batch) -> Looked:
    """Look at a batch's records; one with nothing to check has that said of its reference."""
    check = check_of(batch.check)
    found = []
    for record_id, payload in batch.records:
        made: Sequence[Found] = check.look(Record.model_validate_json(payload), batch.options)
        found.append((record_id, tuple(made) or (Found(REFERENCE, NOTHING),)))
    return Looked(tuple(found))
