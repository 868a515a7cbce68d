"""How somebody's answers were judged: by gold, and by who decided where answers did not agree."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

from pipeline.door.desk.content import Case
from pipeline.door.desk.snapshot import Known, Row, Rows
from pipeline.door.hands import CHANGEABLE as MAY_CHANGE
from schemas.base import content_id
from tasks import is_current, task_types

About: TypeAlias = Literal["gold", "overturned"]

TELL_AFTER = MAY_CHANGE + timedelta(hours=1)
"""How long after somebody answered a gold task nothing of it is told: an answer may be changed for a day, and who
knew which ones were gold would change those."""


@dataclass(frozen=True)
class Judged:
    """One answer of somebody's that was held against another."""

    about: About
    task_id: str
    cell: str
    task_type: str
    version: int
    item: str
    """The item, as JSON."""
    said: str
    """Their label, as JSON."""
    known: str
    """The known answer, or what was decided; as JSON."""
    clause: str
    """The clause of the guideline that decides it; empty where none is on record."""
    reason: str
    at: datetime
    """When they said it, or when it was decided."""
    dispute_id: str
    """What a dispute about it is known by: another known answer is another dispute."""

    def case(self, swapped: frozenset[str]) -> Case:
        """The task as they saw it."""
        return Case(self.task_type, self.version, self.item, self.task_id in swapped)


@dataclass(frozen=True)
class Tally:
    """How many gold tasks of a cell somebody got right."""

    cell: str
    right: int
    of: int


@dataclass(frozen=True)
class Gold:
    """How somebody did on gold."""

    cells: tuple[Tally, ...] = ()
    missed: Rows = ()
    """Their answers beside the known ones, the newest first."""

    @property
    def right(self) -> int:
        """How many they got right."""
        return sum(one.right for one in self.cells)

    @property
    def of(self) -> int:
        """How many they did, of those that may be told."""
        return sum(one.of for one in self.cells)


def gold_of(known: Known, annotator: str, now: datetime) -> Gold:
    """How a person did on the gold tasks whose answer they can change no more."""
    told = [row for row in known.gold.get(annotator, ()) if row["at"] + TELL_AFTER <= now]
    missed = tuple(row for row in told if not is_right(row))
    done, wrong = Counter(row["cell"] for row in told), Counter(row["cell"] for row in missed)
    cells = tuple(Tally(cell, of - wrong[cell], of) for cell, of in sorted(done.items()))
    return Gold(cells, missed)


def overturned_of(known: Known, annotator: str) -> Rows:
    """A person's answers beside what an adjudicator decided otherwise, the newest first."""
    return tuple(row for row in known.overturned.get(annotator, ()) if not is_right(row))


def is_right(row: Row) -> bool:
    """Whether two labels are one judgement: no farther apart than the task type tolerates.

    Where the question has changed since, only the very same label is.
    """
    return _is_one(row["task_type"], row["version"], row["said"], row["known"])


def judged(known: Known, about: About, row: Row) -> Judged:
    """An answer as a page shows it."""
    against = row["known"] if about == "gold" else row["resolution_id"]
    return Judged(
        about=about,
        task_id=row["task_id"],
        cell=row["cell"],
        task_type=row["task_type"],
        version=row["version"],
        item=known.items.get(row["task_id"], "{}"),
        said=row["said"],
        known=row["known"],
        clause=row.get("clause") or "",
        reason=row.get("reason") or "",
        at=row["at"],
        dispute_id=content_id([about, row["annotator"], row["task_id"], against]),
    )


def own(known: Known, annotator: str, about: str, now: datetime) -> Rows:
    """What a person may disagree with; nothing where `about` is neither gold nor overturned."""
    if about == "gold":
        return gold_of(known, annotator, now).missed
    return overturned_of(known, annotator) if about == "overturned" else ()


@lru_cache(maxsize=2**17)
def _is_one(name: str, version: int, said: str, known: str) -> bool:
    """The same for labels as JSON; kept, for to read and compare them takes longest of all that a page does."""
    if said == known or not is_current(name, version):
        return said == known
    task_type = task_types()[name]
    try:
        both = [task_type.label.model_validate_json(label) for label in (said, known)]
    except ValueError:
        return False
    return task_type.distance(*both) <= task_type.tolerance
