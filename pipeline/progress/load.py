"""How much of its capacity each resource is asked for: a linear program over who may do what, and how often.

The least rho such that every vote that is wanted is given, nobody gives more than rho times the hours they have, and
nobody gives two votes to one task. Work that many may do goes to those who have the time; what then still overfills
somebody is scarce. The program is solved again for what is left, until every cell has a load of its own.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, hstack

from pipeline.progress.columns import Floats, Ints, Mask
from pipeline.progress.measured import Measured
from schemas.flow import UNMEETABLE

TINY = 1e-7
SLACK = 1e-9
"""By which a person may be fuller than the round before left them, so that rounding makes nothing impossible."""
NO_HOURS = 1e-4
"""Hours of a person, an hour of the window, that are as good as none: two minutes in two weeks."""


@dataclass(frozen=True)
class Demand:
    """Work that is asked for, one entry a queue: the cells' votes, then the adjudications of those who share people."""

    tasks: Floats
    """Tasks an hour."""
    votes: Floats
    """How many different people each wants."""
    service: Floats
    """Hours a vote takes each person, queues by people; NaN who may not."""
    hours: Floats
    """Hours that each person has, an hour of the window."""
    distinct: Mask
    """Where nobody may give two votes to one task."""
    cells: tuple[tuple[int, ...], ...]
    """The cells that a queue serves."""
    judges: Mask
    """Which queues are adjudication."""


@dataclass(frozen=True)
class Loads:
    """The load of every queue, and what makes it so."""

    load: Floats
    group: tuple[tuple[int, ...], ...]
    """For each queue those that are overfilled with it, as they share people."""
    weight: Floats
    """What a task an hour more would add to the load of its group."""
    price: Floats
    """Of each person, their share of the hours of the group that fills them; a group's sum to 1."""
    scarce: tuple[tuple[int, ...], ...]
    """For each queue the people whose hours are used up."""


def demand_of(measured: Measured) -> Demand:
    """What is asked of people in a window."""
    cells, people = measured.cells, measured.people
    labels = np.where(people.labels, cells.service[:, None] * people.pace[None, :], np.nan)
    groups = _judged_together(people.adjudicates, cells.sent)
    judges = [
        np.where(
            people.adjudicates[group[0]], _mean_hours(measured, group) * people.pace_adjudicating, np.nan
        )
        for group in groups
    ]
    count = len(cells.names)
    return Demand(
        tasks=np.concatenate([cells.ready, [cells.sent[list(group)].sum() for group in groups]]),
        votes=np.concatenate([cells.votes, np.ones(len(groups))]),
        service=np.vstack([labels, *judges]),
        hours=people.capacity / measured.hours,
        distinct=np.concatenate([cells.distinct, np.zeros(len(groups), dtype=bool)]),
        cells=(*((place,) for place in range(count)), *groups),
        judges=np.concatenate([np.zeros(count, dtype=bool), np.ones(len(groups), dtype=bool)]),
    )


def _judged_together(adjudicates: Mask, sent: Floats) -> list[tuple[int, ...]]:
    """Cells with contested tasks, those together that the same people adjudicate."""
    found: dict[bytes, list[int]] = {}
    for cell in np.flatnonzero(sent > 0):
        found.setdefault(adjudicates[cell].tobytes(), []).append(int(cell))
    return [tuple(group) for group in found.values()]


def _mean_hours(measured: Measured, group: tuple[int, ...]) -> float:
    sent = measured.cells.sent[list(group)]
    return float(np.average(measured.cells.adjudication[list(group)], weights=sent))


def solve(demand: Demand) -> Loads:
    """The load of every queue: the fullest first, then the next with the first as full as it is, and so on."""
    queues, people = demand.service.shape
    wanted = demand.tasks * demand.votes > TINY
    cannot = wanted & _unmeetable(demand)
    load = np.where(cannot, UNMEETABLE, 0.0)
    group: list[tuple[int, ...]] = [(place,) if cannot[place] else () for place in range(queues)]
    scarce: list[tuple[int, ...]] = [()] * queues
    weight, price, full = np.zeros(queues), np.zeros(people), np.full(people, np.nan)
    program = _program(demand, wanted & ~cannot)
    left = wanted & ~cannot
    while left.any():
        found = program.fullest(full)
        tight = np.isnan(full) & (found.people > TINY)
        binding = left & (found.queues > TINY) if tight.any() else left.copy()
        members = tuple(int(place) for place in np.flatnonzero(binding))
        for place in members:
            group[place], scarce[place] = members, tuple(int(person) for person in np.flatnonzero(tight))
        load[binding], weight[binding] = found.load, found.tasks[binding]
        price[tight], full[tight] = found.people[tight], found.load
        left &= ~binding
    return Loads(load, tuple(group), weight, price, tuple(scarce))


def _unmeetable(demand: Demand) -> Mask:
    """Where the votes of a task are more than the people who have any time for it."""
    able = (~np.isnan(demand.service) & (demand.hours > NO_HOURS)[None, :]).sum(axis=1)
    found: Mask = np.where(demand.distinct, able + TINY < demand.votes, able == 0)
    return found


@dataclass(frozen=True)
class Duals:
    """A solution: the load, and what one more of each right side would add to it."""

    load: float
    queues: Floats
    """A vote an hour more."""
    tasks: Floats
    """A task an hour more."""
    people: Floats
    """Shares of the hours that are used up; they sum to 1."""


@dataclass(frozen=True)
class Program:
    """The parts of the program: a variable for every pair of a queue and a person who may do it, and one for rho."""

    queue: Ints
    person: Ints
    """Of each pair."""
    hours: Floats
    """A vote's, of each pair."""
    most: Floats
    """Votes an hour at the most, of each pair."""
    demand: Demand
    wanted: Floats
    """Votes an hour, of each queue."""

    def fullest(self, full: Floats) -> Duals:
        """The least rho at which all is done, where those who are `full` (not NaN) stay as full as they are."""
        pairs, (queues, people) = np.arange(len(self.queue)), self.demand.service.shape
        given = self.demand.hours
        known = ~np.isnan(full)
        hours = coo_array((self.hours, (self.person, pairs)), shape=(people, len(pairs)))
        votes = coo_array((np.ones(len(pairs)), (self.queue, pairs)), shape=(queues, len(pairs)))
        result = linprog(
            np.append(np.zeros(len(pairs)), 1.0),
            A_ub=hstack([hours, coo_array(np.where(known, 0.0, -given)[:, None])]).tocsr(),
            b_ub=np.where(known, full * given * (1 + SLACK), 0.0) + SLACK,
            A_eq=hstack([votes, coo_array((queues, 1))]).tocsr(),
            b_eq=self.wanted,
            bounds=np.column_stack([np.zeros(len(pairs) + 1), np.append(self.most, np.inf)]),
            method="highs",
        )
        if result.status:
            return Duals(UNMEETABLE, np.zeros(queues), np.zeros(queues), np.zeros(people))
        caps = np.bincount(self.queue, weights=result.upper.marginals[:-1], minlength=queues)
        return Duals(
            load=float(result.fun),
            queues=result.eqlin.marginals,
            tasks=result.eqlin.marginals * self.demand.votes + caps,
            people=np.where(known, 0.0, -result.ineqlin.marginals * given),
        )


def _program(demand: Demand, wanted: Mask) -> Program:
    queue, person = np.nonzero(
        ~np.isnan(demand.service) & wanted[:, None] & (demand.hours > NO_HOURS)[None, :]
    )
    return Program(
        queue=queue.astype(np.int32),
        person=person.astype(np.int32),
        hours=demand.service[queue, person],
        most=np.where(demand.distinct, demand.tasks, np.inf)[queue],
        demand=demand,
        wanted=np.where(wanted, demand.tasks * demand.votes, 0.0),
    )
