"""What is known of records before anybody is asked: the corpus they came in by, its screens, and evidence."""

from datetime import datetime
from typing import Literal, TypeAlias

from schemas.facts import Fact

Verdict: TypeAlias = Literal["pass", "mask", "reject"]
Check: TypeAlias = Literal["answers", "programs", "judges"]


REFERENCE = -1
"""Stands for the record's own reference where a candidate's place is asked."""


class ShardFact(Fact):
    """A piece of a source as `ingest` left it in the corpus: one Parquet file, written once."""

    table = "shards"
    key = ("shard",)

    shard: str
    """The file, from the corpus's folder."""
    source_id: str
    position: int
    """Of its first row among all rows that were ever read: an earlier row goes before a later one."""
    row_count: int
    """Records in it; `known` and rejected rows are not."""
    known: int
    """Rows whose record an earlier one had brought already."""
    rejected: int
    read_at: datetime


class ScreenedFact(Fact):
    """That a record of the corpus has been screened, when, and what came of it; the rejects hold the evidence."""

    table = "screened"
    key = ("record_id",)

    record_id: str
    """As it was ingested."""
    admitted_as: str | None
    """The record that went on: the same id, another one where something was masked, None where it was rejected."""
    shard: str
    position: int
    ingested_at: datetime
    started_at: datetime
    screened_at: datetime
    screened_by: str
    """The process that screened it, as the event log's actor."""
    verdict: Verdict
    screen: str | None
    """The screen that rejected it; None where none did."""


class NotedFact(Fact):
    """What a screen found of a record that went on all the same, masked or as it was."""

    table = "noted"
    key = ("record_id", "screen")

    record_id: str
    """As it was ingested."""
    screen: str
    verdict: Verdict
    reason: str
    """One line for people."""
    evidence: str
    """JSON."""
    noted_at: datetime


class EvidenceFact(Fact):
    """What a machine found out about a record's candidate, or about its reference; the newest one counts."""

    table = "evidence"
    key = ("record_id", "check", "candidate", "by")

    record_id: str
    check: Check
    candidate: int
    """Its place among the record's candidates, from 0; REFERENCE for the record's own."""
    outcome: str
    """answers: equal, not_equal, unknown. programs: passed, failed, self_reported, flaky, unknown. judges: its word."""
    detail: str
    """Why, as JSON: each test case with its own outcome, what was compared with what."""
    by: str
    """What found it out, with its version and options."""
    seconds: float | None
    checked_at: datetime
