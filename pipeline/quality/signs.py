"""A sign that somebody's answers are not their own judgement: evidence for a person to look at, never a verdict."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal[
    "random", "constant", "copies_first", "copies_previous", "copies_person", "copies_model", "twins",
    "burst", "too_fast", "overlapping_times", "even_pace", "left_open",
]  # fmt: skip

MEANINGS: dict[Kind, str] = {
    "random": "the answers have next to nothing to do with the items",
    "constant": "nearly always the same answer, where others vary",
    "copies_first": "sides with whoever answered first, where the others differ",
    "copies_previous": "sides with whoever answered just before, where the others differ",
    "copies_person": "gives one person's answers again, wrong ones too",
    "copies_model": "gives the hidden model's answer where it is wrong",
    "twins": "two people give the same answers, wrong ones too",
    "burst": "answers follow each other faster than one can read",
    "too_fast": "many answers take less time than nearly all answers of this kind of task",
    "overlapping_times": "answers took longer than the time since the one before: two pages open, or two people",
    "even_pace": "hours of answers at the same distance of time, as a machine gives them",
    "left_open": "pages stood open for more than an hour: how long the work took is not known",
}
"""What each sign means, in everyday words."""
MOST_ITEMS = 10
"""So many items are named with a sign, to look at."""


@dataclass(frozen=True)
class Sign:
    """One sign, with what it rests on."""

    kind: Kind
    annotator: str
    value: float
    """The measured share or figure, in the unit that `said` names."""
    interval: tuple[float, float]
    """In which it lies 95 times in 100."""
    n: int
    """How many answers, or pairs of answers, it rests on."""
    said: str
    """The evidence in one line, in everyday words."""
    other: str | None = None
    """Whose answers these are like, where the sign is of two people."""
    items: tuple[str, ...] = ()
    """Some of the items that tell most, to look at."""
