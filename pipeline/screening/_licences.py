"""Licences by their SPDX names, however they are written, and what an expression of several allows."""

import re
from collections.abc import Callable, Sequence

_ALIASES = (
    (
        r"(?:the )?apache(?: software)?(?: licen[cs]e)?(?:,? ?(?:version|v)?\.? ?2(?:\.0)?)?|apache2|asl 2(?:\.0)?",
        "apache-2.0",
    ),
    (r"(?:the )?(?:mit|expat)(?: licen[cs]e)?", "mit"),
    (r"(?:the )?unlicen[cs]e", "unlicense"),
    (
        r"(?:new|modified|revised|simplified)?[ -]?bsd[ -]?([0234])[ -]?clause(?: licen[cs]e)?",
        r"bsd-\1-clause",
    ),
    (r"(?:creative commons |cc[ -]?)(?:zero|0)(?:[ -]v?1\.0)?(?: universal)?|cc0", "cc0-1.0"),
    (r"cc[ -](by(?:[ -](?:sa|nc|nd))*)[ -]?v?([1-4]\.\d)(?: .*)?", r"cc-\1-\2"),
    (r"(l|a)?gpl[ -]?v?([123])(?:\.0)?(\+| or later|-or-later)?(?:-only)?", r"\1gpl-\2.0\3"),
    (r"lgpl[ -]?v?2\.1(\+| or later|-or-later)?(?:-only)?", r"lgpl-2.1\1"),
    (r"odc[ -]by(?:[ -]v?1\.0)?", "odc-by-1.0"),
    (r"isc(?: licen[cs]e)?", "isc"),
)

PERMISSIVE = (
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0",
    "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "ODC-By-1.0", "PDDL-1.0", "PostgreSQL",
    "PSF-2.0", "Python-2.0", "Unlicense", "WTFPL", "Zlib",
)  # fmt: skip
"""Those that ask for no more than to be named."""


def spdx(name: str) -> str:
    """The SPDX name of one licence in small letters; one that we do not know as it is written."""
    small = " ".join(name.lower().replace("_", "-").split())
    for pattern, known in _ALIASES:
        if match := re.fullmatch(pattern, small):
            return match.expand(known).replace(" ", "-").replace("-or-later", "+").replace("or-later", "+")
    return small.replace(" ", "-")


def allows(expression: str, allowed: Callable[[str], bool]) -> bool:
    """Whether a licence, or an SPDX expression (`MIT OR (GPL-2.0 AND ISC)`), can be met with what is allowed."""
    if not re.search(r"\s(?:AND|OR)\s", expression):
        return allowed(spdx(expression.strip(" ()")))
    tokens = [token for token in re.split(r"(\s+(?:AND|OR)\s+|[()])", expression) if token.strip()]
    value, rest = _either([token.strip() for token in tokens], allowed)
    return value and not rest


def _either(tokens: Sequence[str], allowed: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    value, rest = _both(tokens, allowed)
    while rest and rest[0] == "OR":
        other, rest = _both(rest[1:], allowed)
        value = value or other
    return value, rest


def _both(tokens: Sequence[str], allowed: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    value, rest = _one(tokens, allowed)
    while rest and rest[0] == "AND":
        other, rest = _one(rest[1:], allowed)
        value = value and other
    return value, rest


def _one(tokens: Sequence[str], allowed: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    if not tokens:
        return False, tokens
    if tokens[0] != "(":
        return allowed(spdx(tokens[0])), tokens[1:]
    value, rest = _either(tokens[1:], allowed)
    return value, rest[1:] if rest[:1] == [")"] else rest
