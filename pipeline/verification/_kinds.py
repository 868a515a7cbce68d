"""What an answer can be: a number, several of them, an interval, words, or maths that only algebra can compare."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.verification._numbers import Number
from pipeline.verification._units import NONE, Unit


@dataclass(frozen=True)
class Maths:
    """An expression or relation in LaTeX, with the unit behind it."""

    latex: str
    unit: Unit = NONE


@dataclass(frozen=True)
class Words:
    """A text: compared as it is said."""

    text: str


@dataclass(frozen=True)
class Several:
    """Values side by side; `kind` is `listed` (no brackets), `set`, `tuple` or `matrix`."""

    kind: str
    parts: tuple["Shape", ...]


@dataclass(frozen=True)
class Interval:
    """All numbers between two; a bound is LaTeX."""

    low: "Shape"
    high: "Shape"
    closed: tuple[bool, bool]


@dataclass(frozen=True)
class Union:
    """Intervals, and sets of numbers, put together."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True)
class Ratio:
    """Numbers in proportion, `3:4`."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True)
class Named:
    """A value with the name it is given, as in `x = 5`."""

    name: str
    value: "Shape"
    latex: str = ""
    """All of it."""


Shape: TypeAlias = Number | Maths | Words | Several | Interval | Union | Ratio | Named
EVERYTHING = Interval(Maths(r"-\infty"), Maths(r"\infty"), (False, False))


def is_value(one: Shape) -> bool:
    """Whether it is understood to be one value: not a relation, a bracket that nothing was made of, or several."""
    return not isinstance(one, Maths) or not re.search(
        r"[<>=\[\]&]|\\(?:le|ge|ne|in|begin|pm|[{}])(?![a-z])", one.latex
    )
