"""The flow as a team declares it, where there is no log yet: plan, targets, hours, overlap and minutes."""

import numpy as np

from pipeline.calendars import hours_between
from pipeline.progress.columns import Floats
from pipeline.progress.intake import planned
from pipeline.progress.measured import (
    FORTNIGHT,
    HOUR,
    CellFigures,
    Days,
    Measured,
    PeopleFigures,
    Queues,
)
from schemas.team import Team, may_do

DECLARED = "declared"
MINUTES = 6.0
"""Of a vote, where nobody declares any."""


def declare(team: Team, as_of: float) -> Measured:
    """What the coming two weeks ask of people, if plan, hours and minutes are as declared."""
    names = tuple(sorted({*team.plan, *team.targets}))
    window = (as_of, as_of + FORTNIGHT)
    nothing = np.zeros(len(names))
    wanted = np.nan_to_num(planned(team, names, nothing, (as_of - FORTNIGHT, as_of)))
    cells = CellFigures(
        names=names,
        first=wanted,
        again=nothing,
        votes=np.array([team.votes(name) for name in names], dtype=np.float64),
        service=np.array([(MINUTES if told is None else told) / 60 for told in map(team.minutes_of, names)]),
        adjudication=nothing,
        sent=nothing,
        closed=nothing,
        escalated=nothing,
        judged=nothing,
        rejected=nothing,
        submitted=nothing,
        distinct=np.ones(len(names), dtype=bool),
        basis=tuple("declared" for _ in names),
    )
    people = _people(team, names, window)
    moments: Floats = np.arange(*window, HOUR, dtype=np.float64)
    none = np.zeros((len(names), len(moments)))
    return Measured(
        window=window,
        cells=cells,
        people=people,
        screening=None,
        queues=Queues(moments, none, none, none[:0].sum(axis=0), np.zeros((len(people.names), len(moments)))),
        days=Days(
            ready=np.repeat(wanted[:, None] * 24, 14, axis=1),
            sent=np.zeros((len(names), 14)),
            capacity=np.repeat(people.capacity[:, None] / 14, 14, axis=1),
            came=np.repeat(wanted[:, None] * 24, 14, axis=1),
        ),
        plan=wanted,
        attendance=1.0,
        hours_basis=DECLARED,
        notes=("Loads are declared, not measured: they stand on plan, targets, hours, votes and minutes.",),
    )


def _people(team: Team, names: tuple[str, ...], window: tuple[float, float]) -> PeopleFigures:
    annotators = team.with_role("annotator")
    hours = np.array([hours_between(person, *window) for person in annotators], dtype=np.float64)
    count = len(annotators)
    may = [[may_do(person.cells, name) for person in annotators] for name in names]
    return PeopleFigures(
        names=tuple(person.id for person in annotators),
        busy=np.zeros(count),
        starved=np.zeros(count),
        capacity=hours,
        gone=np.zeros(count, dtype=bool),
        declared=hours,
        expected=hours,
        last_seen=np.full(count, -np.inf),
        pace=np.ones(count),
        pace_adjudicating=np.ones(count),
        labels=np.array(may, dtype=bool).reshape(len(names), count),
        adjudicates=np.zeros((len(names), count), dtype=bool),
        done=np.zeros(count),
    )
