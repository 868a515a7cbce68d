r"""The final answer of a text that names it, as in `\boxed{3}`, `#### 3`, `The answer is 3`: what rewards compare."""

import pyarrow as pa
import pyarrow.compute as pc

from exports._lists import integers, lengths

_INSIDE = r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"
_NAMED = (
    (r"\boxed", rf"(?s)^\s*\{{(?P<answer>{_INSIDE})\}}"),
    ("####", r"^[ \t]*(?P<answer>[^\n]+)"),
    ("nswer", r"^[ *_]*(?:is\b|[:=])[ :*_]*(?P<answer>\$[^$\n]+\$|\S+)[ .*_]*(?:\n|$)"),
)
"""What names an answer, and the answer behind the last of it; a sentence that goes on behind an answer names none."""
LONGEST = 200
"""Characters; what is longer is no final answer."""


def final_answers(texts: pa.Array) -> pa.Array:
    """The last final answer that each text names, or the whole text where it names none; blanks around it go."""
    found = pa.nulls(len(texts), pa.string())
    for mark, pattern in _NAMED:
        behind = _behind_last(texts, mark)
        named = _bare(pc.struct_field(pc.extract_regex(behind, pattern), "answer"))
        found = pc.coalesce(found, pc.if_else(pc.and_(is_short(named), pc.not_equal(named, "")), named, None))
    return pc.coalesce(found, _bare(texts))


def boxed(texts: pa.Array) -> pa.Array:
    r"""The final answer of each text in `\boxed{}`, where a reader of mathematics takes all of it; else the text."""
    final = final_answers(texts)
    return pc.if_else(is_short(final), pc.binary_join_element_wise(r"\boxed{", final, "}", ""), texts)


def is_short(texts: pa.Array) -> pa.Array:
    """Whether a text can be a final answer: one line, and not a long one."""
    one_line = pc.invert(pc.match_substring(texts, "\n"))
    return pc.and_(one_line, pc.less_equal(pc.utf8_length(texts), LONGEST))


def _behind_last(texts: pa.Array, mark: str) -> pa.Array:
    """What stands behind the last mark of each text; None where it has none."""
    pieces = pc.split_pattern(pc.fill_null(texts, ""), mark, max_splits=1, reverse=True)
    held = lengths(pieces)
    last = pieces.flatten().take(integers(held.cumsum() - 1))
    return pc.if_else(pc.greater(pc.list_value_length(pieces), 1), last, None)


def _bare(texts: pa.Array) -> pa.Array:
    """Without blanks and emphasis around it, a full stop behind it, and dollars that make it mathematics."""
    ended = pc.utf8_rtrim(pc.utf8_ltrim(texts, " \t\r\n*_"), " \t\r\n*_.")
    return pc.utf8_trim(ended, "$")
