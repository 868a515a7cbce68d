"""What would relieve a bottleneck: each change tried in the model, the best first, and the one that would not help."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.progress.causes.ambiguous import as_the_others
from pipeline.progress.causes.base import Case, Finding
from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import Model, with_people_like
from pipeline.progress.throughput import gain
from schemas.flow import SCREENING, Cause, Remedy
from schemas.team import task_type_of

USUAL_HOURS = 20.0
"""Hours a week of somebody new, where nobody's are known."""
MOST = 4
"""Changes that are told: a lead chooses, and does not study."""
NOTHING = 0.005
"""A gain that is no gain."""
THIRD_SELDOM = 2.25
"""Votes a task with a third only on disagreement, as measured on several public sets of labels."""
FEWEST_VOTES = 2
"""With one vote a task nobody would know how sure a label is: that is no relief."""


@dataclass(frozen=True)
class Change:
    """A change to the team or the project, and the world after it."""

    text: str
    spec: str | None
    world: Measured


def remedies(case: Case, finding: Finding) -> tuple[Remedy, ...]:
    """Changes that would relieve a bottleneck, and one that would not though one would think so."""
    tried = [_tried(case, change) for offer in _OFFERS[finding.cause] for change in offer(case, finding)]
    helps = sorted(
        (one for one in tried if (one.load_after or 0.0) < case.resource.load * 0.99),
        key=lambda one: (-(round(one.throughput_gain or 0.0, 3)), one.load_after or 0.0),
    )
    useless = [_tried(case, change) for change in _elsewhere(case)]
    return (*helps[:MOST], *(one for one in useless if abs(one.throughput_gain or 0.0) < NOTHING))


def _tried(case: Case, change: Change) -> Remedy:
    after = Model(change.world)
    return Remedy(
        change=change.text,
        spec=change.spec,
        load_after=round(after.load_of(case.resource), 3),
        throughput_gain=round(gain(case.model, after), 4),
    )


def _usual_hours(measured: Measured, *, judges: bool = False) -> float:
    """Hours in the window of somebody of this kind: the middle one."""
    people = measured.people
    may = (people.adjudicates if judges else people.labels).any(axis=0) & (people.expected > 0)
    return float(np.median(people.expected[may])) if may.any() else USUAL_HOURS * measured.hours / WEEK_HOURS


def _cell_of(case: Case, finding: Finding) -> int | None:
    """The cell where more people would help: the one that is named, or the one that is short."""
    names = case.measured.cells.names
    for name in (finding.where, case.resource.name):
        if name in names:
            return names.index(name)
    cells = [cell for judges, cell in case.resource.work if not judges]
    return max(cells, key=lambda cell: case.measured.cells.ready[cell], default=None)


def _one_more(case: Case, finding: Finding) -> Iterator[Change]:
    cell = _cell_of(case, finding)
    if cell is not None:
        yield somebody_for(case.measured, cell)


def somebody_for(measured: Measured, cell: int) -> Change:
    """One more person of the usual hours and pace for a cell."""
    hours, name = _usual_hours(measured), measured.cells.names[cell]
    week = hours / measured.hours * WEEK_HOURS
    return Change(
        f"1 more person for {name}, {week:.0f} h a week",
        f"--add {name}:1:{week:.0f}",
        with_people_like(measured, frozenset({(False, cell)}), hours, 1),
    )


def _one_more_adjudicator(case: Case, _: Finding) -> Iterator[Change]:
    judged = frozenset((True, int(cell)) for cell in np.flatnonzero(case.measured.cells.sent > 0))
    hours = _usual_hours(case.measured, judges=True)
    week = hours / case.measured.hours * WEEK_HOURS
    if any(judges for judges, _ in case.resource.work):
        yield Change(
            f"1 more adjudicator, {week:.0f} h a week",
            f"--adjudicators 1:{week:.0f}",
            with_people_like(case.measured, judged, hours, 1),
        )


def _learns(case: Case, finding: Finding) -> Iterator[Change]:
    """Somebody with time on their hands learns what is short."""
    cell, people = _cell_of(case, finding), case.measured.people
    if cell is None:
        return
    idle = np.where(people.labels.any(axis=0) & ~people.labels[cell] & ~people.gone, people.starved, 0.0)
    somebody = int(np.argmax(idle))
    if idle[somebody] <= 0:
        return
    labels = people.labels.copy()
    labels[cell, somebody] = True
    week = idle[somebody] / case.measured.hours * WEEK_HOURS
    yield Change(
        f"{people.names[somebody]}, without work for {week:.0f} h a week, learns {case.measured.cells.names[cell]}",
        None,
        case.measured.with_people(labels=labels),
    )


def _fewer_votes(case: Case, finding: Finding) -> Iterator[Change]:
    """A vote less, or a third only where two disagree."""
    cell, votes = _cell_of(case, finding), case.measured.cells.votes
    if cell is None or votes[cell] <= FEWEST_VOTES:
        return
    kind = task_type_of(case.measured.cells.names[cell])
    mine = case.measured.cells.types == kind
    if votes[cell] > THIRD_SELDOM:
        fewer = np.where(mine, np.minimum(votes, THIRD_SELDOM), votes)
        yield Change(
            f"a third vote on {kind} only where two disagree", None, case.measured.with_cells(votes=fewer)
        )
    least = int(np.ceil(votes[cell])) - 1
    fewer = np.where(mine, np.minimum(votes, least), votes)
    yield Change(
        f"{least} instead of {votes[cell]:.3g} votes on {kind}",
        f"--overlap {kind}:{least}",
        case.measured.with_cells(votes=fewer),
    )


def _undone(case: Case, finding: Finding) -> Iterator[Change]:
    """The cause itself taken away."""
    if finding.cause == "absent_person":
        yield Change(f"{finding.where} comes back", None, finding.undone)
    elif finding.cause == "ambiguous_guideline":
        mine = case.measured.cells.types == finding.where
        text = f"a guideline for {finding.where} that is understood like the others"
        yield Change(text, None, as_the_others(case.measured, mine))


def _one_more_process(case: Case, _: Finding) -> Iterator[Change]:
    screening = case.measured.screening
    if case.resource.name != SCREENING or screening is None:
        return
    more = (screening.processes + 1) / screening.processes
    passes = min(more, max(1.0, screening.came / screening.went))
    cells = case.measured.cells
    faster = replace(
        screening,
        idle=(screening.busy + screening.idle) * more - screening.busy,
        processes=screening.processes + 1,
    )
    world = case.measured.with_cells(
        first=cells.first * passes, again=cells.again * passes, sent=cells.sent * passes
    )
    yield Change("1 more process for screening", None, replace(world, screening=faster))


def _elsewhere(case: Case) -> Iterator[Change]:
    """Somebody more for the fullest cell that is not short: the hire that one would make by looking at all as one."""
    short = {cell for judges, cell in case.resource.work if not judges}
    ready = case.measured.cells.ready
    others = [cell for cell in range(len(ready)) if cell not in short and ready[cell] > 0]
    if others:
        yield somebody_for(case.measured, max(others, key=lambda cell: case.model.loads.load[cell]))


_OFFERS: dict[Cause, tuple[Callable[[Case, Finding], Iterator[Change]], ...]] = {
    "skill_shortage": (_one_more, _learns, _fewer_votes),
    "overlap_shortage": (_one_more, _learns, _fewer_votes),
    "absent_person": (_undone, _one_more, _one_more_adjudicator, _learns),
    "slow_adjudication": (_one_more_adjudicator,),
    "ambiguous_guideline": (_undone, _one_more_adjudicator, _one_more),
    "slow_screening": (_one_more_process,),
}
