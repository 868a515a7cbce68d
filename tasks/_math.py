"""LaTeX as MathML, or not at all: what would be shown wrong is not shown as a formula."""

import re
import unicodedata
from functools import lru_cache
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from latex2mathml.symbols_parser import convert_symbol

from tasks._latex import reworded
from tasks._wall import MATH_ATTRIBUTES, MATH_TAGS

LONGEST_FORMULA = 2_000
"""Characters; what is longer is no formula, and is shown as it stands."""
DEEPEST_FORMULA = 60
"""Elements within elements; what is deeper is shown as it stands."""

_LENGTH = r"-?(?:\d{1,2}(?:\.\d{1,4})?|\.\d{1,4})(?:em|ex|pt|px|cm|mm|%)?"
_MATH_VALUE = re.compile(rf"[a-z -]{{1,40}}|{_LENGTH}(?: {_LENGTH}){{0,40}}")
_ARITY = {
    "mfrac": 2,
    "mroot": 2,
    "msub": 2,
    "msup": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
}
_LIMITED = {"msub": "munder", "msubsup": "munderover"}
_LEAVES = frozenset({"mi", "mn", "mo", "mtext"})
_ESCAPED = re.compile(r"\\([%$#&_{}|])")
_LIMIT_WORDS = frozenset({"lim", "max", "min", "sup", "inf"})
_NO_OPERATOR = "\u221e\u2205"
"""Infinity and the empty set: Unicode takes them for operators, and a browser would set spaces around them."""


@lru_cache(maxsize=16384)
def typeset(latex: str, *, display: bool) -> str | None:
    """The formula as MathML; None where it is too long, too deep, or not understood in full."""
    if len(latex) > LONGEST_FORMULA or not latex.strip():
        return None
    try:
        return _mathml(
            convert_to_element(reworded(latex.strip()), display="block" if display else "inline"), 0
        )
    except Exception:  # noqa: BLE001 - whatever the converter stumbles over, people still read the source
        return None


def _mathml(node: Element, depth: int) -> str:
    """The element as text, each character escaped; raises ValueError where it would be shown wrong."""
    _refuse_misshapen(node, depth)
    tag, said = _leaf(node)
    if tag == "mtable":
        _rule(node)
    elif tag in _LIMITED and _has_limits(node[0]):
        tag = _LIMITED[tag]
    kept = "".join(
        f' {name}="{escape(value)}"'
        for name, value in node.attrib.items()
        if name in MATH_ATTRIBUTES and _MATH_VALUE.fullmatch(value)
    )
    if node.get("class") == "ruled":
        kept += ' class="ruled"'
    if depth == 0:
        kept += ' dir="ltr"'
    return f"<{tag}{kept}>{escape(said)}{''.join(_mathml(child, depth + 1) for child in node)}</{tag}>"


def _refuse_misshapen(node: Element, depth: int) -> None:
    if node.tag not in MATH_TAGS or depth > DEEPEST_FORMULA:
        raise ValueError(node.tag)
    if len(node) != _ARITY.get(node.tag, len(node)) or "linebreak" in node.attrib or node.text == "&":
        raise ValueError(node.tag)


def _leaf(node: Element) -> tuple[str, str]:
    """The element's tag and own characters; a sign is an operator however it was typed."""
    said = _ESCAPED.sub(r"\1", unescape(node.text or ""))
    if node.tag == "mo" and said.startswith("\\"):
        said = chr(int(convert_symbol(said) or "5c", 16))
    if "\\" in said:
        raise ValueError(said)
    if node.tag in _LEAVES and len(node):
        return "mrow", said
    is_sign = len(said) == 1 and (unicodedata.category(said) == "Sm" or said == "\u00b7")
    if node.tag in ("mi", "mo") and is_sign:
        return "mi" if said in _NO_OPERATOR else "mo", said
    return node.tag, said


def _has_limits(base: Element) -> bool:
    """Whether what stands below belongs under the word, where there is room: as with lim and max."""
    if base.tag == "mo" and base.text in _LIMIT_WORDS:
        base.set("movablelimits", "true")
    return base.get("movablelimits") == "true"


def _rule(table: Element) -> None:
    """Lines between columns and rows: browsers know no attribute for them, so the cells get a class."""
    for row in table:
        for line, cell in zip(table.get("columnlines", "").split(), row, strict=False):
            if line == "solid":
                cell.set("class", "ruled")
    for line, row in zip(table.get("rowlines", "").split(), table, strict=False):
        if line == "solid":
            row.set("class", "ruled")
