"""Whether a text holds what a benchmark asks: a long passage of it, most of it, or all of a short one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.screening._benchmark_texts import ENDS, GRAM, MANY_SIGNS
from pipeline.screening._gram_index import Grams, index
from pipeline.screening._grams import Flags, Hashes, Places, Tokens, cut, grams, wholes
from pipeline.screening._stretches import Stretch

Rule: TypeAlias = Literal["a passage", "most", "all"]

PASSAGE, LONG_PASSAGE = 13, 40
"""Tokens in a row that are a passage of what is asked; programs and answers, full of stock phrases, take more."""
MOST, MORE = 0.5, 0.7
"""The share of what is asked that is most of it; of programs, of answers and of what is asked in few words, more."""
MANY = 17
"""Words that are enough in common, where they are half of what is asked."""
TELLING = 5
"""Grams of a passage that are the benchmark's own (not boilerplate) and say something (not numbers and signs alone)."""
NAMED = 3
"""Tokens of a gram that begin with a letter, for it to say something."""
MOST_SHOWN = 1_000
"""Characters of a passage that are evidence enough."""
_SHORT = 300
"""Characters beyond which a text is not the whole of a short question."""
_CHUNK = 2**18
"""Characters that are cut at a time: what they become stays in the processor's own memory."""


@dataclass(frozen=True, slots=True)
class Leak:
    """What a text has in common with a benchmark's."""

    unit: int
    """The row of the benchmark's text among the units."""
    rule: Rule
    tokens: int
    """How many are in common."""
    share: float
    """Of the benchmark's text, 0 to 1."""
    passage: str
    """The longest stretch in common, as it stands in the text."""


class Leaks:
    """Benchmarks, made ready to hold texts against. Can be pickled."""

    def __init__(self, units: pa.Table, shared: int) -> None:
        self.units = units.drop_columns(["grams"])
        self._indexes = [index(units, kind, shared) for kind in GRAM]
        self._sizes = units["tokens"].to_numpy().astype(np.int64)
        kinds, roles = (np.array(units[name].to_pylist(), dtype=np.str_) for name in ("kind", "role"))
        short = (kinds == "symbols") & (self._sizes < MANY_SIGNS)
        asked = (kinds == "words") & (roles == "prompt")
        self._passages = np.where(short, self._sizes, np.where(asked, PASSAGE, LONG_PASSAGE))
        most = np.maximum(MOST * self._sizes, np.minimum(MORE * self._sizes, MANY))
        self._most = np.where(short, self._sizes, np.where(asked, most, MORE * self._sizes))
        self._needs = _needs(self._most, kinds == "words")
        lists = units["grams"].combine_chunks()
        self._edges = lists.offsets.to_numpy().astype(np.int64)
        self._members = lists.values.to_numpy().astype(np.uint64)
        whole = np.flatnonzero(kinds == "whole").tolist()
        self._wholes = {int(self._members[self._edges[row]]): row for row in whole}

    def search(self, texts: Sequence[str]) -> list[Leak | None]:
        """What each text has in common with a benchmark's: of several finds the largest."""
        found: list[Leak | None] = []
        start = size = 0
        for number, text in enumerate(texts, 1):
            size += len(text)
            if size >= _CHUNK or number == len(texts):
                found += self._search(texts[start:number])
                start, size = number, 0
        return found

    def named(self, unit: int) -> dict[str, str]:
        """Where a benchmark's text stands: `file`, `item` and `field`."""
        row: dict[str, str] = self.units.slice(unit, 1).select(["file", "item", "field"]).to_pylist()[0]
        return row

    def _search(self, texts: Sequence[str]) -> list[Leak | None]:
        found: list[Leak | None] = [None] * len(texts)
        for known in self._indexes:
            for number, leak in self._among(known, texts) if len(known) else ():
                before = found[number]
                if before is None or leak.tokens > before.tokens:
                    found[number] = leak
        for number, leak in self._whole(texts) if self._wholes else ():
            found[number] = found[number] or leak
        return found

    def _among(self, known: Grams, texts: Sequence[str]) -> Iterator[tuple[int, Leak]]:
        """The leaks by grams of one kind."""
        size = GRAM[known.kind]
        tokens = cut(texts, known.kind)
        hashes, places = grams(tokens, size)
        hits, which = known.known(hashes)
        says = _says_something(tokens, places[hits], size)
        hits, which = hits[says], which[says]
        pairs, units = known.owned(which)
        telling = hits[pairs]
        owners = tokens.texts[places]
        for number, unit, own in self._likely(owners[telling], units, telling):
            begin, end = np.searchsorted(owners, [number, number + 1])
            stretch = Stretch.of(hashes[begin:end], self._of(unit), own - begin, size)
            rule = self._rule(unit, stretch)
            if rule is not None:
                share = min(1.0, stretch.covered / int(self._sizes[unit]))
                first, last = places[begin + stretch.first], places[begin + stretch.last] + size - 1
                passage = tokens.passage(texts[number], known.kind, int(first), int(last))
                yield number, Leak(unit, rule, stretch.covered, share, passage[:MOST_SHOWN])

    def _likely(self, texts: Places, units: Places, telling: Places) -> Iterator[tuple[int, int, Places]]:
        """The pairs of a text and a unit with enough telling grams in common to be looked at, and these grams."""
        keys = texts * len(self._sizes) + units
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(starts, append=len(keys))
        enough = counts >= self._needs[keys[starts] % len(self._sizes)]
        for start, count in zip(starts[enough].tolist(), counts[enough].tolist(), strict=True):
            number, unit = divmod(int(keys[start]), len(self._sizes))
            yield number, unit, telling[order[start : start + count]]

    def _of(self, unit: int) -> Hashes:
        found: Hashes = self._members[self._edges[unit] : self._edges[unit + 1]]
        return found

    def _rule(self, unit: int, stretch: Stretch) -> Rule | None:
        """Which rule says that it is a leak."""
        size = int(self._sizes[unit])
        if stretch.length >= size:
            return "all"
        if stretch.length >= self._passages[unit] and stretch.telling >= TELLING:
            return "a passage"
        return "most" if stretch.covered >= self._most[unit] else None

    def _whole(self, texts: Sequence[str]) -> Iterator[tuple[int, Leak]]:
        """Texts that are a short question, and nothing else."""
        short = [number for number, text in enumerate(texts) if len(text) < _SHORT]
        stripped = [ENDS.sub("", texts[number]) for number in short]
        hashes = wholes(cut(stripped, "symbols"), len(short)).tolist()
        for number, text, whole in zip(short, stripped, hashes, strict=True):
            if whole in self._wholes:
                unit = self._wholes[whole]
                yield number, Leak(unit, "all", int(self._sizes[unit]), 1.0, text)


def _says_something(tokens: Tokens, starts: Places, size: int) -> Flags:
    """Which of the grams that begin at these tokens are more than numbers and signs."""
    sums = np.concatenate(([0], np.cumsum(tokens.named)))
    says: Flags = (sums[starts + size] - sums[starts]) >= NAMED
    return says


def _needs(most: npt.NDArray[np.float64], words: Flags) -> Places:
    """How many telling grams a text has in common with a unit at the least, where one of the rules holds."""
    grams_of_most = np.ceil(most / np.where(words, GRAM["words"], GRAM["symbols"]))
    needs: Places = np.maximum(1, np.minimum(TELLING, grams_of_most)).astype(np.int64)
    return needs
