r"""LaTeX as models write it, put into the words that the converter knows.

The converter drops what stands behind a `%`, shows an unknown environment as one line and reads `\text{}` up to the
first brace; models write all three. What cannot be put otherwise is refused, and people read the source.
"""

import re
from collections.abc import Callable
from itertools import accumulate

_NO_LETTER = "(?![a-zA-Z])"
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
"""What one pair of braces holds, with at most one pair within."""

_KNOWN = frozenset(
    {"align*", "array", "cases", "smallmatrix"}
    | {f"{bracket}matrix{star}" for bracket in ("", "p", "b", "B", "v", "V") for star in ("", "*")}
)
_RENAMED = {
    **dict.fromkeys(("align", "aligned", "alignat", "alignedat", "flalign", "split"), "align*"),
    **dict.fromkeys(("gather", "gathered", "multline"), "matrix"),
    **dict.fromkeys(("equation", "displaymath", "math"), ""),
    "eqnarray": "array",
    "dcases": "cases",
}
_DEFINES = re.compile(
    r"\\(?:[gex]?def|let|(?:re)?new(?:command|environment)|providecommand|DeclareMathOperator)" + _NO_LETTER
)
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{\s*([a-zA-Z]+\*?)\s*\}((?<=at\})\{\d+\}|(?<=at\*\})\{\d+\})?")
_COLUMNS = re.compile(r"(\\begin\{array\})\s*(?:\[[tcb]\])?\s*" + _GROUP)
_TEXT = re.compile(r"\\(text(?:bf|it|md|normal|rm|sf|tt|up)?|[mh]box)\s*" + _GROUP)
_NOT_TEXT = re.compile(r"\\(?:text(?:bf|it|md|normal|rm|sf|tt|up)?|emph|[mh]box)\s*(?=\{)|(?<!\\)[{}]")
_LETTERS = re.compile(r"\\math(bb|cal|frak|scr)\s*(?:\{\s*([A-Za-z]{1,20})\s*\}|([A-Za-z]))")
_BREAK = re.compile(r"\\(begin|end)\{|\\\\|(?<!\\)&")
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)

_SAID_OTHERWISE: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"(\\\\)|(?<!\\)%", lambda found: found[1] or r"\%"),
        (r"\\(?:label|[vh]space\*)\s*\{[^{}]*\}", ""),
        (rf"\\(?:nonumber|notag|ensuremath|displaymath|centering|hfill){_NO_LETTER}", ""),
        (r"\\(?:text)?color\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}", ""),
        (rf"\\(?:newline|linebreak|cr){_NO_LETTER}", r"\\\\ "),
        (r"\\\\\s*(?:\*\s*)?\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|mu)\s*\]", r"\\\\ "),
        (rf"\\(?:overarc|wideparen|widearc){_NO_LETTER}", r"\\overset{\\frown}"),
        (rf"\\backslash{_NO_LETTER}", r"\\setminus "),
        (r"\\not\s*=", r"\\neq "),
        (r"\\mathop\s*\{\s*(\\[a-zA-Z]+)\s*\}", r"\1 "),
        (rf"\\([RNZQC]){_NO_LETTER}", r"\\mathbb{\1}"),
        (rf"\\arg{_NO_LETTER}", r"\\operatorname{arg}"),
        (rf"\\qed{_NO_LETTER}", r"\\blacksquare "),
        (r"\\substack\s*" + _GROUP, r"{\\begin{matrix}\1\\end{matrix}}"),
    )
)
_IN_NUMBER = re.compile(r"(?<=\d)(?:\{,\}|,\\!)(?=\d)")


def reworded(latex: str) -> str:
    """The formula in the converter's words; raises ValueError for what it would show wrong."""
    if _DEFINES.search(latex) or not _is_balanced(latex):
        raise ValueError(latex)
    for pattern, instead in _SAID_OTHERWISE:
        latex = pattern.sub(instead, latex)
    latex = _ENVIRONMENT.sub(_environment, latex)
    latex = _COLUMNS.sub(_columns, latex)
    latex = _TEXT.sub(_text, latex)
    latex = _IN_NUMBER.sub(r"\\text{,}", latex)
    return _in_rows(_LETTERS.sub(_letters, latex))


def _is_balanced(latex: str) -> bool:
    depths = list(accumulate({"{": 1, "}": -1}.get(found[1], 0) for found in _BRACE.finditer(latex)))
    return not depths or (depths[-1] == 0 and min(depths) >= 0)


def _environment(found: re.Match[str]) -> str:
    """In braces: an exponent would else stand at the last bracket alone, and not as high."""
    side, name = found[1], found[2]
    known = name if name in _KNOWN else _RENAMED.get(name.removesuffix("*"))
    if known is None:
        raise ValueError(name)
    columns = "{rcl}" if side == "begin" and name.startswith("eqnarray") else ""
    said = rf"\{side}{{{known}}}{columns}" if known else " "
    return f"{{{said}" if side == "begin" else f"{said}}}"


def _columns(found: re.Match[str]) -> str:
    """An array's columns without what stands between them, and paragraphs as left columns."""
    plain = re.sub(r"[@!<>]\{[^{}]*\}", "", found[2])
    plain = re.sub(r"[pmbX](?:\{[^{}]*\})?", "l", plain)
    return f"{found[1]}{{{re.sub('[^lcr|]', '', plain).replace('||', '|')}}}"


def _text(found: re.Match[str]) -> str:
    """Words within a formula: without braces of their own, and their own formulas beside them."""
    said = re.split(r"(?<!\\)\$", found[2])
    if len(said) % 2 == 0:
        raise ValueError(found[0])
    parts = [part if at % 2 else rf"\{found[1]}{{{_NOT_TEXT.sub('', part)}}}" for at, part in enumerate(said)]
    return parts[0] if len(parts) == 1 else f"{{{''.join(parts)}}}"


def _letters(found: re.Match[str]) -> str:
    alphabet = "cal" if found[1] == "scr" else found[1]
    return "{" + "".join(rf"\math{alphabet}{{{letter}}}" for letter in found[2] or found[3]) + "}"


def _in_rows(latex: str) -> str:
    r"""A formula of several lines as a table: `a \\ b` breaks no line in MathML."""
    latex = re.sub(r"(?:\\\\\s*)+\Z", "", latex)
    depth = 0
    for found in _BREAK.finditer(latex):
        depth += {"begin": 1, "end": -1}.get(found[1], 0)
        if depth == 0 and not found[1]:
            rows = "align*" if re.search(r"(?<!\\)&", latex) else "matrix"
            return rf"\begin{{{rows}}}{latex}\end{{{rows}}}"
    return latex
