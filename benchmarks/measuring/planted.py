"""Texts in which it is known what a gate has to find: copies, near copies, leaks, renamed programs, addresses and keys.

All of it is made up, or made of texts that are handed in; the same seed makes the same.
"""

import ast
import builtins
import io
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["clean", "again", "copy", "near copy", "leak", "address", "key", "malformed"]
"""What a planted row is. `again` is the very same row, `copy` the same words in another style."""

SYLLABLES: Final = tuple(
    start + vowel + end
    for start in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "st", "tr")
    for vowel in "aeiou"
    for end in ("", "n", "r", "l")
)
WORDS: Final = 20_000
"""Different words in made-up texts; how often each occurs follows Zipf's law."""
SHORT: Final = (34, 46)
"""Words of a short text: 270 bytes or so."""
REWORDED: Final = 0.025
"""The share of words that a near copy changes: two or three in a hundred."""
SHINGLE: Final = 5
"""Words in a row of which Jaccard similarity is counted here."""
ALIKE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Planted:
    """One row, what it is, and the row that it repeats."""

    text: str
    kind: Kind = "clean"
    of: int | None = None
    """The place of the row whose copy it is."""


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of what is planted among clean rows: 0..1 of all rows."""

    again: float = 0.02
    copies: float = 0.03
    near_copies: float = 0.10
    leaks: float = 0.002
    addresses: float = 0.003
    keys: float = 0.001
    malformed: float = 0.001


USUAL: Final = Shares()


class Writer:
    """Writes short texts of made-up words, no two alike."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)  # noqa: S311 - made-up text, no secret
        self._words = _vocabulary(Random(7))  # noqa: S311 - likewise; the same words for every seed
        self._often = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))

    def text(self, words: int | None = None) -> str:
        """One text of so many words, of a few sentences."""
        number = words or self.dice.randint(*SHORT)
        chosen = self.dice.choices(self._words, cum_weights=self._often, k=number)
        for place in range(9, number, 13):
            chosen[place] += "."
        return " ".join(chosen)

    def reworded(self, text: str, share: float = REWORDED) -> str:
        """The text with a share of its words changed, at least one: alike by ALIKE or more for usual texts."""
        words = text.split(" ")
        for place in self.dice.sample(range(len(words)), max(1, round(share * len(words)))):
            other = self.dice.choice(self._words)
            words[place] = other if other != words[place] else f"{other}s"
        return " ".join(words)

    def restyled(self, text: str) -> str:
        """The same words: other capitals, spaces and stops, as copies get on their way through other hands."""
        words = [word.upper() if self.dice.random() < 0.1 else word for word in text.split()]
        return " " + self.dice.choice(("  ", " ", "\n")).join(words) + self.dice.choice(("", " ", "\n"))

    def around(self, passage: str) -> str:
        """The passage in the middle of something else."""
        return f"{self.text(12)}. {passage} {self.text(12)}"

    def address(self) -> str:
        """A mail address that nobody has."""
        first, last, place = self.dice.sample(self._words, 3)
        return f"{first}.{last}@{place}mail.com"

    def key(self) -> str:
        """What looks like somebody's key, put together here so that it stands in no file."""
        letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        return "hf" + "_" + "".join(self.dice.choices(letters, k=34))


def corpus(count: int, seed: int, benchmark: Sequence[str], shares: Shares = USUAL) -> Iterator[Planted]:
    """So many rows, in which copies repeat clean rows that came before, and leaks hold a passage of the benchmark.

    A malformed row's text is to be put into no record. A row is copied once at the most.
    """
    writer, dice = Writer(seed), Random(seed + 1)  # noqa: S311 - made-up text
    ladder = _ladder(shares)
    spare: list[tuple[int, str]] = []
    for place in range(count):
        drawn = dice.random()
        kind: Kind = next((kind for kind, until in ladder if drawn < until), "clean")
        if kind in REPEATS and spare:
            at = dice.randrange(len(spare))
            spare[at], spare[-1] = spare[-1], spare[at]
            of, text = spare.pop()
            yield Planted(REPEATS[kind](writer, text), kind, of)
            continue
        made = _made(writer, kind, benchmark)
        if made.kind == "clean" and len(spare) < MOST_SPARE:
            spare.append((place, made.text))
        yield made


REPEATS: Final[Mapping[Kind, Callable[[Writer, str], str]]] = {
    "again": lambda _, text: text,
    "copy": Writer.restyled,
    "near copy": Writer.reworded,
}
MOST_SPARE: Final = 200_000
"""Clean rows that are kept to be copied: far more than copies are drawn from at any time."""


def _made(writer: Writer, kind: Kind, benchmark: Sequence[str]) -> Planted:
    if kind == "leak" and benchmark:
        return Planted(writer.around(writer.dice.choice(benchmark)), "leak")
    if kind == "address":
        return Planted(f"{writer.text()} {writer.address()} {writer.text(8)}", "address")
    if kind == "key":
        return Planted(f"{writer.text()} {writer.key()} {writer.text(8)}", "key")
    return Planted(writer.text(), "malformed" if kind == "malformed" else "clean")


def _ladder(shares: Shares) -> tuple[tuple[Kind, float], ...]:
    kinds: tuple[Kind, ...] = ("again", "copy", "near copy", "leak", "address", "key", "malformed")
    each = (
        shares.again,
        shares.copies,
        shares.near_copies,
        shares.leaks,
        shares.addresses,
        shares.keys,
        shares.malformed,
    )
    return tuple(zip(kinds, accumulate(each), strict=True))


def _vocabulary(dice: Random) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found["".join(dice.choices(SYLLABLES, k=dice.choice((1, 2, 2, 3, 3))))] = None
    return list(found)


def jaccard(one: str, other: str) -> float:
    """How alike two texts are by their words in a row, SHINGLE at a time: by the definition, not by any gate's code."""
    a, b = _shingles(one), _shingles(other)
    return len(a & b) / len(a | b) if a | b else 1.0


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(
        tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)) if words
    )


def renamed(code: str, seed: int) -> str:
    """A Python program in which every name that it makes for itself is another one; it does the same."""
    dice, names = Random(seed), _own_names(code)  # noqa: S311 - made-up names
    new = {
        name: f"{dice.choice(SYLLABLES)}_{dice.choice(SYLLABLES)}{at}"
        for at, name in enumerate(sorted(names))
    }
    lines = code.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(code).readline))):
        if token.type == tokenize.NAME and token.string in new:
            row, start, end = token.start[0] - 1, token.start[1], token.end[1]
            lines[row] = lines[row][:start] + new[token.string] + lines[row][end:]
    return "".join(lines)


def _own_names(code: str) -> set[str]:
    """Names that the program binds: what it defines, takes and assigns; none that stands in an f-string."""
    nodes = list(ast.walk(ast.parse(code)))
    bound = {name for node in nodes for name in _bound(node)}
    return bound - {name for node in nodes for name in _others(node)} - set(dir(builtins))


def _bound(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    return [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []


def _others(node: ast.AST) -> list[str]:
    """Names that are somebody else's, and those that are read as part of a text."""
    if isinstance(node, ast.alias):
        return (node.asname or node.name).split(".")
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.keyword):
        return [node.arg or ""]
    if isinstance(node, ast.JoinedStr):
        return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
    return []
