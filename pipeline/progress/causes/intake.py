"""Where nobody is overloaded: whether too little comes in, or comes in lumps."""

from dataclasses import dataclass

import numpy as np

from pipeline.progress.causes.thresholds import COMFORTABLE, INTAKE_SHORT, SMOOTHED, STARVES, SURE, WAIT_DAYS
from pipeline.progress.columns import Floats, Mask
from pipeline.progress.measured import WEEK_HOURS, Measured
from pipeline.progress.model import Model, Resource, resources
from pipeline.progress.refilling import as_planned, evenly
from schemas.flow import Bottleneck

DRAWS = 40
"""Chance arrivals that a lumpy intake is compared with."""
HIGH = 0.9
"""The quantile of their backlogs that the intake's own must exceed."""
WORKS = 0.2
"""A day with less than this share of the fullest day's hours is no working day."""
USUAL = 0.75
"""The quantile of a working day's hours that people usually have: on some there was nothing to do."""


@dataclass(frozen=True)
class Burst:
    """What waits because of the way in which tasks come."""

    wait: float
    """Working days that a task waits beyond the day on which it came."""
    even: float
    """The same if as many tasks came evenly, by chance."""
    starved: float
    """Share of people's hours without work."""

    @property
    def harms(self) -> bool:
        """Whether people both run out of work and leave it lying, and would not with an even intake."""
        return self.wait >= WAIT_DAYS and self.even <= SMOOTHED * self.wait and self.starved >= STARVES


def intake(model: Model) -> Bottleneck | None:
    """What the intake lacks, where people have hours to spare."""
    measured, lumps = model.measured, burst(model)
    share = intake_share(measured, whole_log=lumps.harms)
    if share is not None and share < INTAKE_SHORT:
        return Bottleneck(
            cause="starved_intake",
            load=fullest(measured),
            evidence=_short(measured, share),
            remedies=as_planned(model),
        )
    if lumps.harms:
        return Bottleneck(
            cause="bursty_intake",
            load=fullest(measured),
            evidence=_lumpy(measured, lumps),
            remedies=evenly(model, lumps.wait, lumps.even),
        )
    return None


def fullest(measured: Measured) -> float | None:
    """Hours busy of all hours that people have."""
    people = measured.people
    total = people.capacity.sum()
    return float(people.busy.sum() / total) if total else None


def intake_share(measured: Measured, *, whole_log: bool = False) -> float | None:
    """What came of what was planned, surplus of one cell not counted for another; None without a plan.

    In lumps, two weeks may hold one lump more or less than is usual: then the whole log says it, if it says more.
    """
    known = measured.plan > 0
    if not known.any():
        return None
    share = _share(measured.came[known], measured.plan[known])
    return max(share, _share(measured.days.came[known], measured.plan[known])) if whole_log else share


def _share(came: Floats, plan: Floats) -> float:
    """With what a cell lacks by more than chance counted as lacking, though another has more than its plan."""
    wanted = plan * 24 * came.shape[1]
    got = came.sum(axis=1)
    lacks = np.maximum(wanted - got - SURE * np.sqrt(wanted), 0).sum() / wanted.sum()
    return float(min(got.sum() / wanted.sum(), 1 - lacks))


def burst(model: Model) -> Burst:
    """Queues that are fed as tasks came and worked off with the hours people have, against the same fed evenly.

    One queue for each lot of cells that share people, as the loads found them; what waits in them is added up.
    """
    pools = [_pool(model, resource) for resource in resources(model) if _labeled(resource)]
    fed = sum(float(pool.fed.sum()) for pool in pools)
    hours = sum(float(pool.hours.sum()) for pool in pools)
    if not fed or not hours:
        return Burst(0.0, 0.0, 0.0)
    came = [pool.worked_off(pool.fed) for pool in pools]
    return Burst(
        wait=float(sum(waits for waits, _ in came) / fed),
        even=float(sum(pool.even() for pool in pools) / fed),
        starved=float(sum(idle for _, idle in came) / hours),
    )


@dataclass(frozen=True)
class Pool:
    """People, day by day, and the work that comes in for them."""

    fed: Floats
    """Hours of work that come in."""
    hours: Floats
    """Hours that people have."""
    works: Mask
    """Working days."""
    tasks: float
    """How many tasks came in."""

    def worked_off(self, fed: Floats) -> tuple[float, float]:
        """Hours of work left over at the end of working days, added up, and hours of people without work.

        The days are gone through twice, and the second time counts: what waits at the end waits at the begin.
        """
        waits = starved = left = 0.0
        for again in (False, True):
            for came, can, at_work in zip(fed, self.hours, self.works, strict=True):
                left += came
                idle = max(can - left, 0.0)
                left = max(left - can, 0.0)
                waits += left * (at_work and again)
                starved += idle * again
        return waits, starved

    def even(self) -> float:
        """What as many tasks that come evenly leave over in most draws of chance: all week long, or on working days."""
        if not self.tasks:
            return 0.0
        rng = np.random.default_rng(0)
        one = float(self.fed.sum()) / self.tasks
        shares = [share / share.sum() for share in (np.ones(len(self.fed)), self.works.astype(np.float64))]
        drawn = [
            [self.worked_off(rng.poisson(self.tasks * share) * one)[0] for _ in range(DRAWS)]
            for share in shares
        ]
        return float(np.quantile(drawn, HIGH, axis=1).max())


def _labeled(resource: Resource) -> bool:
    return bool(resource.scarce) and any(not judges for judges, _ in resource.work)


def _pool(model: Model, resource: Resource) -> Pool:
    """The people whose hours a resource uses up, and its cells' intake as hours of their work.

    A task that comes in is worth what those made ready are worth, whatever is dropped on the way. Two weeks may hold
    one lump more than is usual: more than people can do in the long run it is not, or they would be overloaded.
    """
    measured = model.measured
    hours = _hours_by_day(measured, list(resource.scarce))
    cells = [cell for judges, cell in resource.work if not judges]
    figures = measured.cells
    came = measured.days.came[cells][:, -len(hours) :]
    came = np.hstack([np.zeros((len(cells), len(hours) - came.shape[1])), came])
    asked = (figures.ready * figures.votes * figures.service)[cells] * measured.hours
    fed = (asked / np.maximum(came.sum(axis=1), 1)) @ came
    fed *= min(1.0, COMFORTABLE * hours.sum() / max(float(fed.sum()), 1e-12))
    works = hours >= WORKS * hours.max()
    return Pool(fed=fed, hours=hours, works=works, tasks=float(came.sum()))


def _hours_by_day(measured: Measured, people: list[int]) -> Floats:
    """Hours that people had on each day; on working days at least what is usual, where it is not measured."""
    hours: Floats = measured.days.capacity[people].sum(axis=0)
    if measured.hours_basis == "measured":
        return hours
    works = hours >= WORKS * hours.max(initial=0.0)
    usual = float(np.quantile(hours[works], USUAL)) if works.any() else 0.0
    return np.where(works, np.maximum(hours, usual), hours)


def _short(measured: Measured, share: float) -> tuple[str, ...]:
    known = measured.plan > 0
    came = measured.came[known].sum() / measured.came.shape[1] * 7
    planned = measured.plan[known].sum() * WEEK_HOURS
    starved = measured.people.starved.sum() / max(measured.people.capacity.sum(), 1e-9)
    return (
        f"{came:.0f} tasks a week came in of {planned:.0f} that are planned: {share:.0%}.",
        f"People had nothing to do for {starved:.0%} of their hours.",
    )


def _lumpy(measured: Measured, lumps: Burst) -> tuple[str, ...]:
    by_day = measured.came.sum(axis=0)
    most = np.sort(by_day)[::-1]
    share = most[:2].sum() / max(by_day.sum(), 1)
    waits = (
        f"A task waits {lumps.wait:.1f} working days beyond the one on which it came, and people are without work "
        f"for {lumps.starved:.0%} of their hours; with an even intake it would wait {lumps.even:.1f}."
    )
    return (f"The two fullest days of {len(by_day)} brought {share:.0%} of the tasks.", waits)
