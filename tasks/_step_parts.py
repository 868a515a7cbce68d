"""A step review as the parts that its votes are settled by: how it ended, and each step on a scale."""

from collections.abc import Sequence
from typing import TypeAlias

from tasks._step_page import Rating
from tasks._step_rows import Finish
from tasks.base import Verdict

Ratings: TypeAlias = tuple[Rating | None, ...]

PLACES: dict[Rating, float] = {"bad": 0.0, "neutral": 0.8, "good": 1.0}
"""So that good and neutral are within the tolerance of a step review, 0.2, and bad stands against both."""
_RATINGS = {place: rating for rating, place in PLACES.items()}


def verdicts(labels: Sequence[tuple[Finish | None, Ratings]]) -> list[list[Verdict]]:
    """What each review of the same steps says: how it ended, then of each step that any of them tells apart.

    Behind its first bad step a review says nothing, unless one of them marks steps there: then they were rated on, and
    what is not marked is good.
    """
    width = max((len(ratings) for _, ratings in labels), default=0)
    rated_on = any(_judged(ratings) < len(ratings) for _, ratings in labels)
    return [[finish, *map(_place, _all(ratings, width, rated_on=rated_on))] for finish, ratings in labels]


def said(settled: Sequence[Verdict]) -> tuple[Finish, Ratings]:
    """The end and the ratings that these verdicts come to; an error is found exactly where a step is bad."""
    ratings = tuple(_RATINGS[place] if isinstance(place, float) else None for place in settled[1:])
    if "bad" in ratings:
        return "found_error", ratings
    return "unfinished" if settled[0] == "unfinished" else "solved", ratings


def _judged(ratings: Ratings) -> int:
    """How many steps there are up to the first bad one."""
    return ratings.index("bad") + 1 if "bad" in ratings else len(ratings)


def _all(ratings: Ratings, width: int, *, rated_on: bool) -> Ratings:
    judged = _judged(ratings)
    good: Rating = "good"
    if "bad" not in ratings:
        return (*ratings, *[good] * (width - judged))
    behind = (*ratings[judged:], *[None] * (width - len(ratings)))
    return (*ratings[:judged], *(one or (good if rated_on else None) for one in behind))


def _place(rating: Rating | None) -> float | None:
    return None if rating is None else PLACES[rating]
