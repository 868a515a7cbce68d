"""The rules by which one task among many goes to somebody: each takes those that are left, and leaves some of them.

They are asked in the order of RULES. A rule that would leave none does not choose. What then is still as good as each
other goes by when it was made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.door.pool import Open
from pipeline.door.table import Queue

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a task, as far as it bears on which."""

    annotator: str
    names: frozenset[str]
    """What they are called, in lower case."""
    last: Open | None
    """What they were dealt before, where it still stands there."""

    @property
    def problems(self) -> frozenset[str]:
        """The prompts of which they just had a version."""
        return self.last.problems if self.last else frozenset()


@dataclass(frozen=True, slots=True)
class Head:
    """The first task of a queue that may go to somebody."""

    queue: Queue
    task: Open


Heads: TypeAlias = Sequence[Head]
Rule: TypeAlias = Callable[[Asker, Heads], Heads]


def another_prompt(asker: Asker, heads: Heads) -> Heads:
    """No two versions of one prompt in a row, where there are others."""
    return [head for head in heads if not head.task.problems & asker.problems]


def adjudication(_: Asker, heads: Heads) -> Heads:
    """Cases to judge before votes to give: fewer people can."""
    return [head for head in heads if head.task.purpose == "adjudicate"]


def priority(_: Asker, heads: Heads) -> Heads:
    """The highest priority that project.toml gives."""
    highest = max(head.task.priority for head in heads)
    return [head for head in heads if head.task.priority == highest]


def age(_: Asker, heads: Heads) -> Heads:
    """The oldest; those made within an hour are as old as each other."""
    oldest = min(head.task.born for head in heads) // HOUR
    return [head for head in heads if head.task.born // HOUR == oldest]


def same_project(asker: Asker, heads: Heads) -> Heads:
    """No change of the kind of work from task to task."""
    return [head for head in heads if asker.last and head.task.project_id == asker.last.project_id]


RULES: tuple[tuple[str, Rule], ...] = (
    ("another prompt", another_prompt),
    ("adjudication", adjudication),
    ("priority", priority),
    ("age", age),
    ("same project", same_project),
)
