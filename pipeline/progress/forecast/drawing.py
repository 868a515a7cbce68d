"""One possible world: every parameter drawn from what is known of it, and the work to come."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from pipeline.calendars import Shift, in_team, shifts
from pipeline.progress.columns import NOBODY
from pipeline.progress.forecast.parameters import Parameters
from pipeline.progress.forecast.people import Human
from pipeline.progress.forecast.presence import (
    Presence,
    by_day,
    during,
    repeated,
    spread,
    stretched,
)
from pipeline.progress.forecast.shares import Votes, declared_votes
from pipeline.progress.forecast.state import State, Waiting
from pipeline.progress.forecast.times import PSEUDO_JOBS, Times
from pipeline.progress.forecast.window import WEEK
from pipeline.simulation.model import CellModel, Job, Model, Service, Worker
from schemas.team import Member, Team, may_do

FLOOR = 0.03
"""Standard error of a time, as a share, that no log is long enough to take away."""
VARIES = 1.0
"""Coefficient of variation of a vote, for how well somebody's speed is known."""
CALENDAR = 0.05
"""How far off the share may be that somebody keeps of their declared hours."""
HABIT = 5
"""Past days from which on somebody's days to come are drawn from them."""
INSTANT = 1.0
"""Seconds of a decision where nobody is known to adjudicate."""


@dataclass(frozen=True)
class Task:
    """What to simulate."""

    until: float
    intake: bool = True
    lot: int = 1
    """So many tasks are simulated as one that takes as many times as long."""


@dataclass(frozen=True)
class Scene:
    """All that the runs have in common."""

    parameters: Parameters
    state: State
    team: Team
    """As it is to be; a change against the team that the parameters were fitted with is a what-if."""
    task: Task
    waiting: tuple[Waiting, ...]
    """The work in hand, what is alike together, the oldest first."""
    people: tuple[Human, ...]
    calendars: tuple[tuple[Shift, ...], ...]
    """By person: when they will be there at all, as they declare it; nothing for whom nothing is declared."""


def scene(parameters: Parameters, state: State, team: Team, task: Task) -> Scene:
    """Set up what the runs have in common."""
    people = tuple(_people(parameters, team))
    calendars = tuple(tuple(_calendar(one, state.at, task.until)) for one in people)
    return Scene(parameters, state, team, task, alike(state), people, calendars)


def _calendar(one: Human, start: float, until: float) -> list[Shift]:
    if one.member is None or one.presence.gone:
        return []
    if _has_habit(one):
        return in_team(one.member, start, until)
    return shifts(one.member, start, until)


def drawn(scene: Scene, seed: Sequence[int]) -> Model:
    """A world with this seed; the same person and the same cell have the same luck under a changed team."""
    parameters, state, task = scene.parameters, scene.state, scene.task
    common = float(_luck(seed, "all").normal(0, parameters.common))
    workers = [_worker(scene, place, common, seed) for place in range(len(scene.people))]
    places = {one.actor: place for place, one in enumerate(scene.people) if one.actor != NOBODY}
    cells = [
        _cell(parameters, scene.team, cell, task.lot, _luck(seed, name))
        for cell, name in enumerate(parameters.cells)
    ]
    if not any(one.adjudicates for one in workers):
        workers.append(Worker("adjudication", labels=False, adjudicates=True))
        cells = [replace(cell, adjudication=Service(INSTANT)) for cell in cells]
    jobs = _in_hand(scene, places, _luck(seed, "in hand"))
    if task.intake:
        rates = parameters.arrivals.expected(parameters.cells, scene.team)
        coming = parameters.arrivals.drawn(rates, task.until, task.lot, _luck(seed, "intake"))
        jobs += [Job(moment, cell) for moment, cell in coming]
    return Model(cells, workers, jobs, state.at, task.until, parameters.screening.processes)


def _luck(seed: Sequence[int], whose: str) -> np.random.Generator:
    return np.random.default_rng((*seed, zlib.crc32(whose.encode())))


def alike(state: State) -> tuple[Waiting, ...]:
    """The work in hand, so that neighbours are of one cell and stage, with as many votes, and about as old."""
    return tuple(sorted(state.waiting, key=lambda one: (one.cell, one.stage, len(one.voters), one.since)))


def _in_hand(scene: Scene, places: dict[int, int], source: np.random.Generator) -> list[Job]:
    """The work in hand; of each `lot` tasks that are alike, one stands for all."""
    lot = scene.task.lot
    chosen = scene.waiting[int(source.integers(lot)) :: lot]
    return [_job(one, places, scene.state.at) for one in chosen]


def _job(one: Waiting, places: dict[int, int], start: float) -> Job:
    voters = tuple(places[actor] for actor in one.voters if actor in places)
    return Job(
        at=min(one.since, start - 1),
        cell=one.cell,
        stage=one.stage,
        voters=voters,
        others=len(one.voters) - len(voters),
        attempt=one.attempt,
    )


# Cells


def _cell(parameters: Parameters, team: Team, cell: int, lot: int, source: np.random.Generator) -> CellModel:
    votes, screening = votes_of(parameters, team, cell), parameters.screening
    return CellModel(
        vote=_service(parameters.vote, cell, lot, source),
        adjudication=_service(parameters.adjudication, cell, lot, source),
        screening=_lots(screening.seconds * _off(screening.cv, screening.count, source), screening.cv, lot),
        first=votes.first,
        most=votes.most,
        p_more=votes.more,
        p_escalated=parameters.escalated[cell].drawn(source),
        p_rejected=parameters.rejected[cell].drawn(source),
        p_dropped=screening.dropped[cell].drawn(source),
    )


def votes_of(parameters: Parameters, team: Team, cell: int) -> Votes:
    """As measured; as declared where that was changed."""
    name = parameters.cells[cell]
    declared = team.votes(name)
    return parameters.votes[cell] if declared == parameters.team.votes(name) else declared_votes(declared)


def _service(times: Times, cell: int, lot: int, source: np.random.Generator) -> Service:
    cv, count = float(times.cv[cell]), int(times.count[cell])
    return _lots(float(times.mean[cell]) * _off(cv, count, source), cv, lot)


def _off(cv: float, count: int, source: np.random.Generator) -> float:
    """By how much a mean may be off."""
    return float(np.exp(source.normal(0, sqrt(cv**2 / (count + PSEUDO_JOBS) + FLOOR**2))))


def _lots(mean: float, cv: float, lot: int) -> Service:
    """A lot takes as long as its tasks together, so its spread is a smaller share: their sum keeps its variance."""
    return Service(mean * lot, max(cv, 0.05) / sqrt(lot))


# People


def _people(parameters: Parameters, team: Team) -> list[Human]:
    """Those who are known, as the team has them now, without whom it has no more, and with who is new."""
    now = {member.id: member for member in team.people}
    known = {one.name for one in parameters.people}
    stay = [
        replace(one, member=now.get(one.name))
        for one in parameters.people
        if one.member is None or one.name in now
    ]
    share = float(np.mean([one.presence.share for one in parameters.people])) if parameters.people else 1.0
    new = [_newcomer(parameters, member, share) for name, member in now.items() if name not in known]
    return stay + new


def _newcomer(parameters: Parameters, member: Member, share: float) -> Human:
    cells = tuple(place for place, cell in enumerate(parameters.cells) if may_do(member.cells, cell))
    adjudicates = member.role == "adjudicator"
    return Human(
        member.id, member, Presence(share=share), cells=cells, labels=not adjudicates, adjudicates=adjudicates
    )


def _worker(scene: Scene, place: int, common: float, seed: Sequence[int]) -> Worker:
    one = scene.people[place]
    source = _luck(seed, one.name)
    unsure = spread(one.presence) if _has_habit(one) else CALENDAR
    off = source.normal(0, sqrt(VARIES**2 / (one.pieces + PSEUDO_JOBS) + unsure**2))
    return Worker(
        name=one.name,
        cells=one.cells,
        shifts=_shifts(scene, place, source),
        speed=float(np.exp(common + off) * one.efficiency / one.factor),
        labels=one.labels,
        adjudicates=one.adjudicates,
        overtime=scene.parameters.stay,
    )


def _has_habit(one: Human) -> bool:
    """Whether their past days say when they work; who declares hours of the day is taken at their word."""
    return len(one.presence.days) >= HABIT and not (one.member is not None and one.member.hours)


def _shifts(scene: Scene, place: int, source: np.random.Generator) -> Sequence[Shift]:
    """When somebody works: as on their past days, where there are some; else as declared, as far as that was kept."""
    one, calendar = scene.people[place], scene.calendars[place]
    if one.presence.gone:
        return []
    if not _has_habit(one):
        missed = scene.parameters.missed
        days = [day for day in by_day(calendar) if source.random() >= missed]
        return stretched([stretch for day in days for stretch in day], one.presence.share / (1 - missed))
    found = repeated(one.presence, scene.parameters.habits, scene.task.until, source)
    return found if one.member is None else stretched(during(found, calendar), _more(scene.parameters, one))


def _more(parameters: Parameters, one: Human) -> float:
    """By how much somebody's declared hours were changed."""
    before = next((other.member for other in parameters.people if other.name == one.name), None)
    old, new = before.weekly_hours if before else None, one.member.weekly_hours if one.member else None
    usual = old or one.presence.hours * WEEK
    return 1.0 if new is None or new == old or not usual else new / usual
