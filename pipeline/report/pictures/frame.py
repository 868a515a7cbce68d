"""The frame of a picture with axes: text keeps its size however wide the page is, and only the shapes stretch."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup

STEPS = (1, 2, 5, 10)
MOST_TICKS = 4
MOST_DAYS = 5
"""Labels of an axis of days: so many stand side by side on a telephone."""


class Tick(NamedTuple):
    """A mark of an axis: where, from 0 to 1, and what is written there."""

    at: float
    label: str


def frame(
    shapes: Markup, said: str, *, ys: Sequence[Tick] = (), xs: Sequence[Tick] = (), height: int = 200
) -> Markup:
    """A picture with its axes, and in words what it shows; `shapes` are drawn as they stand."""
    lines = joined(
        Markup('<line class="grid" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>').format(number(100 - 100 * y.at))
        for y in ys
    )
    labels = joined(
        chain(
            (
                Markup('<text class="tick y" x="-8" y="{}%">{}</text>').format(
                    number(100 - 100 * y.at), y.label
                )
                for y in ys
            ),
            (
                Markup('<text class="tick {}" x="{}%" y="{}">{}</text>').format(
                    _side(x.at), number(100 * x.at), height + 18, x.label
                )
                for x in xs
            ),
        )
    )
    return Markup(
        '<svg class="plot" role="img" aria-label="{}" height="{}"><title>{}</title>{}{}'
        '<line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/>{}</svg>'
    ).format(said, height, said, lines, shapes, labels)


def stretched(shapes: Iterable[Markup]) -> Markup:
    """Shapes drawn from 0 to 1000 on both axes, y downwards, stretched over the frame."""
    return Markup(
        '<svg x="0" y="0" width="100%" height="100%" viewBox="0 0 1000 1000" preserveAspectRatio="none">{}</svg>'
    ).format(joined(shapes))


def polygon(points: Iterable[tuple[float, float]], colour: str, said: str = "") -> Markup:
    """An area through points from 0 to 1, y upwards."""
    title = Markup("<title>{}</title>").format(said) if said else Markup()
    return Markup('<polygon class="fill {}" points="{}">{}</polygon>').format(colour, _points(points), title)


def polyline(points: Iterable[tuple[float, float]], colour: str) -> Markup:
    """A line through points from 0 to 1, y upwards."""
    return Markup('<polyline class="stroke {}" points="{}"/>').format(colour, _points(points))


def ticks(most: float) -> list[Tick]:
    """Round marks from 0 up to the most, which stays inside them."""
    top = ceiling(most)
    step = _step(top)
    return [Tick(n * step / top, f"{n * step:,.10g}") for n in range(round(top / step) + 1)]


def ceiling(most: float) -> float:
    """The end of an axis that shows so much: the next round mark, at least 1 of anything."""
    most = max(most, 1.0)
    step = _step(most)
    return ceil(most / step - 1e-9) * step


def days(first: date, last: date) -> list[Tick]:
    """Marks on an axis of days, few enough to be read on a telephone."""
    span = (last - first).days
    if span <= 0:
        return [Tick(0.0, short(first))]
    step = max(1, ceil(span / (MOST_DAYS - 1)))
    return [Tick(n / span, short(date.fromordinal(first.toordinal() + n))) for n in range(0, span + 1, step)]


def short(on: date) -> str:
    """A day as an axis says it: '7 Dec'."""
    return f"{on.day} {on:%b}"


def number(value: float) -> str:
    """A coordinate, to as many digits as can be seen."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def joined(parts: Iterable[Markup]) -> Markup:
    """Pieces one after the other."""
    return Markup("").join(parts)


def _points(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{number(1000 * x)},{number(1000 - 1000 * y)}" for x, y in points)


def _side(at: float) -> str:
    """Labels at the ends of an axis lean inwards, so that nothing stands outside the page."""
    return "first" if at == 0 else "last" if at > 0.95 else "middle"  # noqa: PLR2004 - near the end


def _step(top: float) -> float:
    """The smallest of 1, 2, 5, 10, 20 … that needs no more than MOST_TICKS marks."""
    power = 10.0 ** floor(log10(top / MOST_TICKS)) if top > 0 else 1.0
    return next(power * step for step in STEPS if power * step * MOST_TICKS >= top * (1 - 1e-9))
