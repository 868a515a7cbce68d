"""Small models, at random, and what a recorder took down of a run."""

import math
from dataclasses import dataclass, field

from hypothesis import strategies as st

from pipeline.simulation.core import simulate
from pipeline.simulation.model import CellModel, Job, Model, Run, Service, Worker
from schemas.events import EventName

DAY = 86_400.0
HOUR = 3600.0
DAYS = 6


@dataclass(frozen=True)
class Event:
    """What a recorder is told."""

    ts: float
    event: EventName
    job: int
    actor: int
    attempt: int
    slot: int
    lead: float


@dataclass
class Taken:
    """A run with all that was recorded of it."""

    model: Model
    run: Run
    events: list[Event] = field(default_factory=list)

    def of(self, *names: EventName) -> list[Event]:
        return [event for event in self.events if event.event in names]


def taken(model: Model, seed: int = 0) -> Taken:
    events: list[Event] = []
    return Taken(model, simulate(model, seed, lambda *columns: events.append(Event(*columns))), events)


def office(hours: float, days: int = DAYS, begin: float = 9.0) -> list[tuple[float, float]]:
    return [(day * DAY + begin * HOUR, day * DAY + (begin + hours) * HOUR) for day in range(days)]


@st.composite
def models(draw: st.DrawFn) -> Model:
    """One to three cells, four to seven people of whom some adjudicate, and up to 60 tasks in six days."""
    number = draw(st.integers(1, 3))
    cells = [draw(_cells()) for _ in range(number)]
    people = draw(st.integers(4, 7))
    workers = [draw(_workers(place, number)) for place in range(people)]
    jobs = draw(
        st.lists(
            st.builds(
                Job,
                at=st.floats(0, 4 * DAY),
                cell=st.integers(0, number - 1),
                priority=st.integers(0, 1),
            ),
            max_size=60,
        )
    )
    return Model(cells, workers, jobs, 0.0, DAYS * DAY, screeners=draw(st.integers(0, 2)))


@st.composite
def _cells(draw: st.DrawFn) -> CellModel:
    first = draw(st.integers(1, 3))
    return CellModel(
        vote=Service(draw(st.floats(60, 7200)), draw(st.floats(0.3, 1.5))),
        first=first,
        most=first + draw(st.integers(0, 2)),
        p_more=draw(st.floats(0, 1)),
        p_escalated=draw(st.floats(0, 1)),
        adjudication=Service(draw(st.floats(60, 3600)), 0.5),
        p_rejected=draw(st.floats(0, 0.7)),
        screening=Service(draw(st.floats(10, 600)), 0.5),
        p_dropped=draw(st.floats(0, 0.5)),
    )


@st.composite
def _workers(draw: st.DrawFn, place: int, cells: int) -> Worker:
    adjudicates = draw(st.booleans())
    some = st.lists(st.integers(0, cells - 1), min_size=1, unique=True).map(tuple)
    return Worker(
        name=f"p{place}",
        cells=draw(st.none() | some),
        shifts=office(draw(st.floats(0.5, 12)), begin=draw(st.floats(0, 11))),
        speed=draw(st.floats(0.5, 2)),
        labels=not adjudicates or draw(st.booleans()),
        adjudicates=adjudicates,
        until=draw(st.just(math.inf) | st.floats(DAY, 4 * DAY)),
        overtime=draw(st.booleans()),
    )
