"""A Label Studio in memory, for tests and trials: the same seam, and hands to act as its annotators."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar

from pipeline.label_studio.base import MARKER, ProjectSpec, RemoteAnnotation, RemotePerson, RemoteTask
from pipeline.label_studio.ticking import Ticking
from pipeline.label_studio.wire import clean, uid_of
from schemas.base import Json
from schemas.errors import LabelStudioGone, LabelStudioRefused, LabelStudioUnreachable

T = TypeVar("T")


@dataclass
class _Project:
    id: int
    description: str
    overlap: int
    instruction: str


@dataclass
class _Task:
    id: int
    project_id: int
    data: dict[str, Any]
    overlap: int
    updated_at: datetime
    annotations: dict[int, RemoteAnnotation] = field(default_factory=dict)
    locked_by: set[int] = field(default_factory=set)
    broken: tuple[str, ...] = ()
    failing: bool = False

    def seen_by(self, person_id: int) -> bool:
        return any(one.person_id == person_id for one in self.annotations.values())

    def votes(self) -> int:
        return sum(not one.skipped for one in self.annotations.values())

    def open_to(self, person_id: int) -> bool:
        """Whether the queue would hand it to somebody, counting those who have it before them now."""
        others = len(self.locked_by - {person_id})
        return not self.seen_by(person_id) and self.votes() + others < self.overlap


class FakeLabelStudio:
    """Label Studio as the pipeline sees it, without a server.

    Args:
        clock: What time it is, at each change; by default a second later every time.
    """

    address = "http://label-studio.invalid"

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock or Ticking()
        self._projects: dict[int, _Project] = {}
        self._tasks: dict[int, _Task] = {}
        self._people: dict[int, RemotePerson] = {}
        self._last_id = 0
        self._answer_lost = False

    # What the pipeline asks.

    def version(self) -> str:
        return "1.23.2"

    def ensure_project(self, spec: ProjectSpec, known: int | None = None) -> int:
        marked = [one for one in self._projects.values() if spec.marker in one.description.splitlines()]
        found = [self._own_project(known)] if known is not None else marked
        if not found:
            return self._answered(self.project(spec.marker, spec.overlap, spec.instruction))
        found[0].instruction = clean(spec.instruction)
        return found[0].id

    def uids(self, project_id: int, uids: Sequence[str]) -> dict[str, int]:
        wanted = set(uids)
        held: dict[str, int] = {}
        for task in self._of(project_id):
            uid = uid_of(task.data)
            if uid in wanted:
                held.setdefault(uid, task.id)
        return held

    def push(self, project_id: int, tasks: Sequence[Mapping[str, Json]], overlap: int) -> list[int]:
        self._own_project(project_id)
        return self._answered([self._add(project_id, data, overlap) for data in tasks])

    def changes(self, project_id: int, since: datetime | None) -> Iterator[RemoteTask]:
        changed = [task for task in self._of(project_id) if since is None or task.updated_at >= since]
        for task in sorted(changed, key=lambda one: (one.updated_at, one.id)):
            yield RemoteTask(
                id=task.id,
                uid=None if task.failing else uid_of(task.data),
                updated_at=task.updated_at,
                annotations=() if task.failing else tuple(task.annotations.values()),
                broken=(f"task {task.id}: the server fails on it",) if task.failing else task.broken,
            )

    def standing(self, project_id: int, task_ids: Sequence[int]) -> set[int]:
        return {task.id for task in self._of(project_id)} & set(task_ids)

    def people(self) -> list[RemotePerson]:
        return list(self._people.values())

    def count_tasks(self, project_id: int) -> int:
        return len(self._of(self._project(project_id).id))

    def invite_link(self) -> str:
        return f"{self.address}/user/signup/?token=fake"

    # What people do there.

    def person(self, email: str, name: str = "") -> RemotePerson:
        """The account with an address, made where there is none yet."""
        for person in self._people.values():
            if person.email == email:
                return person
        person = RemotePerson(id=self._new_id(), email=email, name=name)
        self._people[person.id] = person
        return person

    def project(self, description: str, overlap: int = 1, instruction: str = "") -> int:
        """A project with any description, such as one of somebody else's."""
        project = _Project(self._new_id(), description, overlap, clean(instruction))
        self._projects[project.id] = project
        return project.id

    def describe(self, project_id: int, description: str) -> None:
        """Somebody writes another description."""
        self._project(project_id).description = description

    def next_task(self, project_id: int, person_id: int) -> int | None:
        """The task the queue hands to a person, theirs until they submit or skip; None where none is left.

        As in Label Studio: the one they hold; else, of those open to them, the one with most votes; else in order.
        """
        tasks = [task for task in self._of(project_id) if task.open_to(person_id)]
        held = [task for task in tasks if person_id in task.locked_by]
        if not tasks:
            return None
        task = held[0] if held else min(tasks, key=lambda one: (-one.votes(), one.id))
        task.locked_by.add(person_id)
        return task.id

    def data(self, ls_task_id: int) -> Mapping[str, Any]:
        """What an annotator is shown."""
        return self._task(ls_task_id).data

    def annotate(
        self, ls_task_id: int, person_id: int | None, result: Sequence[Any], lead_seconds: float | None = None
    ) -> int:
        """Somebody submits a result; the annotation's id. The server takes any, past the overlap too."""
        return self._submit(ls_task_id, person_id, result, lead_seconds)

    def skip(self, ls_task_id: int, person_id: int | None, lead_seconds: float | None = None) -> int:
        """Somebody passes on a task; the annotation's id."""
        return self._submit(ls_task_id, person_id, (), lead_seconds, skipped=True)

    def edit(self, annotation_id: int, result: Sequence[Any]) -> None:
        """Somebody puts another result in an annotation's place."""
        task = self._task_with(annotation_id)
        now = task.updated_at = self._clock()
        old = task.annotations[annotation_id]
        task.annotations[annotation_id] = old.replace(result=tuple(clean(result)), updated_at=now)

    def delete_annotation(self, annotation_id: int) -> None:
        """Somebody deletes an annotation."""
        task = self._task_with(annotation_id)
        del task.annotations[annotation_id]
        task.updated_at = self._clock()

    def delete_task(self, ls_task_id: int) -> None:
        """Somebody deletes a task, with its annotations."""
        del self._tasks[self._task(ls_task_id).id]

    def damage(self, ls_task_id: int, reason: str) -> None:
        """Somebody submits what nobody can read."""
        task = self._task(ls_task_id)
        task.broken = (*task.broken, reason)
        task.updated_at = self._clock()

    def fail_on(self, ls_task_id: int) -> None:
        """Somebody submits what the server itself fails on, so that it cannot tell of the task any more."""
        task = self._task(ls_task_id)
        task.failing = True
        task.updated_at = self._clock()

    def delete_project(self, project_id: int) -> None:
        """Somebody deletes a project, with all that is in it."""
        for task in self._of(project_id):
            del self._tasks[task.id]
        del self._projects[project_id]

    def delete_person(self, person_id: int) -> None:
        """Somebody deletes an account; its annotations stay, without an author."""
        del self._people[person_id]
        for task in self._tasks.values():
            for annotation_id, one in task.annotations.items():
                if one.person_id == person_id:
                    task.annotations[annotation_id] = one.replace(person_id=None)
                    task.updated_at = self._clock()

    def copy_task(self, ls_task_id: int) -> int:
        """Somebody imports a task a second time, our uid in its data; the copy's id."""
        task = self._task(ls_task_id)
        return self._add(task.project_id, task.data, task.overlap)

    def losing_its_answer(self) -> Self:
        """The same, which carries out the next write and then breaks the connection."""
        self._answer_lost = True
        return self

    # How it keeps them.

    def _answered(self, answer: T) -> T:
        if self._answer_lost:
            self._answer_lost = False
            raise LabelStudioUnreachable(
                f"Label Studio at {self.address!r}: expected an answer, found a dropped connection; "
                "run the command again: what has arrived is not sent twice"
            )
        return answer

    def _submit(
        self,
        ls_task_id: int,
        person_id: int | None,
        result: Sequence[Any],
        lead_seconds: float | None,
        *,
        skipped: bool = False,
    ) -> int:
        task = self._task(ls_task_id)
        now = task.updated_at = self._clock()
        annotation = RemoteAnnotation(
            id=self._new_id(),
            person_id=person_id,
            result=tuple(clean(result)),
            lead_seconds=lead_seconds,
            skipped=skipped,
            created_at=now,
            updated_at=now,
        )
        task.annotations[annotation.id] = annotation
        task.locked_by.discard(person_id or 0)
        return annotation.id

    def _add(self, project_id: int, data: Mapping[str, Json], overlap: int) -> int:
        task = _Task(self._new_id(), project_id, clean(data), overlap, self._clock())
        self._tasks[task.id] = task
        return task.id

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _project(self, project_id: int) -> _Project:
        if project_id not in self._projects:
            raise LabelStudioGone(
                f"project {project_id} in Label Studio: expected at {self.address!r}, found none; "
                "see whether somebody deleted it"
            )
        return self._projects[project_id]

    def _own_project(self, project_id: int) -> _Project:
        project = self._project(project_id)
        if not any(line.startswith(MARKER) for line in project.description.splitlines()):
            raise LabelStudioRefused(
                f"project {project_id} in Label Studio: expected a line {MARKER + ' …'!r} in its description, "
                "found none; headrace writes to projects of its own only: restore the line if somebody removed it"
            )
        return project

    def _of(self, project_id: int) -> list[_Task]:
        self._project(project_id)
        return [task for task in self._tasks.values() if task.project_id == project_id]

    def _task(self, ls_task_id: int) -> _Task:
        if ls_task_id not in self._tasks:
            raise LabelStudioRefused(
                f"task {ls_task_id} in Label Studio: expected to be there, found none; see who deleted it"
            )
        return self._tasks[ls_task_id]

    def _task_with(self, annotation_id: int) -> _Task:
        for task in self._tasks.values():
            if annotation_id in task.annotations:
                return task
        raise LabelStudioRefused(
            f"annotation {annotation_id} in Label Studio: expected to be there, found none; see who deleted it"
        )
