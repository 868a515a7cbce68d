"""A Label Studio in memory, for tests and trials: the same seam, and hands to act as its annotators."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar

from pipeline.label_studio.base import NewTask, ProjectSpec, RemotePerson, RemoteProject, RemoteTask
from pipeline.label_studio.hands import Hands
from pipeline.label_studio.memory import Project
from pipeline.label_studio.refusals import check_address
from pipeline.label_studio.ticking import Ticking
from pipeline.label_studio.wire import clean, importable, stamp_in, stamped, uid_of
from schemas.errors import LabelStudioInDoubt

T = TypeVar("T")


class FakeLabelStudio(Hands):
    """Label Studio as the pipeline sees it, without a server.

    Args:
        clock: What time it is, at each change; by default a second later every time.
    """

    address = "http://label-studio.invalid"
    patience = 0.0

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock or Ticking())
        self._answer_lost = False
        self._late = False
        self._waiting: list[tuple[int, Sequence[Mapping[str, Any]]]] = []

    # What the pipeline asks.

    def version(self) -> str:
        return "1.23.2"

    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        projects = self._memory.projects.values()
        marked = [one for one in projects if spec.marker in one.description.splitlines()]
        found = [self._memory.marked(known, spec.marker)] if known is not None else marked
        if not found:
            project = Project(
                self._memory.new_id(),
                spec.marker,
                spec.overlap,
                clean(spec.instruction),
                clean(spec.title)[:50],
                clean(spec.config),
                spec.skippable,
            )
            self._memory.projects[project.id] = project
            return self._answered(project.id)
        project = min(found, key=lambda one: one.id)
        kept_up = clean(spec.instruction), spec.skippable
        if (project.instruction, project.skippable) != kept_up:
            project.instruction, project.skippable = kept_up
            self._answered(None)
        return project.id

    def look(self, project_id: int) -> RemoteProject:
        project = self._memory.project(project_id)
        return RemoteProject(
            id=project.id,
            title=project.title,
            config=project.config,
            overlap=project.overlap,
            tasks=len(self._memory.of(project_id)),
            stamp=stamp_in(project.description),
        )

    def stamp(self, project_id: int, stamp: str) -> None:
        project = self._memory.own(project_id)
        project.description = stamped(project.description, stamp)
        self._answered(None)

    def uids(self, project_id: int, uids: Sequence[str]) -> dict[str, int]:
        wanted = set(uids)
        held: dict[str, int] = {}
        for task in self._memory.of(project_id):
            uid = uid_of(task.data)
            if uid in wanted:
                held.setdefault(uid, task.id)
        return held

    def push(self, project_id: int, tasks: Sequence[NewTask]) -> list[int]:
        if not tasks:
            return []
        self._memory.own(project_id)
        bodies = [importable(task) for task in tasks]
        if self._late:
            self._late = False
            self._waiting.append((project_id, bodies))
            raise self._lost()
        return self._answered(self._import(project_id, bodies))

    def steer(self, task_id: int, *, overlap: int, closed: bool) -> None:
        task = self._memory.task(task_id)
        task.overlap, task.closed, task.updated_at = overlap, closed, self._clock()
        self._answered(None)

    def task(self, task_id: int) -> RemoteTask | None:
        found = self._memory.tasks.get(task_id)
        return found.told() if found else None

    def remove(self, task_id: int) -> None:
        self._memory.tasks.pop(task_id, None)
        self._answered(None)

    def changes(self, project_id: int, since: datetime | None) -> Iterator[RemoteTask]:
        changed = [task for task in self._memory.of(project_id) if since is None or task.updated_at >= since]
        for task in sorted(changed, key=lambda one: (one.updated_at, one.id)):
            yield task.told()

    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        return {task.id for task in self._memory.of(project_id)} & set(task_ids)

    def people(self) -> list[RemotePerson]:
        return list(self._memory.people.values())

    def anonymise(self, person_id: int, email: str, name: str) -> None:
        person = self._memory.person(person_id)
        self._memory.people[person_id] = person.replace(name=clean(name))
        check_address(person_id, self._answered(person.email), email)

    def invite_link(self) -> str:
        return f"{self.address}/user/signup/?token=fake"

    # How it fails.

    def losing_its_answer(self) -> Self:
        """The same, which carries out the next write and then breaks the connection."""
        self._answer_lost = True
        return self

    def late(self) -> Self:
        """The same, which breaks the connection at the next import, and carries it out at `commit_late`."""
        self._late = True
        return self

    def commit_late(self) -> list[int]:
        """Imports that nobody waits for any more are done now; the new tasks' ids."""
        waiting, self._waiting = self._waiting, []
        return [task for project_id, bodies in waiting for task in self._import(project_id, bodies)]

    def _import(self, project_id: int, bodies: Sequence[Mapping[str, Any]]) -> list[int]:
        project = self._memory.project(project_id)
        return [self._memory.add(project, body["data"], _seed(body), self._clock()) for body in bodies]

    def _answered(self, answer: T) -> T:
        if self._answer_lost:
            self._answer_lost = False
            raise self._lost()
        return answer

    def _lost(self) -> LabelStudioInDoubt:
        return LabelStudioInDoubt(
            f"Label Studio at {self.address!r}: expected an answer, found a dropped connection; "
            "run the command again: what has arrived is not sent twice"
        )


def _seed(body: Mapping[str, Any]) -> Sequence[Any]:
    result: Sequence[Any] = body["predictions"][0]["result"] if "predictions" in body else ()
    return result
