"""What people do in a Label Studio in memory."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from pipeline.label_studio.base import RemoteAnnotation, RemotePerson
from pipeline.label_studio.memory import Memory, Project, Task
from pipeline.label_studio.wire import clean


class Hands:
    """Annotators, and everybody else who can do something there.

    Args:
        clock: What time it is, at each change.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._memory = Memory()

    def person(self, email: str, name: str = "") -> RemotePerson:
        """The account with an address, made where there is none yet."""
        for person in self._memory.people.values():
            if person.email == email:
                return person
        person = RemotePerson(id=self._memory.new_id(), email=email, name=name)
        self._memory.people[person.id] = person
        return person

    def project(self, description: str, overlap: int = 1, instruction: str = "") -> int:
        """A project with any description, such as one of somebody else's."""
        project = Project(self._memory.new_id(), description, overlap, clean(instruction))
        self._memory.projects[project.id] = project
        return project.id

    def describe(self, project_id: int, description: str) -> None:
        """Somebody writes another description."""
        self._memory.project(project_id).description = description

    def next_task(self, project_id: int, person_id: int) -> int | None:
        """The task the queue hands to a person, theirs until they submit or skip; None where none is left.

        As in Label Studio: the one they hold; else, of those open to them, the one with most votes, where the
        project wants several of each; else in order.
        """
        several = self._memory.project(project_id).overlap > 1
        tasks = [task for task in self._memory.of(project_id) if task.open_to(person_id)]
        held = [task for task in tasks if person_id in task.locked_by]
        if not tasks:
            return None
        task = held[0] if held else min(tasks, key=lambda one: (-one.votes() if several else 0, one.id))
        task.locked_by.add(person_id)
        return task.id

    def data(self, ls_task_id: int) -> Mapping[str, Any]:
        """What an annotator is shown."""
        return self._memory.task(ls_task_id).data

    def seed(self, ls_task_id: int) -> tuple[Any, ...]:
        """What an annotator's page starts from."""
        return self._memory.task(ls_task_id).seed

    def annotate(
        self, ls_task_id: int, person_id: int | None, result: Sequence[Any], lead_seconds: float | None = None
    ) -> int:
        """Somebody submits a result; the annotation's id. The server takes any, past the overlap too."""
        return self._submit(ls_task_id, person_id, result, lead_seconds)

    def skip(self, ls_task_id: int, person_id: int | None, lead_seconds: float | None = None) -> int:
        """Somebody passes on a task; the annotation's id."""
        return self._submit(ls_task_id, person_id, (), lead_seconds, skipped=True)

    def edit(self, annotation_id: int, result: Sequence[Any], by: int | None = None) -> None:
        """Its author, or the person named, puts another result in an annotation's place."""
        task = self._memory.task_with(annotation_id)
        old = task.annotations[annotation_id]
        now = self._clock()
        task.annotations[annotation_id] = old.replace(
            result=tuple(clean(result)), updated_at=now, edited_by=old.person_id if by is None else by
        )
        task.changed(now)

    def delete_annotation(self, annotation_id: int) -> None:
        """Somebody deletes an annotation."""
        task = self._memory.task_with(annotation_id)
        del task.annotations[annotation_id]
        task.changed(self._clock())

    def delete_task(self, ls_task_id: int) -> None:
        """Somebody deletes a task, with its annotations."""
        del self._memory.tasks[self._memory.task(ls_task_id).id]

    def damage(self, ls_task_id: int, reason: str) -> None:
        """Somebody submits what nobody can read."""
        task = self._memory.task(ls_task_id)
        task.broken = (*task.broken, reason)
        task.updated_at = self._clock()

    def fail_on(self, ls_task_id: int) -> None:
        """Somebody submits what the server itself fails on, so that it cannot tell of the task any more."""
        task = self._memory.task(ls_task_id)
        task.failing = True
        task.updated_at = self._clock()

    def delete_project(self, project_id: int) -> None:
        """Somebody deletes a project, with all that is in it."""
        for task in self._memory.of(project_id):
            del self._memory.tasks[task.id]
        del self._memory.projects[project_id]

    def delete_person(self, person_id: int) -> None:
        """Somebody deletes an account; its annotations stay, without an author."""
        del self._memory.people[person_id]
        for task in self._memory.tasks.values():
            for annotation_id, one in task.annotations.items():
                if person_id in {one.person_id, one.edited_by}:
                    task.annotations[annotation_id] = _forgetting(one, person_id)
                    task.updated_at = self._clock()

    def copy_task(self, ls_task_id: int) -> int:
        """Somebody imports a task a second time, our uid in its data; the copy's id."""
        task = self._memory.task(ls_task_id)
        return self._memory.add(
            self._memory.project(task.project_id), deepcopy(task.data), task.seed, self._clock()
        )

    def snapshot(self) -> Memory:
        """A backup of all that is there."""
        return deepcopy(self._memory)

    def restore(self, snapshot: Memory) -> None:
        """Somebody plays a backup back: what came since is gone, and its ids will be given again."""
        self._memory = deepcopy(snapshot)

    def _submit(
        self,
        ls_task_id: int,
        person_id: int | None,
        result: Sequence[Any],
        lead_seconds: float | None,
        *,
        skipped: bool = False,
    ) -> int:
        task: Task = self._memory.task(ls_task_id)
        now = self._clock()
        annotation = RemoteAnnotation(
            id=self._memory.new_id(),
            person_id=person_id,
            edited_by=person_id,
            result=tuple(clean(result)),
            lead_seconds=lead_seconds,
            skipped=skipped,
            created_at=now,
            updated_at=now,
        )
        task.annotations[annotation.id] = annotation
        task.locked_by.discard(person_id or 0)
        task.changed(now)
        return annotation.id


def _forgetting(annotation: RemoteAnnotation, person_id: int) -> RemoteAnnotation:
    """An annotation without one account."""
    author, editor = (
        None if one == person_id else one for one in (annotation.person_id, annotation.edited_by)
    )
    return annotation.replace(person_id=author, edited_by=editor)
