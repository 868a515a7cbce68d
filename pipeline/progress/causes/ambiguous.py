"""A guideline that people read differently: contested as rarely as others, its tasks would overload nobody."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.causes.thresholds import EXPLAINS, SURE, TIMES_CONTESTED
from pipeline.progress.columns import Floats, Mask
from pipeline.progress.measured import CellFigures, Measured

ONE = 1.05
"""Votes a task, up to which it has one only; now and then one is given twice."""


@dataclass(frozen=True)
class Shares:
    """How often something happens in one task type and in all others."""

    own: float
    others: float
    errors: float
    """Standard errors between the two."""

    @property
    def stands_out(self) -> bool:
        """Whether it happens clearly more often here."""
        return self.own > TIMES_CONTESTED * self.others and self.errors > SURE


def ambiguous_guideline(case: Case) -> Finding | None:
    """The task type that is contested or sent back so much more than others that it explains the overload."""
    if not case.resource.people_work:
        return None
    cells = case.measured.cells
    found = []
    for kind in sorted(set(cells.types.tolist())):
        mine = cells.types == kind
        contested = shares(cells.escalated, contestable(cells), mine)
        back = shares(cells.rejected, contestable(cells), mine)
        if contested.stands_out or back.stands_out:
            undone = as_the_others(case.measured, mine)
            told = (contested, "contested") if contested.stands_out else (back, "sent back")
            found.append((case.relief(undone), kind, undone, told))
    if not found:
        return None
    relief, kind, undone, told = max(found, key=lambda one: one[0])
    if relief < EXPLAINS:
        return None
    return Finding("ambiguous_guideline", kind, _evidence(kind, *told, relief), undone)


def contestable(cells: CellFigures) -> Floats:
    """Attempts that closed where votes can differ: of single votes no type is read alike, nobody was asked twice."""
    return np.where((cells.votes > ONE) | (cells.escalated > 0), cells.closed, 0.0)


def shares(happened: Floats, of: Floats, mine: Mask) -> Shares:
    """The shares of two groups of cells, and how sure they differ."""
    own_n, other_n = of[mine].sum(), of[~mine].sum()
    if not own_n or not other_n:
        return Shares(0.0, 0.0, 0.0)
    own, others = happened[mine].sum() / own_n, happened[~mine].sum() / other_n
    pooled = happened.sum() / of.sum()
    error = np.sqrt(max(pooled * (1 - pooled), 1e-12) * (1 / own_n + 1 / other_n))
    return Shares(float(own), float(others), float((own - others) / error))


def as_the_others(measured: Measured, mine: Mask) -> Measured:
    """The world in which these cells' tasks are contested and sent back as rarely as the others'."""
    cells = measured.cells
    fewer_sent = _times(shares(cells.escalated, contestable(cells), mine))
    fewer_back = fewer_sent * _times(shares(cells.rejected, cells.judged, mine))
    again = np.where(mine, cells.again * fewer_back, cells.again)
    attempts = (cells.first + again) / np.maximum(cells.ready, 1e-12)
    sent = np.where(mine, cells.sent * fewer_sent * attempts, cells.sent)
    return measured.with_cells(
        again=again,
        sent=sent,
        escalated=np.where(mine, cells.escalated * fewer_sent, cells.escalated),
        rejected=np.where(mine, cells.rejected * fewer_back, cells.rejected),
    )


def _times(found: Shares) -> float:
    """By what to multiply to get from the own share to that of the others; never more."""
    return min(1.0, found.others / found.own) if found.own else 1.0


def _evidence(kind: str, found: Shares, what: str, relief: float) -> tuple[str, ...]:
    times = f"{found.own / found.others:.1f} times as many" if found.others else "others none"
    return (
        f"Of the {kind} tasks {found.own:.0%} are {what}, of all others {found.others:.0%}: {times}.",
        f"{what.capitalize()} as rarely as the others, {relief:.0%} of the overload would be gone.",
    )
