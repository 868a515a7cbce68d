"""What waits for somebody, cell by cell.

The figures are rounded, and as old as the snapshot: a count that stood still after one answer would tell that it was
a gold task.
"""

from dataclasses import dataclass

from pipeline.door.base import Purpose
from pipeline.door.desk.visit import Visit
from schemas.team import may_do

FEW = 10


@dataclass(frozen=True)
class Waiting:
    """Tasks of a cell that somebody may do."""

    cell: str
    purpose: Purpose
    about: int
    """How many, rounded down to ten, a hundred, and so on; 0 is a few."""


def waiting_for(visit: Visit) -> list[Waiting]:
    """What waits for a person, cell by cell; disputes for those who settle them."""
    known = visit.seen.known
    theirs = known.answered.get(visit.who.annotator, ())
    answered = {(row["cell"], row["purpose"]): int(row["tasks"]) for row in theirs}
    found = []
    for row in known.open:
        cell, purpose = row["cell"], row["purpose"]
        left = row["tasks"] - answered.get((cell, purpose), 0)
        if left > 0 and may(visit, cell, purpose):
            found.append(Waiting(cell, purpose, about(left)))
    return found


def may(visit: Visit, cell: str, purpose: Purpose = "label") -> bool:
    """Whether a person may do tasks of a cell."""
    if purpose == "adjudicate" and visit.who.role == "annotator":
        return False
    if visit.person is None:
        return visit.seen.is_open
    return may_do(visit.person.cells, cell)


def about(number: int) -> int:
    """A number to its first digit: 87 is 80, 1,234 is 1,000; 0 for fewer than ten."""
    if number < FEW:
        return 0
    power: int = 10 ** (len(str(number)) - 1)
    return number // power * power
