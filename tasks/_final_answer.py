r"""The final answer of a solution that names it, as in `\boxed{3}`, `#### 3` or `The answer is 3`.

Only for people to see it first: what they judge is the whole answer, which stands beside it.
"""

import re

_BOXED = re.compile(r"\\(?:boxed|fbox)\s*\{")
_MARKED = re.compile(r"^[ \t]*####[ \t]*(\S.*)$", re.MULTILINE)
_SAID = re.compile(
    r"(?:\banswer[ *_]*(?:\bis\b|[:=])|^A:|答案(?:是|为|:|:))[\s:*_]*(\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_BARE = re.compile(r"[-+]?\d+(\.\d+)?|(?=.*(\\[a-zA-Z]|[\^_]\{))(?!.*(\$|\\[(\[])).*")
_LONGEST = 200
"""Characters; what is longer is no final answer."""


def final_answer(text: str) -> str | None:
    """The last final answer that the text names, as Markdown; None where it names none."""
    found = _boxed(text) or _last(_MARKED, text) or _last(_SAID, text)
    return found if found and len(found) <= _LONGEST else None


def as_maths(text: str) -> str:
    r"""The text between dollars where it is a number or bare LaTeX, as data sets give it: `\frac{14}{3}`."""
    return f"${text.strip()}$" if _BARE.fullmatch(text.strip()) else text


def _boxed(text: str) -> str | None:
    opened = list(_BOXED.finditer(text))
    if not opened:
        return None
    start = opened[-1].end()
    depth = 1
    for at, sign in enumerate(text[start : start + _LONGEST], start):
        depth += (sign == "{") - (sign == "}")
        if depth == 0:
            inner = text[start:at].strip()
            return f"${inner}$" if inner else None
    return None


def _last(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.findall(text)
    said: str = found[-1].strip(" *_").rstrip(".。* _") if found else ""
    return said or None
