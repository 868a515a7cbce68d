"""The steps of a solution: where one ends and the next begins, which stand on one page, and how they look there."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from schemas.base import Json
from schemas.records import Candidate, Record
from tasks import _markup
from tasks.base import NoItem

Cut: TypeAlias = Literal["given", "blank_line", "line"]
"""What parts the steps: the source knew them, a blank line, or each line break."""
How: TypeAlias = Literal["given", "blank_line", "line", "split", "given_or_split"]
"""What `options.steps` may say; `split` is at blank lines or, where a text has none, at its line breaks."""

KEYS = "1234567890qwertyioasdfhjklzxcv"
"""A plain key for each of the first thirty steps. Others have the rest: g all good, b send back, n, m and p the ways
out, u Label Studio."""

_WHOLE = r"""
      ^[ ]{0,3}(?P<fence>`{3,}|~{3,}).*?(?:^[ ]{0,3}(?P=fence)[ \t]*$|\Z)
    | (?<!\\)\$\$.{1,2000}?\$\$
    | (?<!\\)\\\[.{1,2000}?\\\]
    | (?<!\\)\\\(.{1,2000}?\\\)
    | \\begin\{(?P<name>[A-Za-z]{1,20}\*?)\}.{0,5000}?\\end\{(?P=name)\}
"""
"""What is never cut through: fenced code, displayed and bracketed formulas, environments."""


def _cuts(between: str) -> re.Pattern[str]:
    return re.compile(f"{_WHOLE} | (?P<cut>{between})", re.DOTALL | re.MULTILINE | re.VERBOSE)


_BETWEEN: dict[Cut, re.Pattern[str]] = {"blank_line": _cuts(r"\n\s*\n"), "line": _cuts(r"\n")}


class Chain(NamedTuple):
    """The steps of one solution, and how they were told apart."""

    steps: tuple[str, ...]
    cut: Cut


def chains(record: Record, how: How) -> list[Chain]:
    """The steps of each candidate, each solution once. Raises NoItem, with the reason, where there are none."""
    if not record.candidates:
        raise NoItem("'candidates': steps are asked for of at least one, there is none")
    found = (_chain(candidate, how) for candidate in record.candidates)
    made = {chain.steps: chain for chain in found if chain.steps}
    if not made:
        raise NoItem("'candidates': steps are asked for, none has any; try steps = \"split\"")
    return list(made.values())


def split(text: str) -> Chain:
    """A text cut at its blank lines, or else at its line breaks."""
    chain = cut_at(text, "blank_line")
    return chain if len(chain.steps) > 1 else cut_at(text, "line")


def cut_at(text: str, cut: Cut) -> Chain:
    """A text cut at its blank lines or at its line breaks, but for those in code and in formulas."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    cuts = [found.span() for found in _BETWEEN[cut].finditer(text) if found["cut"]]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    parts = (text[start:end].strip("\n").rstrip() for start, end in zip(starts, ends, strict=True))
    return Chain(tuple(part for part in parts if part), cut)


def windows(count: int, most: int) -> Iterator[slice]:
    """As few stretches as hold so many steps with at most `most` in each, of about the same length."""
    parts = -(-count // most)
    for part in range(parts):
        yield slice(count * part // parts, count * (part + 1) // parts)


def reference(record: Record, *, show: Json) -> dict[str, str]:
    """What the source says is right, as fields of an item that shows it; nothing where it is not to be shown."""
    known = record.reference.model_dump() if record.reference and show else {}
    fields = {"reference": known.get("answer"), "solution": known.get("solution")}
    return {name: said for name, said in fields.items() if said and said.strip()}


def problem(prompt: str, answer: str | None, solution: str | None) -> str:
    """A problem as HTML, and what the source says is right behind a click: it is a guess, and may be wrong."""
    said = "".join(_markup.prose(text) for text in (answer, solution) if text)
    folded = _markup.folded("Reference answer (a guess: it may be wrong)", said) if said else ""
    return _markup.prose(prompt) + folded


def earlier(steps: tuple[str, ...]) -> str:
    """The steps before those of the page as HTML behind a click; empty where there are none."""
    said = "".join(_markup.element("div", "part", _markup.prose(text)) for text in steps)
    return _markup.folded(f"The {len(steps)} steps before these", said) if steps else ""


def _chain(candidate: Candidate, how: str) -> Chain:
    given = Chain(tuple(step for step in candidate.steps if step.strip()), "given")
    if how == "given" or (how == "given_or_split" and given.steps):
        return given
    if how in ("split", "given_or_split"):
        return split(candidate.text)
    return cut_at(candidate.text, "line" if how == "line" else "blank_line")
