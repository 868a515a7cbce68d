"""The kinds of labeling work. A module in this folder that holds a `task_type` is one; nothing else registers it.

A project's own stand in its folder: `_own` finds them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, TypeAlias

from schemas.errors import ProjectError
from tasks import _own
from tasks.base import TaskType

AnyTaskType: TypeAlias = TaskType[Any, Any]


def names() -> tuple[str, ...]:
    """The names of the task types, without importing them."""
    return tuple(sorted({*_ours(), *_own.names()}))


class _TaskTypes(Mapping[str, AnyTaskType]):
    """Every task type by its name, read when it is asked for."""

    def __getitem__(self, name: str) -> AnyTaskType:
        if name not in self:
            raise KeyError(name)
        return _load_own(name) if name in _own.names() else _load(name)

    def __contains__(self, name: object) -> bool:
        return name in _ours() or name in _own.names()

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())


_every = _TaskTypes()


def task_types() -> Mapping[str, AnyTaskType]:
    """Every task type by its name, the project's own too.

    Each is read when it is first asked for: then it raises TypeError naming the file at fault, ProjectError where that
    is one of the project's.
    """
    return _every


def is_current(name: str, version: int) -> bool:
    """Whether a task type of that name asks its question in that version today; other labels are left as they are."""
    return name in _every and _every[name].version == version


def guideline(name: str) -> str:
    """The guideline that comes with a task type, as Markdown; empty where it has none."""
    own = name in _own.names()
    path = _own.guideline(name) if own else Path(__file__).parent / "guidelines" / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _ours() -> tuple[str, ...]:
    return tuple(name for _, name, _ in iter_modules(__path__) if name != "base" and name[0] != "_")


@cache
def _load(name: str) -> AnyTaskType:
    return _of(import_module(f"tasks.{name}"), f"tasks/{name}.py", name)


def _load_own(name: str) -> AnyTaskType:
    path = _own.path_of(name)
    if name in _ours():
        raise ProjectError(f"{path}: headrace has a task type of that name; call yours something else")
    module = _own.load(name)
    try:
        return _of(module, str(path), name)
    except TypeError as error:
        raise ProjectError(f"{error}; mend it") from None


def _of(module: ModuleType, path: str, name: str) -> AnyTaskType:
    task_type = getattr(module, "task_type", None)
    if not isinstance(task_type, TaskType):
        raise TypeError(f"{path} should hold `task_type`, an instance of TaskType; it does not")
    if task_type.name != name:
        raise TypeError(f"{path} calls its task type {task_type.name!r}; name it after the file")
    return task_type
