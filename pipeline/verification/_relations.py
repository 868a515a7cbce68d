r"""Answers that say of a name what it is: `x = 5`, `x > 2`, `2 < x < 5`, `|x| < 3`, `x \\ne 0`, and unions of such."""

import re
from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from pipeline.verification._cutting import AND, NAME, split
from pipeline.verification._kinds import EVERYTHING, Interval, Maths, Named, Several, Shape, Union
from pipeline.verification._numbers import Number, number
from pipeline.verification._units import NONE

Read: TypeAlias = Callable[[str], Shape]
"""What an inner part is made of: the values in a relation may be anything."""

_ASSIGNED = re.compile(
    rf"^({NAME}(?:\s*,\s*{NAME})*|\({NAME}(?:\s*,\s*{NAME})+\))"
    r"\s*(?:=|\\in(?![a-z])|\\approx(?![a-z])|:=)\s*(?=\S)"
)
_CHAIN = re.compile(r"\s*(\\le(?![a-z])|\\ge(?![a-z])|<|>)\s*")
_FLIPPED = {"<": ">", ">": "<", r"\le": r"\ge", r"\ge": r"\le"}
_REAL = re.compile(rf"^{NAME}\s*\\in\s*\\Reals\s*[,;]|[,;]\s*{NAME}\s*\\in\s*(?:\\Reals|R)$")
_FAR = re.compile(rf"\|\s*{NAME}\s*([-+]\s*[^|]+?)?\s*\|\s*(<|>|\\le|\\ge)\s*([^<>|]+)")


def relation(text: str, read: Read) -> Shape | None:
    """What a relation says, as values; None where a text is none, Maths where it is one that is left to algebra."""
    for look in (_all_but, _union, _named, _both, _inequality, _worked):
        if (found := look(text, read)) is not None:
            return found
    return None


def _all_but(text: str, read: Read) -> Shape | None:
    if re.fullmatch(r"\\Reals|x\s*\\in\s*\\Reals", text):
        return EVERYTHING
    if text == r"\emptyset" or re.fullmatch(r"\\\{\s*\\\}|\{\s*\}", text):
        return Several("set", ())
    if built := re.fullmatch(rf"\\?\{{\s*{NAME}(?:\s*\\in\s*\\Reals)?\s*(?:\||:)\s*(.*?)\s*\\?\}}", text):
        return read(built[1])
    text, of_numbers = re.subn(_REAL, "", text)
    if of_numbers:
        return read(text.strip())
    taken = re.fullmatch(rf"(?:\\Reals\s*(?:\\setminus|\\|-)\s*\\?\{{(.*?)\\?\}}|{NAME}\s*\\ne\s*(.*))", text)
    return _without(taken[1] or taken[2], read) if taken else None


def _without(text: str, read: Read) -> Shape:
    """All numbers but some, in the order in which they are given."""
    holes = [read(part) for part in split(text)]
    ends = [Maths(r"-\infty"), *_in_order(holes), Maths(r"\infty")]
    return Union(tuple(Interval(a, b, (False, False)) for a, b in pairwise(ends)))


def _in_order(shapes: list[Shape]) -> list[Shape]:
    if all(isinstance(one, Number) for one in shapes):
        return sorted(shapes, key=lambda one: one.value if isinstance(one, Number) else 0)
    return shapes


def _union(text: str, read: Read) -> Shape | None:
    text = re.sub(rf"^{NAME}\s*\\in\s*", "", text)
    parts = split(text, re.compile(r"\s*\\cup(?![a-z])\s*"))
    if len(parts) < 2:  # noqa: PLR2004 - a pair
        parts = split(text, re.compile(r"\s+or\s+"))
        if len(parts) < 2 or not all(_CHAIN.search(part) for part in parts):  # noqa: PLR2004 - a pair
            return None
    made = tuple(_as_interval(read(part)) for part in parts)
    return Union(made) if all(isinstance(one, Interval | Several) for one in made) else None


def _as_interval(one: Shape) -> Shape:
    """A pair in round brackets is an interval where intervals are spoken of."""
    if isinstance(one, Several) and one.kind == "tuple" and len(one.parts) == 2:  # noqa: PLR2004 - a pair
        return Interval(one.parts[0], one.parts[1], (False, False))
    return one


def _named(text: str, read: Read) -> Shape | None:
    found = _ASSIGNED.match(text)
    if not found:
        return None
    value = text[found.end() :]
    parts = split(text)
    if len(parts) > 1 and all(_ASSIGNED.match(part) for part in parts):
        made = [_named(part, read) for part in parts]
        names = {one.name for one in made if isinstance(one, Named)}
        kind = "tuple" if len(names) == len(made) else "listed"
        values = [one.value for one in made if isinstance(one, Named)] if len(names) == 1 else made
        return Several("listed" if len(names) == 1 else kind, tuple(one for one in values if one is not None))
    if "=" in value or _CHAIN.search(value):
        return None
    return Named(re.sub(r"\([a-z,\s]*\)$|[\s()]", "", found[1]), read(value), text)


def _both(text: str, read: Read) -> Shape | None:
    """`x > 3 and x < 5`: what is on both of two rays."""
    parts = split(text)
    if len(parts) < 2 or not all(_CHAIN.search(part) for part in parts):  # noqa: PLR2004 - one is alone
        return None
    rays = [one for part in parts if isinstance(one := read(part), Interval)]
    if len(rays) == len(parts) == 2:  # noqa: PLR2004 - a pair
        for low, high in (rays, rays[::-1]):
            if low.high == EVERYTHING.high and high.low == EVERYTHING.low:
                return Interval(low.low, high.high, (low.closed[0], high.closed[1]))
    return Maths(text)


def _worked(text: str, read: Read) -> Shape | None:
    """What a calculation arrives at: `2 + 3 = 5`."""
    before, sign, value = text.rpartition("=")
    letters = re.sub(r"\\(?:frac|cdot|times|sqrt|div|pi)(?![a-z])", "", before)
    return read(value.strip()) if sign and not re.search(r"[A-Za-z<>\\]", letters) else None


def _inequality(text: str, read: Read) -> Shape | None:
    if far := _FAR.fullmatch(text):
        return _around(far)
    pieces = _CHAIN.split(text)
    sides, signs = [side.strip() for side in pieces[::2]], pieces[1::2]
    if not signs or any(not side for side in sides) or "=" in text or AND.search(text):
        return None
    if len(signs) == 1 and re.fullmatch(NAME, sides[1]) and not re.fullmatch(NAME, sides[0]):
        sides, signs = sides[::-1], [_FLIPPED[signs[0]]]
    if len(signs) == 1 and re.fullmatch(NAME, sides[0]):
        return _ray(read(sides[1]), signs[0])
    if len(signs) != 2 or not re.fullmatch(NAME, sides[1]):  # noqa: PLR2004 - a pair
        return None
    if all(sign in (">", r"\ge") for sign in signs):
        sides, signs = sides[::-1], [_FLIPPED[sign] for sign in signs[::-1]]
    if all(sign in ("<", r"\le") for sign in signs):
        return Interval(read(sides[0]), read(sides[2]), (signs[0] == r"\le", signs[1] == r"\le"))
    return None


def _around(found: re.Match[str]) -> Shape | None:
    """`|x - 2| < 1`: all that is nearer to a number than another, or all that is not."""
    middle, reach = number((found[1] or "0").replace(" ", "")), number(found[3])
    if middle is None or reach is None or reach.value < 0 or {middle.unit, reach.unit} != {NONE}:
        return None
    low, high = Number(-middle.value - reach.value), Number(-middle.value + reach.value)
    closed = found[2] in (r"\le", r"\ge")
    if found[2] in ("<", r"\le"):
        return Interval(low, high, (closed, closed))
    return Union((_ray(low, r"\le" if closed else "<"), _ray(high, r"\ge" if closed else ">")))


def _ray(bound: Shape, sign: str) -> Shape:
    if sign in (">", r"\ge"):
        return Interval(bound, Maths(r"\infty"), (sign == r"\ge", False))
    return Interval(Maths(r"-\infty"), bound, (False, sign == r"\le"))
