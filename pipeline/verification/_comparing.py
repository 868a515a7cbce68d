"""Whether two answers are the same: what is decided by form alone, and what algebra is asked.

Three outcomes. What is not certainly one of the first two is unknown, never wrong: people say.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from typing import Literal, TypeAlias

from pipeline.verification._congruences import same_residue
from pipeline.verification._kinds import Interval, Maths, Named, Ratio, Several, Shape, Union, Words, is_value
from pipeline.verification._numbers import Number, same
from pipeline.verification._readable import one_case, readable
from pipeline.verification._shapes import shape
from pipeline.verification._spans import spans_of
from pipeline.verification._units import NONE
from pipeline.verification._wording import NO_NUMBER, choice, is_bare, same_date, same_time, same_words
from pipeline.verification._written import written

Outcome: TypeAlias = Literal["equal", "not_equal", "unknown"]
Ask: TypeAlias = Callable[[str, str, int], tuple[Outcome, str]]
"""How two expressions in LaTeX are compared, the reference first, and what decided.

The number is of the places to which one of them is given, where it is a decimal: one that is the other rounded is
unknown.
"""

NOTHING = Several("set", ())
MOST_PARTS = 40
"""Parts of a set or list; with more it is unknown."""
_PLAIN = re.compile(r"\s*\$?-?(?:\d{1,3}(?:,\d{3})+|\d{1,40})(?:\.\d{1,40})?\s*")
_ENDLESS = frozenset((r"\infty", r"-\infty"))
_BOOL: dict[bool | None, Outcome] = {True: "equal", False: "not_equal", None: "unknown"}


@dataclass(frozen=True)
class Compared:
    """What came of it, and what decided: `as written`, `number`, `values` and their like."""

    outcome: Outcome
    how: str


def compare(reference: str, answer: str, ask: Ask) -> Compared:
    """Hold an answer against the reference, both as people wrote them."""
    if (plain := _plain(reference, answer)) is not None:
        return Compared(_BOOL[plain], "number")
    a, b = written(reference), written(answer)
    if not a or not b:
        return Compared("unknown", "nothing to compare")
    if _tight(a) == _tight(b):
        return Compared("equal", "as written")
    for how, decides in _BY_FORM.items():
        if (found := decides(a, b)) is not None:
            return Compared(_BOOL[found], how)
    if _decimal_comma(a, b) or _decimal_comma(b, a):
        return Compared("unknown", "a comma that may be a decimal point")
    comparing = _Comparing(ask)
    outcome = comparing.of(shape(a), shape(b))
    return Compared(outcome, " and ".join(sorted(comparing.how)) or "form")


def _plain(a: str, b: str) -> bool | None:
    """Whether two whole numbers, or decimals, are one: most answers are; None of anything else, or of rounded ones."""
    if not (_PLAIN.fullmatch(a) and _PLAIN.fullmatch(b)):
        return None
    one, other = (Fraction(side.strip().lstrip("$").replace(",", "")) for side in (a, b))
    return one == other if one == other or one.denominator == other.denominator == 1 else None


def _tight(text: str) -> str:
    return re.sub(r"(?<![\w.])\s+|\s+(?![\w.])", "", text)


def _choices(a: str, b: str) -> bool | None:
    """Whether two texts pick the same letter, where one is a letter alone; None where that is not what they do."""
    one, other = choice(a), choice(b)
    if not one or not other or not (is_bare(a) or is_bare(b)) or not (one.isupper() or other.isupper()):
        return None
    return one.upper() == other.upper()


_BY_FORM: dict[str, Callable[[str, str], bool | None]] = {
    "choice": _choices,
    "residue": same_residue,
    "time": same_time,
    "date": same_date,
}


def _decimal_comma(a: str, b: str) -> bool:
    """Whether `3,5` stands beside `3.5`, or `1.234,5` beside anything."""
    if re.fullmatch(r"-?\d{1,3}(?:\.\d{3})+,\d+", a):
        return True
    return re.fullmatch(r"-?\d+,\d+", a) is not None and a.replace(",", ".").rstrip("0") == b.rstrip("0")


class _Comparing:
    """One comparison, and by what its parts were decided."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.how: set[str] = set()

    def of(self, a: Shape, b: Shape) -> Outcome:
        """Two shapes, the reference's first."""
        if isinstance(a, Number) and isinstance(b, Number):
            self.how.add("number")
            return _BOOL[same(a, b)]
        ways: tuple[tuple[tuple[type, ...], Callable[[Shape, Shape], Outcome]], ...] = (
            ((Named,), self._named),
            ((Words,), self._words),
            ((Ratio,), self._ratio),
            ((Interval, Union), self._intervals),
            ((Several,), self._several),
        )
        way = next(
            (way for kinds, way in ways if isinstance(a, kinds) or isinstance(b, kinds)), self._algebra
        )
        return way(a, b)

    def _named(self, a: Shape, b: Shape) -> Outcome:
        """`x = 5` says what `5` says; what bears two names is for people, unless it differs anyway."""
        if isinstance(a, Named) and isinstance(b, Named):
            inner = self.of(a.value, b.value)
            alike = a.name == b.name or {a.name, b.name} == {"y", "f"}
            return inner if alike or inner == "not_equal" else "unknown"
        one, other = getattr(a, "latex", ""), getattr(b, "latex", "")
        if "=" in one and "=" in other:  # two equations
            return self._asked(one, other)
        return self.of(*(one.value if isinstance(one, Named) else one for one in (a, b)))

    def _words(self, a: Shape, b: Shape) -> Outcome:
        self.how.add("words")
        if isinstance(a, Words) and isinstance(b, Words):
            return _BOOL[same_words(a.text, b.text)]
        words = a.text if isinstance(a, Words) else b.text if isinstance(b, Words) else ""
        other = b if isinstance(a, Words) else a
        if words.lower() == "none" and other == NOTHING:
            return "equal"
        if not isinstance(other, Number) or words.lower() not in NO_NUMBER:
            return "unknown"
        return "unknown" if words.lower() in ("none", "no") and not other.value else "not_equal"

    def _ratio(self, a: Shape, b: Shape) -> Outcome:
        self.how.add("number")
        one, other = _quotients(a), _quotients(b)
        if one is None or other is None:
            return "unknown"
        return "equal" if one == other else "not_equal"

    def _several(self, a: Shape, b: Shape) -> Outcome:
        one, other = _listed(a), _listed(b)
        if max(len(one), len(other)) > MOST_PARTS or not (is_value(a) and is_value(b)):
            return "unknown"
        kinds = {each.kind for each in (a, b) if isinstance(each, Several)}
        if kinds & {"tuple", "matrix"}:
            return self._in_order(one, other, loose=bool(kinds & {"listed", "set"}))
        return self._in_any_order(one, other)

    def _in_order(self, a: Sequence[Shape], b: Sequence[Shape], *, loose: bool) -> Outcome:
        """Part by part; where one has no brackets that say so, another order is for people."""
        a, b = _by_name(a, b)
        if len(a) != len(b):
            return "not_equal"
        found = self._all(map(self.of, a, b))
        if found == "not_equal" and loose:
            return "unknown" if self._in_any_order(a, b) != "not_equal" else found
        return found

    def _all(self, found: "map[Outcome]") -> Outcome:
        outcomes = list(found)
        if "not_equal" in outcomes:
            return "not_equal"
        return "unknown" if "unknown" in outcomes else "equal"

    def _in_any_order(self, a: Sequence[Shape], b: Sequence[Shape]) -> Outcome:
        """As sets: each part has its like on the other side, however often."""
        table = [[self.of(one, other) for other in b] for one in a]
        sides = [*table, *([row[at] for row in table] for at in range(len(b)))]
        if len(a) != len(b) and (not a or not b):
            return "not_equal"
        if all("equal" in side for side in sides):
            return "equal"
        if any(all(one == "not_equal" for one in side) for side in sides):
            return "not_equal"
        return "unknown"

    def _intervals(self, a: Shape, b: Shape) -> Outcome:
        if (spans := [spans_of(side) for side in (a, b)]) and None not in spans:
            self.how.add("bounds")
            return "equal" if spans[0] == spans[1] else "not_equal"
        one, other = _pieces(a), _pieces(b)
        if one is None or other is None:
            return "not_equal" if is_value(a) and is_value(b) else "unknown"
        if len(one) != len(other):
            return "unknown" if max(len(one), len(other)) > 1 else "not_equal"
        if len(one) > 4:  # noqa: PLR2004 - their orders are tried
            return "unknown"
        tried = [self._all(map(self._piece, one, order)) for order in permutations(other)]
        return "equal" if "equal" in tried else "unknown" if "unknown" in tried else "not_equal"

    def _piece(self, a: Shape, b: Shape) -> Outcome:
        if isinstance(a, Interval) and isinstance(b, Interval):
            if a.closed != b.closed:
                return "not_equal"
            self.how.add("bounds")
            return self._all(map(self.of, (a.low, a.high), (b.low, b.high)))
        if isinstance(a, Several) and isinstance(b, Several):
            return self._several(a, b)
        return "not_equal"

    def _algebra(self, a: Shape, b: Shape) -> Outcome:
        one, other = _latex(a, b), _latex(b, a)
        if one is None or other is None:
            return "not_equal"
        if _tight(one) == _tight(other):
            return "equal"
        if one in _ENDLESS or other in _ENDLESS:
            return (
                "not_equal"
                if {one, other} <= _ENDLESS or isinstance(a, Number) or isinstance(b, Number)
                else "unknown"
            )
        places = (
            max(one.places or 0 for one in (a, b) if isinstance(one, Number))
            if Number in map(type, (a, b))
            else 0
        )
        return self._asked(one, other, places)

    def _asked(self, a: str, b: str, places: int = 0) -> Outcome:
        if not (readable(a) and readable(b)) or not one_case(a, b):
            self.how.add("not readable")
            return "unknown"
        outcome, how = self._ask(a, b, places)
        self.how.add(how)
        return outcome


def _listed(one: Shape) -> tuple[Shape, ...]:
    return one.parts if isinstance(one, Several) else (one,)


def _by_name(a: Sequence[Shape], b: Sequence[Shape]) -> tuple[Sequence[Shape], Sequence[Shape]]:
    """The parts in the order of their names, where all have one."""
    named = [[one for one in side if isinstance(one, Named)] for side in (a, b)]
    if [len(side) for side in named] != [len(a), len(b)]:
        return a, b
    return sorted(named[0], key=lambda one: one.name), sorted(named[1], key=lambda one: one.name)


def _quotients(one: Shape) -> list[Fraction] | None:
    """A ratio by its first part; `3/4` is 3 to 4."""
    if isinstance(one, Number) and not one.percent and one.unit == NONE and one.value:
        return [1 / one.value]
    if not isinstance(one, Ratio):
        return None
    values = [part.value for part in one.parts if isinstance(part, Number)]
    return [value / values[0] for value in values[1:]] if values[0] else None


def _pieces(one: Shape) -> tuple[Shape, ...] | None:
    """Intervals and sets that make one up; a pair in brackets is an interval beside one."""
    if isinstance(one, Union):
        return one.parts
    if isinstance(one, Several) and one.kind == "tuple" and len(one.parts) == 2:  # noqa: PLR2004 - a pair
        return (Interval(one.parts[0], one.parts[1], (False, False)),)
    if isinstance(one, Several) and one.kind == "tuple":
        return None
    return (one,) if isinstance(one, Interval | Several) else None


def _latex(one: Shape, other: Shape) -> str | None:
    """A value as LaTeX, in the unit of the other where it has one; None where their units do not fit."""
    unit = getattr(one, "unit", NONE)
    theirs = getattr(other, "unit", NONE)
    text = _fraction(one.share) if isinstance(one, Number) else one.latex if isinstance(one, Maths) else None
    if text is None or (unit.measures and theirs.measures and unit.measures != theirs.measures):
        return None
    if unit.measures == (("angle", 1),) and not theirs.measures and r"\pi" in str(other):
        return rf"({text}) \cdot \frac{{\pi}}{{180}}"
    if unit.measures and theirs.measures and unit.factor != theirs.factor:
        return rf"({text}) \cdot {_fraction(unit.factor)}"
    return text


def _fraction(value: Fraction) -> str:
    sign = "-" if value < 0 else ""
    top, bottom = abs(value.numerator), value.denominator
    return f"{sign}{top}" if bottom == 1 else rf"{sign}\frac{{{top}}}{{{bottom}}}"
