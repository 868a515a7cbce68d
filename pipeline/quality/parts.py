"""How votes are settled part by part: each step, case or criterion by a majority of its own."""

from collections.abc import Sequence
from itertools import accumulate
from math import fsum
from typing import Any, TypeAlias

from schemas.base import Label, Vote
from tasks import AnyTaskType
from tasks._escape import escape_of
from tasks.base import Verdict

Votes: TypeAlias = Sequence[Vote[Any]]
Said: TypeAlias = Verdict | tuple[str]
"""A verdict on one part, or the kind of way out that was taken instead, in a tuple: no verdict is like it."""
SLACK = 1e-9
"""Sums are taken by fsum, and compared up to this, so that the order of votes decides nothing."""
MIDDLE = 0.5
"""Of the scale of verdicts that are numbers."""


def by_parts(task_type: AnyTaskType, votes: Votes) -> Label | None:
    """The label that says of each part what more than half say of it; None where one part is open.

    Who takes a way out, or says nothing of a part, counts against what others say of it. On a scale it is the median,
    where more than half are within the type's tolerance of it.
    """
    asked, weights = table(task_type, votes), [vote.weight for vote in votes]
    outcomes = [outcome(said, weights, task_type.tolerance) for said in asked]
    return composed(task_type, votes, [verdict for (verdict,) in outcomes]) if all(outcomes) else None


def table(task_type: AnyTaskType, votes: Votes) -> list[tuple[Said, ...]]:
    """For each part what each vote says of it, in the order of votes; no part where nobody judges."""
    judging = [vote.label for vote in votes if escape_of(vote.label) is None]
    rows = _rows(task_type, judging)
    width, judged = len(rows[0]) if rows else 0, iter(rows)
    ways = [escape_of(vote.label) for vote in votes]
    said = [[(way.kind,)] * width if way else next(judged) for way in ways]
    return list(zip(*said, strict=True))


def outcome(said: Sequence[Said], weights: Sequence[float], tolerance: float) -> tuple[Said, ...]:
    """What a part comes to: the one verdict that more than half by weight support; nothing where it is open."""
    half = fsum(weights) / 2
    support = {
        one: fsum(weight for other, weight in zip(said, weights, strict=True) if alike(one, other, tolerance))
        for one in said
    }
    middle = _median(said, weights, tolerance)
    standing = [
        one for one in support if (not _on_scale(one) or one == middle) and support[one] > half + SLACK
    ]
    return tuple(standing)


def alike(one: Said, other: Said, tolerance: float) -> bool:
    """Whether two verdicts are the same: on a scale up to the tolerance."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= tolerance + SLACK
    return one == other


def composed(task_type: AnyTaskType, votes: Votes, verdicts: Sequence[Said]) -> Label | None:
    """The label that says this of each part, in the words of the fullest vote that says just this if there is one.

    None where these verdicts cannot be said together, or are none.
    """
    # in one order, so that the order of votes decides nothing
    given = {vote.label.model_dump_json(): vote.label for vote in votes if escape_of(vote.label) is None}
    by_length = sorted(given, key=lambda json: (len(json), json), reverse=True)
    labels: list[Label] = [given[json] for json in by_length]
    said = [one for one in verdicts if not isinstance(one, tuple)]
    if not labels or len(said) < len(verdicts):
        return None
    for label, row in zip(labels, _rows(task_type, labels), strict=True):
        if row == said:
            return label
    made: Label = task_type.of_verdicts(said, labels)
    return made if _rows(task_type, [*labels, made])[-1] == said else None


def _rows(task_type: AnyTaskType, labels: Sequence[Label]) -> list[list[Said]]:
    """For each label what it says of each part, as many parts as the one with most has."""
    rows = [list(row) for row in task_type.verdicts(labels)] if labels else []
    width = max(map(len, rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _on_scale(said: Said) -> bool:
    return isinstance(said, int | float)


def _median(said: Sequence[Said], weights: Sequence[float], tolerance: float) -> float | None:
    """The weighted median of the numbers: of two neighbours the one nearer the middle, between others none."""
    ranked = sorted(
        (one, weight) for one, weight in zip(said, weights, strict=True) if isinstance(one, int | float)
    )
    if not ranked:
        return None
    half = fsum(weight for _, weight in ranked) / 2
    reached = list(accumulate(weight for _, weight in ranked))
    below = next(at for at, weight in enumerate(reached) if weight >= half - SLACK)
    above = next((at for at, weight in enumerate(reached) if weight > half + SLACK), below)
    two = ranked[below][0], ranked[above][0]
    return min(two, key=lambda number: (abs(number - MIDDLE), number)) if alike(*two, tolerance) else None
