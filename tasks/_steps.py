"""Where one step of a solution ends and the next begins."""

import re

from schemas.records import Candidate

_WHOLE = re.compile(r"```.*?(?:```|\Z)|\$\$.{1,2000}?\$\$|\\\[.{1,2000}?\\\]", re.DOTALL)


def steps_of(candidate: Candidate, how: str) -> tuple[str, ...]:
    """The steps of an answer: those the source gives, or the text cut; none where only given ones will do."""
    given = tuple(step for step in candidate.steps if step.strip())
    if how == "split" or (how == "given_or_split" and not given):
        return split(candidate.text)
    return given


def split(text: str) -> tuple[str, ...]:
    """A text cut at its blank lines, or else at its line breaks; code blocks and displayed formulas stay whole."""
    text = text.replace("\r\n", "\n").strip()
    whole = [found.span() for found in _WHOLE.finditer(text)]
    for between in (r"\n\s*\n", r"\n"):
        cuts = [
            found.span()
            for found in re.finditer(between, text)
            if not any(start < found.start() < end for start, end in whole)
        ]
        if cuts:
            starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
            parts = [text[start:end].strip("\n") for start, end in zip(starts, ends, strict=True)]
            return tuple(part for part in parts if part.strip())
    return (text,) if text else ()
