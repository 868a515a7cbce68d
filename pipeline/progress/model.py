"""The model of the flow: what was measured, with its loads; undoing something gives another one to compare with."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.progress.columns import Floats, Mask
from pipeline.progress.intervals import interval_of, screening_interval
from pipeline.progress.load import Demand, Loads, demand_of, solve
from pipeline.progress.measured import DAY, WEEK_HOURS, Measured
from schemas.flow import ADJUDICATION, SCREENING, Load

HARDLY = 0.1
"""Hours a week; less work than that says nothing, however few people are there for it."""


@dataclass(frozen=True)
class Model:
    """Measured figures and, once asked for, their loads."""

    measured: Measured

    @cached_property
    def demand(self) -> Demand:
        """What is asked of people."""
        return demand_of(self.measured)

    @cached_property
    def loads(self) -> Loads:
        """How full that makes each queue."""
        return solve(self.demand)

    def told(self) -> list[Load]:
        """The load of every cell with work worth speaking of, of adjudication and of screening, the fullest first."""
        found = [self._told(place, name) for name, place in self._fullest_queues().items()]
        found = [load for load in found if not 0 < load.hours_needed < HARDLY]
        screening, hours = self.measured.screening, self.measured.hours
        if screening:
            weeks = hours / WEEK_HOURS
            found.append(
                Load(
                    resource=SCREENING,
                    load=screening.load,
                    interval=screening_interval(screening, hours),
                    people=screening.processes,
                    hours_needed=screening.came * WEEK_HOURS * screening.service,
                    hours_available=(screening.busy + screening.idle) / weeks,
                )
            )
        return sorted(found, key=lambda load: -load.load)

    def highest(self) -> float | None:
        """The load of the fullest resource, to be told; None where there is no work."""
        told = self.told()
        return round(told[0].load, 3) if told else None

    def _fullest_queues(self) -> dict[str, int]:
        """The queue of each resource; of several lots of adjudicators the fullest."""
        names = self.measured.cells.names
        found: dict[str, int] = {}
        for place in np.argsort(self.loads.load, kind="stable"):
            if self.demand.tasks[place] > 0:
                name = ADJUDICATION if self.demand.judges[place] else names[self.demand.cells[place][0]]
                found[name] = int(place)
        return found

    def _told(self, place: int, name: str) -> Load:
        demand, weeks = self.demand, self.measured.hours / WEEK_HOURS
        may = ~np.isnan(demand.service[place]) & (demand.hours > 0)
        there = demand.hours[may]
        hours = float(there.sum() / (there / demand.service[place][may]).sum()) if may.any() else 0.0
        cells = demand.cells[place]
        declared = any(self.measured.cells.basis[cell] == "declared" for cell in cells)
        return Load(
            resource=name,
            load=float(self.loads.load[place]),
            interval=None if declared else interval_of(self.measured, demand, self.loads, place),
            people=int(may.sum()),
            hours_needed=float(demand.tasks[place] * demand.votes[place]) * hours * WEEK_HOURS,
            hours_available=float(self.measured.people.capacity[may].sum()) / weeks,
            basis="declared" if declared else "measured",
        )

    def load_of(self, resource: "Resource") -> float:
        """The load of a resource in this model, whatever it was in the one where it was found."""
        if resource.name == SCREENING:
            screening = self.measured.screening
            return screening.load if screening else 0.0
        found = [
            self.loads.load[place]
            for place, cells in enumerate(self.demand.cells)
            if any((bool(self.demand.judges[place]), cell) in resource.work for cell in cells)
        ]
        return float(max(found, default=0.0))


@dataclass(frozen=True)
class Resource:
    """People, or processes, that are asked for more than they have: queues that are overfilled together."""

    name: str
    """The cell that is shortest, ADJUDICATION or SCREENING."""
    load: float
    queues: tuple[int, ...] = ()
    """Places in the model's demand."""
    work: frozenset[tuple[bool, int]] = frozenset()
    """The same as (whether adjudication, cell), which means the same in every model."""
    scarce: tuple[int, ...] = ()
    """The people whose hours are used up."""

    @property
    def people_work(self) -> bool:
        """Whether people do it."""
        return self.name != SCREENING


def resources(model: Model) -> list[Resource]:
    """Everything that work waits for, the fullest first."""
    demand, loads = model.demand, model.loads
    groups = sorted({group for group in loads.group if group})
    found = [
        Resource(
            name=_shortest(model, group),
            load=float(loads.load[group[0]]),
            queues=group,
            work=frozenset(
                (bool(demand.judges[place]), cell) for place in group for cell in demand.cells[place]
            ),
            scarce=loads.scarce[group[0]],
        )
        for group in groups
    ]
    screening = model.measured.screening
    if screening:
        found.append(Resource(SCREENING, screening.load))
    return sorted(found, key=lambda resource: -resource.load)


def _shortest(model: Model, group: tuple[int, ...]) -> str:
    """Of queues that are overfilled together the one whose work makes most of it: there another person helps most."""
    demand, loads = model.demand, model.loads
    places = np.array(group)
    part = loads.weight[places] * demand.tasks[places]
    most = int(places[int(np.argmax(part))])
    return ADJUDICATION if demand.judges[most] else model.measured.cells.names[most]


def waiting(model: Model, resource: Resource) -> Floats:
    """What waits for a resource, hour by hour: votes, adjudications or tasks."""
    queues = model.measured.queues
    if not resource.people_work:
        return queues.screening
    votes = [cell for judges, cell in resource.work if not judges]
    judged = [cell for judges, cell in resource.work if judges]
    found: Floats = queues.votes[votes].sum(axis=0) + queues.adjudication[judged].sum(axis=0)
    return found


def emptiness(model: Model, resource: Resource) -> float:
    """Share of its people's usual hours in which less waits for a resource than they could take up at once."""
    queue = waiting(model, resource)
    since = _since(model, resource)
    if not resource.people_work:
        processes = model.measured.screening.processes if model.measured.screening else 1
        return float((queue < processes).mean())
    present = model.measured.queues.attended[list(resource.scarce) or able(model, resource)].sum(axis=0)
    if present[since].sum() <= 0:
        return float((queue[since] < 1).mean())
    return float(np.average((queue < np.maximum(present, 1.0))[since], weights=present[since]))


def load_by_queue(model: Model, resource: Resource) -> float:
    """The load that the growth of a resource's queue speaks for: what comes in over what goes out."""
    queue = waiting(model, resource)
    quarter = max(1, len(queue) // 4)
    grown = (queue[-quarter:].mean() - queue[:quarter].mean()) / (len(queue) - quarter)
    came = _arrivals(model, resource)
    return 1 / (1 - min(grown / came, 0.99)) if came > 0 else 0.0


def _arrivals(model: Model, resource: Resource) -> float:
    """Votes, adjudications or tasks an hour."""
    if not resource.people_work:
        return model.measured.screening.came if model.measured.screening else 0.0
    places = list(resource.queues)
    return float((model.demand.tasks * model.demand.votes)[places].sum())


def _since(model: Model, resource: Resource) -> Mask:
    """The hours since the last of those who could do this work went missing; all of the window where nobody did."""
    people, moments = model.measured.people, model.measured.queues.moments
    went = (
        [people.last_seen[one] for one in able(model, resource) if people.gone[one]]
        if resource.queues
        else []
    )
    return moments > max([at for at in went if at < moments[-1] - DAY], default=-np.inf)


def able(model: Model, resource: Resource) -> list[int]:
    """Everybody who may do some of a resource's work, by place."""
    may = ~np.isnan(model.demand.service[list(resource.queues)])
    return [int(person) for person in np.flatnonzero(may.any(axis=0))]


def with_people_like(
    measured: Measured, work: frozenset[tuple[bool, int]], hours: float, count: int
) -> Measured:
    """The same with so many more people of usual pace for some work, with so many hours of the window each."""
    people = measured.people
    cells = len(measured.cells.names)
    labels, adjudicates = np.zeros((cells, count), dtype=bool), np.zeros((cells, count), dtype=bool)
    for judges, cell in work:
        (adjudicates if judges else labels)[cell] = True
    more = np.full(count, hours)
    nobody = np.zeros(count)
    return replace(
        measured,
        people=replace(
            people,
            names=(*people.names, *(f"new {number + 1}" for number in range(count))),
            busy=np.append(people.busy, nobody),
            starved=np.append(people.starved, nobody),
            capacity=np.append(people.capacity, more),
            declared=np.append(people.declared, more),
            gone=np.append(people.gone, np.zeros(count, dtype=bool)),
            expected=np.append(people.expected, more),
            last_seen=np.append(people.last_seen, np.full(count, measured.window[1])),
            pace=np.append(people.pace, nobody + 1),
            pace_adjudicating=np.append(people.pace_adjudicating, nobody + 1),
            labels=np.hstack([people.labels, labels]),
            adjudicates=np.hstack([people.adjudicates, adjudicates]),
            done=np.append(people.done, nobody),
        ),
        queues=replace(
            measured.queues,
            attended=np.vstack([measured.queues.attended, np.zeros((count, len(measured.queues.moments)))]),
        ),
    )
