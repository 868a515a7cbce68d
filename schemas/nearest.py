"""What somebody probably meant who typed a name that does not exist."""

from collections.abc import Iterable
from difflib import get_close_matches

LIKENESS = 0.5
"""How alike two names are, 0..1, from which on one may have been meant for the other."""


def nearest(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """`did you mean 'x'?` with the most alike of the known names; where none is alike, `otherwise`, or them all."""
    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=LIKENESS)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known are: {', '.join(names)}" if otherwise is None else otherwise
