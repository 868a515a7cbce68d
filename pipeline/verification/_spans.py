"""Intervals and sets of plain numbers as the stretches of the number line that they are, however they were put."""

from fractions import Fraction
from typing import TypeAlias

from pipeline.verification._kinds import Interval, Maths, Several, Shape, Union
from pipeline.verification._numbers import Number

Edge: TypeAlias = tuple[int, Fraction, int]
"""A place on the number line: -1, 0 or 1 for before, on and after all numbers; the number; -1, 0 or 1 for just before
it, on it, just behind it."""
_ENDS = {r"-\infty": -1, r"\infty": 1}


def spans_of(one: Shape) -> tuple[tuple[Edge, Edge], ...] | None:
    """The stretches, put together and in order; None where bounds are no plain numbers."""
    parts = one.parts if isinstance(one, Union) else (one,)
    found: list[tuple[Edge, Edge]] = []
    for part in parts:
        made = _spans(part)
        if made is None:
            return None
        found += made
    together: list[tuple[Edge, Edge]] = []
    for low, high in sorted(found):
        if together and _touch(together[-1][1], low):
            together[-1] = (together[-1][0], max(together[-1][1], high))
        else:
            together.append((low, high))
    return tuple(together)


def _spans(part: Shape) -> list[tuple[Edge, Edge]] | None:
    if isinstance(part, Interval):
        low, high = _edge(part.low, 0 if part.closed[0] else 1), _edge(part.high, 0 if part.closed[1] else -1)
        return [(low, high)] if low and high and low <= high else None
    if isinstance(part, Several) and part.kind == "tuple" and len(part.parts) == 2:  # noqa: PLR2004 - a pair
        return _spans(Interval(part.parts[0], part.parts[1], (False, False)))
    if isinstance(part, Several) and part.kind in ("set", "listed"):
        points = [_edge(each, 0) for each in part.parts]
        return None if None in points else [(point, point) for point in points if point]
    return None


def _edge(bound: Shape, side: int) -> Edge | None:
    if isinstance(bound, Maths) and bound.latex in _ENDS:
        return _ENDS[bound.latex], Fraction(0), 0
    if isinstance(bound, Number) and not bound.percent and not bound.unit.measures:
        return 0, bound.value, side
    return None


def _touch(end: Edge, start: Edge) -> bool:
    """Whether nothing lies between the end of a stretch and the start of the next: `[1,2)` and `[2,3]` are one."""
    return end >= start or (end[:2] == start[:2] and start[2] - end[2] == 1)
