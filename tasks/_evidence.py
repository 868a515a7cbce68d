"""What machines found out of a record's candidates, seen from an item made of one of them."""

from collections.abc import Callable, Sequence

from schemas.records import Record
from schemas.screening import Check, EvidenceFact


def places(record: Record, text: str, read: Callable[[str], str] = str.strip) -> tuple[int, ...]:
    """The places of the record's candidates that say a text, as `read` takes it: several may."""
    wanted = read(text)
    return tuple(at for at, candidate in enumerate(record.candidates) if read(candidate.text) == wanted)


def outcome(evidence: Sequence[EvidenceFact], check: Check, at: Sequence[int]) -> str | None:
    """The outcome of a check for all of these places; None where it differs, or is not known of each."""
    found = {fact.candidate: fact.outcome for fact in evidence if fact.check == check}
    outcomes = {found.get(place) for place in at}
    return outcomes.pop() if len(outcomes) == 1 else None
