"""What the door tells, and known answers: who was served what and why, gold, and what annotators dispute."""

from datetime import datetime
from typing import Literal, TypeAlias

from schemas.facts import Fact

DoorEvent: TypeAlias = Literal[
    "served", "submitted", "skipped", "returned", "expired", "starved", "signed_on", "signed_off"
]


class DoorEventFact(Fact):
    """One thing that happened at the door, by its own clock; taken over from its ledger by `sync`."""

    table = "door_events"
    key = ("event_id",)

    event_id: str
    ts: datetime
    event: DoorEvent
    annotator: str
    uid: str | None
    """Of the task, or the adjudication's id; None where it is about no task."""
    cell: str | None
    slot: int | None
    open_seconds: float | None
    """From served to the end, by the clock."""
    active_seconds: float | None
    """Of these, while the page was seen and touched."""
    reason: str | None
    why: str | None
    """For `served`: why this task went to this person, as JSON."""
    simulated: bool


class GoldFact(Fact):
    """A task whose answer is known; the answer stands here, never in Label Studio."""

    table = "gold"
    key = ("task_id", "put_at")

    task_id: str
    purpose: Literal["gold", "entry"]
    """Whether it is strewn among the others, or is part of a newcomer's test."""
    payload: str | None
    """The known label, as JSON; None: retired. The newest fact of a task is in force."""
    clause: str | None
    """The clause of the guideline that decides it, shown to who got it wrong."""
    said_by: str
    """Who said so: the gold file's name, or a lead's pseudonym."""
    reason: str
    put_at: datetime


class DisputeFact(Fact):
    """That an annotator disagrees with a gold answer or with what overturned their label."""

    table = "disputes"
    key = ("dispute_id",)

    dispute_id: str
    annotator: str
    task_id: str
    about: Literal["gold", "overturned"]
    remark: str
    disputed_at: datetime


class DisputeAnswerFact(Fact):
    """What a lead says to a dispute; the newest answer is in force."""

    table = "dispute_answers"
    key = ("dispute_id", "answered_at")

    dispute_id: str
    upheld: bool
    """Whether the annotator was right."""
    remark: str
    answered_by: str
    answered_at: datetime
