"""Programs as HTML: numbered by the style sheet, coloured by Pygments."""

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from time import thread_time
from typing import Any

from pygments import format as formatted
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.util import ClassNotFound

LONGEST_PROGRAM = 100_000
"""Characters; what is longer is shown without colours."""
MOST_SECONDS = 1.0
"""Of this thread's own work on one program: there are lexers that 10 KB of empty lines keep busy for seconds."""


def block(code: str, language: str | None) -> str:
    """A program as a block, a `span` a line; the language is a name that Pygments knows, or else no colours."""
    lines = "".join(f'<span class="line">{line}\n</span>' for line in highlighted(code, language))
    return f'<pre class="code" dir="ltr">{lines}</pre>'


def is_language(name: str) -> bool:
    """Whether Pygments knows it."""
    return not isinstance(_lexer(name), TextLexer) or name.lower() in TextLexer.aliases


def highlighted(code: str, language: str | None) -> list[str]:
    """Each line as HTML of its own; as many as `code` has line breaks, and one more."""
    lines = code.split("\n")
    if len(code) > LONGEST_PROGRAM:
        return list(map(escape, lines))
    try:
        html: str = formatted(_in_time(_lexer(language).get_tokens(f"{code}\n")), _formatter("default"))
    except Exception:  # noqa: BLE001 - colours are no reason to fail, whatever a lexer stumbles over
        return list(map(escape, lines))
    coloured = html.removesuffix("\n").split("\n")
    return coloured if len(coloured) == len(lines) else list(map(escape, lines))


def colours(style: str) -> Iterator[str]:
    """The CSS rules of a Pygments style, each beginning with `.code`."""
    for rule in _formatter(style).get_style_defs(".code").splitlines():
        if rule.startswith(".code .") and "hll" not in rule:
            yield rule.partition(" /*")[0]


def _in_time(tokens: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    until = thread_time() + MOST_SECONDS
    for token in tokens:
        if thread_time() > until:
            raise TimeoutError
        yield token


@cache
def _lexer(language: str | None) -> Lexer:
    exact: dict[str, Any] = {"stripnl": False, "ensurenl": False}
    try:
        return get_lexer_by_name((language or "text").lower(), **exact)
    except ClassNotFound:
        return TextLexer(**exact)


@cache
def _formatter(style: str) -> HtmlFormatter[str]:
    return HtmlFormatter(style=style, nowrap=True)
