"""Units of measure as answers name them: what they measure, and how much of it; other words are what is counted."""

import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

_TABLE = """
length: 1/1000 mm millimeter millimetre | 1/100 cm centimeter centimetre | 1/10 dm decimeter | 1 m meter metre
length: 1000 km kilometer kilometre | 127/5000 in inch inche | 381/1250 ft foot feet | 1143/1250 yd yard
length: 201168/125 mi mile
length: 1/100 厘米 | 1 米 | 1000 千米 公里
mass: 1 克 | 1000 千克 公斤
time: 1 秒 | 60 分钟 | 3600 小时 | 86400 天
yuan: 1 元
mass: 1/1000 mg milligram | 1 g gram | 1000 kg kilogram kilo | 1000000 ton tonne | 45359237/100000 lb pound
mass: 45359237/1600000 oz ounce
time: 1/1000 ms millisecond | 1 s sec second | 60 min minute | 3600 h hr hour | 86400 day | 604800 week
time: 31536000 year yr
length^3: 1/1000000 ml milliliter millilitre | 1/1000 l liter litre | 473176473/125000000000 gallon gal
length^3: 473176473/500000000000 quart qt | 473176473/1000000000000 pint | 473176473/2000000000000 cup
length^2: 10000 hectare ha
angle: 1 deg degree
money: 1 usd dollar buck | 1/100 cent penny pennie
euro: 1 euro eur
gbp: 1 gbp
yen: 1 yen jpy
rupee: 1 rupee rs inr
yuan: 1 yuan rmb
month: 1 month
celsius: 1 celsius celsiu
fahrenheit: 1 fahrenheit
energy: 1 j joule | 1000 kj
force: 1 n newton
power: 1 w watt | 1000 kw kilowatt
voltage: 1 v volt
"""
_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12,
    "lakh": 10**5, "crore": 10**7, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8,
}  # fmt: skip
BUNCHES = frozenset(
    ("pair", "couple", "score", "gross", "set", "pack", "box", "group", "half", "quarter", "third")
)
"""What is counted in these may be counted one by one too."""
_FILLER = frozenset(("a", "an", "the", "of", "each", "total", "in", "all", "altogether", "old", "long", "away", "left",
                     "more", "only", "exactly", "about", "approximately", "ways", "way", "unit"))  # fmt: skip
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "squared": 2, "cubed": 3}
_NO_THINGS = frozenset(
    "and or to than plus minus times half quarter third fourth fifth less not if when where for because so but is are "  # noqa: SIM905 - a list to read
    "was be equals equal or greater remainder per over am pm january february march april may june july august "
    "september october november december".split()
)
"""Words that say more than what is counted: with them, a number is not all that is said."""
_MOST_WORDS = 5


@dataclass(frozen=True)
class Unit:
    """What a number counts: a measure with its factor, or things by their name."""

    measures: tuple[tuple[str, int], ...] = ()
    """Each dimension with its power, in order."""
    factor: Fraction = Fraction(1)
    things: str = ""
    """The words that are no unit; empty where there are none."""


NONE = Unit()


@cache
def _table() -> dict[str, tuple[str, Fraction, int]]:
    found: dict[str, tuple[str, Fraction, int]] = {}
    for line in _TABLE.strip().splitlines():
        measure, _, units = line.partition(": ")
        dimension, _, power = measure.partition("^")
        for entry in units.split(" | "):
            factor, *names = entry.split()
            found |= {name: (dimension, Fraction(factor), int(power or 1)) for name in names}
    return found


def measured(measures: tuple[tuple[str, int], ...]) -> frozenset[Fraction]:
    """The factors of all units that measure one thing, such as lengths; empty of what takes several."""
    if len(measures) != 1:
        return frozenset()
    [(measure, power)] = measures
    known = [(factor, own) for name, factor, own in _table().values() if name == measure]
    return frozenset(factor ** (power // own) for factor, own in known if own in (1, power))


def scale(text: str) -> tuple[int, str]:
    """How many times a number counts by the words behind it (`million`, `dozen`), and the words after these."""
    times = 1
    while text[:1] in ("百", "千", "万", "亿") and text[:2] not in ("千米", "千克"):
        times, text = times * _SCALES[text[0]], text[1:]
    words = text.split()
    while words and (by := _SCALES.get(words[0].lower().rstrip("s"), 0)):
        times *= by
        words = words[1:]
    return times, " ".join(words)


def unit(text: str) -> Unit | None:
    """The unit that some words behind a number are; None where they are none, such as a sentence."""
    over = re.split(r"\s*/\s*|\s+(?:per|an?|each|every)\s+|^(?:per|each|every)\s+", text.strip())
    found: Counter[str] = Counter()
    factor, things = Fraction(1), list[str]()
    for at, part in enumerate(over):
        one = _product(part)
        if one is None:
            return None
        for dimension, power in one.measures:
            found[dimension] += power if at == 0 else -power
        factor = factor * one.factor if at == 0 else factor / one.factor
        things += [one.things] if one.things and at == 0 else []  # 5 apples a day are apples
    if len(" ".join(things).split()) > _MOST_WORDS:
        return None
    measures = tuple(sorted((dimension, power) for dimension, power in found.items() if power))
    return Unit(measures, factor, " ".join(things))


def _product(text: str) -> Unit | None:
    measures: Counter[str] = Counter()
    factor, things, power = Fraction(1), list[str](), 1
    for word in re.findall(r"\\usd|[^\W\d_]['\w]*\.?(?:\^\{-?\d\})?|\S", text.replace(r"\cdot", " ")):
        name, _, raised = word.partition("^")
        name = _singular(name.lower().rstrip(".").removeprefix("\\"))
        if not re.fullmatch(r"[^\W\d_][^\W\d_']*", name) or name in _NO_THINGS:
            return None
        if name in _POWERS:
            power = _POWERS[name]
            if name.endswith("d") and measures:  # behind its unit
                last = next(reversed(measures))
                factor *= factor ** (power - 1)
                measures[last] *= power
                power = 1
            continue
        known = _table().get(name)
        if known is None:
            if raised or (len(name) == 1 and name.isascii() and name not in _FILLER):
                return None  # a variable
            things += [] if name in _FILLER else [name]
            continue
        times = int(raised.strip("{}")) if raised else power
        measures[known[0]] += times * known[2]
        factor *= known[1] ** times
        power = 1
    return Unit(tuple(sorted(measures.items())), factor, " ".join(things))


def _singular(word: str) -> str:
    for plural, one in (("feet", "foot"), ("children", "child"), ("people", "person"), ("ies", "y")):
        if word.endswith(plural) and len(word) > len(plural) - (plural != "ies"):
            return word.removesuffix(plural) + one
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word  # noqa: PLR2004 - `ms`
