"""The seam to Label Studio: what the pipeline asks of it, and the typed facts it gives back.

Label Studio is not trusted: what comes through here is validated, and our own uid in a task's data is the key.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, Protocol, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field

from schemas.base import Frozen

UID = "headrace_uid"
"""The key in a task's data that holds our task id."""

MARKER = "headrace:"
"""What the line begins with by which a project's description says that it is ours."""

STAMP = "headrace-stamp:"
"""What the line of a description begins with that says at which moment of ours a project was last written to."""

LEADING = "leading"
"""The model version under which a task's seed is imported."""

Utc: TypeAlias = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment in UTC; one without a time zone is refused."""


class RemotePerson(Frozen):
    """An account in Label Studio."""

    id: int
    email: str
    name: str = ""


class RemoteAnnotation(Frozen):
    """What one person submitted for one task, as Label Studio holds it now."""

    id: int
    person_id: int | None
    """Who completed it; None where the account is gone."""
    edited_by: int | None = None
    """Who saved it last; None where that is unknown."""
    result: tuple[Any, ...]
    lead_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None
    skipped: bool
    created_at: Utc
    updated_at: Utc


class RemoteTask(Frozen):
    """A task with all the annotations it has now, skipped ones too."""

    id: int
    uid: str | None
    """Our task id; None for a task that somebody else put there, or that the server itself cannot read."""
    updated_at: Utc
    annotations: tuple[RemoteAnnotation, ...]
    data: Mapping[str, Any] = {}
    """As it is stored; empty where it cannot be read."""
    overlap: int = 1
    """How many votes it waits for."""
    closed: bool = False
    """Whether the queue hands it to nobody (any more)."""
    broken: tuple[str, ...] = ()
    """What could not be read as it stands there, a line each: a finding."""


class RemoteProject(Frozen):
    """A project as it stands, ours or not."""

    id: int
    title: str
    config: str
    overlap: int
    """How many votes a task imported now waits for."""
    tasks: int
    """How many it holds."""
    stamp: str | None
    """What `LabelStudio.stamp` wrote last; None where nothing did."""


class NewTask(Frozen):
    """A task to import."""

    data: Mapping[str, Any]
    """What its page shows, our uid within."""
    seed: tuple[Any, ...] = ()
    """An annotation's result from which the page starts; its project must be a seeded one."""

    @cached_property
    def body(self) -> str:
        """Itself in an import request, as JSON without what poisons a server; made once."""
        from pipeline.label_studio.wire import written  # which is made of what stands here

        return written(self)


class ProjectSpec(Frozen):
    """What a Label Studio project of ours is made from."""

    marker: Annotated[str, Field(pattern=rf"^{MARKER}[^\r\n]*\S$")]
    """A line of the project's description, and what we know it by: headrace writes to no other project."""
    title: str
    """Cut to the 50 characters that Label Studio allows."""
    config: str
    overlap: int
    """Its tasks' votes: set when it is made, never after, since a change would rewrite tasks people work on."""
    instruction: str = ""
    seeded: bool = False
    """Whether its pages start from the seeds of its tasks; what once does goes on so."""
    skippable: bool = False
    """Whether Label Studio shows its own Skip, which asks for no reason."""


class LabelStudio(Protocol):
    """All that the pipeline asks of Label Studio.

    Raises LabelStudioUnreachable where nothing answers, LabelStudioInDoubt where a write may be done all the same,
    LabelStudioRefused where the answer is no.
    """

    @property
    def address(self) -> str:
        """Where people open it in a browser."""

    def version(self) -> str:
        """The server's version, such as 1.23.2; checks the token too."""

    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        """The id of the project that bears the marker, made where there is none yet; its settings are kept up.

        `known` is the id that was given before: that one or none, refused where it is gone or no longer marked, since
        a second one beside it would split a cell in two.
        """

    def uids(self, project_id: int, uids: Sequence[str]) -> dict[str, int]:
        """Which of our task ids a project holds already: uid -> Label Studio's task id."""

    @property
    def patience(self) -> float:
        """Seconds after which the server is no longer at work on a request whose answer was lost."""

    def look(self, project_id: int) -> RemoteProject:
        """A project, ours or not, in one request. Raises LabelStudioGone where it is not there."""

    def stamp(self, project_id: int, stamp: str) -> None:
        """Put a stamp on a project of ours in place of the one before; no task of it changes."""

    def push(self, project_id: int, tasks: Sequence[NewTask]) -> list[int]:
        """Import tasks in one request, never retried, with the project's overlap; Label Studio's ids in their order.

        After LabelStudioInDoubt they may be there, or may come up to `patience` later: ask `uids` before pushing again.
        NUL and lone surrogates become U+FFFD. `batches` cuts many tasks into requests.
        """

    def steer(self, task_id: int, *, overlap: int, closed: bool) -> None:
        """How many votes a task waits for, and whether people are still asked. LabelStudioGone where it is gone."""

    def task(self, task_id: int) -> RemoteTask | None:
        """A task with all its annotations; None where it is gone."""

    def remove(self, task_id: int) -> None:
        """Delete a task with its annotations; one that is gone already is none to worry about."""

    def anonymise(self, person_id: int, email: str, name: str) -> None:
        """Give an account another address and name."""

    def changes(self, project_id: int, since: datetime | None) -> Iterator[RemoteTask]:
        """The tasks of a project that changed at or after a moment (all, without one), oldest change first.

        A task that changes meanwhile may come twice. The server stamps a change before it stores it: begin a
        little before the last change seen.
        """

    def people(self) -> list[RemotePerson]:
        """Every account that can have annotated."""

    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        """Which of these tasks, by Label Studio's own ids, stand in the project."""

    def invite_link(self) -> str:
        """The address at which somebody makes an account of their own."""
