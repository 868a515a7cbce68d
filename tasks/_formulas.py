r"""Where a text holds formulas: between `$`, `$$`, `\( \)`, `\[ \]`, in an environment, or as a bare `\boxed{}`.

One pass finds every sign, and then each opening sign its nearest closing one: a text of signs alone takes no longer
than another of its length. Code between backticks holds no formulas.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tasks._math import LONGEST_FORMULA

_SIGN = re.compile(
    r"(?P<ticks>`+)|(?P<dollars>\$+)|\\(?P<bracket>[\[\]()])|\\(?P<side>begin|end)\{(?P<name>[a-zA-Z]+\*?)\}"
    r"|\\(?P<boxed>boxed|fbox)\s*\{|\[(?P<drawing>/?asy)\]|(?P<brace>[{}])|\\(?:[a-zA-Z]+|.)",
    re.DOTALL,
)
_ENVIRONMENTS = re.compile(
    r"(?:align(?:ed|at|edat)?|array|cases|dcases|eqnarray|equation|flalign|gather(?:ed)?|multline|split"
    r"|displaymath|[pbBvV]?matrix|smallmatrix)\*?"
)
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?(?:\{[^{}]*\})?")
_SENTENCE = re.compile(r"[a-zA-Z]{2,}[,;]?\s+[a-zA-Z]{3,}")
_AMOUNT = re.compile(r"\d[\d,.]*[^\w\\]*\s[a-zA-Z]{2,}")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EMPTY_LINE = re.compile(r"\n\s*\n")
_WORD = re.compile(r"[A-Za-z0-9$\\]")


class Formula(NamedTuple):
    """A formula in a text, with the signs around it."""

    start: int
    end: int
    latex: str
    """What is typeset; empty where it never is, such as a drawing's program."""
    display: bool


class _Sign(NamedTuple):
    kind: str
    start: int
    end: int


_CLOSED_BY = {r"\[": r"\]", r"\(": r"\)", "$": "$", "$$": "$$", "[asy]": "[/asy]"}


def formulas(text: str) -> Iterator[Formula]:
    """The formulas of a text in their order, none within another."""
    signs = [_sign(found) for found in _SIGN.finditer(text)]
    places = defaultdict(list)
    for at, sign in enumerate(signs):
        places[sign.kind].append(at)
    braces = _pairs(signs)
    at = 0
    while at < len(signs):
        close = braces.get(at) if signs[at].kind == "boxed" else _closing(signs[at].kind, at, places)
        formula = _formula(text, signs[at], signs[close]) if close is not None else None
        if formula is not None:
            yield formula
        skipped = formula is not None or (close is not None and signs[at].kind.startswith("`"))
        at = close + 1 if skipped and close is not None else at + 1


def _sign(found: re.Match[str]) -> _Sign:
    said, kind = found[0], found.lastgroup
    if kind == "boxed":
        said = "boxed"
    elif kind == "name":
        said = f"{found['side']} {found['name']}"
    elif kind is None:
        said = ""
    return _Sign(said, found.start(), found.end())


def _pairs(signs: list[_Sign]) -> dict[int, int]:
    """Where each opening brace is closed, by their places among the signs."""
    opened, pairs = [], {}
    for at, sign in enumerate(signs):
        if sign.kind in ("{", "boxed"):
            opened.append(at)
        elif sign.kind == "}" and opened:
            pairs[opened.pop()] = at
    return pairs


def _closing(kind: str, at: int, places: dict[str, list[int]]) -> int | None:
    """The nearest sign that closes this one; None where another of its kind is opened before that."""
    closed_by = kind if kind.startswith("`") else _CLOSED_BY.get(kind, "")
    if kind.startswith("begin "):
        closed_by = f"end {kind[6:]}"
    close = _next(places[closed_by], at) if closed_by else None
    between = "$$" if kind == "$" else kind
    if close is None or closed_by == between:
        return close
    again = _next(places[between], at)
    return None if again is not None and again < close else close


def _next(places: list[int], at: int) -> int | None:
    found = bisect_right(places, at)
    return places[found] if found < len(places) else None


def _formula(text: str, opening: _Sign, closing: _Sign) -> Formula | None:
    if opening.kind.startswith("`"):
        return None
    inner, whole = text[opening.end : closing.start], text[opening.start : closing.end]
    latex, display = inner, opening.kind in (r"\[", "$$")
    if opening.kind == "boxed":
        latex = whole
    elif opening.kind == "[asy]":
        latex = ""
    elif opening.kind.startswith("begin "):
        latex, display = whole, True
    is_one = _is_formula(text, opening, closing, inner)
    return Formula(opening.start, closing.end, latex, display) if is_one else None


def _is_formula(text: str, opening: _Sign, closing: _Sign, inner: str) -> bool:
    kind = opening.kind
    if kind == "[asy]":
        return True
    if len(inner) > LONGEST_FORMULA or not inner.strip():
        return False
    if kind.startswith("begin "):
        return _ENVIRONMENTS.fullmatch(kind[6:]) is not None
    if kind == "$":
        return _is_between_dollars(text, opening, closing, inner)
    if kind == "$$":
        return not _AMOUNT.match(inner)
    return kind == r"\[" or not _EMPTY_LINE.search(inner)


def _is_between_dollars(text: str, opening: _Sign, closing: _Sign, inner: str) -> bool:
    """Whether two dollars hold a formula: `$5 for the milk, 3$` and `$5-$10` are money."""
    before, after = text[opening.start - 1 : opening.start], text[closing.end : closing.end + 1]
    if inner[0].isspace() or inner[-1].isspace() or _EMPTY_LINE.search(inner):
        return False
    return not (_WORD.match(before) or ("0" <= after <= "9") or _is_money(inner))


def _is_money(inner: str) -> bool:
    """Whether it reads as an amount and words, or as an amount and half a calculation: `$20+$2=$22`."""
    bare = _COMMAND.sub(" ", inner)
    if _AMOUNT.match(bare) or _SENTENCE.search(bare):
        return True
    is_half = bare[-1] in "=+-*/(" or sum(map(bare.count, "([")) != sum(map(bare.count, ")]"))
    return "0" <= bare[0] <= "9" and (is_half or _CJK.search(bare) is not None)
