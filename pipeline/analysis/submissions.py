"""An annotation of a Label Studio project as a plain fact: who said what about which task, when, and in which time."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.analysis.controls import Judgement, judgements
from pipeline.analysis.findings import Findings
from pipeline.label_studio.wire import LONGEST_LEAD

UNKNOWN = "unknown"
"""What an annotator is called, with a number, of whom the annotation says nothing."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One annotation, read."""

    item: str
    annotation: str
    """Label Studio's id, or its place in the file where it has none."""
    annotator: str
    at: datetime | None
    lead_seconds: float | None
    judgements: Mapping[str, Judgement]
    skipped: bool = False
    imported: bool = False
    """Or marked as ground truth: a vote, but no sign of when and how fast somebody worked."""


class Annotators:
    """Accounts under names that tell nobody: `person 3` is Label Studio's account 3."""

    def __init__(self) -> None:
        self._by_address: dict[str, str] = {}
        self._unknown = 0

    def name(self, completed_by: object) -> str:
        """What an account is called here: by its id, or by its turn where only an address is given."""
        if isinstance(completed_by, Mapping):
            number = completed_by.get("id")
            completed_by = number if _is_id(number) else completed_by.get("email")
        if _is_id(completed_by):
            return f"person {completed_by}"
        if isinstance(completed_by, str) and completed_by not in ("", "None"):
            return self._by_address.setdefault(completed_by, f"account {len(self._by_address) + 1}")
        self._unknown += 1
        return f"{UNKNOWN} {self._unknown}"


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdigit() and len(value) < 20  # noqa: PLR2004 - the digits of 64 bits
    return isinstance(value, int) and not isinstance(value, bool)


def submission(
    item: str, annotation: Mapping[str, Any], annotators: Annotators, findings: Findings, place: str
) -> Submission:
    """An annotation as an export holds it; what cannot be read of it is a finding, and left out."""
    number = annotation.get("id")
    where = f"task {item}, annotation {number if _is_id(number) else place}"
    annotator = annotators.name(annotation.get("completed_by"))
    skipped = bool(annotation.get("was_cancelled") or annotation.get("skipped"))
    imported = annotation.get("ground_truth") is True or annotation.get("import_id") is not None
    if annotator.startswith(UNKNOWN):
        findings.add("annotation of nobody named, taken for one more person", where)
    if imported:
        findings.add("imported, or marked as ground truth: votes, but no part of the pace", where)
    return Submission(
        item=item,
        annotation=str(number) if _is_id(number) else place,
        annotator=annotator,
        at=moment(annotation.get("created_at"), findings, where),
        lead_seconds=None if skipped else lead(annotation.get("lead_time"), findings, where),
        judgements={} if skipped else judgements(annotation.get("result", []), findings, where),
        skipped=skipped,
        imported=imported,
    )


def moment(given: object, findings: Findings, where: str) -> datetime | None:
    """A time as Label Studio writes it, in UTC; one without a zone is UTC."""
    if isinstance(given, str):
        try:
            found = datetime.fromisoformat(given)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    findings.add("time that is absent" if given is None else "time that cannot be read", where)
    return None


def lead(given: object, findings: Findings, where: str) -> float | None:
    """A lead time in seconds; one that nobody can have taken counts as none."""
    if given is None:
        findings.add("lead time that is absent", where)
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
        findings.add("lead time that is no number", where)
    elif given < 0:
        findings.add("lead time that is negative", where)
    elif given > LONGEST_LEAD:
        findings.add("lead time longer than a day", where)
    else:
        return float(given)
    return None
