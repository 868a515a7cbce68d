"""Guidelines as they are read at the desk, and what has changed between two versions of one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import Literal, TypeAlias

from pipeline.pushing.guidelines import shown

Kind: TypeAlias = Literal["same", "added", "removed"]

_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")
_ROW = re.compile(r"\s*\|")


@dataclass(frozen=True)
class Passage:
    """Some of a guideline that stayed, is new or is gone; as HTML."""

    kind: Kind
    html: str


@lru_cache(maxsize=64)
def read(text: str) -> str:
    """A guideline as HTML of our own elements."""
    return shown(text)


@lru_cache(maxsize=256)
def changes(old: str, new: str) -> tuple[Passage, ...]:
    """What was taken out and what came in, block by block, with what stayed between; in the order of reading."""
    before, after = blocks(old), blocks(new)
    found: list[tuple[Kind, str]] = []
    for _, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if before[a:b] == after[c:d]:
            found += [("same", block) for block in after[c:d]]
        else:
            found += [("removed", block) for block in before[a:b]] + [
                ("added", block) for block in after[c:d]
            ]
    return tuple(Passage(kind, shown(_joined(block for _, block in run))) for kind, run in _runs(found))


def blocks(text: str) -> list[str]:
    """The parts of a Markdown text that change one by one: paragraphs, headings, entries of a list, rows, programs."""
    found: list[list[str]] = []
    fenced = begins = False
    for line in text.splitlines():
        fence = bool(_FENCE.match(line))
        if fenced:
            found[-1].append(line)
        elif not line.strip():
            begins = True
            continue
        elif begins or not found or fence or _begins_anew(line, found[-1]):
            found.append([line])
        else:
            found[-1].append(line)
        fenced ^= fence
        begins = fence and not fenced
    return ["\n".join(lines) for lines in found]


def _begins_anew(line: str, before: list[str]) -> bool:
    if _ROW.match(line) or _ROW.match(before[-1]):
        return not (
            _ROW.match(line) and _ROW.match(before[-1])
        )  # a table changes as a whole: rows alone are none
    return bool(_ITEM.match(line)) or line.startswith("#") or before[-1].startswith("#")


def _runs(found: list[tuple[Kind, str]]) -> Iterable[tuple[Kind, list[tuple[Kind, str]]]]:
    return [(kind, list(run)) for kind, run in groupby(found, key=lambda one: one[0])]


def _joined(given: Iterable[str]) -> str:
    """Blocks as one text again: entries of a list stand below each other, everything else has a line between."""
    text = ""
    for block in given:
        both = text and _ITEM.match(block) and _ITEM.match(text.rsplit("\n\n", 1)[-1].split("\n", 1)[0])
        text += ("\n" if both else "\n\n" if text else "") + block
    return text
