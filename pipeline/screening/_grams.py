"""Texts cut into tokens, a whole batch at once: each a 64-bit hash and a place, never an object of Python's.

Two ways to cut. `words`: runs of letters and digits. `symbols`: the same, and every other sign as a token of its own,
for programs and formulas, where the signs carry the meaning. In both, case does not count, nor how much space stands
between; characters of scripts that put no space between words (Chinese, Japanese, Thai, …) are tokens of their own.
"""

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.screening._hashing import polynomials

Kind: TypeAlias = Literal["words", "symbols"]
Hashes: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

VERSION = 1
"""Higher once a text is cut or hashed otherwise: hashes of another version are of no use."""

_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PATTERNS: dict[Kind, re.Pattern[str]] = {
    "words": re.compile(rf"[{_ALONE}]|[^\W_{_ALONE}]+"),
    "symbols": re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|[^\w\s]"),
}
"""What a token is. Texts in ASCII are cut by the table below, to the same tokens."""

_SPACE, _WORD, _SIGN = 0, 1, 2
_STEP = 0xD6E8FEB86659FD93
_LETTERS = (string.ascii_lowercase + string.digits).encode()
_BLANK, _BEYOND = 0x20, 0x80
"""A space, and the first byte that is none of ASCII's but part of another character."""


def _table(kind: Kind) -> bytes:
    """What stands in for each byte: letters small, anything between tokens a space."""
    table = bytearray(b" " * 256)
    for byte in range(256):
        character = bytes([byte]).lower()
        signs = kind == "symbols" and chr(byte) in string.punctuation
        if byte >= _BEYOND or character in _LETTERS or signs:
            table[byte] = character[0]
    return bytes(table)


_TABLES: dict[Kind, bytes] = {"words": _table("words"), "symbols": _table("symbols")}
_CLASSES = np.array(
    [_SPACE if b == _BLANK else _WORD if b >= _BEYOND or b in _LETTERS + b"_" else _SIGN for b in range(256)],
    dtype=np.uint8,
)
_LETTER: Flags = (_CLASSES == _WORD) & ~np.isin(np.arange(256), list(b"0123456789"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a batch of texts, in their order."""

    hashes: Hashes
    texts: Places
    """In which text of the batch each stands."""
    starts: Places
    ends: Places
    """Where it stands, in bytes of `blob`."""
    blob: bytes

    @property
    def named(self) -> Flags:
        """Which of them begin with a letter: not numbers, nor signs."""
        found: Flags = _LETTER[np.frombuffer(self.blob, dtype=np.uint8)[self.starts]]
        return found

    def __len__(self) -> int:
        return len(self.hashes)

    def passage(self, text: str, kind: Kind, first: int, last: int) -> str:
        """What stands in a text, one of the batch, from one token to another; as it was compared if need be."""
        mine = (
            np.searchsorted(self.texts, self.texts[first]),
            np.searchsorted(self.texts, self.texts[first] + 1),
        )
        spans = [found.span() for found in PATTERNS[kind].finditer(text)]
        if len(spans) == mine[1] - mine[0]:
            return text[spans[first - mine[0]][0] : spans[last - mine[0]][1]]
        return self.blob[int(self.starts[first]) : int(self.ends[last])].decode("utf-8", "replace")


def cut(texts: Sequence[str], kind: Kind) -> Tokens:
    """The tokens of texts."""
    plain = [_encoded(text, kind) for text in texts]
    blob = b" ".join(plain).translate(_TABLES[kind])
    data = np.frombuffer(blob, dtype=np.uint8)
    starts, ends = _bounds(data)
    begins = np.cumsum([0, *(len(one) + 1 for one in plain)])[: len(plain)]
    owners = np.searchsorted(begins, starts, side="right") - 1
    return Tokens(mixed(polynomials(data, starts, ends)), owners, starts, ends, blob)


def _encoded(text: str, kind: Kind) -> bytes:
    if text.isascii():
        return text.encode("ascii")
    spelled = unicodedata.normalize("NFKC", text).lower()
    return " ".join(PATTERNS[kind].findall(spelled)).encode("utf-8", "surrogatepass")


def _bounds(data: npt.NDArray[np.uint8]) -> tuple[Places, Places]:
    """Where tokens begin and end: a word at the edge of a run, a sign always."""
    classes = _CLASSES[data]
    word, sign = classes == _WORD, classes == _SIGN
    first, last = word.copy(), word.copy()
    first[1:] &= ~word[:-1]
    last[:-1] &= ~word[1:]
    return np.flatnonzero(first | sign), np.flatnonzero(last | sign) + 1


def mixed(hashes: Hashes) -> Hashes:
    """Each bit made to depend on all (splitmix64's last steps); changes the array given."""
    hashes ^= hashes >> np.uint64(30)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes


def grams(tokens: Tokens, length: int) -> tuple[Hashes, Places]:
    """The hash of every run of `length` tokens within one text, and the token each begins with."""
    count = len(tokens) - length + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    total = tokens.hashes[:count].copy()
    for step in range(1, length):
        total *= np.uint64(_STEP)
        total += tokens.hashes[step : step + count]
    within = np.flatnonzero(tokens.texts[:count] == tokens.texts[length - 1 :])
    return mixed(total[within]), within


def wholes(tokens: Tokens, count: int) -> Hashes:
    """The hash of all tokens of each of `count` texts together; 0 for a text that has none."""
    found = np.zeros(count, dtype=np.uint64)
    if not len(tokens):
        return found
    first = np.flatnonzero(np.diff(tokens.texts, prepend=-1))
    lengths = np.diff(first, append=len(tokens))
    turns = np.arange(len(tokens)) - np.repeat(first, lengths)
    weighed = mixed(tokens.hashes + turns.astype(np.uint64) * np.uint64(_STEP))
    found[tokens.texts[first]] = np.add.reduceat(weighed, first)
    return mixed(found)
