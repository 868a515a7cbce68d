"""What the parts of the door say to each other: who is there, what is in their hands, and what a dealer does."""

from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from schemas.base import Frozen
from schemas.people import Role

Purpose: TypeAlias = Literal["label", "adjudicate"]
Ending: TypeAlias = Literal["submitted", "skipped", "returned", "expired"]


class Visitor(Frozen):
    """Somebody who came in by their link."""

    annotator: str
    """The pseudonym; all that leaves the door knows them by it."""
    name: str
    role: Role
    account: int
    """Their id in Label Studio."""
    session: str = ""
    """The hash of the session they are in, for limits by session; nothing can be signed in with it."""


class Handed(Frozen):
    """A task, or an adjudication, in somebody's hands, or that was."""

    uid: str
    """Of the task, or the adjudication's id."""
    purpose: Purpose
    cell: str
    task_type: str
    version: int
    attempt: int
    project_id: int
    remote_task_id: int
    slot: int
    """Which of the task's votes, counted from 1; 0 where votes are not counted, as for gold and newcomers' tests."""
    annotator: str
    served_at: datetime
    expires_at: datetime
    """Until when it is theirs; each sign of life moves it."""
    ended_at: datetime | None = None
    ending: Ending | None = None
    annotation_id: int | None = None
    """Label Studio's id of what they submitted."""
    swapped: bool = False
    """Whether left and right are swapped for this person."""
    why: str = ""
    """Why this task went to this person, as JSON: each rule that chose among several."""

    @property
    def is_open(self) -> bool:
        """Whether it is in their hands now."""
        return self.ended_at is None


class Dealer(Protocol):
    """Decides who gets what, and remembers it: each answer is on disk before it is given. Safe between threads."""

    def deal(self, who: Visitor, project_id: int | None = None) -> Handed | None:
        """The task in their hands, or the one that needs them most; None where there is none (that is `starved`).

        With a project: one of that project, and None where the next one lies elsewhere or nowhere. Two people never
        hold one slot.
        """

    def held(self, who: Visitor, remote_task_id: int) -> Handed | None:
        """A task that is in their hands, or was and may still be changed by them; None for every other."""

    def own(self, who: Visitor, project_id: int) -> list[Handed]:
        """What they hold in a project and what they did there that may still be changed, newest first."""

    def touched(self, handed: Handed, active_seconds: float) -> None:
        """A sign of life: the lease goes on; so many seconds of it the page was seen and touched."""

    def ended(self, handed: Handed, ending: Ending, annotation_id: int | None = None) -> None:
        """They submitted it, passed on it, or gave it back; again with the same ending changes nothing."""
