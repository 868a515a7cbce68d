r"""Which LaTeX is left to the parser: it reads everything as something, words as products and `1 2` as a sum."""

import re

_KNOWN = frozenset(
    "frac sqrt pi infty cdot times div pm mp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp "  # noqa: SIM905 - a list to read
    "binom sum prod int lim to rightarrow infty le ge lfloor rfloor lceil rceil theta alpha beta gamma delta lambda mu "
    "phi sigma omega rho tau epsilon varphi max min gcd lcm bmod mod pmod ne".split()
)
_UNCLEAR = re.compile(r"[^\x20-\x7e]|[\"'@#&?;:~`]|\d\s+\d|\d\.\d*\.|\d/\d+\s*[A-Za-z(]|\.\.\.|\bdeg\b|%|,")
"""Signs that the parser drops or takes for something else; `1/2x`, of which nobody knows what it means."""


def readable(latex: str) -> bool:
    """Whether the parser reads the expression as people do."""
    commands = re.findall(r"\\([A-Za-z]+|.)", latex)
    if any(command not in _KNOWN for command in commands) or _UNCLEAR.search(_without_arguments(latex)):
        return False
    bare = re.sub(r"\\[A-Za-z]+", " ", latex)
    return not re.search(r"[A-Za-z]{4,}", bare)


def one_case(a: str, b: str) -> bool:
    """Whether no letter is there both small and large, which the parser makes one, and logarithms have one base."""
    bare = re.sub(r"\\[A-Za-z]+", " ", f"{a} {b}")
    letters = {letter for letter in bare if letter.isalpha()}
    if any(letter.swapcase() in letters for letter in letters):
        return False
    plain_log = re.search(r"\\log(?!_)(?![A-Za-z])", f"{a} {b}") is not None
    return not (plain_log and r"\ln" in f"{a} {b}")


def _without_arguments(latex: str) -> str:
    """Without the commas of functions of two, and subscripts of logarithms."""
    latex = re.sub(r"\\(?:max|min|gcd|lcm)\s*\([^()]*\)", " ", latex)
    return re.sub(r"\\log_\{?\w+\}?", " ", latex)
