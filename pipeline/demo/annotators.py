"""Simulated people at work: they ask the door for the next task and submit what they say of it."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pipeline.demo.people import ADJUDICATOR, PEOPLE, SimulatedPerson
from pipeline.demo.truth import Known
from schemas.base import Frozen
from schemas.errors import LabelStudioRefused
from tasks import task_types
from tasks._adjudication import Adjudication, Decision
from tasks.base import Region

AGAIN = "run the demo again: it goes on where it stopped"
PAUSE = 0.2
"""Seconds between two looks of somebody who waits for work."""
SEED = 35
"""Of the order in which they take their turns."""


class Handed(Frozen):
    """A task, or an adjudication, that is handed to somebody."""

    id: int
    """By which they know it."""
    uid: str
    """Our id of it."""
    purpose: str
    """`label`, or `adjudicate`."""


class Seat(Protocol):
    """One person's place at the door: what they can do there."""

    def next_task(self) -> Handed | None:
        """The task that there is for them; None where there is none."""

    def submit(self, handed: Handed, result: Sequence[Mapping[str, Any]], lead_seconds: float) -> None:
        """Answer it."""


class Annotator:
    """A simulated person in their seat."""

    def __init__(self, person: SimulatedPerson, seat: Seat) -> None:
        self.person, self._seat = person, seat

    def turn(self, known: Mapping[str, Known], patience: float = 0.0) -> Iterator[Known]:
        """Answer one task, and gold that comes before it; what they answered. Nothing once there is none for them.

        Gold takes nobody's turn, so that who gets which task does not hang on where it falls. With `patience` they
        wait so many seconds for work that was pushed just now.
        """
        until = time.monotonic() + patience
        while True:
            handed = self._seat.next_task()
            if handed is not None:
                answered = self._answer(handed, known.get(handed.uid))
                yield answered
                if not answered.is_gold:
                    return
            elif time.monotonic() > until:
                return
            else:
                time.sleep(PAUSE)

    def _answer(self, handed: Handed, known: Known | None) -> Known:
        if known is None:
            raise LabelStudioRefused(
                f"task {handed.id}: a task of the demo's was expected, found somebody else's; "
                f"delete it in Label Studio and {AGAIN}"
            )
        label = self.person.label(known.item, known.label)
        seconds = self.person.lead_seconds(known.task_type, known.item)
        kind = task_types()[known.task_type]
        result: Sequence[Region] = (
            Adjudication(kind).result(Decision(label=label))
            if handed.purpose == "adjudicate"
            else kind.result(label)
        )
        self._seat.submit(handed, result, seconds)
        return known


def work(
    seats: Sequence[Seat], votes: int, known: Mapping[str, Known], patience: float = 0.0
) -> Iterator[Known]:
    """Let PEOPLE, each in their seat, label in turns until there is nothing for any of them.

    Args:
        seats: One for each of PEOPLE.
        votes: How many are still wanted, gold aside.
        known: By our task id: the item and its true label, for every task in the projects.
        patience: Seconds that the first of them waits for work that was pushed just now.

    Yields:
        What was answered, after each answer.
    """
    whim = random.Random(SEED)  # noqa: S311 - a simulation, repeatable on purpose
    here = [Annotator(person, seat) for person, seat in zip(PEOPLE, seats, strict=True)]
    while here and votes > 0:
        whim.shuffle(here)  # or the same two would always meet over a task
        here.sort(key=_beside(here))
        for annotator in tuple(here):
            began = votes
            for answered in annotator.turn(known, patience) if votes > 0 else ():
                votes -= not answered.is_gold
                patience = 0.0
                yield answered
            if votes == began:
                here.remove(annotator)


def _beside(here: Sequence[Annotator]) -> Callable[[Annotator], float]:
    """The order of turns, in which whoever copies somebody comes right after them."""
    places = {annotator.person.name: float(at) for at, annotator in enumerate(here)}

    def place(annotator: Annotator) -> float:
        copied = annotator.person.copies
        own = places[annotator.person.name]
        return own if copied is None else places.get(copied.name, own) + 0.5

    return place


def decide(seat: Seat, cases: int, known: Mapping[str, Known], patience: float = 0.0) -> Iterator[Known]:
    """Let ADJUDICATOR decide so many cases.

    Yields:
        What was decided, after each decision.
    """
    adjudicator = Annotator(ADJUDICATOR, seat)
    for _ in range(cases):
        yield from adjudicator.turn(known, patience)
        patience = 0.0
