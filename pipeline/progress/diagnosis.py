"""From a log to what holds it back: measured, and as the team declares it where there is nothing to measure."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.progress.bottleneck import find
from pipeline.progress.columns import Columns
from pipeline.progress.declaring import declare
from pipeline.progress.deriving.work import Work
from pipeline.progress.measured import WEEK, Measured, Span
from pipeline.progress.measuring import measure, window_of
from pipeline.progress.model import Model
from pipeline.progress.tallies import ENOUGH
from schemas.flow import Bottleneck, Load
from schemas.team import Team


@dataclass(frozen=True)
class Diagnosis:
    """What was measured, and what it says."""

    measured: Measured
    bottlenecks: tuple[Bottleneck, ...]
    loads: tuple[Load, ...]


def diagnose(
    columns: Columns, work: Work, team: Team, as_of: float | None = None, gaps: Iterable[Span] = ()
) -> Diagnosis:
    """What holds a cleaned and derived log back as of a moment (seconds since 1970; by default its last).

    A cell with too few votes to measure has its load from what the team declares; so has everything before the first.
    """
    window = window_of(columns, as_of)
    measured = measure(columns, work, team, window)
    start, end = window
    recent = measure(columns, work, team, (end - WEEK, end)) if end - start > WEEK else None
    declared = declare(team, end)
    begun = measured.cells.submitted.sum() >= ENOUGH or not declared.cells.names
    found = find(measured, team, recent=recent, gaps=gaps) if begun else find(declared, team, gaps=gaps)
    return Diagnosis(measured, tuple(found), _loads(measured, declared))


def _loads(measured: Measured, declared: Measured) -> tuple[Load, ...]:
    names, submitted = measured.cells.names, measured.cells.submitted
    known = {name for name, votes in zip(names, submitted, strict=True) if votes >= ENOUGH}
    planned = set(declared.cells.names) - known
    told = [load for load in Model(measured).told() if load.resource not in planned]
    told += [load for load in Model(declared).told() if load.resource in planned]
    return tuple(sorted(told, key=lambda load: -load.load))
