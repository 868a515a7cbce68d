"""Texts that people wrote, side by side: which blanks mean something, and how far two are apart."""

import re
from collections import defaultdict
from collections.abc import Sequence

LEAST = 0.01
"""How far texts are apart that are not the same."""
_WORD = re.compile(r"[A-Za-z0-9]+|\n|\S")


def kept(text: str) -> str:
    """The text without the blank lines around it; what its lines begin with may mean something."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    return re.sub(r"\A(?:[^\S\n]*\n)+", "", lines)


def same(a: str, b: str) -> bool:
    """Whether two texts differ in nothing but blanks that mean nothing."""
    return _lines(a) == _lines(b)


def apart(a: str, b: str) -> float:
    """How far two texts are apart: 0.0 the same but for blanks, 1.0 without a word in common; symmetric."""
    if same(a, b):
        return 0.0
    one, other = _WORD.findall(a), _WORD.findall(b)
    both = len(one) + len(other)
    return max(LEAST, 1 - 2 * _common(one, other) / both) if both else LEAST


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a text without blanks that say nothing: those before a line of code say something."""
    lines = (line.rstrip() for line in kept(text).split("\n"))
    return tuple(line[: len(line) - len(line.lstrip())] + " ".join(line.split()) for line in lines)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words two texts share in the same order: Hyyrö's bit-parallel longest common subsequence.

    A bit stands for a word of `one`, and all of them are moved at once: two texts of 100 KB take a second or two.
    """
    places: defaultdict[str, int] = defaultdict(int)
    for at, word in enumerate(one):
        places[word] |= 1 << at
    whole = left = (1 << len(one)) - 1
    for word in other:
        found = left & places[word]
        left = ((left + found) | (left - found)) & whole
    return len(one) - left.bit_count()
