"""The words of a text: without programs, formulas and addresses, which have no language of people's."""

import re

_NO_WORDS = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`"
    r"|\$\$.*?\$\$|\$[^$\n]{1,200}\$|\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{(\w+\*?)\}.*?\\end\{\1\}|\\[A-Za-z]+"
    r"|https?://\S+|<<[^<>\n]*>>|\S{1,99}@[\w.-]+"
    r"|^[ \t]*(?:>>>|\.\.\.|#!|import |from \S+ import |#include|package ).*$",
    re.DOTALL | re.MULTILINE,
)
_MARKS = re.compile(r"[`$\\@#]|~~~|<<|>>>|://|import |package |\.\.\.")
"""One of these stands wherever the pattern above fits."""
_SIGNS = re.compile(r"[={}\[\]<>_;|&^~\\/*+(]")
_WORDS = re.compile(r"[^\W\d_]+")
_MOST_SIGNS = 0.06
"""A line with more of a program's signs for each character than this is no sentence."""


def prose(text: str) -> str:
    """The lines of a text that are sentences."""
    kept = _NO_WORDS.sub(" ", text) if _MARKS.search(text) else text
    return "\n".join(line.strip() for line in kept.splitlines() if _is_sentence(line))


def letters(text: str) -> int:
    """How much a text says: its letters in bytes of UTF-8, for a Chinese one says as much as three Latin ones."""
    return len("".join(_WORDS.findall(text)).encode("utf-8", "replace"))


def _is_sentence(line: str) -> bool:
    return len(_SIGNS.findall(line)) <= _MOST_SIGNS * len(line)
