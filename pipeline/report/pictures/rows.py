"""Bars and dots that stand in the rows of a table: its figures are their text."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from pipeline.report.pictures.frame import joined, number

HIGH, FULL = 0.85, 1.0
"""Loads from which on waiting times grow fast, and from which on the queue grows for ever."""


class Part(NamedTuple):
    """A part of a bar: its name, its colour, and how much it is."""

    name: str
    colour: str
    amount: float


def load(value: float, interval: tuple[float, float] | None, most: float, said: str) -> Markup:
    """A load as a bar with lines at 0.85 and 1, its interval as a whisker; `most` is the end of the axis."""
    colour = "over" if value > FULL else "high" if value > HIGH else "well"
    whisker = Markup('<line class="whisker" x1="{}%" x2="{}%" y1="50%" y2="50%"/>').format(
        *(number(100 * min(end / most, 1)) for end in interval or (0.0, 0.0))
    )
    return _row(
        said,
        Markup('<rect class="fill {}" y="15%" width="{}%" height="70%"/>').format(
            colour, number(100 * min(value / most, 1))
        ),
        Markup('<line class="mark high" x1="{0}%" x2="{0}%" y1="-40%" y2="140%"/>').format(
            number(100 * HIGH / most)
        ),
        Markup('<line class="mark full" x1="{0}%" x2="{0}%" y1="-40%" y2="140%"/>').format(
            number(100 * FULL / most)
        ),
        whisker if interval else Markup(),
    )


def stack(parts: Sequence[Part], most: float, said: str) -> Markup:
    """Parts of a whole side by side; `most` is the end of the axis."""
    x, drawn = 0.0, []
    for part in parts:
        width = 100 * part.amount / most if most else 0.0
        title = Markup("<title>{}</title>").format(part.name)
        drawn.append(
            Markup('<rect class="fill {}" x="{}%" y="10%" width="{}%" height="80%">{}</rect>').format(
                part.colour, number(x), number(width), title
            )
        )
        x += width
    return _row(said, *drawn)


def dot(value: float, low: float, high: float, most: float, said: str) -> Markup:
    """A figure as a dot on a line from 0 to `most`, with its interval."""
    at, start, end = (number(100 * min(one / most, 1)) for one in (value, low, high))
    return _row(
        said,
        Markup('<line class="axis" x1="0" x2="100%" y1="50%" y2="50%"/>'),
        Markup('<line class="between" x1="{}%" x2="{}%" y1="50%" y2="50%"/>').format(start, end),
        Markup('<circle class="dot" cx="{}%" cy="50%" r="4.5"/>').format(at),
    )


def _row(said: str, *shapes: Markup) -> Markup:
    return Markup('<svg class="row" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        said, said, joined(shapes)
    )
