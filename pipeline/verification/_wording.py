"""Answers in words: the same however they are put, or others of a kind where only one can be right."""

import re

_KINDS = tuple(
    frozenset(kind.split())
    for kind in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "january february march april may june july august september october november december",
        "yes no",
        "true false",
        "even odd neither",
        "a b c d e f g h i j",
        "spring summer autumn fall winter",
        "increasing decreasing",
        "convergent divergent",
        "converges diverges",
        "positive negative zero",
        "rational irrational",
        "left right",
        "east west north south",
        "red green blue yellow black white orange purple",
        "ellipse parabola hyperbola circle line",
    )
)
_MONTHS = _KINDS[1]
_IN_ORDER = {
    month: at
    for at, month in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)  # noqa: SIM905 - a list to read
}
_NOON = 12 * 60 + 59
"""Until then a time without its half of the day may be of either."""
NO_NUMBER = frozenset(("dne", "undefined", "none", "yes", "no", "true", "false", "impossible"))
_FILLER = frozenset(("a", "an", "the", "is", "it", "option", "choice", "answer", "of", "on", "in", "and"))
_LIKE = {"yes": "true", "no": "false", "autumn": "fall", "converge": "converges", "diverge": "diverges",
         "convergent": "converges", "divergent": "diverges"}  # fmt: skip
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.]\s*(\d{2}))?\s*([ap])m|(\d{1,2}):(\d{2})(?:\s*h)?")
_HOURS = {"noon": 12 * 60, "midday": 12 * 60, "midnight": 0}
_DATE = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<Day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<Month>[a-z]+)\.?,? (?P<Year>\d{4})"
    r"|(?P<MONTH>[a-z]+)\.? (?P<DAY>\d{1,2})(?:st|nd|rd|th)?,? (?P<YEAR>\d{4})",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"^\(?([A-Ja-j])(?:\)|[.:](?=\s|$)|$)\s*(.*)$", re.DOTALL)


def same_words(reference: str, answer: str) -> bool | None:
    """Whether two texts say one thing; None where people would have to say."""
    a, b = choice(reference), choice(answer)
    if a and b and (a.isupper() or b.isupper() or a.lower() == b.lower()):
        return a.lower() == b.lower()
    one, other = _words(reference), _words(answer)
    if one and (one == other or (sorted(one) == sorted(other) and any(word in _MONTHS for word in one))):
        return True
    if len(one) == len(other) == 1:
        return _of_a_kind(one[0], other[0])
    return False if _is_time(one) and _is_time(other) and len(one) == len(other) else None


def same_time(a: str, b: str) -> bool | None:
    """Whether two times of the day are one; None where they are none, or one lacks its half of the day."""
    one, other = _minutes(a), _minutes(b)
    if one is None or other is None or not (one[1] or other[1]):
        return None  # 3:4 is a ratio too
    if one[1] and other[1]:
        return one[0] == other[0]
    plain = other[0] if one[1] else one[0]
    if one[0] == other[0]:
        return True
    return None if plain <= _NOON else False


def same_date(a: str, b: str) -> bool | None:
    """Whether two days of a year are one, such as 2024-03-05 and March 5, 2024; None where they are none."""
    one, other = _day(a), _day(b)
    return None if one is None or other is None else one == other


def _day(text: str) -> tuple[int, int, int] | None:
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    said = {name.lower(): value for name, value in found.groupdict().items() if value}
    month = said["month"].lower()
    number = int(month) if month.isdigit() else _IN_ORDER.get(month[:3], 0)
    return (int(said["year"]), number, int(said["day"])) if number else None


def _minutes(text: str) -> tuple[int, bool] | None:
    """Minutes since midnight, and whether it is said of which half of the day."""
    said = text.strip().lower()
    if said in _HOURS:
        return _HOURS[said], True
    found = _CLOCK.fullmatch(said)
    if not found:
        return None
    hour, minute = int(found[1] or found[4]), int(found[2] or found[5] or 0)
    if minute >= 60 or hour > (12 if found[3] else 23):  # noqa: PLR2004 - as clocks go
        return None
    if found[3]:
        hour = hour % 12 + 12 * (found[3] == "p")
    return hour * 60 + minute, found[3] is not None


def choice(text: str) -> str | None:
    """The letter of a multiple choice that a text names, as in `(B)`, `B`, `B) 12`, `Option B`."""
    text = re.sub(r"^(?:option|choice|answer)\s*:?\s*", "", text.strip(), flags=re.IGNORECASE)
    found = _CHOICE.match(text)
    if not found or (found[2] and not re.match(r"\(?[A-Ja-j](?:\)|[.:]\s)", text)):
        return None
    return found[1]


def is_bare(text: str) -> bool:
    """Whether a text is a letter alone, or in brackets: nothing but a choice."""
    return (
        re.fullmatch(r"(?:(?:option|choice)\s*)?\(?[A-J]\)?[.:)]?", text.strip(), re.IGNORECASE) is not None
    )


def _words(text: str) -> list[str]:
    plain = re.sub(r"\\[a-z]+", " ", text).casefold()
    plain = re.sub(r"(?<=\d)(?:st|nd|rd|th)(?![a-z])", "", plain)
    found = re.findall(r"\w+", plain.replace("'", ""))
    return [_LIKE.get(word, word) for word in found if word not in _FILLER] or found


def _is_time(words: list[str]) -> bool:
    """Whether words are a time of the day or a day of the year, and nothing else."""
    return len(words) > 1 and all(word.isdigit() or word in _MONTHS or word == "oclock" for word in words)


def _of_a_kind(a: str, b: str) -> bool | None:
    """False for two words of a list where only one can be right."""
    return False if any({a, b} <= {_LIKE.get(word, word) for word in kind} for kind in _KINDS) else None
