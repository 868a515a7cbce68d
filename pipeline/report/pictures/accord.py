"""Agreement as pictures: week by week with its interval, and in a row of a table, before and after sorting out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from pipeline.quality.agreement import ACCEPTABLE, RELIABLE
from pipeline.report.pictures.frame import Tick, days, frame, joined, number, polygon, polyline, stretched

YS = tuple(Tick(at / 4, f"{at / 4:g}") for at in range(5))
"""Below 0, people agree less than by lot: drawn as 0."""


class Between(NamedTuple):
    """A figure and its interval."""

    value: float
    low: float
    high: float


def weeks(on: Sequence[date], found: Sequence[Between], said: str) -> Markup:
    """The figure of each week as a line with a band around it, and Krippendorff's bounds; two weeks or more."""
    span = max((on[-1] - on[0]).days, 1)
    xs = [(day - on[0]).days / span for day in on]
    above = [(x, _inside(one.high)) for x, one in zip(xs, found, strict=True)]
    below = [(x, _inside(one.low)) for x, one in zip(xs, found, strict=True)]
    middle = [(x, _inside(one.value)) for x, one in zip(xs, found, strict=True)]
    shapes = stretched([polygon([*above, *reversed(below)], "wide"), polyline(middle, "middle")])
    dots = joined(
        Markup('<circle class="dot" cx="{}%" cy="{}%" r="3"/>').format(number(100 * x), number(100 - 100 * y))
        for x, y in middle
    )
    bounds = joined(
        Markup('<line class="mark high" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>').format(
            number(100 - 100 * at)
        )
        for at in (ACCEPTABLE, RELIABLE)
    )
    return frame(joined([shapes, bounds, dots]), said, ys=YS, xs=days(on[0], on[-1]), height=160)


def accord(before: Between | None, after: float | None, said: str) -> Markup:
    """A line from 0 to 1 with its bounds, a dot with its interval, and a ring for what was accepted."""
    shapes = [Markup('<line class="axis" x1="0" x2="100%" y1="50%" y2="50%"/>')]
    shapes += [
        Markup('<line class="mark high" x1="{0}%" x2="{0}%" y1="-20%" y2="120%"/>').format(number(100 * at))
        for at in (ACCEPTABLE, RELIABLE)
    ]
    if before is not None:
        value, low, high = (number(100 * _inside(one)) for one in before)
        shapes.append(Markup('<line class="between" x1="{}%" x2="{}%" y1="50%" y2="50%"/>').format(low, high))
        shapes.append(Markup('<circle class="dot" cx="{}%" cy="50%" r="4.5"/>').format(value))
    if after is not None:
        at = number(100 * _inside(after))
        shapes.append(Markup('<circle class="ring" cx="{}%" cy="50%" r="4.5"/>').format(at))
    return Markup('<svg class="row" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        said, said, joined(shapes)
    )


def times(value: float, low: float, high: float, most: float, said: str) -> Markup:
    """How many times as often as by lot, or as elsewhere: a dot with its interval, from 0, and a mark at once."""
    at, start, end, once = (number(100 * min(one / most, 1)) for one in (value, low, high, 1.0))
    return Markup(
        '<svg class="row" role="img" aria-label="{0}"><title>{0}</title>'
        '<line class="axis" x1="0" x2="100%" y1="50%" y2="50%"/>'
        '<line class="mark high" x1="{1}%" x2="{1}%" y1="-20%" y2="120%"/>'
        '<line class="between" x1="{2}%" x2="{3}%" y1="50%" y2="50%"/>'
        '<circle class="dot" cx="{4}%" cy="50%" r="4.5"/></svg>'
    ).format(said, once, start, end, at)


def _inside(value: float) -> float:
    return min(max(value, 0.0), 1.0)
