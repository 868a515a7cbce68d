"""Telephone numbers: where digits stand as one is written, and what phonenumbers knows of such a number.

Digits alone are no telephone number: a sum, a date and the 34th power of 2 have as many. So each way to write one has
its own bar: a plus, a country's way to group digits, a number that is given out, or a word such as "call" before it.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from pipeline.screening._checksums import digits
from pipeline.screening._forms import Span

Holds: TypeAlias = Callable[[str], bool]

REGIONS = (
    "US",
    "GB",
    "CN",
    "IN",
    "DE",
    "FR",
    "JP",
    "KR",
    "BR",
    "ES",
    "IT",
    "RU",
    "AU",
    "MX",
    "TW",
    "HK",
    "NL",
    "CH",
    "SE",
)
"""Whose national numbers are known; with a plus all countries' are."""

_GAP = r"[ .()/\u00a0\u2010-\u2013-]"
_BEFORE, _BEHIND = r"(?<![\w.,+/=*$€£<^%-])(?<![\d)\]=+*/] )(?<!\d:)", r"(?![\w%-]|[.,]\d| ?[=+*/^])"
RUN = re.compile(rf"[+\uff0b]?\(?\d(?:{_GAP}{{0,3}}\d){{6,}}", re.ASCII)
"""What is looked at: digits enough, and no more between them than a telephone number has."""
_WITH_PLUS = re.compile(
    rf"(?<![\w)\]=*/^.,+-])(?<![\d)\]=*/] )[+\uff0b]\(?\d(?:{_GAP}{{0,3}}\d){{6,16}}(?!\d)", re.ASCII
)
_WITH_00 = re.compile(rf"{_BEFORE}00[1-9](?:{_GAP}{{0,3}}\d){{8,14}}(?!\d)", re.ASCII)
_WITH_0 = re.compile(rf"{_BEFORE}\(?0\d(?:{_GAP}{{0,2}}\d){{7,11}}(?!\d)", re.ASCII)
_EXTENSION = re.compile(r",? ?(?:x|ext\.?|extension|app\.?) ?\d{1,6}(?!\w)", re.ASCII)
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.,+/=*$€£<^%(-])(?:1[ .-])?(?:\([2-9]\d\d\)[ -]?|[2-9]\d\d([-.]))\d{3}[-. ]\d{4}"
    rf"(?={_EXTENSION.pattern}|{_BEHIND})",
    re.ASCII,
)
_RUSSIAN = re.compile(rf"(?<![\w+=*/-])8 ?\(\d{{3}}\) ?\d{{3}}-\d\d-?\d\d{_BEHIND}", re.ASCII)
_IN_BRACKETS = re.compile(
    rf"(?<![\w+=*/-])(?:8 ?)?\((?!(?:19|20)\d\d\))\d{{2,5}}\) ?\d{{2,5}}(?:[ -]\d{{2,5}}){{1,3}}{_BEHIND}",
    re.ASCII,
)
_MOBILE = re.compile(
    rf"{_BEFORE}(?:1[3-9]\d([ -])\d{{4}}\1\d{{4}}|[6-9]\d{{4}}-\d{{5}}|\d\d 9?\d{{4}}-\d{{4}}){_BEHIND}",
    re.ASCII,
)
_CHINESE_MOBILE = re.compile(r"(?<![\w.,+=*/$<^-])1[3-9]\d{9}(?!\d|[.,]\d)", re.ASCII)
_PLAIN = re.compile(rf"(?<![\w.,$€£])\(?\d(?:{_GAP}{{0,2}}\d){{6,14}}(?![\d%]|[.,]\d| ?[=*/^])", re.ASCII)
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_CALLED = re.compile(
    r"(?i)(?:(?<![a-z])(?:(?:tele)?(?:phone|fon|fono|foon)|t[ée]l|t[ée]l[ée]phone|telefon[eo]?|handy|mobile?|"
    r"m[óo]vil|celular|cellulare|cell|fax|whats ?app|viber|wechat|signal|sms|call(?:ed|ing)?|ring|dial|hotline|contact|"
    r"reach|text|portable|(?:my|her|his|your|our|their) (?:\w+ )?number)(?![a-z])|"
    r"телефон\w*|тел\b|моб\w*|звон\w+|電話|电话|手机|手機|致电|致電|联系|聯絡|携帯|微信|号码|전화|휴대폰|연락처|फ़ोन|फोन|मोबाइल|هاتف|جوال|טלפון)[^\d\n+]{0,30}$"
)
_LOOK_BACK, _LOOK_ON = 50, 20
_LOCAL = re.compile(r"[2-9]\d\d[- ]\d{4}")
_DATE = re.compile(r"\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d\d|(?:19|20)\d\d[./ -]\d{1,2}[./ -]\d{1,2}")
_FEWEST, _FEW_DIFFERENT, _WHOLE = 7, 4, 9
_NANP, _MOBILES = 10, 11
_COUNTED = "0123456789012345678909876543210"


def phones(text: str, start: int, end: int) -> Iterator[Span]:
    """Where telephone numbers stand in a stretch of a text; spans may overlap, the surest come first."""
    for run in RUN.finditer(text, start, end):
        for pattern, holds in _ways(text, run.start()):
            for match in pattern.finditer(text, run.start(), run.end() + _LOOK_ON):
                if match.start() < run.end():  # what begins behind it may be cut off
                    yield from _trimmed(text, match.span(), holds)


def _ways(text: str, start: int) -> Iterator[tuple[re.Pattern[str], Holds]]:
    """How a number that begins there may be written, and what then must be true of it."""
    yield from _WAYS
    if _CJK.search(text):
        yield _CHINESE_MOBILE, _mobile
    if _CALLED.search(text[max(0, start - _LOOK_BACK) : start]):
        yield _PLAIN, _said_to_be


def _trimmed(text: str, span: Span, holds: Holds) -> Iterator[Span]:
    """What fits, without the numbers behind it that a gap alone sets apart."""
    start, end = span
    while len(digits(text[start:end])) >= _FEWEST:
        if holds(text[start:end]):
            extension = _EXTENSION.match(text, end)
            yield start, extension.end() if extension else end
            return
        end = start + _shorter(text[start:end])


def _shorter(value: str) -> int:
    """How long a number is without its last group."""
    groups = list(re.finditer(rf"{_GAP}+", value))
    return groups[-1].start() if groups else 0


def _possible(number: str) -> bool:
    """Whether a number with its country has that country's length."""
    import phonenumbers

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number.replace("\uff0b", "+"), None))
    except phonenumbers.NumberParseException:
        return False


def _valid(number: str) -> bool:
    """Whether some country gives out that number."""
    import phonenumbers

    for region in REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _national(number: str) -> bool:
    """Whether it is a valid number that begins with a nought, and neither a date nor a pattern of few digits."""
    return (
        len(digits(number)) >= _WHOLE
        and len(set(digits(number))) >= _FEW_DIFFERENT
        and number not in _COUNTED
        and not _DATE.match(number)
        and _valid(number)
    )


def _said_to_be(number: str) -> bool:
    """Whether a number that is called one may be one."""
    if number.startswith("+"):
        return _possible(number)
    count = len(digits(number))
    if _LOCAL.fullmatch(number) or (count in (_NANP, _MOBILES) and not _round(number)):
        return not _DATE.match(number)
    apart = not number.isdecimal()
    return (apart or count >= _WHOLE) and not _round(number) and not _DATE.match(number) and _valid(number)


def _mobile(number: str) -> bool:
    """Whether digits of a mobile number's length are one."""
    return not _round(number) and number not in _COUNTED and _valid(number)


def _round(number: str) -> bool:
    """Whether its digits are rather those of a sum than of a number somebody has."""
    return digits(number).endswith("0000") or len(set(digits(number))) < _FEW_DIFFERENT


_WAYS: tuple[tuple[re.Pattern[str], Holds], ...] = (
    (_WITH_PLUS, _possible),
    (_NORTH_AMERICAN, lambda _: True),
    (_RUSSIAN, lambda _: True),
    (_WITH_00, lambda number: _possible("+" + number[2:])),
    (_WITH_0, _national),
    (_IN_BRACKETS, _valid),
    (_MOBILE, _mobile),
)
