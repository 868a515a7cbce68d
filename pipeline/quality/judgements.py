"""What the votes on one item come to as judgements: as a whole, or part by part."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import fsum
from typing import Any, TypeAlias

from pipeline.quality.coded import UNKNOWN
from pipeline.quality.consensus import one_judgement
from pipeline.quality.parts import SLACK, alike, table
from pipeline.quality.posterior import Votes
from schemas.base import Label, Vote
from tasks import AnyTaskType
from tasks._escape import escape_of

Judgements: TypeAlias = list[tuple[Any, list[int]]]
"""What votes say of one item, or one part of it, each with the places of the votes behind it; heaviest first."""


def questions(
    task_type: AnyTaskType, votes: Votes, known: Label | None
) -> list[tuple[Judgements, int | None]]:
    """What an item asks, answered: one question, or one a part where the type is agreed part by part.

    With each which of its judgements is the right one, below 0 for none of them; None where that is not known.
    """
    heads = [1.0] * len(votes)
    parts = [judgements for judgements in of_parts(task_type, votes, heads) if judgements]
    if known is None:
        return [(judgements, None) for judgements in parts or [as_a_whole(task_type, votes, heads)]]
    near = partial(alike, tolerance=task_type.tolerance)
    if not parts:
        whole = as_a_whole(task_type, votes, heads)
        return [(whole, _place_of(known, whole, partial(one_judgement, task_type)))]
    asked = [
        (_parted(_places(said), heads, near, repr), one) for said, one in beside(task_type, votes, known)
    ]
    return [(judgements, _place_of(one, judgements, near)) for judgements, one in asked if judgements]


def _place_of(one: Any, judgements: Judgements, near: Callable[[Any, Any], bool]) -> int:  # noqa: ANN401 - a label, or a verdict
    found = (at for at, (said, _) in enumerate(judgements) if one is not None and near(said, one))
    return next(found, UNKNOWN)


def beside(task_type: AnyTaskType, votes: Votes, label: Label) -> list[tuple[tuple[Any, ...], Any]]:
    """For each part what the votes say of it, and what a label does; none where nobody judges part by part."""
    if task_type.agreed != "parts" or all(escape_of(vote.label) is not None for vote in votes):
        return []
    asked = table(task_type, [*votes, Vote[Any](annotator="", label=label)])
    return [(said[:-1], said[-1]) for said in asked]


def against(
    one: Any,  # noqa: ANN401 - a label, or a verdict
    said: Sequence[Any],
    weights: Sequence[float],
    near: Callable[[Any, Any], bool],
    name: Callable[[Any], str],
) -> Judgements:
    """One judgement with the votes behind it, and after it what the others come to."""
    behind = [at for at, other in enumerate(said) if other is not None and near(other, one)]
    others = [None if at in behind else other for at, other in enumerate(said)]
    return [(one, behind), *_parted(_places(others), weights, near, name)]


def of_parts(task_type: AnyTaskType, votes: Votes, weights: Sequence[float]) -> list[Judgements]:
    """The judgements of each part; who says nothing of it is behind none. No part where nobody judges."""
    asked = table(task_type, votes) if task_type.agreed == "parts" else []
    near = partial(alike, tolerance=task_type.tolerance)
    return [_parted(_places(said), weights, near, repr) for said in asked]


def as_a_whole(task_type: AnyTaskType, votes: Votes, weights: Sequence[float]) -> Judgements:
    """The judgements of an item as a whole."""
    near = partial(one_judgement, task_type)
    return _parted(_places([vote.label for vote in votes]), weights, near, json_of)


def _places(said: Sequence[Any]) -> dict[Any, list[int]]:
    places: dict[Any, list[int]] = {}
    for at, one in enumerate(said):
        if one is not None:
            places.setdefault(one, []).append(at)
    return places


def json_of(label: Label) -> str:
    """A label's JSON: what it is sorted by."""
    return str(label.model_dump_json())


def _parted(
    said: Mapping[Any, list[int]],
    weights: Sequence[float],
    near: Callable[[Any, Any], bool],
    name: Callable[[Any], str],
) -> Judgements:
    """What was said, parted into judgements.

    What most votes by weight are near to takes them; then the next one, of those that are left.
    """
    # of equally heavy ones the one whose name sorts first, so that the order of votes decides nothing
    left = sorted(said, key=name) if len(said) > 1 else list(said)
    found: Judgements = []
    while left:
        behind = {one: [o for o in left if near(o, one)] for one in left}
        weight = {one: fsum(weights[at] for o in behind[one] for at in said[o]) for one in left}
        most = max(weight.values())
        best = next(one for one in left if weight[one] >= most - SLACK)
        found.append((best, [at for o in behind[best] for at in said[o]]))
        left = [one for one in left if one not in behind[best]]
    return found
