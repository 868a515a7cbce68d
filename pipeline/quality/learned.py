"""What was learned of the annotators of one task type: by which method, how sure a label is, what others would say.

It is kept as JSON, so that one more vote is weighed without learning anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from pipeline.quality.choosing import DEFAULT, ENOUGH, clearly_best, too_few
from pipeline.quality.consensus import one_judgement
from pipeline.quality.posterior import Leading, Posterior, Votes
from schemas.base import Frozen, Label
from tasks import AnyTaskType

Said: TypeAlias = tuple[Label | None, float | None]
"""What a method says of an item, None where it comes to nothing, and how probable that is, if it says so."""


class TriedOn(Frozen):
    """How one method did on known answers, each judged by what was learned without it."""

    method: str
    right: int
    of: int


class Lesson(Frozen):
    """Which method was chosen, and why."""

    method: str
    why: str
    gold: int = 0
    """Known answers that took part."""
    tried: tuple[TriedOn, ...] = ()
    judged: TriedOn | None = None
    """The choice itself, each part of the gold by what the other parts choose; None where that is not known."""

    @property
    def is_tested(self) -> bool:
        """Whether there was enough gold to choose by."""
        return self.gold >= ENOUGH


class Learned(Posterior, Protocol):
    """A model of annotators that was chosen among several."""

    @property
    def lesson(self) -> Lesson:
        """What was chosen, and why."""

    @property
    def coin(self) -> Posterior:
        """One coin, learned from the same votes."""

    def sure(self, task_type: AnyTaskType, votes: Votes, label: Label) -> float | None:
        """How probable a label is by these votes, as a judgement; None where the method gives no probability."""

    def says(self, task_type: AnyTaskType, votes: Votes) -> Mapping[str, Said]:
        """What each method makes of these votes, the chosen one first."""

    def to_json(self) -> dict[str, Any]:
        """All of it, as JSON."""


@dataclass(frozen=True)
class Weighing:
    """What policies ask: one coin tells when votes are enough, for it asks for fewest; the label is the method's."""

    model: Learned

    def posterior(self, task_type: AnyTaskType, votes: Votes) -> Leading:
        """By one coin."""
        return self.model.coin.posterior(task_type, votes)

    def weight(self, annotator: str) -> float:
        """By one coin."""
        return self.model.coin.weight(annotator)

    def better(self, task_type: AnyTaskType, votes: Votes) -> Label | None:
        """By the chosen method."""
        return self.model.better(task_type, votes)


@dataclass(frozen=True)
class Blind:
    """What was said of gold by methods that had not learned from it: by method, right or not, item by item."""

    right: Mapping[str, list[bool]]
    parts: list[int]
    """The part of the gold that each item is in."""


def support(task_type: AnyTaskType, votes: Votes, label: Label) -> float:
    """The share of votes, by weight, that are one judgement with a label; 0 of nothing."""
    total = sum(vote.weight for vote in votes)
    behind = sum(vote.weight for vote in votes if one_judgement(task_type, vote.label, label))
    return behind / total if total else 0.0


def lesson(blind: Blind, default: str) -> Lesson:
    """The default, or what is clearly better on enough gold."""
    gold = len(blind.parts)
    if gold < ENOUGH:
        return Lesson(method=default, why=too_few(gold), gold=gold, tried=_tried(blind))
    chosen = _best(blind, default, set(blind.parts))
    hits = [
        blind.right[_best(blind, default, set(blind.parts) - {part})][at]
        for at, part in enumerate(blind.parts)
    ]
    better = (
        f"clearly better than {_called(default)}"
        if chosen != default
        else "no other method is clearly better"
    )
    return Lesson(
        method=chosen,
        why=f"on {gold} gold items {better}",
        gold=gold,
        tried=_tried(blind),
        judged=TriedOn(method=chosen, right=sum(hits), of=gold),
    )


def _tried(blind: Blind) -> tuple[TriedOn, ...]:
    if not blind.parts:
        return ()
    return tuple(TriedOn(method=name, right=sum(hits), of=len(hits)) for name, hits in blind.right.items())


def _best(blind: Blind, default: str, parts: set[int]) -> str:
    import numpy as np

    kept = [at for at, part in enumerate(blind.parts) if part in parts]
    hits = {name: np.array(one, dtype=int)[kept] for name, one in blind.right.items()}
    return clearly_best({name: one - hits[default] for name, one in hits.items()}) or default


def _called(method: str) -> str:
    return "the blend" if method == DEFAULT else method.replace("_", " ")
