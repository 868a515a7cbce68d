"""How far people agree, by kind of work, dimension, cell and week: before anything was sorted out, and after."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.assessing import dimensions as of_labels
from pipeline.assessing.compared import Compared, OfType, compared
from pipeline.assessing.dimensions import Dimension, Value, dimensions
from pipeline.quality.agreement import FEWEST, Agreement, verdict
from pipeline.quality.by_distance import RESAMPLES, Far, Said, Sums, mean_interval
from pipeline.quality.coded import Floats, Places
from pipeline.quality.concordance import kendall_w
from pipeline.store import Store
from schemas.base import Frozen
from tasks import AnyTaskType
from tasks._escape import escape_of

WHOLE = of_labels.WHOLE
"""The dimension that is a whole label, compared by the distance of its task type: the one to judge a type by."""
ORDER = "order"
"""The dimension of rankings that Kendall's W is told of."""
RESAMPLES_OF_WEEK = 300
MOST_SAID = 6
"""So many things said, the most frequent ones, have their share told."""
DIGITS = 6
Of: TypeAlias = Literal["compared", "accepted"]
"""All tasks on which answers can be compared, or those alone whose label was accepted.

Where answers must agree to be accepted, those that were agree more: the first says how clear the work is.
"""


class Agreed(Frozen):
    """How far answers to the same tasks agree, in one dimension of one task type."""

    task_type: str
    version: int
    """Of the task type: today's."""
    dimension: str
    """`label`, or a part of it in the type's own words, such as `preference`, `lines` or `steps`."""
    of: Of
    cell: str | None
    """None: all cells together."""
    week: date | None
    """The Monday, in UTC, of the week in which the last of the answers was given; None: all weeks together."""
    measure: str
    """`alpha` (Krippendorff's, by the distance of the dimension) or `kendall_w`."""
    value: float | None
    """1 the same, 0 as by chance; None where nothing can be said, or only one thing was ever said."""
    low: float | None
    """95 in 100, by drawing tasks anew; None with `value`, or of a single task."""
    high: float | None
    ac1: float | None
    """Gwet's, which does not fall because one thing is said mostly; None of more than 64 different ones, and ranks."""
    ac1_low: float | None
    ac1_high: float | None
    """95 in 100."""
    raw: float | None
    """How often two answers to one task say exactly the same."""
    prevalence: dict[str, float]
    """The share of each thing said, in one line for people, the most frequent first; the first few."""
    top_share: float
    """Of the most frequent one."""
    tasks: int
    """With two answers or more that can be compared, of those that were looked at."""
    tasks_in_all: int
    """The same of all: more than `tasks` where a sample was looked at."""
    annotators: int
    verdict: str
    """In words: `reliable`, `acceptable`, `uncertain`, `weak`, `lopsided: read AC1`, `one label only`, `too few to
    judge` below 50 tasks."""


def agreements(store: Store) -> list[Agreed]:
    """Every task type's agreement: in all, by cell and by week, each of all compared and of the accepted.

    In all and by cell there are all dimensions, by week the whole label alone, of all compared. Of more than 5,000
    tasks of a type, 2,000 of a cell and 500 of a week, a sample by hash is looked at. Sorted by task type, dimension
    (as `dimensions` has them), of, cell and week, what is of all cells or weeks first.
    """
    return [one for of_type in compared(store) for one in _of_type(of_type)]


def overall(
    found: Iterable[Agreed], of: Of = "compared", dimension: str = WHOLE
) -> dict[tuple[str, str | None], Agreed]:
    """What a gate asks: the agreement on whole labels over all weeks, by task type and cell (None: all its cells)."""
    return {
        (one.task_type, one.cell): one
        for one in found
        if one.of == of and one.dimension == dimension and one.week is None
    }


@dataclass(frozen=True)
class _Group:
    """Tasks that are told of together."""

    of: Of
    cell: str | None
    week: date | None
    kept: NDArray[np.bool_]
    tasks_in_all: int


def _of_type(found: OfType) -> Iterator[Agreed]:
    groups = list(_groups(found))
    for dimension in dimensions(found.task_type):
        coded = _coded(found.tasks, dimension)
        for group in groups:
            if group.week is None or dimension.name == WHOLE:
                yield _agreed(found, dimension, coded, group)
    if found.task_type.agreed == "rank":
        yield from _orders(found, groups)


def _groups(found: OfType) -> Iterator[_Group]:
    accepted = np.array([one.accepted for one in found.tasks])
    cells, weeks = (np.array([getattr(one, name) for one in found.tasks]) for name in ("cell", "week"))
    for of, wanted in (("compared", np.ones(len(accepted), dtype=bool)), ("accepted", accepted)):
        samples = {
            name: wanted & [getattr(one, name) for one in found.tasks] for name in ("in_all", "in_cell")
        }
        places: list[tuple[str | None, date | None, NDArray[np.bool_]]] = [(None, None, samples["in_all"])]
        places += [(str(cell), None, samples["in_cell"] & (cells == cell)) for cell in np.unique(cells)]
        if of == "compared":
            in_week = np.array([one.in_week for one in found.tasks])
            places += [
                (None, week, in_week & (weeks == week)) for week in sorted({one.week for one in found.tasks})
            ]
        for cell, week, kept in places:
            if kept.any():
                in_all = found.in_all[cell, week, of == "accepted"]
                yield _Group("accepted" if of == "accepted" else "compared", cell, week, kept, in_all)


@dataclass(frozen=True)
class _Coded:
    """What was said in one dimension."""

    sums: Sums
    values: list[Value]


def _coded(tasks: Sequence[Compared], dimension: Dimension) -> _Coded:
    places: dict[Value, int] = {}
    task, unit, label = [], [], []
    units = 0
    for at, one in enumerate(tasks):
        for part in dimension.said(one.labels):
            said = [value for value in part if value is not None]
            if len(said) > 1:
                task += [at] * len(said)
                unit += [units] * len(said)
                label += [places.setdefault(value, len(places)) for value in said]
                units += 1
    values = list(places)
    task_of, unit_of, label_of = (np.array(one, dtype=np.intp) for one in (task, unit, label))
    said_of = Said(task_of, unit_of, label_of, len(values))
    apart = _ordinal(said_of, values) if dimension.scale == "ordinal" else None

    def far(a: int, b: int) -> float:
        return float(apart[a] - apart[b]) ** 2 if apart is not None else dimension.apart(values[a], values[b])

    sums = Sums(said_of, len(tasks), far, dimension.chance)
    return _Coded(sums, values)


def _ordinal(said: Said, values: Sequence[Value]) -> Floats:
    """The place of each number on the scale that how often each is said makes."""
    times = np.bincount(said.label, minlength=len(values))
    order: Places = np.argsort(np.array(values, dtype=float), kind="stable")
    places = np.empty(len(values))
    places[order] = times[order].cumsum() - times[order] / 2
    found: Floats = places / max(int(times.sum()), 1)
    return found


def _agreed(found: OfType, dimension: Dimension, coded: _Coded, group: _Group) -> Agreed:
    far = coded.sums.of(group.kept, RESAMPLES_OF_WEEK if group.week else RESAMPLES)
    shares = far.given / max(far.given.sum(), 1)
    told: dict[str, float] = {}
    for at in np.argsort(-shares, kind="stable")[:MOST_SAID]:
        if shares[at]:
            name = dimension.told(coded.values[at])
            told[name] = round(told.get(name, 0.0) + float(shares[at]), DIGITS)
    low, high = far.interval or (None, None)
    is_rank = dimension.chance is not None
    ac1_low, ac1_high = (None, None) if is_rank or far.ac1_interval is None else far.ac1_interval
    return Agreed(
        **_of_group(found.task_type, group),
        dimension=dimension.name,
        measure="alpha",
        value=_rounded(far.alpha),
        low=_rounded(low),
        high=_rounded(high),
        ac1=None if is_rank else _rounded(far.ac1),
        ac1_low=_rounded(ac1_low),
        ac1_high=_rounded(ac1_high),
        raw=_rounded(far.raw),
        prevalence=told,
        top_share=round(float(shares.max(initial=0)), DIGITS),
        tasks=far.tasks,
        annotators=_people(found, group.kept & (coded.sums.votes > 0)),
        verdict=_verdict(far, float(shares.max(initial=0))),
    )


def _of_group(task_type: AnyTaskType, group: _Group) -> dict[str, object]:
    return {
        "task_type": task_type.name,
        "version": task_type.version,
        "of": group.of,
        "cell": group.cell,
        "week": group.week,
        "tasks_in_all": group.tasks_in_all,
    }


def _verdict(far: Far, top_share: float) -> str:
    if far.alpha is None and far.tasks >= FEWEST:
        return "one label only"
    return verdict(
        Agreement("nominal", far.alpha, far.interval, None, None, far.tasks, far.tasks, 0, {}, top_share)
    )


def _orders(found: OfType, groups: Sequence[_Group]) -> Iterator[Agreed]:
    """Kendall's W, task by task, and the mean of it."""
    values = [_w(found.task_type, one) for one in found.tasks]
    known = np.array([value is not None for value in values])
    for group in groups:
        kept = group.kept & known
        mine = [value for value, is_kept in zip(values, kept, strict=True) if is_kept and value is not None]
        if group.week is None and mine:
            low, high = mean_interval(mine) or (None, None)
            yield Agreed(
                **_of_group(found.task_type, group),
                dimension=ORDER,
                measure="kendall_w",
                value=_rounded(float(np.mean(mine))),
                low=_rounded(low),
                high=_rounded(high),
                ac1=None,
                ac1_low=None,
                ac1_high=None,
                raw=None,
                prevalence={},
                top_share=0.0,
                tasks=len(mine),
                annotators=_people(found, kept),
                verdict="too few to judge" if len(mine) < FEWEST else "not judged by W",
            )


def _w(task_type: AnyTaskType, one: Compared) -> float | None:
    places = [task_type.places(label) for label in one.labels if escape_of(label) is None]
    if len({len(ranks) for ranks in places}) != 1:
        return None
    return kendall_w([{str(at): place for at, place in enumerate(ranks)} for ranks in places])


def _people(found: OfType, kept: NDArray[np.bool_]) -> int:
    return len({name for at in np.flatnonzero(kept) for name in found.tasks[at].annotators})


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
