"""Markdown with formulas as HTML of our own elements: every character escaped, nothing that leads anywhere."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tasks import _code, _math
from tasks._formulas import Formula, formulas
from tasks._markdown_rules import CLOSING, OPENING, reader
from tasks._wall import element

DEEPEST_EMPHASIS = 6
"""Marks within marks; what is deeper keeps its stars."""

_PLACE = re.compile(f"{OPENING}([0-9]+){CLOSING}")
_PLAIN = re.compile(r"[^\W\d_][^\n\\`*\[$]*")
"""One line that begins with a letter and holds none of the signs that Markdown or LaTeX reads."""
_RESERVED = str.maketrans({OPENING: "\ufffd", CLOSING: "\ufffd"})
_FAMILIAR = {"*": "\u2022", "-": "\u2013"}
"""Bullets as they are printed. A dash stays one: it may be a minus sign that began a line."""
_NAMES = {
    "paragraph": "p",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    **{name: name for name in ("blockquote", "table", "thead", "tbody", "tr", "th", "td")},
}
_DISPLAY = re.compile(r'\n?(<math display="block".*?</math>)\n?', re.DOTALL)


def rendered(text: str) -> str:
    """A text as one `div`: a single paragraph is the `div` itself, else each block reads in its own direction."""
    said = text.translate(_RESERVED).lstrip("\n").rstrip()
    # to read what has no signs takes over ten times as long, and was a third of a push
    return _paragraph(escape(said)) if _PLAIN.fullmatch(said) else read(said)


def read(text: str) -> str:
    """A text as one `div`, through Markdown and LaTeX whatever stands in it."""
    return _Page(text).html()


def _paragraph(html: str) -> str:
    return f'<div class="text" dir="auto">{html}</div>'


class _Page:
    """One text on its way to HTML: its formulas wait outside while Markdown is read."""

    def __init__(self, text: str) -> None:
        self.formulas = list(formulas(text))
        self.source = text
        self.text = "".join(self._kept_out())
        self.lines = self.text.split("\n")
        self.lists = 0

    def html(self) -> str:
        tokens = _reader().parse(self.text)
        if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
            return _paragraph(self._indent(tokens[0]) + self._inline(tokens[1].children or ()))
        return element("div", "text", "".join(map(self._block, tokens)))

    def _kept_out(self) -> Iterator[str]:
        done = 0
        for number, formula in enumerate(self.formulas):
            yield self.source[done : formula.start]
            yield f"{OPENING}{number}{CLOSING}"
            done = formula.end
        yield self.source[done:]

    def _as_written(self, text: str) -> str:
        """The text with the formulas' own characters in their places."""
        return _PLACE.sub(lambda found: self._source_of(self.formulas[int(found[1])]), text)

    def _source_of(self, formula: Formula) -> str:
        return self.source[formula.start : formula.end]

    def _block(self, token: Token) -> str:
        if token.type == "inline":
            return self._inline(token.children or ())
        if token.type == "fence":
            return self._program(token)
        if token.type == "hr":
            return "<hr>"
        if token.hidden:
            return ""
        return self._opened(token) if token.nesting > 0 else self._closed(token)

    def _program(self, token: Token) -> str:
        info = self._as_written(token.info).strip()
        language = info.strip("{}.")
        said = "" if not info or _code.is_language(language) else _typed("typed", info)
        return said + _code.block(self._as_written(token.content).removesuffix("\n"), language)

    def _opened(self, token: Token) -> str:
        kind = token.type.removesuffix("_open")
        if kind == "list_item":
            self.lists += 1
            mark = element("span", "mark", escape(token.info + _FAMILIAR.get(token.markup, token.markup)))
            return f'<li dir="auto">{mark}<div class="said">'
        if kind == "table":
            return '<div class="wide" dir="auto"><table>'
        if kind in ("th", "td"):
            side = str(token.attrGet("style") or "").removeprefix("text-align:")
            return f'<{kind} class="{side}">' if side else f"<{kind}>"
        if kind in ("heading", "paragraph"):
            direction = "" if self.lists else ' dir="auto"'
            return f"<{_name(token)}{direction}>{self._indent(token)}"
        return f"<{_name(token)}>"

    def _closed(self, token: Token) -> str:
        if token.type == "list_item_close":
            self.lists -= 1
            return "</div></li>"
        return f"</{_name(token)}>" + ("</div>" if token.type == "table_close" else "")

    def _indent(self, paragraph: Token) -> str:
        """The spaces before a paragraph's first line, which Markdown takes away."""
        if paragraph.level or paragraph.type != "paragraph_open" or not paragraph.map:
            return ""
        line = self.lines[paragraph.map[0]]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def _inline(self, tokens: Iterable[Token]) -> str:
        """Running text. A formula on a line of its own takes the line breaks around it."""
        parts, depth = [], 0
        for token in tokens:
            depth += max(0, token.nesting)
            parts.append(self._said(token, is_deep=depth > DEEPEST_EMPHASIS))
            depth += min(0, token.nesting)
        return _DISPLAY.sub(r"\1", "".join(parts))

    def _said(self, token: Token, *, is_deep: bool) -> str:
        if token.type == "softbreak":
            return "\n"
        if token.type == "code_inline":
            return _typed("typed", self._as_written(token.content))
        if token.type in ("link_open", "link_close"):
            return self._link(token)
        if token.nesting and is_deep:
            return token.markup
        if token.nesting:
            return f"<{token.tag}>" if token.nesting > 0 else f"</{token.tag}>"
        return "".join(self._with_formulas(token.content))

    def _link(self, token: Token) -> str:
        if token.nesting > 0:
            return '<span class="link">'
        return "</span>" + element("span", "address", f" ({escape(self._as_written(token.content))})")

    def _with_formulas(self, text: str) -> Iterator[str]:
        done = 0
        for found in _PLACE.finditer(text):
            yield escape(text[done : found.start()])
            yield self._formula(self.formulas[int(found[1])])
            done = found.end()
        yield escape(text[done:])

    def _formula(self, formula: Formula) -> str:
        mathml = _math.typeset(formula.latex, display=formula.display) if formula.latex else None
        return mathml or _typed("tex", self._source_of(formula).strip())


def _name(token: Token) -> str:
    kind = token.type.removesuffix("_open").removesuffix("_close")
    return _NAMES.get(kind) or f"h{min(int(token.tag[1]) + 2, 6)}"


def _typed(css: str, source: str) -> str:
    return f'<code class="{css}" dir="ltr">{escape(source)}</code>'


@cache
def _reader() -> MarkdownIt:
    return reader()
