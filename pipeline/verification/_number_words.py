"""Numbers in words: `twenty-one`, `one hundred and five`, `two thirds`, `three and a half`."""

import re
from fractions import Fraction

_UNDER_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905 - a list to read
_GREAT = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
NAMED = {word: value for value, word in enumerate(_UNDER_TWENTY.split())} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
"""Each word that is a number below a hundred."""
_PARTS = {
    word: at
    for at, word in enumerate(
        "half third fourth fifth sixth seventh eighth ninth tenth".split(),  # noqa: SIM905 - a list to read
        start=2,
    )
} | {"quarter": 4, "halve": 2}
_PART = re.compile(rf"(?:(a|an|[a-z]+)[ -])?({'|'.join(_PARTS)})s?")
_HUNDRED = "hundred"


def in_words(text: str) -> tuple[Fraction, str] | None:
    """The number that a text begins with, and the words behind it; None where it begins with none."""
    text = text.strip().lower()
    if (part := _part(text)) is not None:
        return part, ""
    words = re.findall(r"[^\s-]+", text)
    taken = _taken(words)
    value = _whole(words[:taken])
    if value is None:
        return None
    rest = words[taken:]
    if rest[:1] == ["and"]:
        half = _part(" ".join(rest[1:]))
        return None if half is None else (value + half, "")
    return Fraction(value), _behind(text, taken)


def _part(text: str) -> Fraction | None:
    """`half`, `two thirds`, `a quarter`."""
    found = _PART.fullmatch(text)
    if not found:
        return None
    top = NAMED.get(found[1] or "one", 1 if found[1] in ("a", "an") else None)
    return None if top is None else Fraction(top, _PARTS[found[2]])


def _taken(words: list[str]) -> int:
    """How many words at the beginning are the number's own; an `and` among them only before another of them."""
    own = {*NAMED, _HUNDRED, *_GREAT}
    at = 0
    while at < len(words):
        is_joined = words[at] == "and" and 0 < at < len(words) - 1 and words[at + 1] in NAMED
        if words[at] not in own and not (is_joined and words[at - 1] in (_HUNDRED, *_GREAT)):
            break
        at += 1
    return at


def _whole(words: list[str]) -> int | None:
    """A number as its words say it; None where they say none, such as `seven five`."""
    total, below, last = 0, 0, 10**12
    for word in words:
        if word == "and":
            continue
        if word in _GREAT:
            if _GREAT[word] >= last:
                return None
            total, below, last = total + max(below, 1) * _GREAT[word], 0, _GREAT[word]
        elif word == _HUNDRED:
            if below >= 10:  # noqa: PLR2004 - twelve hundred is said, and is rare
                return None
            below = max(below, 1) * 100
        else:
            if below % 100 and not (below % 100 >= 20 and below % 10 == 0 and 0 < NAMED[word] < 10):  # noqa: PLR2004 - tens
                return None
            below += NAMED[word]
    return total + below if words else None


def _behind(text: str, words: int) -> str:
    """A text from behind so many words on."""
    found = re.match(rf"(?:[\s-]*[^\s-]+){{{words}}}", text)
    return text[found.end() :].strip() if found else ""
