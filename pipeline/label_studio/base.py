"""The seam to Label Studio: what the pipeline asks of it, and the typed facts it gives back.

Label Studio is not trusted: what comes through here is validated, and our own uid in a task's data is the key.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field

from schemas.base import Frozen, Json

UID = "headrace_uid"
"""The key in a task's data that holds our task id."""

MARKER = "headrace:"
"""What the line begins with by which a project's description says that it is ours."""

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
    broken: tuple[str, ...] = ()
    """What could not be read as it stands there, a line each: a finding."""


class ProjectSpec(Frozen):
    """What a Label Studio project of ours is made from."""

    marker: Annotated[str, Field(pattern=rf"^{MARKER}[^\r\n]*\S$")]
    """A line of the project's description, and what we know it by: headrace writes to no other project."""
    title: str
    """Cut to the 50 characters that Label Studio allows."""
    config: str
    overlap: int
    instruction: str = ""


class LabelStudio(Protocol):
    """All that the pipeline asks of Label Studio.

    Raises LabelStudioUnreachable where nothing answers, LabelStudioRefused where the answer is no.
    """

    @property
    def address(self) -> str:
        """Where people open it in a browser."""

    def version(self) -> str:
        """The server's version, such as 1.23.2; checks the token too."""

    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        """The id of the project that bears the marker, made where there is none yet; instructions are kept up.

        `known` is the id that was given before: that one or none, refused where it is gone or no longer marked, since
        a second one beside it would split a cell in two.
        """

    def uids(self, project_id: int, uids: Sequence[str]) -> dict[str, int]:
        """Which of our task ids a project holds already: uid -> Label Studio's task id."""

    def push(self, project_id: int, tasks: Sequence[Mapping[str, Json]], overlap: int) -> list[int]:
        """Import tasks (their data, uid within) in one request, never retried; Label Studio's ids in their order.

        Where overlap is not the project's own, a request for each task, since an import cannot set it. After an
        error some may be there: ask `uids` before pushing again. NUL and lone surrogates become U+FFFD.
        """

    def changes(self, project_id: int, since: datetime | None) -> Iterator[RemoteTask]:
        """The tasks of a project that changed at or after a moment (all, without one), oldest change first.

        A task that changes meanwhile may come twice. The server stamps a change before it stores it: begin a
        little before the last change seen.
        """

    def people(self) -> list[RemotePerson]:
        """Every account that can have annotated."""

    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        """Which of these tasks, by Label Studio's own ids, stand in the project."""

    def count_tasks(self, project_id: int) -> int:
        """How many tasks a project holds."""

    def invite_link(self) -> str:
        """The address at which somebody makes an account of their own."""
