r"""Where the parts of an answer end: at commas, words and signs outside of all brackets."""

import re

OPEN, CLOSE = "([{", ")]}"
NAME = r"(?:[A-Za-z](?:_\{?\w+\}?)?'*(?:\([a-z](?:,\s*[a-z])*\))?|\\(?:theta|alpha|beta|lambda|phi|mu|sigma))"
"""What a value is called: `x`, `x_1`, `f(x)`, `\\theta`."""
AND = re.compile(r"\s*(?:,\s*(?:and|or)\s|,|;|\s(?:and|or)\s)\s*")


def split(text: str, between: re.Pattern[str] = AND) -> list[str]:
    """The text cut at what stands between its parts, outside of all brackets."""
    found: list[str] = []
    start = at = depth = 0
    while at < len(text):
        sign = text[at]
        depth += (sign in OPEN) - (sign in CLOSE)
        cut = between.match(text, at) if depth == 0 else None
        if cut and cut.end() > at:
            found.append(text[start:at])
            start = at = cut.end()
        else:
            at += 1
    return [*found, text[start:]]


def is_whole(text: str) -> bool:
    """Whether the first bracket closes with the last one; of half-open intervals any bracket closes any."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in OPEN) - (sign in CLOSE)
        if depth == 0:
            return at == len(text) - 1
    return False
