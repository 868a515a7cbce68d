"""Measured figures made by hand: cells, people with hours, and queues that grow or are empty."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.columns import Floats
from pipeline.progress.measured import (
    CellFigures,
    Days,
    Measured,
    PeopleFigures,
    Queues,
    ScreeningFigures,
)
from schemas.team import may_do

HOURS = 14 * 24
END = 1_764_547_200.0
START = END - HOURS * 3600


@dataclass
class Someone:
    """A person with hours in two weeks."""

    name: str
    hours: float
    cells: tuple[str, ...] = ()
    adjudicates: bool = False
    gone: bool = False
    starved: float = 0.0


@dataclass
class Cell:
    """A cell with tasks a week that want votes of so many minutes."""

    name: str
    tasks: float
    votes: float = 2.0
    minutes: float = 10.0
    contested: float = 0.1
    sent_back: float = 0.2
    plan: float = float("nan")


def measured(
    cells: list[Cell],
    people: list[Someone],
    *,
    grows: bool = True,
    screening: ScreeningFigures | None = None,
    came: Floats | None = None,
    adjudication: float = 10.0,
) -> Measured:
    """Two weeks; where `grows` every queue does, else all are empty. `adjudication`: minutes each takes."""
    count, rates = len(cells), np.array([cell.tasks / 168 for cell in cells])
    contested = np.array([cell.contested for cell in cells])
    back = np.array([cell.sent_back for cell in cells])
    ready = rates / (1 - contested * back)
    closed = ready * HOURS
    hours = np.array([one.hours for one in people])
    gone = np.array([one.gone for one in people])
    moments: Floats = START + 1800 + 3600 * np.arange(HOURS, dtype=np.float64)
    queue: Floats = np.linspace(50.0, 500.0, HOURS, dtype=np.float64) * grows
    by_day = np.repeat(ready[:, None] * 24, 14, axis=1)
    names = tuple(cell.name for cell in cells)
    labels = [[not one.adjudicates and may_do(one.cells, name) for one in people] for name in names]
    return Measured(
        window=(START, END),
        cells=CellFigures(
            names=names,
            first=rates,
            again=ready - rates,
            votes=np.array([cell.votes for cell in cells]),
            service=np.array([cell.minutes / 60 for cell in cells]),
            adjudication=np.full(count, adjudication / 60),
            sent=ready * contested,
            closed=closed,
            escalated=closed * contested,
            judged=closed * contested,
            rejected=closed * contested * back,
            submitted=closed * 2,
            distinct=np.ones(count, dtype=bool),
            basis=tuple("measured" for _ in cells),
        ),
        people=PeopleFigures(
            names=tuple(one.name for one in people),
            busy=hours - np.array([one.starved for one in people]),
            starved=np.array([one.starved for one in people]),
            capacity=np.where(gone, 0.0, hours),
            gone=gone,
            declared=hours,
            expected=hours,
            last_seen=np.where(gone, END - 10 * 86400, END - 3600),
            pace=np.ones(len(people)),
            pace_adjudicating=np.ones(len(people)),
            labels=np.array(labels, dtype=bool).reshape(count, len(people)),
            adjudicates=np.array([[one.adjudicates for one in people]] * count, dtype=bool),
            done=np.full(len(people), 100.0),
        ),
        screening=screening,
        queues=Queues(
            moments=moments,
            votes=np.tile(queue, (count, 1)),
            adjudication=np.tile(queue, (count, 1)),
            screening=queue,
            attended=np.ones((len(people), HOURS)),
        ),
        days=Days(
            ready=by_day,
            sent=by_day * contested[:, None],
            capacity=np.repeat(np.where(gone, 0.0, hours)[:, None] / 14, 14, axis=1),
            came=by_day if came is None else came,
        ),
        plan=np.array([cell.plan / 168 for cell in cells]),
        attendance=1.0,
    )
