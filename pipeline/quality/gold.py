"""How good people are by items whose answer is known: pure functions of what they said and what is right."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pipeline.quality.intervals import beta, wilson
from pipeline.quality.parts import SLACK
from schemas.base import Frozen, Item, Json, Label
from tasks import AnyTaskType
from tasks._escape import escape_of
from tasks.base import Answers, stated

KeyT = TypeVar("KeyT")
NO_JUDGEMENT = ("cannot_judge", "pass")
"""Ways out that say nothing of the item: nobody is to guess for the sake of a figure."""


@dataclass(frozen=True)
class GoldVote:
    """What one person said of one gold task, held against its answer."""

    annotator: str
    task_id: str
    cell: str
    task_type: str
    purpose: str
    """`gold`, or `entry` for a newcomer's test."""
    right: bool | None
    """None where they passed on it, or could not judge."""
    distance: float
    """From the known label, 0..1."""
    at: datetime


class GoldScore(Frozen):
    """How many of somebody's answers on gold were right, and what that says of the next ones."""

    right: int
    of: int
    mean: float
    """The share that was right; 0 of nothing."""
    low: float
    """Of Wilson's interval, in which the truth lies 95 times in 100; 0 to 1 where nothing is known."""
    high: float
    posterior_low: float
    """Of Beta(1 + right, 1 + wrong), which holds 90 parts of 100."""
    posterior_high: float


def fitting(task_type: AnyTaskType, item: Item, said: Json) -> Label:
    """A label as JSON, as one that can be said of this item; raises ParseError, or ValueError, where it cannot be."""
    if not isinstance(said, dict):
        raise ValueError(f"'label': should be an object, is {said!r:.80}")  # noqa: TRY004 - somebody's file
    label: Label = stated(task_type.label, said)
    again: Label = task_type.parse(item, Answers(task_type.result(label)))
    if task_type.distance(label, again) > SLACK:
        raise ValueError(f"'label': should say of this item what its page can say, says {said!r:.80}")
    return again


def is_right(task_type: AnyTaskType, label: Label, known: Label) -> bool:
    """Whether a label is as good as the known one: the same, or no farther from it than the type takes for one."""
    return task_type.distance(label, known) <= task_type.tolerance + SLACK


def passed(label: Label, known: Label) -> bool:
    """Whether somebody left an item to others; where that is what is right, it is an answer."""
    way, right = escape_of(label), escape_of(known)
    return way is not None and way.kind in NO_JUDGEMENT and (right is None or right.kind not in NO_JUDGEMENT)


def judged(task_type: AnyTaskType, label: Label, known: Label) -> bool | None:
    """Whether somebody was right; None where they said nothing of it."""
    return None if passed(label, known) else is_right(task_type, label, known)


def score(votes: Iterable[GoldVote]) -> GoldScore:
    """Right of so many, with intervals; who passed was asked nothing."""
    said = [vote.right for vote in votes if vote.right is not None]
    right, of = sum(said), len(said)
    low, high = wilson(right / of, of) if of else (0.0, 1.0)
    least, most = beta(right, of - right)
    return GoldScore(
        right=right,
        of=of,
        mean=right / of if of else 0.0,
        low=low,
        high=high,
        posterior_low=least,
        posterior_high=most,
    )


def by_person(votes: Iterable[GoldVote]) -> dict[str, GoldScore]:
    """Each annotator's score over all cells."""
    return _by(votes, lambda vote: vote.annotator)


def by_person_and_cell(votes: Iterable[GoldVote]) -> dict[tuple[str, str], GoldScore]:
    """The same by annotator and cell."""
    return _by(votes, lambda vote: (vote.annotator, vote.cell))


def passes(right: Sequence[bool], share: float) -> bool:
    """Whether a newcomer has passed a test that is done: at least this share of it is right."""
    return sum(right) >= share * len(right) - SLACK


def _by(votes: Iterable[GoldVote], key: Callable[[GoldVote], KeyT]) -> dict[KeyT, GoldScore]:
    groups: dict[KeyT, list[GoldVote]] = defaultdict(list)
    for vote in votes:
        groups[key(vote)].append(vote)
    return {name: score(of) for name, of in sorted(groups.items(), key=lambda one: str(one[0]))}
