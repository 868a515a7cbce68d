"""Votes as tests write them down, and what they come to in every order."""

from itertools import permutations
from typing import Any

from pipeline.quality.consensus import Settled, settle
from schemas.base import Label, Vote
from tasks import AnyTaskType


def votes(*labels: Label, weights: tuple[float, ...] = ()) -> list[Vote[Any]]:
    """A vote for each label, of weight 1 where none is given."""
    given_weights = weights or (1.0,) * len(labels)
    pairs = enumerate(zip(labels, given_weights, strict=True))
    return [Vote[Any](annotator=f"a{at}", label=label, weight=weight) for at, (label, weight) in pairs]


def settled(task_type: AnyTaskType, *labels: Label, weights: tuple[float, ...] = ()) -> Settled:
    """What votes come to, which is the same in every order."""
    orders = permutations(votes(*labels, weights=weights))
    by_words = {repr((one.label, one.method)): one for one in (settle(task_type, list(o)) for o in orders)}
    (only,) = by_words.values()
    return only
