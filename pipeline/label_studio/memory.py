"""What a Label Studio in memory holds, and by which rules its queue hands tasks out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.label_studio.base import RemoteAnnotation, RemotePerson, RemoteTask
from pipeline.label_studio.refusals import check_ours
from pipeline.label_studio.wire import uid_of
from schemas.errors import LabelStudioGone


@dataclass
class Project:
    """A project, ours or somebody else's."""

    id: int
    description: str
    overlap: int
    instruction: str
    title: str = ""
    config: str = "<View/>"
    skippable: bool = True


@dataclass
class Task:
    """A task, who has it before them now, and what was done to make it hard to read."""

    id: int
    project_id: int
    data: dict[str, Any]
    overlap: int
    updated_at: datetime
    seed: tuple[Any, ...] = ()
    closed: bool = False
    annotations: dict[int, RemoteAnnotation] = field(default_factory=dict)
    locked_by: set[int] = field(default_factory=set)
    broken: tuple[str, ...] = ()
    failing: bool = False

    def votes(self) -> int:
        """How many people have said something."""
        return len({one.person_id for one in self.annotations.values() if not one.skipped})

    def open_to(self, person_id: int) -> bool:
        """Whether the queue would hand it to somebody, counting those who have it before them now."""
        if self.closed or any(one.person_id == person_id for one in self.annotations.values()):
            return False
        others = len(self.locked_by - {person_id})
        return self.votes() + others < self.overlap

    def changed(self, at: datetime) -> None:
        """What each change of an annotation does to its task: closed or open is what its votes say, nothing else."""
        self.updated_at = at
        self.closed = self.votes() >= self.overlap

    def told(self) -> RemoteTask:
        """As the seam tells it."""
        return RemoteTask(
            id=self.id,
            uid=None if self.failing else uid_of(self.data),
            updated_at=self.updated_at,
            annotations=() if self.failing else tuple(self.annotations.values()),
            data={} if self.failing else self.data,
            overlap=self.overlap,
            closed=self.closed,
            broken=(f"task {self.id}: the server fails on it",) if self.failing else self.broken,
        )


@dataclass
class Memory:
    """All that a server stores; a copy of it is a backup, its ids included."""

    projects: dict[int, Project] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    people: dict[int, RemotePerson] = field(default_factory=dict)
    last_id: int = 0

    def new_id(self) -> int:
        """An id that nothing has, nor had since the last restore."""
        self.last_id += 1
        return self.last_id

    def add(self, project: Project, data: Mapping[str, Any], seed: Sequence[Any], at: datetime) -> int:
        """A new task with its project's overlap; its id."""
        task = Task(self.new_id(), project.id, dict(data), project.overlap, at, tuple(seed))
        self.tasks[task.id] = task
        return task.id

    def project(self, project_id: int) -> Project:
        """A project; LabelStudioGone where there is none."""
        if project_id not in self.projects:
            raise _no_project(project_id)
        return self.projects[project_id]

    def own(self, project_id: int) -> Project:
        """A project that bears our marker."""
        project = self.project(project_id)
        check_ours(project_id, project.description.splitlines())
        return project

    def marked(self, project_id: int, marker: str) -> Project:
        """A project of ours that bears this very marker."""
        project = self.own(project_id)
        if marker not in project.description.splitlines():  # a restored server gives ids out again
            raise _no_project(project_id)
        return project

    def of(self, project_id: int) -> list[Task]:
        """A project's tasks, in the order they came."""
        self.project(project_id)
        return [task for task in self.tasks.values() if task.project_id == project_id]

    def task(self, task_id: int) -> Task:
        """A task; LabelStudioGone where there is none."""
        if task_id not in self.tasks:
            raise LabelStudioGone(
                f"task {task_id} in Label Studio: expected to be there, found none; see who deleted it"
            )
        return self.tasks[task_id]

    def task_with(self, annotation_id: int) -> Task:
        """The task an annotation belongs to; LabelStudioGone where there is none."""
        for task in self.tasks.values():
            if annotation_id in task.annotations:
                return task
        raise LabelStudioGone(
            f"annotation {annotation_id} in Label Studio: expected to be there, found none; see who deleted it"
        )

    def person(self, person_id: int) -> RemotePerson:
        """An account; LabelStudioGone where there is none."""
        if person_id not in self.people:
            raise LabelStudioGone(
                f"account {person_id} in Label Studio: expected to be there, found none; see who deleted it"
            )
        return self.people[person_id]


def _no_project(project_id: int) -> LabelStudioGone:
    return LabelStudioGone(
        f"project {project_id} in Label Studio: expected to be there, found none; see who deleted it"
    )
