"""How far people agree: Krippendorff's alpha, Gwet's AC1 and raw agreement, from labels as text and their scale.

Items on which the same labels were given are exchangeable: they are counted once, as a pattern with how often it is
found, so that a resample of a million items costs no more than one of their patterns.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np

from pipeline.quality.coded import Coded, Floats, Places, Rating
from pipeline.quality.scales import jaccard, rankings

Scale: TypeAlias = Literal["nominal", "ordinal", "interval", "set", "rank"]
"""`ordinal` and `interval` labels are numbers, `set` and `rank` ones JSON: see `pipeline.quality.scales`."""

RESAMPLES, SEED = 1000, 20_260_101
MOST_VALUES = 20
"""So many labels, the most frequent ones, have their prevalence told."""
CHANCE_OF_RANKS = 0.5
"""The distance expected of two rankings made at random, whatever is ranked: alpha is then Kendall's tau."""
MOST_SETS = 1000
"""Of more different sets than these, only equal ones count as agreeing: all distances would fill the memory."""
DENSE = 8
"""Counts are kept in a table where that has at most so many cells for each vote."""
FEWEST = 50
"""Doubly labeled items below which the interval is too wide, and itself too unsure, to judge by."""
LOPSIDED = 0.85
"""A label's share from which alpha falls however well people agree."""
RELIABLE, ACCEPTABLE = 0.8, 0.667
"""Krippendorff's bounds: conclusions may rest on the one, tentative ones on the other."""


@dataclass(frozen=True)
class Agreement:
    """What is known of the agreement on one dimension; None where nothing can be said."""

    scale: Scale
    alpha: float | None
    """None where no item has two labels, or only one label was ever given: chance would agree as well."""
    alpha_interval: tuple[float, float] | None
    """95 in 100, by resampling items."""
    ac1: float | None
    """For labels that are equal or not: none for interval and rank."""
    raw: float | None
    """The share of pairs of people who said exactly the same, each item counting alike."""
    items: int
    doubly_labeled: int
    """Items with two labels or more: all but `items` and `prevalence` rests on these."""
    annotators: int
    prevalence: dict[str, float]
    """Share of each label, the most frequent first; of a set's members, the share of sets that hold them."""
    top_share: float
    """Of the most frequent label as a whole."""


def agreement(ratings: Iterable[Rating], scale: Scale) -> Agreement:
    """The agreement of labels; of several by one person on one item the last one counts."""
    return agreement_of(Coded.of(ratings), scale)


def agreement_of(votes: Coded, scale: Scale) -> Agreement:
    """The same of votes that are numbers already."""
    counts = _counted(votes)
    scale = "nominal" if scale == "set" and len(counts) > MOST_SETS else scale
    patterns = _Patterns.of(votes, scale)
    pairs = patterns.with_pairs()
    total = counts.total()
    return Agreement(
        scale=scale,
        alpha=_finite(pairs.alpha(pairs.times)) if pairs.items else None,
        alpha_interval=_interval(pairs) if pairs.items > 1 else None,
        ac1=_ac1(patterns, pairs) if pairs.items and scale not in ("interval", "rank") else None,
        raw=pairs.raw() if pairs.items else None,
        items=patterns.items,
        doubly_labeled=pairs.items,
        annotators=int(np.count_nonzero(votes.votes_per_annotator())),
        prevalence=_prevalence(counts, scale),
        top_share=counts.most_common(1)[0][1] / total if total else 0.0,
    )


def alpha_of(votes: Coded, scale: Scale) -> float | None:
    """Krippendorff's alpha alone; None where nothing can be said."""
    pairs = _Patterns.of(votes, scale, each_item=True).with_pairs()
    return _finite(pairs.alpha(pairs.times)) if pairs.items else None


def verdict(found: Agreement) -> str:
    """What may be concluded, by where the whole interval lies; nothing from few items or from alpha alone."""
    if found.doubly_labeled < FEWEST or found.alpha_interval is None:
        return "too few to judge" if found.doubly_labeled < FEWEST else "one label only"
    low, high = found.alpha_interval
    if found.top_share > LOPSIDED and low < RELIABLE:
        return "lopsided: read AC1"
    if low >= ACCEPTABLE:
        return "reliable" if low >= RELIABLE else "acceptable"
    return "weak" if high < ACCEPTABLE else "uncertain"


class _Patterns:
    """Items by the labels they were given, as counts: one entry for each label of a pattern."""

    def __init__(
        self, scale: Scale, labels: list[str], entries: tuple[Places, Places, Places], times: Floats
    ) -> None:
        self.scale, self.labels, self.times = scale, labels, times
        self.row, self.code, n = entries
        self.n = n.astype(float)
        self.sizes = self.per_pattern(self.n)
        self.items = int(times.sum())

    @classmethod
    def of(cls, votes: Coded, scale: Scale, *, each_item: bool = False) -> "_Patterns":
        """The patterns of votes, in the order of their labels; with `each_item` one a pattern for each item."""
        used = np.flatnonzero(np.bincount(votes.label, minlength=len(votes.labels)))
        is_number = scale in ("ordinal", "interval")
        order = (
            sorted(used, key=lambda code: (float(votes.labels[code]), votes.labels[code]))
            if is_number
            else used
        )
        place = np.zeros(len(votes.labels), dtype=np.intp)
        place[order] = np.arange(len(order))
        entries = _entries(votes.item, place[votes.label], len(order))
        labels = [votes.labels[code] for code in order]
        if each_item:
            return cls(scale, labels, entries, np.ones(int(entries[0].max(initial=-1)) + 1))
        return cls(scale, labels, *_grouped(*entries))

    def with_pairs(self) -> "_Patterns":
        """Those of two labels or more."""
        kept = self.sizes > 1
        place = np.cumsum(kept) - 1
        of_kept = kept[self.row]
        entries = place[self.row[of_kept]], self.code[of_kept], self.n[of_kept].astype(np.intp)
        return _Patterns(self.scale, self.labels, entries, self.times[kept])

    def per_pattern(self, of_entries: Floats) -> Floats:
        return np.bincount(self.row, of_entries, minlength=len(self.times)).astype(float)

    def per_label(self, times: Floats) -> Floats:
        return np.bincount(self.code, self.n * times[self.row], minlength=len(self.labels)).astype(float)

    def raw(self) -> float:
        same = self.per_pattern(self.n * (self.n - 1)) / (self.sizes * (self.sizes - 1))
        return float(same @ self.times / self.items)

    def alpha(self, times: Floats) -> float:
        """Alpha where each pattern is found so many times; nan where chance leaves no disagreement."""
        per_label, total = self.per_label(times), float(times @ self.sizes)
        if self.scale in ("ordinal", "interval"):
            places = self._places if self.scale == "interval" else per_label.cumsum() - per_label / 2
            within, expected = self._squares(places), _spread(per_label, places, total)
        elif self.scale == "nominal":
            within = self._unequal
            expected = float((total**2 - per_label @ per_label) / (total * (total - 1)))
        else:
            within, expected = self._distances, self._expected(per_label, total)
        return float(1 - (times @ within / total) / expected) if expected > 0 else float("nan")

    def _squares(self, places: Floats) -> Floats:
        """Squared differences within each pattern, each pair of people both ways, per person less one."""
        at = places[self.code]
        sums, squares = self.per_pattern(self.n * at), self.per_pattern(self.n * at**2)
        found: Floats = np.maximum(2 * (self.sizes * squares - sums**2), 0) / (self.sizes - 1)
        return found

    @cached_property
    def _places(self) -> Floats:
        values: Floats = np.array([float(label) for label in self.labels])
        values -= values.mean()  # near 0 and within 1: alpha does not change, and squares stay exact
        most = np.abs(values).max(initial=0)
        return values / most if most else values

    @cached_property
    def _unequal(self) -> Floats:
        found: Floats = (self.sizes**2 - self.per_pattern(self.n**2)) / (self.sizes - 1)
        return found

    @cached_property
    def _distances(self) -> Floats:
        distance = rankings(self.labels) if self.scale == "rank" else lambda a, b: self._jaccard[a, b]
        ends = np.searchsorted(self.row, np.arange(len(self.times) + 1))
        patterns = [
            np.repeat(self.code[start:end], self.n[start:end].astype(int)).tolist()
            for start, end in pairwise(ends)
        ]
        sums = [sum(distance(a, b) for a in one for b in one) for one in patterns]
        found: Floats = np.array(sums, dtype=float) / (self.sizes - 1)
        return found

    @cached_property
    def _jaccard(self) -> Floats:
        return jaccard(self.labels)

    def _expected(self, per_label: Floats, total: float) -> float:
        if self.scale == "rank":
            return CHANCE_OF_RANKS
        return float(per_label @ self._jaccard @ per_label / (total * (total - 1)))


def _counted(votes: Coded) -> Counter[str]:
    times = np.bincount(votes.label, minlength=len(votes.labels)).tolist()
    return Counter({label: n for label, n in zip(votes.labels, times, strict=True) if n})


def _entries(item: Places, code: Places, labels: int) -> tuple[Places, Places, Places]:
    """Which item was given which label how often; items that have labels are numbered anew."""
    cell = item * labels + code
    if item.size and (int(item.max()) + 1) * labels <= DENSE * item.size:
        times = np.bincount(cell)
        cells = np.flatnonzero(times)
        times = times[cells]
    else:
        cells, times = np.unique(cell, return_counts=True)
    row, code = np.divmod(cells, max(labels, 1))
    row = np.cumsum(np.diff(row, prepend=row[:1]) != 0)
    return row, code, times


def _grouped(row: Places, code: Places, n: Places) -> tuple[tuple[Places, Places, Places], Floats]:
    """Each pattern once, in the order of its labels, and how many items have it."""
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    random = np.random.default_rng(SEED)
    sign = random.integers(2**63, size=int(code.max(initial=0)) + 1, dtype=np.uint64) * np.uint64(
        2
    ) + np.uint64(1)
    # sums of 64 random bits: two of a million patterns share one less than once in a million times
    sums = np.add.reduceat(n.astype(np.uint64) * sign[code], starts) if starts.size else sign[:0]
    _, first, times = np.unique(sums, return_index=True, return_counts=True)
    ends = np.append(starts, len(row))
    said = [(code[ends[at] : ends[at + 1]].tolist(), n[ends[at] : ends[at + 1]].tolist()) for at in first]
    patterns = [[c for c, k in zip(codes, counts, strict=True) for _ in range(k)] for codes, counts in said]
    order = sorted(range(len(said)), key=patterns.__getitem__)  # so that nothing else decides it
    entries = [(at, c, k) for at, one in enumerate(order) for c, k in zip(*said[one], strict=True)]
    columns = np.array(entries, dtype=np.intp).reshape(-1, 3).T
    return (columns[0], columns[1], columns[2]), times[order].astype(float)


def _spread(per_label: Floats, places: Floats, total: float) -> float:
    """The mean squared difference of any two labels given."""
    squares = total * (per_label @ places**2) - (per_label @ places) ** 2
    return float(2 * squares / (total * (total - 1)))


def _interval(pairs: _Patterns) -> tuple[float, float] | None:
    random = np.random.default_rng(SEED)
    shares = pairs.times / pairs.items
    drawn = (random.multinomial(pairs.items, shares).astype(float) for _ in range(RESAMPLES))
    alphas = np.array([pairs.alpha(times) for times in drawn])
    alphas = alphas[np.isfinite(alphas)]
    if not alphas.size:
        return None
    low, high = np.percentile(alphas, [2.5, 97.5])
    return float(low), float(high)


def _ac1(patterns: _Patterns, pairs: _Patterns) -> float:
    """Gwet's AC1 over the labels that were given at all; 1 where there is one label only, as in the limit."""
    weights = patterns.n * (patterns.times / patterns.sizes)[patterns.row]
    shares = np.bincount(patterns.code, weights) / patterns.items
    by_chance = float(shares @ (1 - shares)) / max(len(shares) - 1, 1)
    return (pairs.raw() - by_chance) / (1 - by_chance)


def _prevalence(counts: Counter[str], scale: Scale) -> dict[str, float]:
    total = counts.total()
    if scale == "set":
        members: Counter[str] = Counter()
        for label, times in counts.items():
            members.update(dict.fromkeys(json.loads(label), times))
        counts = members
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_VALUES]
    return {label: times / total for label, times in ranked}


def _finite(value: Any) -> float | None:  # noqa: ANN401 - numpy's or Python's
    return float(value) if np.isfinite(value) else None
