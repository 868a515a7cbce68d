"""What the store keeps: dated facts, one class a table. A state is never a fact; it is derived from these."""

from datetime import datetime
from typing import ClassVar, Literal

from schemas.base import Frozen


class Fact(Frozen):
    """One row of a table: written once by the stage that owns the table, known by its key."""

    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    indexed: ClassVar[bool] = True
    """False where the table has no index of its keys: to make one of a million rows takes longer than all else."""


class RecordFact(Fact):
    """A record as accepted by `ingest`; the columns are what conditions (`where`) may ask for."""

    table = "records"
    key = ("record_id",)

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
    payload: str
    """The whole record, as JSON."""
    ingested_at: datetime


class SourceFact(Fact):
    """A source as it was last read: an unchanged one is not read again."""

    table = "sources"
    key = ("source_id",)

    source_id: str
    name: str
    fingerprint: str | None
    row_count: int
    read_at: datetime


class GeneratedFact(Fact):
    """That `generate` has asked a record for the items of a task type, and how many it gave."""

    table = "generated"
    key = ("record_id", "task_type", "version")

    record_id: str
    task_type: str
    version: int
    items: int
    generated_at: datetime


class TaskFact(Fact):
    """An item to be labeled in one attempt."""

    table = "tasks"
    key = ("task_id",)

    task_id: str
    item_id: str
    task_type: str
    version: int
    cell: str
    attempt: int
    overlap: int
    """The votes it was first asked for; `asks` says what is asked of it since."""
    payload: str
    """The item, as JSON."""
    generated_at: datetime
    audit: bool = False
    """Whether it gets the full overlap whatever its votes say, so that the savings of a policy stay honest."""


class RecordTaskFact(Fact):
    """That a task stands for an item of a record: two records with one answer in common share its task."""

    table = "record_tasks"
    key = ("record_id", "task_id")

    record_id: str
    task_id: str


class RemoteProjectFact(Fact):
    """The Label Studio project made for a cell and a task type's version: to label in, or to adjudicate in."""

    table = "remote_projects"
    key = ("server", "cell", "task_type", "version", "purpose")

    server: str
    cell: str
    task_type: str
    version: int
    purpose: Literal["label", "adjudicate"] = "label"
    project_id: int
    made_at: datetime


class PushFact(Fact):
    """That a task, or an adjudication, stands in Label Studio, and where."""

    table = "pushes"
    key = ("task_id",)

    task_id: str
    """Of the task, or the adjudication's id."""
    server: str
    project_id: int
    remote_task_id: int
    pushed_at: datetime


class PersonFact(Fact):
    """Who an annotator is: the one table with names; everything else holds the pseudonym."""

    table = "people"
    key = ("annotator",)

    annotator: str
    server: str
    person_id: int
    email: str
    name: str
    simulated: bool
    seen_at: datetime
    forgotten_at: datetime | None = None
    """Since when the name and the address are gone for good."""


class AnnotationFact(Fact):
    """One revision of an annotation, raw, as a sync saw it; the newest revision is the current one."""

    table = "annotations"
    key = ("revision_id",)

    revision_id: str
    annotation_id: str
    """Ours: from the server's id and the creation time, since a server may use an id again."""
    task_id: str
    """Of the task, or of the adjudication."""
    annotator: str
    server: str
    remote_id: int
    result: str
    lead_seconds: float | None
    skipped: bool
    deleted: bool
    simulated: bool
    created_at: datetime
    updated_at: datetime
    synced_at: datetime
    edited_by: str | None = None
    """The pseudonym of who saved this revision, where it was not the annotator."""
    lost: bool = False
    """That Label Studio went back to an older state and knows it no more: it was said, and stands."""


class SyncFact(Fact):
    """How far a Label Studio project has been read."""

    table = "syncs"
    key = ("server", "project_id")

    server: str
    project_id: int
    seen_until: datetime | None
    synced_at: datetime
    stamp: str | None = None
    """What we last wrote into the project there: an older one says that the server was restored from a backup."""
    strangers: int = 0
    """Tasks there that are none of ours, as last counted."""


class LabelFact(Fact):
    """What a revision of an annotation means, typed; can be rebuilt from the annotations."""

    table = "labels"
    key = ("revision_id",)

    revision_id: str
    annotation_id: str
    task_id: str
    annotator: str
    payload: str
    """The label, as JSON."""
    simulated: bool
    checked_at: datetime


class RejectFact(Fact):
    """What a stage refused, why, and the evidence: nothing vanishes."""

    table = "rejects"
    key = ("reject_id",)

    reject_id: str
    stage: str
    subject: str
    reason: str
    """A word or two, to count by."""
    detail: str
    """One line: what, expected, found, what to do."""
    evidence: str
    """JSON: enough to find the thing again."""
    rejected_at: datetime


class ResolutionFact(Fact):
    """How the votes on a task were settled; the newest one of a task is in force."""

    table = "resolutions"
    key = ("resolution_id",)

    resolution_id: str
    """From the task, the votes it rests on and the moment."""
    task_id: str
    payload: str | None
    """The agreed label, as JSON; None where the votes do not agree."""
    method: str
    """`single`, `unanimous`, the task type's way, `none` (they disagree), `reopened` (too few are left), `adjudicated`,
    `sent_back` (an adjudicator asks for another attempt), `machine` (evidence decided, nobody was asked)."""
    agreement: float | None
    """1 minus the mean distance between the votes; None for one vote."""
    votes: int
    revisions: tuple[str, ...]
    """The revisions that voted, or the adjudicator's."""
    simulated: bool
    resolved_at: datetime
    guideline: str | None = None
    """The guideline version under which the votes were given."""
    posterior: float | None = None
    """How sure the label is, where the policy asked."""


class ReleaseFact(Fact):
    """A frozen version of the dataset."""

    table = "releases"
    key = ("version",)

    version: str
    digest: str
    """Of what it holds: the same facts make the same digest."""
    row_count: int
    simulated: bool
    facts_until: datetime | None
    """The newest resolution in it."""
    made_at: datetime
    content: str | None = None
    """128 bits of its rows' ids, hashes and splits; None of one that an older headrace made, as below."""
    manifest: str | None = None
    """As it was written, in JSON."""
    papers: str | None = None
    """JSON: the text of the card, and of what else explains it, by path."""


class ReleaseMemberFact(Fact):
    """That a resolution is part of a release, with how many rows it makes."""

    table = "release_members"
    key = ("version", "task_id")
    indexed = False

    version: str
    task_id: str
    resolution_id: str
    row_count: int


class RunFact(Fact):
    """One execution of a stage."""

    table = "runs"
    key = ("run_id",)

    run_id: str
    stage: str
    started_at: datetime
    ended_at: datetime
    done: int
    skipped: int
    rejected: str
    error: str | None
