"""The words of many texts as numbers, without an object for each word."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]

END = b" \0 "
"""Stands behind each text; no byte of a text may be 0."""
_BASE = 0x9E3779B97F4A7C15
_SPREAD = np.uint64(0xFF51AFD7ED558CCD)
_FIGURES = 10
_WINDOW, _LONGEST = 2**15, 2**14
"""Bytes read at a time, few enough to stay near the processor, and those of a word that count."""


def hashed(texts: Sequence[bytes]) -> tuple[Numbers, Counts]:
    """A number for each word of all texts, one after the other, and how many words each text has.

    What stands between spaces is a word; its number is the same everywhere, and odd where it holds a figure.
    """
    blob = np.frombuffer(END.join((*texts, b"")), np.uint8)
    words = blob > ord(" ")
    edges = np.flatnonzero(np.diff(words, prepend=np.False_))
    starts, ends = edges[::2], edges[1::2]
    figures = np.flatnonzero(blob - ord("0") < _FIGURES)
    found = polynomials(blob, starts, ends)
    found += (ends - starts).astype(np.uint64) * _SPREAD
    found ^= found >> np.uint64(31)
    found *= _SPREAD
    found ^= found >> np.uint64(29)
    found &= ~np.uint64(1)
    found[np.searchsorted(starts, figures, side="right") - 1] |= np.uint64(1)
    upto = np.searchsorted(starts, np.flatnonzero(blob == 0))
    return found, np.diff(upto, prepend=0)


def polynomials(blob: npt.NDArray[np.uint8], starts: Counts, ends: Counts) -> Numbers:
    """A number for each word, from where it starts to where it ends: the same wherever it stands."""
    return np.concatenate([np.zeros(0, np.uint64), *_polynomials(blob, starts, ends)])


def _polynomials(blob: npt.NDArray[np.uint8], starts: Counts, ends: Counts) -> Iterator[Numbers]:
    """Each word's bytes as the coefficients of a polynomial, modulo 2**64, window after window."""
    powers, inverses = _powers()
    ends = np.minimum(ends, starts + _LONGEST)
    first = 0
    while first < len(starts):
        begin = int(starts[first])
        last = int(np.searchsorted(starts, begin + _WINDOW))
        here, until = slice(first, last), int(ends[last - 1])
        sums = np.zeros(until - begin + 1, np.uint64)
        np.multiply(blob[begin:until], powers[: until - begin], out=sums[1:])
        np.cumsum(sums, out=sums)
        yield (sums[ends[here] - begin] - sums[starts[here] - begin]) * inverses[starts[here] - begin]
        first = last


@cache
def _powers() -> tuple[Numbers, Numbers]:
    """Of the base and of its inverse."""
    bases = (_BASE, pow(_BASE, -1, 2**64))
    filled = (np.full(_WINDOW + _LONGEST, base, np.uint64) for base in bases)
    powers, inverses = (np.concatenate([np.ones(1, np.uint64), np.cumprod(one)]) for one in filled)
    return powers, inverses
