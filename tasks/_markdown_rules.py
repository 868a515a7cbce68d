"""How Markdown is read here where CommonMark would have lost what was written.

Problems and answers are full of `2*3*4`, `__init__`, indented programs and quotes within quotes: a star between
numbers is a sign, not emphasis; indentation stays; and what is nested too deep stays text instead of vanishing.
"""

import re
from typing import Protocol

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block, table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

DEEPEST = 12
"""Levels of blocks; a list is two, a quote one."""
OPENING, CLOSING = "\ufdd0", "\ufdd1"
"""Stand around the number of a formula that waits outside while Markdown is read: no text may hold them."""

_LINK = re.compile(
    r"!?\[((?:[^\[\]\\\n]|\\.){1,500})\]\(((?:[^\s()<>\[\]]|\([^\s()<>\[\]]{0,200}\)){1,1000})\)", re.DOTALL
)
_ESCAPABLE = frozenset("*_#`$>~|+-.!<%&")
_LONGEST_RUN = 3
_CJK = "\u2e80"
"""From here on, scripts write no spaces between words."""


class _Rule(Protocol):
    def __call__(self, state: StateBlock, startLine: int, endLine: int, silent: bool, /) -> bool: ...  # noqa: FBT001, N803 - as the library calls it


def reader() -> MarkdownIt:
    """A parser of the Markdown that models write: no HTML, no addresses to follow, no references."""
    md = MarkdownIt("zero", {"maxNesting": 100})
    md.block.ruler.at("code", _no_code)
    md.enable(["code", "table", "fence", "blockquote", "hr", "list", "heading"])
    md.enable(["newline", "escape", "backticks", "emphasis", "link", "balance_pairs", "fragments_join"])
    for name, rule in (("blockquote", blockquote), ("list", list_block)):
        ends = ["paragraph", "reference", "blockquote", *(["list"] if name == "blockquote" else [])]
        md.block.ruler.at(name, _to_a_depth(rule), {"alt": ends})
    md.block.ruler.at("table", _whole_table, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.at("newline", _newline)
    md.inline.ruler.at("escape", _escape)
    md.inline.ruler.at("emphasis", _emphasis)
    md.inline.ruler.at("link", _link)
    return md


def _to_a_depth(rule: _Rule) -> _Rule:
    def to_a_depth(state: StateBlock, startLine: int, endLine: int, silent: bool, /) -> bool:  # noqa: FBT001, N803 - as the library calls it
        return state.level < DEEPEST and rule(state, startLine, endLine, silent)

    return to_a_depth


def _no_code(state: StateBlock, startLine: int, endLine: int, silent: bool, /) -> bool:  # noqa: ARG001, FBT001, N803 - as the library calls it
    """Lines indented by four or more begin no block, such as a heading; nor are they code for that alone."""
    return False


def _whole_table(state: StateBlock, startLine: int, endLine: int, silent: bool, /) -> bool:  # noqa: FBT001, N803 - as the library calls it
    """A table, unless a row has more cells than there are columns: they would not be shown."""
    before, first = len(state.tokens), state.line
    if not table(state, startLine, endLine, silent):
        return False
    if silent:
        return True
    columns = sum(token.type == "th_open" for token in state.tokens[before:])
    rows = (
        state.getLines(line, line + 1, 0, keepLastLF=False).strip() for line in range(startLine, state.line)
    )
    if any(len(re.findall(r"(?<!\\)\|", row.removeprefix("|").removesuffix("|"))) >= columns for row in rows):
        del state.tokens[before:]
        state.line = first
        return False
    return True


def _newline(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the library calls it
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _escape(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the library calls it
    r"""A backslash that takes a sign its meaning; one before a letter or a bracket is LaTeX and stays."""
    following = state.src[state.pos + 1 : state.pos + 2]
    if state.src[state.pos] != "\\" or following not in _ESCAPABLE or not following:
        return False
    if not silent:
        state.append_pending(following)
    state.pos += 2
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the library calls it
    if silent or state.src[state.pos] != "*":
        return False
    end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    length = end - state.pos
    if length > _LONGEST_RUN:
        state.append_pending("*" * length)
    else:
        _delimit(state, length, end)
    state.pos = end
    return True


def _delimit(state: StateInline, length: int, end: int) -> None:
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[end] if end < state.posMax else " "
    opens = not after.isspace() and not _is_factor(before, f")]}}%{CLOSING}")
    closes = not before.isspace() and not _is_factor(after, OPENING if length == 1 else "")
    for _ in range(length):
        state.push("text", "", 0).content = "*"
        place = len(state.tokens) - 1
        state.delimiters.append(
            Delimiter(marker=ord("*"), length=length, token=place, end=-1, open=opens, close=closes)
        )


def _is_factor(neighbour: str, signs: str) -> bool:
    """Whether a star beside it may be a product: `2*3`, `(a)*(b)`."""
    return (neighbour.isalnum() and neighbour < _CJK) or neighbour in signs


def _link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - as the library calls it
    """A link or a picture: its words, and its address for reading."""
    found = _LINK.match(state.src, state.pos, state.posMax) if state.src[state.pos] in "![" else None
    if found is None:
        return False
    if not silent:
        end = state.posMax
        state.push("link_open", "", 1)
        state.pos, state.posMax = found.span(1)
        state.md.inline.tokenize(state)
        state.push("link_close", "", -1).content = found[2]
        state.posMax = end
    state.pos = found.end()
    return True
