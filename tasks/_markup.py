"""Text with LaTeX, Markdown and code as HTML that can say nothing but what it shows.

Two walls. Every character of the text is escaped here, and only our own elements are written around it; what comes
out then passes an allowlist that knows no address, no style and no event. No text makes these functions fail.
"""

from functools import lru_cache
from html import escape

from tasks import _code, _markdown
from tasks._code import colours
from tasks._wall import element, sanitised, storable

__all__ = [
    "colours",
    "element",
    "folded",
    "plain",
    "program",
    "program_lines",
    "prose",
    "sanitised",
    "storable",
]


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Text as HTML that shows it as it stands."""
    return sanitised(escape(storable(text)))


@lru_cache(maxsize=1024)
def prose(text: str) -> str:
    """Text with its LaTeX typeset, its Markdown laid out and its code coloured; its line breaks are kept."""
    return sanitised(_markdown.rendered(storable(text)))


@lru_cache(maxsize=1024)
def program(code: str, language: str | None) -> str:
    """Code as a block, numbered and coloured; the language is a name that Pygments knows, or else no colours."""
    return sanitised(_code.block(storable(code), language))


@lru_cache(maxsize=1024)
def program_lines(code: str, language: str | None) -> tuple[str, ...]:
    """Each line of the code as HTML of its own, coloured; as many as `code` has line breaks, and one more."""
    return tuple(map(sanitised, _code.highlighted(storable(code), language)))


def folded(title: str, html: str) -> str:
    """HTML made here that a click on its title unfolds; `title` is plain text."""
    return sanitised(element("details", "part", f"<summary>{escape(storable(title))}</summary>{html}"))
