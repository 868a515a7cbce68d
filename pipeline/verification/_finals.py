r"""The final answer of a text: what it names as such (`\boxed{3}`, `#### 3`, `answer is 3`), or all of a short one."""

import re

from schemas.records import Reference

LONGEST = 400
"""Characters; what is longer is no final answer."""
SHORT = 80
"""Characters of a text that is an answer as it stands."""

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")
_MARKED = re.compile(r"^[ \t]*####[ \t]*(\S.*)$", re.MULTILINE)
_SAID = re.compile(
    r"(?:\banswers?[ *_]*(?:(?:\b(?:is|are)\b|[:=])[ *_]*(?:that\b)?)+|^[ *_]*A[ ]?:|答案(?:是|为|:|:))[\s:*_]*(\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_NEXT = re.compile(
    r"(?<=[\w)}\]$%])[.;](?=\s+[A-Z\\$])|,?\s+(?:because|since|so that|which is why|as shown)\b"
)
"""Where a sentence that names the answer goes on to something else."""


def final(text: str) -> str | None:
    """The last final answer that the text names; all of a short text; None where there is neither."""
    named = _boxed(text) or _last(text)
    if named is None:
        named = text.strip()
        is_short = 0 < len(named) <= SHORT and "\n" not in named and not _BOX.search(named)
        return named if is_short else None
    return named if len(named) <= LONGEST else None


def of_reference(reference: Reference | None) -> str | None:
    """The answer that the source holds for right: the one it gives, or the one that its solution arrives at."""
    if reference is None:
        return None
    return _given(reference.answer) or (final(reference.solution) if reference.solution else None)


def _given(answer: str | None) -> str | None:
    """An answer that stands for itself, however long."""
    if answer is None or not answer.strip():
        return None
    return final(answer) or (answer.strip() if len(answer.strip()) <= LONGEST else None)


def _boxed(text: str) -> str | None:
    """What stands in the last box; in all those of its line, where it has several that follow each other."""
    found = [(box.start(), *_inside(text, box.end())) for box in _BOX.finditer(text)]
    found = [one for one in found if one[2]]
    if not found:
        return None
    together = [found[-1]]
    for one in reversed(found[:-1]):
        between = text[one[1] : together[0][0]]
        if not re.fullmatch(r"[\s$]*(?:,|and|or|;)[\s$]*", between):
            break
        together.insert(0, one)
    return ", ".join(dict.fromkeys(inner for _, _, inner in together))


def _inside(text: str, start: int) -> tuple[int, str]:
    """Where the brace that is open at a place closes, and what stands before; nothing where it never does."""
    depth = 1
    for at in range(start, min(len(text), start + LONGEST + 1)):
        if text[at] in "{}" and text[at - 1] != "\\":
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return at + 1, text[start:at].strip()
    return start, ""


def _last(text: str) -> str | None:
    marked = _MARKED.findall(text)
    if marked:
        return str(marked[-1]).strip()
    said = _SAID.findall(text)
    if not said:
        return None
    first = _NEXT.split(said[-1], maxsplit=1)[0]
    return first.strip().strip("*_").strip().lstrip("}").rstrip("!").strip() or None
