"""How far people agree: Krippendorff's alpha, Gwet's AC1 and raw agreement, from labels as text and their scale.

Items on which the same labels were given are exchangeable: they are counted once, as a pattern with how often it is
found, so that a resample of a million items costs no more than one of their patterns.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.quality.scales import jaccard, rankings

Scale: TypeAlias = Literal["nominal", "ordinal", "interval", "set", "rank"]
"""`ordinal` and `interval` labels are numbers, `set` and `rank` ones JSON: see `pipeline.quality.scales`."""
Floats: TypeAlias = NDArray[np.float64]
Rating: TypeAlias = tuple[str, str, str]
"""Item, annotator, label."""

RESAMPLES, SEED = 1000, 20_260_101
MOST_VALUES = 20
"""So many labels, the most frequent ones, have their prevalence told."""
CHANCE_OF_RANKS = 0.5
"""The distance expected of two rankings made at random, whatever is ranked: alpha is then Kendall's tau."""
MOST_SETS = 1000
"""Of more different sets than these, only equal ones count as agreeing: all distances would fill the memory."""
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
    by_item: dict[str, dict[str, str]] = {}
    for item, annotator, label in ratings:
        by_item.setdefault(item, {})[annotator] = label
    counts = Counter(label for labels in by_item.values() for label in labels.values())
    scale = "nominal" if scale == "set" and len(counts) > MOST_SETS else scale
    patterns = _Patterns(by_item, counts, scale)
    pairs = _Patterns({item: labels for item, labels in by_item.items() if len(labels) > 1}, counts, scale)
    total = counts.total()
    return Agreement(
        scale=scale,
        alpha=_finite(pairs.alpha(pairs.times)) if pairs.items else None,
        alpha_interval=_interval(pairs) if pairs.items > 1 else None,
        ac1=_ac1(patterns, pairs) if pairs.items and scale not in ("interval", "rank") else None,
        raw=pairs.raw() if pairs.items else None,
        items=len(by_item),
        doubly_labeled=pairs.items,
        annotators=len({annotator for labels in by_item.values() for annotator in labels}),
        prevalence=_prevalence(counts, scale),
        top_share=counts.most_common(1)[0][1] / total if total else 0.0,
    )


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

    def __init__(self, by_item: dict[str, dict[str, str]], counts: Counter[str], scale: Scale) -> None:
        order = sorted(counts, key=float) if scale in ("ordinal", "interval") else sorted(counts)
        codes = {label: code for code, label in enumerate(order)}
        found = Counter(
            tuple(sorted(codes[label] for label in labels.values())) for labels in by_item.values()
        )
        self.patterns = sorted(found)  # so that the order of the labels decides nothing
        self.scale, self.labels, self.items = scale, order, len(by_item)
        self.times = np.array([found[one] for one in self.patterns], dtype=float)
        self.sizes = np.array([len(one) for one in self.patterns], dtype=float)
        entries = [
            (row, code, n) for row, one in enumerate(self.patterns) for code, n in Counter(one).items()
        ]
        self.row, self.code, n = np.array(entries, dtype=int).reshape(-1, 3).T
        self.n = n.astype(float)

    def per_pattern(self, of_entries: Floats) -> Floats:
        return np.bincount(self.row, of_entries, minlength=len(self.patterns)).astype(float)

    def per_label(self, times: Floats) -> Floats:
        return np.bincount(self.code, self.n * times[self.row], minlength=len(self.labels)).astype(float)

    def raw(self) -> float:
        same = self.per_pattern(self.n * (self.n - 1)) / (self.sizes * (self.sizes - 1))
        return float(same @ self.times / self.items)

    def alpha(self, times: Floats) -> float:
        """Alpha where each pattern is found so many times; nan where chance leaves no disagreement."""
        per_label, total = self.per_label(times), times @ self.sizes
        if self.scale in ("ordinal", "interval"):
            places = self._places if self.scale == "interval" else per_label.cumsum() - per_label / 2
            within, expected = self._squares(places), _spread(per_label, places, total)
        elif self.scale == "nominal":
            within, expected = self._unequal, (total**2 - per_label @ per_label) / (total * (total - 1))
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
        sums = [sum(distance(a, b) for a in one for b in one) for one in self.patterns]
        found: Floats = np.array(sums, dtype=float) / (self.sizes - 1)
        return found

    @cached_property
    def _jaccard(self) -> Floats:
        return jaccard(self.labels)

    def _expected(self, per_label: Floats, total: float) -> float:
        if self.scale == "rank":
            return CHANCE_OF_RANKS
        return float(per_label @ self._jaccard @ per_label / (total * (total - 1)))


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
