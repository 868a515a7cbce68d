"""The kinds of labeling work. A module in this folder that holds a `task_type` is one; nothing else registers it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeAlias

from tasks.base import TaskType

AnyTaskType: TypeAlias = TaskType[Any, Any]


def names() -> tuple[str, ...]:
    """The names of the task types, without importing them."""
    return tuple(sorted(name for _, name, _ in iter_modules(__path__) if name != "base" and name[0] != "_"))


@cache
def task_types() -> dict[str, AnyTaskType]:
    """Every task type by its name; raises TypeError naming the file at fault."""
    return {name: _load(name) for name in names()}


def is_current(name: str, version: int) -> bool:
    """Whether a task type of that name asks its question in that version today; other labels are left as they are."""
    task_type = task_types().get(name)
    return task_type is not None and task_type.version == version


def _load(name: str) -> AnyTaskType:
    task_type = getattr(import_module(f"tasks.{name}"), "task_type", None)
    if not isinstance(task_type, TaskType):
        raise TypeError(f"tasks/{name}.py should hold `task_type`, an instance of TaskType; it does not")
    if task_type.name != name:
        raise TypeError(f"tasks/{name}.py calls its task type {task_type.name!r}; name it after the file")
    return task_type
