"""Facts about what is wanted of the labeling, by a policy or by somebody, and about what went otherwise."""

from datetime import datetime
from typing import Literal

from schemas.facts import Fact


class AskFact(Fact):
    """How many votes a task is asked for from now on, and why; the newest one of a task is in force."""

    table = "asks"
    key = ("task_id", "asked_at")

    task_id: str
    votes: int
    reason: str
    """`policy`, `audit`, `disagreement`, `doubt`, `overlap changed`."""
    posterior: float | None
    asked_at: datetime


class RedoFact(Fact):
    """That somebody asked for new votes on a task: the next attempt begins, the old votes stay with the old one."""

    table = "redos"
    key = ("task_id",)

    task_id: str
    reason: str
    condition: str
    """What was asked for, as it was typed."""
    redone_at: datetime


class WithdrawalFact(Fact):
    """A record's tombstone: it leaves Label Studio and every release to come."""

    table = "withdrawals"
    key = ("record_id",)

    record_id: str
    reason: str
    condition: str
    withdrawn_at: datetime


class RemovalFact(Fact):
    """That a task was taken out of Label Studio by us."""

    table = "removals"
    key = ("server", "project_id", "remote_task_id", "removed_at")

    server: str
    project_id: int
    remote_task_id: int
    task_id: str
    reason: Literal["withdrawn", "double"]
    removed_at: datetime


class CellPauseFact(Fact):
    """That a cell was paused, or resumed; the newest one of a cell is in force."""

    table = "cell_pauses"
    key = ("cell", "set_at")

    cell: str
    paused: bool
    reason: str
    set_at: datetime


class PersonPauseFact(Fact):
    """That a person was paused, or may go on; the newest one of a person is in force."""

    table = "person_pauses"
    key = ("annotator", "set_at")

    annotator: str
    paused: bool
    redo_since: datetime | None
    """From when on their votes do not count any more."""
    reason: str
    set_at: datetime


class GuidelineFact(Fact):
    """The guideline of a task type, from when on; its version is a hash of its text."""

    table = "guidelines"
    key = ("task_type", "since")

    task_type: str
    version: str
    text: str
    since: datetime


class PrefillFact(Fact):
    """The label from which a task's page starts, and where in the record it stood: what a person found there."""

    table = "prefills"
    key = ("task_id",)

    task_id: str
    source: str
    """As `prefill` of project.toml names it."""
    payload: str
    """The label, as JSON."""
    filled_at: datetime


class SendFact(Fact):
    """That tasks are on their way to Label Studio: until the answer is on record, they are in doubt."""

    table = "sends"
    key = ("send_id",)

    send_id: str
    server: str
    project_id: int
    task_ids: tuple[str, ...]
    sent_at: datetime
    answered_at: datetime | None = None
    """When it was known what became of them."""


class RemoteStateFact(Fact):
    """What Label Studio last said of a task of ours; a copy that can be dropped and read again."""

    table = "remote_states"
    key = ("task_id",)

    task_id: str
    overlap: int
    closed: bool
    gone: bool
    submitted: int
    """Answers it has there: what the queue holds against the overlap before it hands a task out."""
    voters: int
    """People who gave them: what the server holds against it when it closes a task, at each change."""
    updated_at: datetime | None
    """By the server's clock; None where it has not been read yet."""
    seen_at: datetime


class DoubleFact(Fact):
    """A second task in Label Studio that is one of ours over again: what people say there counts as said of ours."""

    table = "doubles"
    key = ("server", "project_id", "remote_task_id")

    server: str
    project_id: int
    remote_task_id: int
    task_id: str
    found_at: datetime


class AdjudicationFact(Fact):
    """A task whose votes did not agree, with what an adjudicator is shown of them."""

    table = "adjudications"
    key = ("adjudication_id",)

    adjudication_id: str
    """From the task and the votes; the uid of the adjudication in Label Studio."""
    task_id: str
    revisions: tuple[str, ...]
    """The votes shown."""
    asked_at: datetime


class DecisionFact(Fact):
    """What an adjudicator decided, typed: a label, or that the item is sent back."""

    table = "decisions"
    key = ("revision_id",)

    revision_id: str
    annotation_id: str
    adjudication_id: str
    task_id: str
    adjudicator: str
    payload: str | None
    """The label, as JSON; None where the item is sent back."""
    reason: str
    simulated: bool
    checked_at: datetime


class FindingFact(Fact):
    """Something that went otherwise than it should in Label Studio, seen and dated."""

    table = "findings"
    key = ("finding_id",)

    finding_id: str
    kind: str
    subject: str
    cell: str | None
    task_id: str | None
    annotator: str | None
    revision_id: str | None
    """The revision it is about, where it is one."""
    void: bool
    """Whether that revision does not count as a vote."""
    detail: str
    """One line: what, expected, found, what follows."""
    evidence: str
    """JSON."""
    found_at: datetime


class AdoptedProjectFact(Fact):
    """A Label Studio project of somebody else's that is read along, never written to."""

    table = "adopted_projects"
    key = ("server", "project_id")

    server: str
    project_id: int
    title: str
    task_type: str | None
    seen_until: datetime | None
    adopted_at: datetime


class AdoptedLabelFact(Fact):
    """One answer in an adopted project, as it stands now: a row of the labels table."""

    table = "adopted_labels"
    key = ("label_id",)

    label_id: str
    server: str
    project_id: int
    item: str
    annotator: str
    dimension: str
    label: str
    ts: datetime
    lead_seconds: float | None
    annotation_id: int
    gone: bool = False
    """That it is not in the project any more."""
