"""The second wall: an allowlist of elements that knows no address, no style and no event.

The first wall is that every character of a text is escaped where its HTML is made, and that only our own elements
are written around it.
"""

import re
from functools import cache

import nh3
from pygments.token import STANDARD_TYPES

MATH_TAGS = frozenset(
    {"math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace"}
    | {"msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover"}
)
MATH_ATTRIBUTES = frozenset(
    {"accent", "columnalign", "columnspacing", "display", "displaystyle", "fence", "form", "linethickness"}
    | {"lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowspacing", "rspace"}
    | {"scriptlevel", "separator", "stretchy", "width"}
)
TEXT_TAGS = frozenset(
    {"b", "blockquote", "code", "details", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"}
    | {"span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
CLASSES = frozenset(
    {"address", "bad", "center", "code", "good", "key", "left", "line", "link", "mark", "neutral", "number"}
    | {"part", "right", "role", "said", "step", "tex", "text", "typed", "wide"}
    | {name for name in STANDARD_TYPES.values() if name}
)
MATH_CLASSES = frozenset({"ruled"})

_DIRECTIONS = {"auto": {"div", "h3", "h4", "h5", "h6", "li", "p"}, "ltr": {"code", "math", "pre"}}
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what databases refuse: control characters and lone surrogates become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def element(tag: str, css: str, inner: str) -> str:
    """One of our own elements around HTML made here; `css` is its class."""
    return f'<{tag} class="{css}">{inner}</{tag}>'


def sanitised(html: str) -> str:
    """HTML through the second wall: what is not on the list is not there."""
    return _wall().clean(html)


@cache
def _wall() -> nh3.Cleaner:
    """The allowlist, made once: to make it takes longer than to hold a page against it."""
    text = {tag: set(CLASSES) for tag in TEXT_TAGS}
    return nh3.Cleaner(
        tags=set(MATH_TAGS | TEXT_TAGS),
        attributes={tag: set(MATH_ATTRIBUTES) for tag in MATH_TAGS},
        tag_attribute_values={tag: {"dir": {said}} for said, tags in _DIRECTIONS.items() for tag in tags},
        allowed_classes={**text, "mtd": set(MATH_CLASSES), "mtr": set(MATH_CLASSES)},
        link_rel=None,
    )
