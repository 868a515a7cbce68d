r"""What an answer is made of, read from how `written` puts it."""

import re
from collections.abc import Iterable

from pipeline.verification._cutting import CLOSE, OPEN, is_whole, split
from pipeline.verification._kinds import Interval, Maths, Named, Ratio, Several, Shape, Words
from pipeline.verification._numbers import Number, number
from pipeline.verification._relations import relation
from pipeline.verification._units import NONE, Unit, unit

_FRENCH = re.compile(r"([\[\]])([^\[\]]+)([\[\]])")
_MATRIX = re.compile(r"\\begin\{([pbB]?matrix|array)\}(?:\{[^{}]*\})?(.*)\\end\{\1\}", re.DOTALL)
_TIMES = re.compile(r"(-?(?:\d[\d.]*|\\frac\{-?\d+\}\{\d+\}))\s*(?:\\cdot\s*)?(\\begin\{.*)", re.DOTALL)
_LABEL = re.compile(r"(?:^|(?<=[\s,;.]))\(?([a-h]|iii|ii|iv|i|v|[1-9])\)\s*[:.]?\s+")
_LABELS = (tuple("abcdefgh"), ("i", "ii", "iii", "iv", "v"), tuple("123456789"))
_ALONG = re.compile(
    r"((?:-\s*)?[^-+ijk=,]*?)\s*i\s*([-+]\s*[^-+ijk=,]*?)\s*j(?:\s*([-+]\s*[^-+ijk=,]*?)\s*k)?"
)
"""A vector by its parts along the axes; with one letter alone it may be a complex number."""
_SHORT_WORDS = frozenset("of or in is no to by at on an am pm if so we it be as cm mm km kg ft lb hr".split())  # noqa: SIM905 - a list to read

_LISTED = (Number, Maths, Several, Ratio, Named)
"""What may stand in a list; with words, or all of an interval, in it a text says something else."""


def shape(text: str) -> Shape:
    """What an answer, as `written` gives it, is made of."""
    for look in (_number, _labelled, _matrix, _along, _ratio, _relation, _several, _bracketed):
        if (found := look(text)) is not None:
            return found
    return _maths(text)


def _number(text: str) -> Shape | None:
    return number(text)


def _relation(text: str) -> Shape | None:
    return relation(text, shape)


def _labelled(text: str) -> Shape | None:
    """`(a) 5 (b) 7`: answers to the parts of a question, in their order."""
    marks = [*_LABEL.finditer(text)]
    labels = tuple(mark[1] for mark in marks)
    if len(marks) < 2 or marks[0].start() or all(labels != known[: len(labels)] for known in _LABELS):  # noqa: PLR2004 - parts
        return None
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    parts = [text[mark.end() : end].strip(" ,;") for mark, end in zip(marks, ends, strict=True)]
    return Several("tuple", tuple(map(shape, parts))) if all(parts) else None


def _along(text: str) -> Shape | None:
    found = _ALONG.fullmatch(text)
    if not found:
        return None
    sides = [re.sub(r"\s", "", one) for one in found.groups() if one is not None]
    read = [number(f"{one.lstrip('+')}1" if one in ("", "+", "-") else one.lstrip("+")) for one in sides]
    return Several("tuple", tuple(one for one in read if one)) if all(read) else Words(text)


def _matrix(text: str) -> Shape | None:
    if times := _TIMES.fullmatch(text):
        by, inner = number(times[1]), _matrix(times[2])
        return _scaled(inner, by) if by and isinstance(inner, Several) else None
    found = _MATRIX.fullmatch(re.sub(r"^[(\[]\s*(\\begin.*\\end\{\w+\})\s*[)\]]$", r"\1", text))
    if found:
        rows = [row.split("&") for row in re.split(r"\\newline", found[2]) if row.strip()]
    elif re.fullmatch(r"\[\s*\[.*\]\s*\]", text):
        rows = [split(row.strip().strip("[]")) for row in split(text[1:-1], re.compile(r"\s*,\s*"))]
    else:
        return None
    if not found or all(len(row) > 1 for row in rows):
        return Several("matrix", tuple(Several("tuple", tuple(map(_entry, row))) for row in rows))
    return (
        Several("tuple", tuple(_entry(row[0]) for row in rows))
        if all(len(row) == 1 for row in rows)
        else None
    )


def _scaled(one: Shape, by: Number) -> Shape:
    """Each number of a matrix so many times."""
    if isinstance(one, Several):
        return Several(one.kind, tuple(_scaled(part, by) for part in one.parts))
    return Number(one.value * by.value) if isinstance(one, Number) else Words(f"{by.value} times {one}")


def _entry(text: str) -> Shape:
    return shape(text.strip())


def _ratio(text: str) -> Shape | None:
    if time := re.fullmatch(r"(\d{1,2})(?::(\d\d))?\s*([apAP])m", text):
        return Words(f"{int(time[1]) % 12 + 12 * (time[3] in 'pP')}:{time[2] or '00'} o'clock")
    parts = re.split(r"\s*:\s*|\s+to\s+", text)
    read = [number(part) for part in parts]
    whole = [
        one for one in read if one is not None and one.value >= 0 and one.unit == NONE and not one.percent
    ]
    return Ratio(tuple(whole)) if len(parts) > 1 and len(whole) == len(parts) else None


def _several(text: str) -> Shape | None:
    if "\\begin" in text:
        return None
    parts = [part for part in split(text) if part.strip()]
    if len(parts) > 1:
        made = _spliced(shape(part) for part in parts)
        return Several("listed", made) if all(isinstance(one, _LISTED) for one in made) else Words(text)
    if text.count(r"\pm") == 1 and not is_whole(text.removeprefix("\\")):
        return Several("listed", tuple(shape(text.replace(r"\pm", sign).strip()) for sign in ("+", "-")))
    return None


def _bracketed(text: str) -> Shape | None:
    if (outward := _FRENCH.fullmatch(text)) and (outward[1], outward[3]) != ("[", "]"):
        parts = _parts(outward[2])
        closed = (outward[1] == "[", outward[3] == "]")
        return Interval(parts[0], parts[1], closed) if len(parts) == 2 else None  # noqa: PLR2004 - from, to
    opens, closes = text[:1], text[-1:]
    if text.startswith(r"\{") and text.endswith(r"\}"):
        return Several("set", _spliced(_parts(text[2:-2])))
    if not opens or opens not in OPEN or closes not in CLOSE or not is_whole(text):
        return None
    return _in_brackets(opens + closes, _parts(text[1:-1]))


def _in_brackets(brackets: str, parts: tuple[Shape, ...]) -> Shape | None:
    if brackets == "()":
        return parts[0] if len(parts) == 1 else Several("tuple", parts)
    if brackets == "{}":
        return Several("set", _spliced(parts))
    if len(parts) == 2 and "{" not in brackets and "}" not in brackets:  # noqa: PLR2004 - a pair
        return Interval(parts[0], parts[1], (brackets[0] == "[", brackets[1] == "]"))
    return Several("tuple", parts) if brackets == "[]" else None


def _spliced(parts: Iterable[Shape]) -> tuple[Shape, ...]:
    r"""The parts, with both values of a `\pm` among them in its place."""
    return tuple(
        each
        for part in parts
        for each in (part.parts if isinstance(part, Several) and part.kind == "listed" else (part,))
    )


def _parts(text: str) -> tuple[Shape, ...]:
    return tuple(shape(part) for part in split(text, re.compile(r"\s*[,;]\s*(?:and\s)?\s*")) if part.strip())


def _maths(text: str) -> Shape:
    behind = re.search(r"(?<=[\d})\]a-z])\s+((?:\\usd|[A-Za-z])[A-Za-z./^{}\d\s-]*)$", text)
    if behind and (found := unit(behind[1])) and _is_measure(found, behind[1]):
        alone = _maths_alone(text[: behind.start()])
        return Maths(alone.latex, found) if isinstance(alone, Maths) else alone
    return _maths_alone(text)


def _is_measure(found: Unit, words: str) -> bool:
    """Whether words behind an expression are its unit: one of measure, or just `square units`."""
    return not found.things and (
        bool(found.measures) or re.search(r"(?<![A-Za-z])units?$", words) is not None
    )


def _maths_alone(text: str) -> "Maths | Words":
    bare = re.sub(r"\\[A-Za-z]+", " ", text)
    if re.fullmatch(r"[a-z]{2}", text) and text not in _SHORT_WORDS:
        return Maths(text)  # a product
    letters = re.findall(r"[A-Za-z]{2,}", bare)
    words = any(len(one) > 2 or one.lower() in _SHORT_WORDS for one in letters)  # noqa: PLR2004 - a pair
    only = letters and not re.search(r"[\d=+^_\\{}|]", text)
    lone = re.fullmatch(r"\(?[A-Z]\)?", text)
    return Words(text) if words or only or lone or not re.search(r"[A-Za-z\d\\]", text) else Maths(text)
