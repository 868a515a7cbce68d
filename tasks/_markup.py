"""Text with LaTeX and code as HTML that can say nothing but what it shows.

Two walls. Every character of the text is escaped here, and only our own tags are written around it; what comes
out then passes an allowlist that knows no address, no style and no event. No text makes these functions fail.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

import nh3
from latex2mathml.converter import convert_to_element
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

LONGEST_FORMULA = 2_000
"""Characters; what is longer is no formula, and is shown as it stands."""
LONGEST_PROGRAM = 100_000
"""Characters; what is longer is shown without colours."""

_PIECE = re.compile(
    r"""
      \n{0,2}^[ ]{0,3}(?P<fence>```|~~~)(?P<language>[\w+\#.-]*)[^\n`]*\n
          (?P<program>.*?)(?:^[ ]{0,3}(?P=fence)[ \t]*$\n{0,2}|\Z)
    | \n{0,2}(?:\$\$(?P<display>(?:[^$\\]|\\.){1,LONGEST}?)\$\$ | \\\[(?P<bracket>.{1,LONGEST}?)\\\])\n{0,2}
    | (?P<dollar>\\\$)
    | \\\((?P<paren>.{1,LONGEST}?)\\\)
    | (?<![\w$])\$(?![\s$])(?P<inline>(?:[^$\\\n]|\\.|\n(?!\s*\n)){1,LONGEST}?)(?<!\s)\$(?![\w$])
    | `(?P<typed>[^`\n]+)`
    """.replace("LONGEST", str(LONGEST_FORMULA)),
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_SIGN = re.compile(r"[`~$\\]")
"""What every piece but plain text begins with or holds."""
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?(?:\{[^{}]*\})?")
_SENTENCE = re.compile(r"[a-zA-Z]{2,}[,;]?\s+[a-zA-Z]{3,}")
_AMOUNT = re.compile(r"\d[\d,.]*[^\w\\]*\s[a-zA-Z]{2,}")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

_MATH_TAGS = frozenset(
    {"math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace"}
    | {"msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover"}
)
_MATH_ATTRIBUTES = frozenset(
    {"accent", "columnalign", "columnspacing", "display", "displaystyle", "fence", "form", "linethickness"}
    | {"lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowspacing", "rspace"}
    | {"scriptlevel", "separator", "stretchy", "width"}
)
_TEXT_TAGS = frozenset({"b", "code", "details", "div", "pre", "span", "summary"})
_MATH_VALUE = re.compile(r"[a-z ]{1,24}|-?[0-9.]{1,5}(?:em|ex|pt|px|%)?(?: [0-9.]{1,5}em)*")
_OUR_CLASSES = frozenset(
    {
        "bad",
        "code",
        "good",
        "key",
        "line",
        "neutral",
        "number",
        "part",
        "role",
        "step",
        "tex",
        "text",
        "typed",
    }
)


def storable(text: str) -> str:
    """The text without what databases refuse: control characters and lone surrogates become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def element(tag: str, css: str, inner: str) -> str:
    """One of our own elements around HTML made here; `css` is its class."""
    return f'<{tag} class="{css}">{inner}</{tag}>'


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Text as HTML that shows it as it stands."""
    return sanitised(escape(storable(text)))


@lru_cache(maxsize=4096)
def prose(text: str) -> str:
    """Text with its LaTeX typeset, its fenced code coloured, its line breaks kept."""
    inner = "".join(_pieces(storable(text).strip()))
    return sanitised(f'<div class="text" dir="auto">{inner}</div>')


@lru_cache(maxsize=4096)
def program(code: str, language: str | None) -> str:
    """Code as a block, numbered and coloured; the language is a name that Pygments knows, or else no colours."""
    return sanitised(_program(storable(code), language))


@lru_cache(maxsize=4096)
def program_lines(code: str, language: str | None) -> tuple[str, ...]:
    """Each line of the code as HTML of its own, coloured; as many as `code` has line breaks, and one more."""
    return tuple(map(sanitised, _highlighted(storable(code), language)))


def sanitised(html: str) -> str:
    """The second wall: what is not on the list is not there."""
    return _wall().clean(html)


def colours(style: str) -> Iterator[str]:
    """The CSS rules of a Pygments style, each beginning with `.code`."""
    for rule in _formatter(style).get_style_defs(".code").splitlines():
        if rule.startswith(".code .") and "hll" not in rule:
            yield rule.partition(" /*")[0]


def _pieces(text: str) -> Iterator[str]:
    done = 0
    for found in _PIECE.finditer(text) if _SIGN.search(text) else ():
        yield escape(text[done : found.start()])
        yield _piece(found)
        done = found.end()
    yield escape(text[done:])


def _piece(found: re.Match[str]) -> str:
    kind = str(found.lastgroup) if not found["fence"] else "program"
    said = found[kind]
    if kind == "program":
        return _program(said.removesuffix("\n"), found["language"])
    if kind == "dollar":
        return "$"
    if kind == "typed":
        return element("code", "typed", escape(said))
    if kind == "inline" and _is_money(said):
        return escape(found[0])
    return _typeset(said, found[0], display=kind in {"display", "bracket"})


def _is_money(between: str) -> bool:
    """Whether what stands between two dollars reads as words: `$5 for the milk, 3$`."""
    bare = _COMMAND.sub(" ", between)
    return bool(_AMOUNT.match(bare) or _SENTENCE.search(bare))


@lru_cache(maxsize=16384)
def _typeset(latex: str, source: str, *, display: bool) -> str:
    try:
        return _mathml(convert_to_element(latex.strip(), display="block" if display else "inline"))
    except Exception:  # noqa: BLE001 - whatever the converter stumbles over, people still read the source
        return element("code", "tex", escape(source.strip()))


def _mathml(node: Element) -> str:
    """The element as text, each character escaped; raises ValueError where the converter left source in it."""
    if node.tag not in _MATH_TAGS:
        raise ValueError(node.tag)
    said = unescape(node.text or "")
    if re.match(r"\\[a-zA-Z]", said):
        raise ValueError(said)
    kept = "".join(
        f' {name}="{escape(value)}"'
        for name, value in node.attrib.items()
        if name in _MATH_ATTRIBUTES and _MATH_VALUE.fullmatch(value)
    )
    return f"<{node.tag}{kept}>{escape(said)}{''.join(map(_mathml, node))}</{node.tag}>"


def _program(code: str, language: str | None) -> str:
    lines = "".join(f'<span class="line">{line}\n</span>' for line in _highlighted(code, language))
    return element("pre", "code", lines)


def _highlighted(code: str, language: str | None) -> list[str]:
    lines = code.split("\n")
    if len(code) > LONGEST_PROGRAM:
        return list(map(escape, lines))
    html: str = highlight(f"{code}\n", _lexer(language), _formatter("default"))
    coloured = html.removesuffix("\n").split("\n")
    return coloured if len(coloured) == len(lines) else list(map(escape, lines))


@cache
def _wall() -> nh3.Cleaner:
    """The allowlist, made once: to make it takes longer than to hold a page against it."""
    return nh3.Cleaner(
        tags=set(_MATH_TAGS | _TEXT_TAGS),
        attributes={**{tag: set(_MATH_ATTRIBUTES) for tag in _MATH_TAGS}, "div": {"dir"}},
        allowed_classes={tag: set(_classes()) for tag in _TEXT_TAGS},
        link_rel=None,
    )


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


@cache
def _classes() -> frozenset[str]:
    return _OUR_CLASSES | {name for name in STANDARD_TYPES.values() if name}
