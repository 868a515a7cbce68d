"""Whether a string looks like a secret, or stands for one as an example does."""

import re
from collections import Counter
from math import log2

_A_NAME = re.compile(r"[A-Za-z_]+|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""So programs write where a value is to be found."""
_STANDS_FOR = re.compile(
    r"(?i)x{5}|\*{3}|\.{3}|…|<|>|[{}]|%\(|your|replace|placeholder|insert|change_?me|redacted|dummy_|env\b|getenv|"
    r"example_|sample_|_here|todo|none|null|undefined"
)
_A_FIGURE = re.compile(r"[\d.,:/%+-]+")
_FEW_DIFFERENT = 6
_BITS = 3.0
_CLASSES = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"\d"), re.compile(r"[^A-Za-z0-9\s]"))


def is_written_out(value: str) -> bool:
    """Whether a value in a provider's form is a key, not the row of x that stands for one."""
    return len(set(value)) > _FEW_DIFFERENT and not re.search(r"(?i)x{6}|your|\*{3}|placeholder|<", value)


def looks_random(value: str) -> bool:
    """Whether it is as mixed as what a machine draws: letters and digits, at least three bits a sign."""
    if _STANDS_FOR.search(value) or _A_NAME.fullmatch(value):
        return False
    return bool(re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) and _bits(value) >= _BITS


def looks_drawn(value: str) -> bool:
    """As random, and no words joined by hyphens: all letters and digits, or capitals and small letters among them."""
    mixed = value.isalnum() or (value.lower() != value and value.upper() != value)
    return mixed and looks_random(value)


def may_open(value: str) -> bool:
    """Whether it may be a password that somebody chose: with a digit, or signs of three kinds."""
    if _STANDS_FOR.search(value) or _A_NAME.fullmatch(value) or _A_FIGURE.fullmatch(value):
        return False
    small, capital, digit, other = (bool(kind.search(value)) for kind in _CLASSES)
    return (digit and (small or capital or other)) or (small and capital and other)


def mixes_kinds(value: str) -> bool:
    """Whether it may open something, and no word is written so: three kinds of signs, the end of a sentence apart."""
    kinds = sum(bool(kind.search(value.rstrip(".,!?"))) for kind in _CLASSES)
    return may_open(value) and kinds > 2  # noqa: PLR2004 - three of four


def _bits(value: str) -> float:
    """The entropy of its signs."""
    counts, total = Counter(value).values(), len(value)
    return -sum(count / total * log2(count / total) for count in counts)
