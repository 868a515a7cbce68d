r"""Numbers as answers write them, exactly: `1,234`, `3/4`, `1\frac{1}{2}`, `0.\overline{3}`, `50%`, `5 cm`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.verification._number_words import NAMED, in_words
from pipeline.verification._units import BUNCHES, NONE, Unit, measured, scale, unit

_INT = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+(?!\d)|\d+"
_DEC = rf"(?:(?:{_INT})(?:\.\d*)?|\.\d+)"
_FRACTION = rf"\\frac\{{\s*(-?\s*{_DEC})\s*\}}\{{\s*(-?\s*{_DEC})\s*\}}"
_FORMS: tuple[tuple[str, str], ...] = (
    ("mixed", r"(\d+)\s*(?:and\s+|\+\s*|-\s*(?=\d+/)|\s)?\\frac\{(\d+)\}\{(\d+)\}"),
    ("mixed", r"(\d+)\s+(?:and\s+)?(\d+)\s*/\s*(\d+)"),
    ("over", _FRACTION),
    ("over", rf"\(?\s*(-?{_DEC})\s*\)?\s*/\s*\(?\s*(-?{_DEC})\s*\)?"),
    ("repeats", r"(\d*)\.(\d*)(?:\\overline|\\bar|\\dot|\\overbar)\{(\d+)\}"),
    ("repeats", r"(\d*)\.(\d*)\((\d+)\)"),
    ("goes_on", r"(\d*)\.(\d*?)(\d+?)\3{2,}(?:\.\.\.|\\overline)"),
    ("times", rf"({_DEC})\s*\\cdot\s*10\^\{{(-?\d{{1,3}})\}}"),
    ("times", r"()10\^\{(-?\d{1,3})\}"),
    ("times", rf"({_DEC})[eE]([-+]?\d{{1,3}})(?![\d.])"),
    ("power", r"(\d{1,6})\^\{(\d{1,2})\}"),
    ("plain", rf"({_DEC})"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _FORMS)
_MONEY = re.compile(r"^(?:US\s*|USD\s*|A\s*|C\s*)?\\usd\s*|^USD\s*(?=\d)")
_FOREIGN = re.compile(r"^(euros|EUR|gbp|GBP|yen|Rs\.?|INR|RMB)\s*(\d.*)$")
_ABOUT = re.compile(r"^(?:\\approx|about|approximately|approx\.?|around|roughly|exactly|~)\s*", re.IGNORECASE)
_POUNDS = {Unit((("gbp", 1),)), Unit((("mass", 1),), Fraction(45359237, 100000))}
"""Money and weight, of which each goes by the other's name."""
_DEGREES = {(("celsius", 1),), (("fahrenheit", 1),)}
"""Two measures of one thing."""
_IN_BASE = Unit(things="in base")
_SAID_TWICE = re.compile(rf"^(\d+) \((?:{'|'.join(NAMED)})\)")


@dataclass(frozen=True)
class Number:
    """An exact number with what it counts."""

    value: Fraction
    unit: Unit = NONE
    percent: bool = False
    places: int | None = None
    """Digits behind the point, where it is written with one."""

    @property
    def share(self) -> Fraction:
        """The value, of a percentage the share that it is."""
        return self.value / 100 if self.percent else self.value


def number(text: str) -> Number | None:
    """The number that all of a text (as `written` gives it) is; None where it is none, or more."""
    text = _FOREIGN.sub(r"\2 \1", _ABOUT.sub("", text.strip()))
    text = _SAID_TWICE.sub(r"\1", re.sub(r"^(?:negative|minus)\s+", "-", text))
    if (whole := _based(text) or _compound(text)) is not None:
        return whole
    text, money = _money(re.sub(r"(?<=\d) and a half(?![a-z])", " 1/2", text))
    negative = re.match(r"[-+]\s*", text)
    sign = -1 if negative and negative[0].startswith("-") else 1
    text = text[negative.end() :] if negative else text
    if not money:
        text, money = _money(text)
    text = _unbraced(text)
    for name, pattern in _COMPILED:
        found = pattern.match(text)
        value = _value(name, found) if found else None
        if found and value is not None and (made := _with_unit(text[found.end() :], money=money)):
            times, percent, what = made
            places = _places(found[1]) if name == "plain" and times == 1 else None
            return Number(sign * value * times, what, percent, places)
    return _word(text, sign)


def _based(text: str) -> Number | None:
    """`101_{2}`: a number in a base that it names."""
    found = re.fullmatch(r"\(?(\d+)\)?_\{(\d{1,2})\}", text)
    if not found or not 2 <= int(found[2]) <= 36 or any(int(digit) >= int(found[2]) for digit in found[1]):  # noqa: PLR2004 - as digits and letters allow
        return None
    return Number(Fraction(int(found[1], int(found[2]))), _IN_BASE)


def _compound(text: str) -> Number | None:
    """`1 hour 30 minutes`, `5 ft 3 in`: parts of one measure, each less than the one before."""
    parts = re.findall(r"(\d+(?:\.\d+)?\s*[A-Za-z]+\.?)(?:\s*(?:,|and)?\s*|$)", text)
    if len(parts) < 2 or re.sub(r"[\s,]|and", "", text) != re.sub(r"[\s,]|and", "", "".join(parts)):  # noqa: PLR2004 - one is no sum
        return None
    found = [number(part) for part in parts]
    made = [one for one in found if one is not None and one.unit.measures and not one.unit.things]
    if len(made) != len(parts) or len({one.unit.measures for one in made}) > 1:
        return None
    sizes = [one.value * one.unit.factor for one in made]
    if sorted({one.unit.factor for one in made}, reverse=True) != [one.unit.factor for one in made]:
        return None
    return Number(sum(sizes, Fraction(0)), Unit(made[0].unit.measures))


def _money(text: str) -> tuple[str, bool]:
    found = _MONEY.match(text)
    return (text[found.end() :], True) if found else (text, False)


def _unbraced(text: str) -> str:
    found = re.fullmatch(r"\(([^()]*)\)|\{([^{}]*)\}", text)
    return (found[1] or found[2] or text) if found and "," not in text else text


def _with_unit(rest: str, *, money: bool) -> tuple[int, bool, Unit] | None:
    """How many times the number counts, whether in percent, and its unit; None where the rest says more."""
    given, rest = (
        rest,
        re.sub(r"^\s*\\frac\{([A-Za-z]+)\}\{([A-Za-z]+(?:\^\{\d\})?)\}$", r"\1/\2", rest).strip(),
    )
    percent = rest.startswith("%")
    times, rest = scale(re.sub(r"^-(?=[A-Za-z]{2})", "", rest.removeprefix("%").strip()))
    if rest[:1] and not re.match(r"[^\W\d_]|\\usd|/", rest):
        return None
    if re.match(r"[A-Za-z]", given) and not _is_unit(given):
        return None  # 3xy
    if re.fullmatch(r"[a-zA-Z]", rest) and rest not in ("m", "g", "s", "h", "l", "L", "J", "N", "W", "V"):
        return None  # a variable
    found = unit(rest) if rest else NONE
    if found is None or any(word in NAMED for word in re.split(r"[\s-]", found.things)):
        return None
    if money:
        measures = tuple(sorted({**dict(found.measures), "money": 1}.items()))
        found = replace(found, measures=measures, things="")
    return times, percent, found


def _is_unit(text: str) -> bool:
    """Whether letters right behind a number are a unit, as in 5cm, and no product."""
    found = unit(text) if len(text) > 1 else None
    return found is not None and bool(found.measures) and not found.things


def _value(name: str, found: re.Match[str]) -> Fraction | None:
    try:
        return _VALUES[name](*found.groups())
    except (ZeroDivisionError, ValueError):
        return None


def _plain(text: str) -> Fraction:
    return Fraction(re.sub(r"[, ]", "", text).rstrip(".") or "x")


def _mixed(whole: str, top: str, bottom: str) -> Fraction | None:
    part = Fraction(int(top), int(bottom))
    return int(whole) + part if part < 1 else None


def _over(top: str, bottom: str) -> Fraction:
    return _plain(top) / _plain(bottom)


def _repeats(whole: str, before: str, again: str) -> Fraction:
    shift = 10 ** len(before)
    return Fraction(int(whole + before or "0"), shift) + Fraction(int(again), shift * (10 ** len(again) - 1))


def _times(by: str, power: str) -> Fraction:
    return (_plain(by) if by else Fraction(1)) * Fraction(10) ** int(power)


def _power(base: str, power: str) -> Fraction:
    return Fraction(int(base) ** int(power))


_VALUES: dict[str, Callable[..., Fraction | None]] = {
    "mixed": _mixed, "over": _over, "repeats": _repeats, "goes_on": _repeats, "times": _times, "power": _power,
    "plain": _plain,
}  # fmt: skip


def _places(text: str) -> int | None:
    return len(text.partition(".")[2]) if "." in text else None


def _word(text: str, sign: int) -> Number | None:
    """A number in words with what it counts; a fraction in words."""
    found = in_words(text)
    if found is None:
        return None
    value, rest = found
    made = _with_unit(f" {rest}" if rest else "", money=False)
    return Number(sign * value * made[0], made[2]) if made else None


def same(gold: Number, said: Number) -> bool | None:
    """Whether two numbers are one; None where people would have to say, as of a rounded one."""
    if gold.percent or said.percent:
        return _same_share(gold, said)
    if gold.unit.measures and said.unit.measures:
        if {gold.unit, said.unit} == _POUNDS:
            return gold.value == said.value
        if gold.unit.measures != said.unit.measures:
            return _same_warmth(gold, said)
        a, b = gold.value * gold.unit.factor, said.value * said.unit.factor
        return True if a == b else _rounded(replace(gold, value=a), replace(said, value=b))
    if gold.value == said.value:
        return _same_things(gold.unit, said.unit)
    return _other_value(gold, said)


def _same_warmth(a: Number, b: Number) -> bool | None:
    """Whether degrees of two kinds are one temperature, the rounded for people; nothing else is of two measures."""
    if {a.unit.measures, b.unit.measures} != _DEGREES:
        return False
    cold, warm = (a, b) if a.unit.measures == (("celsius", 1),) else (b, a)
    return (warm.value - 32) * Fraction(5, 9) == cold.value or None


def _same_things(a: Unit, b: Unit) -> bool | None:
    """Whether equal numbers count the same; what one of them does not say is no contradiction."""
    if (a.things and b.measures) or (b.things and a.measures):
        return None
    if not a.things or not b.things:
        return True
    return True if set(a.things.split()) & set(b.things.split()) else None


def _other_value(gold: Number, said: Number) -> bool | None:
    """Of numbers that are not equal: False, or None where units that only one of them names may explain it."""
    if (gold.unit == _IN_BASE) != (said.unit == _IN_BASE):
        return None  # the base may go without saying
    named = gold.unit if gold.unit.measures else said.unit
    if named.measures and gold.value and said.value and not (gold.unit.measures and said.unit.measures):
        ratio = said.value / gold.value if gold.unit.measures else gold.value / said.value
        if any(ratio == named.factor / factor for factor in measured(named.measures)):
            return None
    if set(f"{gold.unit.things} {said.unit.things}".split()) & BUNCHES:
        return None
    return _rounded(gold, said)


def _same_share(gold: Number, said: Number) -> bool | None:
    if gold.share == said.share:
        return True
    if gold.percent != said.percent and gold.value == said.value:
        return True if abs(gold.value) >= 1 else None  # 50% and 50 say one thing, 0.5% and 0.5 hardly
    if gold.percent != said.percent:
        inner = _rounded(gold, said) is False and _rounded(_as_share(gold), _as_share(said)) is False
        return False if inner else None
    return _rounded(gold, said)


def _as_share(one: Number) -> Number:
    places = one.places + 2 if one.places is not None and one.percent else one.places
    return Number(one.share, places=places)


def _rounded(a: Number, b: Number) -> bool | None:
    """Of unequal numbers: None where one is the other rounded to two places or more, else False."""
    for exact, short in ((a, b), (b, a)):
        if short.places is not None and short.places >= 2 and is_rounded(exact.value, short):  # noqa: PLR2004 - as said above
            return None
    return False


def is_rounded(exact: Fraction, short: Number) -> bool:
    """Whether a number with a point is another one, rounded or cut to its places."""
    step = Fraction(1, 10 ** (short.places or 0))
    return abs(exact - short.value) < step and (
        abs(exact - short.value) * 2 <= step or abs(exact) > abs(short.value)
    )
