"""Which method settles the votes: chosen on the project's own gold, and judged on gold that did not choose it.

Gold is cut into parts by item. What a method says of a part is learned without that part's answers, so every gold item
is judged blind. The blend stands unless another method is clearly better, for a choice by a few items is by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import Any, Literal, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.dawid_skene import BLENDED, Model
from pipeline.quality.ordinal import ordinal
from pipeline.quality.truth import Truth, majority, mean_of

Kind: TypeAlias = Literal["nominal", "ordinal", "interval"]

DEFAULT = "blend"
ENOUGH = 100
"""So many gold items are needed to choose by."""
PARTS = 5
CLEARLY = 2.0
"""By so many standard errors another method must be better on gold than the blend."""
MAJORITY: Mapping[str, Model] = MappingProxyType({"majority": majority})
ON_A_SCALE: Mapping[str, Model] = MappingProxyType({"ordinal": ordinal})


@dataclass(frozen=True)
class Tried:
    """How one method did on gold, each item judged by what was learned without it."""

    method: str
    right: int
    of: int


@dataclass(frozen=True)
class Choice:
    """The method that was chosen, and what it says of each item."""

    truth: Truth
    """Learned with all gold; of gold items what was learned without their own part's answers."""
    tried: tuple[Tried, ...]
    """All methods on all gold; none where there is no gold."""
    judged: Tried | None
    """The choice itself: each part of the gold by the method that the other parts choose. None without gold."""
    others: Mapping[str, Truth]
    """What the other methods say."""
    why: str

    @property
    def method(self) -> str:
        """The method's name."""
        return self.truth.method


def choose(votes: Coded, known: Places, kind: Kind = "nominal") -> Choice:
    """Choose by the known labels (UNKNOWN where there is none), if there are ENOUGH; else the blend."""
    gold = np.flatnonzero(known != UNKNOWN)
    said = candidates(votes, known if gold.size else None, kind)
    if not gold.size:
        return _chosen(said, DEFAULT, (), None, too_few(0))
    parts = np.array([part_of(str(votes.items[at])) for at in gold])
    blind = _blind(votes, known, gold, parts, kind)
    right = {name: (truth.best() == known)[gold] for name, truth in blind.items()}
    chosen = _best(right) if gold.size >= ENOUGH else DEFAULT
    tried = tuple(Tried(name, int(hits.sum()), gold.size) for name, hits in right.items())
    judged = np.zeros(gold.size, dtype=bool)
    for part in np.unique(parts):
        here, there = parts == part, parts != part
        enough = there.sum() >= ENOUGH * (PARTS - 1) / PARTS
        by = _best({name: hits[there] for name, hits in right.items()}) if enough else DEFAULT
        judged[here] = right[by][here]
    why = _why(chosen, gold.size)
    for name, truth in said.items():  # of gold items what was said blind
        truth.posterior[gold] = blind[name].posterior[gold]
    return _chosen(said, chosen, tried, Tried(chosen, int(judged.sum()), gold.size), why)


def candidates(votes: Coded, known: Places | None, kind: Kind = "nominal") -> dict[str, Truth]:
    """What each method says, the blend first; on a scale the ordinal model is one of those blended."""
    models = {**BLENDED, **(ON_A_SCALE if kind != "nominal" else {})}
    said = {name: model(votes, known) for name, model in models.items()}
    blend = mean_of(DEFAULT, list(said.values()))
    return {DEFAULT: blend, **{name: model(votes, known) for name, model in MAJORITY.items()}, **said}


def _blind(votes: Coded, known: Places, gold: Places, parts: Places, kind: Kind) -> dict[str, Truth]:
    """What each method says of all gold, part by part; other items are left at nothing."""
    found: dict[str, Truth] = {}
    for part in np.unique(parts):
        here = gold[parts == part]
        hidden = known.copy()
        hidden[here] = UNKNOWN
        for name, truth in candidates(votes, hidden, kind).items():
            blank = Truth(name, np.zeros_like(truth.posterior))
            found.setdefault(name, blank).posterior[here] = truth.posterior[here]
    return found


def _best(right: Mapping[str, Floats]) -> str:
    """The blend, or what is best of those clearly better."""
    base = right[DEFAULT].astype(int)
    return clearly_best({name: hits.astype(int) - base for name, hits in right.items()}) or DEFAULT


def clearly_best(gains: Mapping[str, npt.NDArray[Any]]) -> str | None:
    """Of methods with their gains on gold items the one that gains most, if clearly more than nothing, or None."""
    clear = {
        name: float(gain.sum())
        for name, gain in gains.items()
        if gain.sum() > CLEARLY * sqrt(float((gain**2).sum()))
    }
    return max(clear, key=lambda name: clear[name]) if clear else None


def part_of(item: str) -> int:
    """The part of the gold that an item is in."""
    return crc32(item.encode("utf-8", "surrogatepass")) % PARTS


def too_few(gold: int) -> str:
    """Why nothing is chosen by so many gold items."""
    return f"{gold} gold items: {ENOUGH} are needed to choose by" if gold else "no gold to choose by"


def _why(chosen: str, gold: int) -> str:
    if gold < ENOUGH:
        return too_few(gold)
    if chosen == DEFAULT:
        return f"on {gold} gold items no other method is clearly better"
    return f"on {gold} gold items clearly better than the blend"


def _chosen(
    said: dict[str, Truth], method: str, tried: Sequence[Tried], judged: Tried | None, why: str
) -> Choice:
    others = {name: truth for name, truth in said.items() if name != method}
    return Choice(said[method], tuple(tried), judged, others, why)
