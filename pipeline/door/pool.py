"""What there is to deal, as the newest snapshot says it: plain memory, never changed; a newer one takes its place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from pipeline.door.base import Purpose
from schemas.people import Person
from schemas.project import GoldRates

WhyNot: TypeAlias = Callable[[str, str, datetime, Purpose], str | None]
"""Why what an annotator submits in a cell at a moment does not count, in a word or two; None where it does."""

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """A task, or an adjudication, that stands in Label Studio and wants votes; or a gold task."""

    uid: str
    purpose: Purpose
    cell: str
    task_type: str
    version: int
    attempt: int
    project_id: int
    remote_task_id: int
    missing: int
    """Votes that it still wants, by the snapshot."""
    priority: float
    born: float
    """When it was made, in seconds since 1970."""
    problems: frozenset[str] = NOBODY
    """The prompts it is a version of: the same with other candidates, or in another language."""
    authors: frozenset[str] = NOBODY
    """Who wrote the record, as the source says it, in lower case."""

    about: str = ""
    """The task that an adjudication judges; else its own uid."""

    @property
    def order(self) -> tuple[float, float, str]:
        """What comes first: the highest priority, then the oldest."""
        return (-self.priority, self.born, self.uid)


@dataclass(frozen=True, slots=True)
class Test:
    """What a newcomer to a cell is dealt before anything else there, and the share of it that must be right."""

    __test__ = False  # pytest would take the name for a test

    items: tuple[Open, ...]
    pass_at: float


@dataclass(frozen=True, slots=True)
class Account:
    """An annotator as the project knows them."""

    annotator: str
    simulated: bool
    person: Person | None
    names: frozenset[str]
    """Name, address and pseudonym, in lower case: who wrote a record is told by one of them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, or a pass, as a sync read it."""

    at: datetime
    annotation_id: int
    skipped: bool


@dataclass(frozen=True)
class Pool:
    """All that a dealer must know and the ledger does not say."""

    tasks: Mapping[str, Open] = field(default_factory=dict)
    """Ordinary work by uid; none of a paused cell, none that is gone from Label Studio."""
    gold: Mapping[str, tuple[Open, ...]] = field(default_factory=dict)
    """Gold to strew, by cell."""
    worn: frozenset[str] = NOBODY
    """Gold that is given to nobody any more; who has some in hand may end it."""
    tests: Mapping[str, Test] = field(default_factory=dict)
    """Newcomers' tests, by cell."""
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Who answered or skipped a task, or may not judge an adjudication since they voted; by uid."""
    given: Mapping[str, int] = field(default_factory=dict)
    """How many people answered a task and did not take it back."""
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    """What was read lately of answers, by uid and annotator."""
    results: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    """Whether an answer to a test's item was right, where that is known; by annotator and uid."""
    votes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Votes that count, of an annotator in a cell."""
    warned: frozenset[tuple[str, str]] = frozenset()
    """Annotators and cells that a warning is in force for."""
    rates: Mapping[str, GoldRates] = field(default_factory=dict)
    """By task type."""
    parked: frozenset[str] = NOBODY
    """Ordinary work in paused cells: who has some in hand may end it."""
    settled: frozenset[str] = NOBODY
    """What was settled lately, or is gold and was read: nobody changes it any more."""
    mirrored: frozenset[str] = NOBODY
    """Task types with a left and a right."""
    usual: Mapping[str, float] = field(default_factory=dict)
    """Seconds that an answer usually takes, by cell."""
    people: Mapping[str, Account] = field(default_factory=dict)
    why_not: WhyNot = lambda annotator, cell, at, purpose: None  # noqa: ARG005 - everybody, everything
    synced_at: datetime | None = None
    """When the last sync that went well began."""

    @cached_property
    def known_answers(self) -> Mapping[str, Open]:
        """Gold and tests, by uid."""
        strewn = [task for tasks in self.gold.values() for task in tasks]
        tested = [task for test in self.tests.values() for task in test.items]
        return {task.uid: task for task in (*strewn, *tested)}

    @cached_property
    def judged(self) -> frozenset[str]:
        """Tasks whose adjudication is among the work."""
        return frozenset(task.about for task in self.tasks.values() if task.purpose == "adjudicate")

    def find(self, uid: str) -> Open | None:
        """Ordinary work or gold; None where it is not to be done now."""
        return self.tasks.get(uid) or self.known_answers.get(uid)

    def account(self, annotator: str) -> Account:
        """An annotator; one whom the snapshot does not know yet is nobody in particular."""
        found = self.people.get(annotator)
        return found or Account(
            annotator, simulated=False, person=None, names=frozenset({annotator.casefold()})
        )
