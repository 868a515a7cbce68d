"""The open tasks by their age: each a dot, in the column of its state."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from pipeline.report.pictures.frame import Tick, ceiling, frame, joined, number, ticks

SPREAD = 0.618034
"""The golden ratio strews dots of a column evenly, the same way every time."""


class Column(NamedTuple):
    """A state, with the ages of its tasks and which of them are late."""

    name: str
    ages: Sequence[float]
    late: Sequence[bool]


def scatter(columns: Sequence[Column], lines: Sequence[Tick], said: str) -> Markup:
    """Dots by age in their columns; `lines` are ages to compare with, `at` in the unit of the ages."""
    top = ceiling(
        max([age for column in columns for age in column.ages] + [line.at for line in lines], default=1.0)
    )
    width = 1 / len(columns)
    dots = [
        _dot((n + 0.15 + 0.7 * (k * SPREAD % 1)) * width, age / top, late=late)
        for n, column in enumerate(columns)
        for k, (age, late) in enumerate(zip(column.ages, column.late, strict=True))
    ]
    marks = [_line(line.at / top, line.label) for line in lines]
    names = [Tick((n + 0.5) * width, column.name) for n, column in enumerate(columns)]
    return frame(joined([*dots, *marks]), said, ys=ticks(top), xs=names, height=220)


def _dot(x: float, y: float, *, late: bool) -> Markup:
    return Markup('<circle class="dot{}" cx="{}%" cy="{}%" r="{}"/>').format(
        " late" if late else "", number(100 * x), number(100 - 100 * y), "4.5" if late else "2.5"
    )


def _line(y: float, label: str) -> Markup:
    return Markup(
        '<line class="mark high" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>'
        '<text class="tick last" x="100%" y="{0}%" dy="-5">{1}</text>'
    ).format(number(100 - 100 * y), label)
