"""Stacked areas over days: what was in which state at each midnight."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from pipeline.report.pictures.frame import ceiling, days, frame, polygon, stretched, ticks


class Layer(NamedTuple):
    """One state: its title, its colour, and how many there were on each day."""

    title: str
    colour: str
    counts: Sequence[float]


def areas(on: Sequence[date], layers: Sequence[Layer], said: str) -> Markup:
    """Layers stacked from the bottom; two days or more."""
    top = ceiling(max(sum(at_once) for at_once in zip(*(layer.counts for layer in layers), strict=True)))
    first, span = on[0], max((on[-1] - on[0]).days, 1)
    xs = [(day - first).days / span for day in on]
    below = [0.0] * len(on)
    shapes = []
    for layer in layers:
        above = [low + count / top for low, count in zip(below, layer.counts, strict=True)]
        around = [*zip(xs, above, strict=True), *reversed(list(zip(xs, below, strict=True)))]
        shapes.append(polygon(around, layer.colour, layer.title))
        below = above
    return frame(stretched(shapes), said, ys=ticks(top), xs=days(first, on[-1]), height=240)
