"""Krippendorff's alpha by any distance of labels, whole tasks drawn anew: of places, sets, rankings, and of parts.

A unit is what is judged: a task, or one part of it. Parts of one task go together, so it is tasks that are drawn anew.
Everything is summed up by task once; the agreement of any of the tasks, and its interval, is then a matter of sums.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.coded import Floats, Places

FEW = 64
"""Up to so many different labels, chance is worked out exactly; of more by a sample of pairs."""
PAIRS = 4000
"""So many pairs of labels, at most, tell what chance is where there are many different ones."""
RESAMPLES, SEED = 1000, 20_260_101
AT_ONCE = 100
"""So many resamples are drawn at once."""
LEAST = 1e-12
Distance: TypeAlias = Callable[[int, int], float]
Expected: TypeAlias = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Said:
    """Votes, at most one of a person on a unit: each one's task, its unit, and its label, all as numbers from 0."""

    task: Places
    unit: Places
    label: Places
    labels: int
    """How many different ones there are."""


@dataclass(frozen=True)
class Far:
    """How far people agree on some tasks."""

    alpha: float | None
    """None where nothing is judged twice, or chance leaves no disagreement."""
    interval: tuple[float, float] | None
    """95 in 100; None of a single task, too."""
    ac1: float | None
    """Gwet's, on whether labels are the same; None of more than FEW different labels."""
    ac1_interval: tuple[float, float] | None
    raw: float | None
    """How often two labels are the same, each unit alike."""
    tasks: int
    """With a unit that two people judged, or more."""
    given: Floats
    """How often each label was given on those units."""


class Sums:
    """What was said, summed up by task: asked for any of the tasks, as often as wanted."""

    def __init__(self, said: Said, tasks: int, apart: Distance, chance: float | None = None) -> None:
        """`apart` is symmetric, and 0 of a label and itself; `chance`, if given, the distance to expect by chance."""
        self._apart, self._chance = apart, chance
        order = np.argsort(said.unit, kind="stable")
        unit, self._label = said.unit[order], said.label[order]
        starts = np.flatnonzero(np.diff(unit, prepend=-1))
        heads = np.diff(np.append(starts, len(unit)))
        task = said.task[order][starts]
        one, other, of = _pairs(starts, heads)
        far = _distances(self._label[one], self._label[other], said.labels, apart)
        same = self._label[one] == self._label[other] if said.labels <= FEW else far <= LEAST
        size = heads[of]
        self.within: Floats = np.bincount(task[of], 2 * far / (size - 1), tasks).astype(float)
        self.same: Floats = np.bincount(task[of], same * 2 / (size * (size - 1)), tasks).astype(float)
        kept = heads > 1
        self.units = np.bincount(task[kept], minlength=tasks).astype(float)
        self.votes: Floats = np.bincount(task[kept], heads[kept], tasks).astype(float)
        paired = np.repeat(kept, heads)
        self._label = self._label[paired]
        self._task = np.repeat(task, heads)[paired]
        self._size = np.repeat(heads, heads)[paired].astype(float)
        self._labels = said.labels
        self._table = self._of_few(tasks) if said.labels <= FEW else None

    def of(self, kept: NDArray[np.bool_], resamples: int = RESAMPLES) -> Far:
        """The agreement on the tasks that are kept."""
        at = np.flatnonzero(kept & (self.votes > 0))
        if not at.size:
            return Far(None, None, None, None, None, 0, np.zeros(self._labels))
        mine = np.isin(self._task, at)
        columns, expected = self._columns(at, mine)
        whole = columns.sum(axis=0, keepdims=True)
        drawn = _resampled(columns, resamples) if at.size > 1 else whole[:0]
        is_few = self._table is not None
        return Far(
            alpha=_finite(_alphas(whole, expected)),
            interval=_between(_alphas(drawn, expected)),
            ac1=_finite(_ac1s(whole, self._labels)) if is_few else None,
            ac1_interval=_between(_ac1s(drawn, self._labels)) if is_few else None,
            raw=float(whole[0, 2] / whole[0, 3]),
            tasks=int(at.size),
            given=np.bincount(self._label[mine], minlength=self._labels).astype(float),
        )

    def _of_few(self, tasks: int) -> tuple[Floats, Floats]:
        """How often each task's votes gave each label, then the share of each unit's; and how far labels are apart."""
        cell, cells = self._task * self._labels + self._label, tasks * self._labels
        counts = np.bincount(cell, minlength=cells).reshape(tasks, -1).astype(float)
        shares = np.bincount(cell, 1 / self._size, cells).reshape(tasks, -1).astype(float)
        apart = np.zeros((self._labels, self._labels))
        for a in range(self._labels):
            for b in range(a):
                apart[a, b] = apart[b, a] = self._apart(a, b)
        return np.hstack([counts, shares]), apart

    def _columns(self, at: Places, mine: NDArray[np.bool_]) -> tuple[Floats, Expected]:
        """What is summed up of each task, and the distance to expect by chance from such sums, row by row."""
        first: Floats = np.stack(
            [one[at] for one in (self.within, self.votes, self.same, self.units)], axis=1
        )
        if self._table is not None:
            counts, apart = self._table
            columns = np.hstack([first, counts[at]])
            expected: Expected = lambda sums: _exact(sums, apart)  # noqa: E731 - one of several
        else:
            by_lot, mean = self._by_lot(at, mine)
            columns = np.hstack([first, by_lot[:, None]])
            expected = lambda sums: _nearly(sums, mean)  # noqa: E731 - likewise
        if self._chance is not None:
            chance = self._chance
            return columns, lambda sums: np.zeros(len(sums)) + chance
        return columns, expected

    def _by_lot(self, at: Places, mine: NDArray[np.bool_]) -> tuple[Floats, float]:
        """Of each task how far its labels are from those of others drawn by lot, summed up; and the mean of all."""
        label, task = self._label[mine], self._task[mine]
        random = np.random.default_rng(SEED)
        times = max(1, PAIRS // max(len(label), 1))
        some = random.permutation(len(label))[:PAIRS]
        far = np.zeros(len(label))
        for _ in range(times):
            others = random.integers(len(label), size=some.size)
            far[some] += _distances(label[some], label[others], self._labels, self._apart)
        far /= times
        mean = float(far[some].mean())
        rest = np.ones(len(label), dtype=bool)
        rest[some] = False
        far[rest] = mean
        return np.bincount(np.searchsorted(at, task), far, at.size).astype(float), mean


def mean_interval(values: Sequence[float], resamples: int = RESAMPLES) -> tuple[float, float] | None:
    """In which the mean lies 95 times in 100, by drawing the values anew; None of fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - one alone says nothing of the others
        return None
    return _between(_drawn(len(values), resamples) @ np.array(values) / len(values))


def _alphas(sums: Floats, expected: Expected) -> Floats:
    chance = expected(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(chance > LEAST, 1 - sums[:, 0] / sums[:, 1] / chance, np.nan)
    return found


def _ac1s(sums: Floats, labels: int) -> Floats:
    """Gwet's AC1, row by row: 1 where there is one label only, as in the limit."""
    raw, shares = sums[:, 2] / sums[:, 3], sums[:, 4 + labels :] / sums[:, 3:4]
    used = np.maximum((shares > 0).sum(axis=1) - 1, 1)
    by_chance = (shares * (1 - shares)).sum(axis=1) / used
    found: Floats = (raw - by_chance) / (1 - by_chance)
    return found


def _resampled(columns: Floats, resamples: int) -> Floats:
    """The sums of tasks drawn anew."""
    rows, times = _grouped(columns)
    found: Floats = _drawn(int(times.sum()), resamples, times) @ rows
    return found


def _finite(one: Floats) -> float | None:
    return float(one[0]) if np.isfinite(one[0]) else None


def _between(found: Floats) -> tuple[float, float] | None:
    found = found[np.isfinite(found)]
    if not found.size:
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def _grouped(columns: Floats) -> tuple[Floats, Floats]:
    """Each different row once, and how often it is there: most tasks are like many others."""
    sign = np.random.default_rng(SEED).random(columns.shape[1])
    key = (columns * sign).sum(axis=1)  # not a product of matrices: equal rows must come to equal sums
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    return columns[first], times.astype(float)


def _drawn(n: int, resamples: int, times: Floats | None = None) -> Floats:
    """How often each task, or each kind of task that is there so many times, is drawn."""
    random = np.random.default_rng(SEED)
    kinds = n if times is None else len(times)
    if times is not None and 4 * kinds < n:
        return random.multinomial(n, times / n, size=resamples).astype(float)
    kind = np.arange(n) if times is None else np.repeat(np.arange(kinds), times.astype(int))
    found = np.empty((resamples, kinds))
    for start in range(0, resamples, AT_ONCE):
        part = found[start : start + AT_ONCE]
        row = np.arange(len(part))[:, None] * kinds
        drawn = kind[random.integers(n, size=(len(part), n))] + row
        part[:] = np.bincount(drawn.ravel(), minlength=part.size).reshape(part.shape)
    return found


def _exact(sums: Floats, apart: Floats) -> Floats:
    """The mean distance of any two of the labels, from how often each was given, row by row."""
    counts, total = sums[:, 4 : 4 + len(apart)], sums[:, 1]
    found: Floats = np.einsum("rl,rl->r", counts @ apart, counts) / (total * (total - 1))
    return found


def _nearly(sums: Floats, mean: float) -> Floats:
    """The same from how far each task's labels are from others', up to terms of a second order."""
    found: Floats = 2 * sums[:, 4] / sums[:, 1] - mean
    return found


def _pairs(starts: Places, heads: Places) -> tuple[Places, Places, Places]:
    """All unordered pairs of votes on one unit, by their places, and which unit that is."""
    found: list[list[Places]] = [[np.zeros(0, dtype=np.intp)] for _ in range(3)]
    one, other, of = found
    for size in np.unique(heads[heads > 1]):
        units = np.flatnonzero(heads == size)
        a, b = np.triu_indices(int(size), 1)
        one.append((starts[units][:, None] + a).ravel())
        other.append((starts[units][:, None] + b).ravel())
        of.append(np.repeat(units, len(a)))
    return np.concatenate(one), np.concatenate(other), np.concatenate(of)


def _distances(one: Places, other: Places, labels: int, apart: Distance) -> Floats:
    """How far each two labels are apart, each different pair asked for once."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    pairs, place = np.unique(low * labels + high, return_inverse=True)
    far = np.array(
        [
            apart(int(pair // labels), int(pair % labels)) if pair // labels != pair % labels else 0.0
            for pair in pairs
        ]
    )
    return far[place] if pairs.size else np.zeros(0)
