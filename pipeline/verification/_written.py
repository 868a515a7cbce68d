r"""How answers are written, brought to one way: dialects of LaTeX, Unicode's signs, plain text, currencies, percent.

What comes out is LaTeX of few words without delimiters: `\frac{1}{2}`, `\sqrt{2}`, `\pi`, `\infty`, `\cup`, `\le`.
"""

# ruff: noqa: RUF001 - signs that look alike are what it is about

import re
import unicodedata
from functools import cache

LETTERS = r"(?<![A-Za-z\\])"
"""Stands before a word that is no part of another, and no command."""

_SIGNS = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "-": "-", "×": r"\times ", "⋅": r"\cdot ",
    "·": r"\cdot ", "∙": r"\cdot ", "÷": "/", "∕": "/", "⁄": "/", "π": r"\pi ", "𝜋": r"\pi ", "√": r"\sqrt ",
    "∞": r"\infty ", "∪": r"\cup ", "∩": r"\cap ", "≤": r"\le ", "⩽": r"\le ", "≥": r"\ge ", "⩾": r"\ge ",
    "≠": r"\ne ", "°": r"^\circ ", "º": r"^\circ ", "∅": r"\emptyset ", "Ø": r"\emptyset ", "±": r"\pm ",
    "∈": r"\in ", "ℝ": r"\mathbb{R}", "ℤ": r"\mathbb{Z}", "ℕ": r"\mathbb{N}", "ℚ": r"\mathbb{Q}", "∖": r"\setminus ",
    "¢": " cents ", "€": " euros ", "£": " gbp ", "¥": " yen ", "′": "'", "’": "'", "“": '"', "”": '"', "½": " 1/2",
    "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5",
    "⅙": " 1/6", "⅚": " 5/6", "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "…": "...", "≈": r"\approx ",
    "θ": r"\theta ", "α": r"\alpha ", "β": r"\beta ", "λ": r"\lambda ", "∣": "|", "、": ",",
}  # fmt: skip
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_TEXT = r"\\(?:text|textrm|textnormal|textbf|textit|texttt|mathrm|mathbf|mathit|mathsf|mbox|hbox|operatorname|rm)\*?"

_RULES: tuple[tuple[str, str], ...] = (
    (r"\\\$", r" \\usd "),
    (r"\\begin\{cases\}|\\end\{cases\}", ""),
    (r"(?<=\d)\s*(?:''|\")$", " in"),
    (r"(?<=\d)\s*'(?=\s*\d+ in$)", " ft "),
    (r"\\(?:large|Large|LARGE|huge|small|normalsize|bf|it|sf)(?![A-Za-z])|\\(?:text)?color\s*\{[^{}]*\}", ""),
    (r"\\(?:lor|vee)(?![A-Za-z])", " or "),
    (r"\\(?:land|wedge)(?![A-Za-z])", " and "),
    (r"\{\}_\{?(\d+)\}?\s*C_\{?(\d+)\}?", r"\\binom{\1}{\2}"),
    (r"(?<![A-Za-z\\])C_\{?(\d+)\}?\^\{?(\d+)\}?", r"\\binom{\1}{\2}"),
    (r"\\overline\s*\{\s*([A-Z]{2})\s*\}", r"\1"),
    (r"^(-?(?:\d|\\frac|\\sqrt|\\pi)[^=<>]*?)\s*\\approx\s*-?[\d.,]+$", r"\1"),
    (r"^(?:m\s*)?\\angle\s*\{?[A-Z]{1,3}\}?\s*=\s*|^[fghpPS]\(-?\d+\)\s*=\s*(?=[-\d\\])", ""),
    (r"^(\d+)\s+(?:in|out of)\s+(\d+)$", r"\1/\2"),
    (r"^(\d+)\s*(?:R|r|rem\.?)\s*(\d+)$", r"\1 remainder \2"),
    (r"^\\(?:overrightarrow|vec)\s*\{?[A-Za-z]{1,2}\}?\s*=\s*", ""),
    (r"\\(?:hat|vec)\s*\{?\s*\\?([ijk])(?:math)?\s*\}?(?![A-Za-z])", r" \1 "),
    (r"(?<=\d)\s*([kc]?m)s\^\{?-(\d)\}?", r" \1 s^{-\2}"),
    (r"\\(?:langle)(?![A-Za-z])", "("),
    (r"\\(?:rangle)(?![A-Za-z])", ")"),
    (r"(?<=\d)\s*(?:[kK][mM]/h|kph|KPH|kmh)(?![A-Za-z])", " km per hour"),
    (r"(?<=\d)\s*(?:mph|MPH)(?![A-Za-z])", " miles per hour"),
    (r"(?<=\d)\s*([apAP])\.?\s?[mM]\.?(?![A-Za-z])", r" \1m"),
    (r"\\(?:left|right|bigg?[lr]?|Bigg?[lr]?|displaystyle|textstyle|limits|nolimits)(?![A-Za-z])\.?", ""),
    (r"(?<=\d)(?:\{,\}|\\,|\\!|,\\!|\\;|~)(?=\d{3}(?!\d))", ""),
    (r"\\[!,;:> ]|~|\\q?quad(?![A-Za-z])|\\hspace\*?\{[^{}]*\}|\\phantom\{[^{}]*\}", " "),
    (r"\\[dtc]frac(?![A-Za-z])", r"\\frac"),
    (r"\\(?:leq|leqslant|leqq)(?![A-Za-z])|<=|=<", r"\\le "),
    (r"\\(?:geq|geqslant|geqq)(?![A-Za-z])|>=|=>", r"\\ge "),
    (r"\\lt(?![A-Za-z])", "<"),
    (r"\\gt(?![A-Za-z])", ">"),
    (r"\\neq(?![A-Za-z])|!=|\\not\s*=", r"\\ne "),
    (r"\\(?:varnothing|empty)(?![A-Za-z])", r"\\emptyset "),
    (r"\\(?:R|reals|Reals)(?![A-Za-z])|\\(?:mathbf|mathds|Bbb|bf)\s*\{?R\}?|\\mathbb\s*R", r"\\mathbb{R}"),
    (r"\\(?:lbrace)(?![A-Za-z])", r"\\{"),
    (r"\\(?:rbrace)(?![A-Za-z])", r"\\}"),
    (r"\\(?:lvert|rvert|vert|mid)(?![A-Za-z])", "|"),
    (r"\\(?:lbrack)(?![A-Za-z])", "["),
    (r"\\(?:rbrack)(?![A-Za-z])", "]"),
    (r"\\(?:dots|ldots|cdots|dotsc)(?![A-Za-z])", "..."),
    (r"\\(?:ast|star)(?![A-Za-z])", r"\\cdot "),
    (r"\\(?:bigcup|union)(?![A-Za-z])", r"\\cup "),
    (r"\\(?:backslash)(?![A-Za-z])", r"\\setminus "),
    (r"\\(?:approxeq|simeq)(?![A-Za-z])", r"\\approx "),
    (r"\^\s*\{?\s*\\(?:circ|degree)\s*\}?|\\degree(?![A-Za-z])|\\circ(?![A-Za-z])", " deg "),
    (r"\\mathbb\s*\{R\}", r"\\Reals "),
    (r"\\(?:cfrac|over)(?![A-Za-z])", r"\\over "),
    (r"\*\*", "^"),
    (r"\\%|(?<=\d)\s*(?:percent|per cent|percentage points?)(?![A-Za-z])|(?<=[\d}])\s*pct\.?", "%"),
)
_PLAIN: tuple[tuple[str, str], ...] = (
    (LETTERS + r"(?:\+?infinity|\+?inf|oo)(?![A-Za-z])", r"\\infty "),
    (LETTERS + r"pi(?![A-Za-z])", r"\\pi "),
    (LETTERS + r"(sin|cos|tan|cot|sec|csc|ln|log|exp|arcsin|arccos|arctan)(?=\s*[(^\d\\])", r"\\\1"),
    (LETTERS + r"(?:asin|acos|atan)(?=\s*\()", r"\\arc"),
    (r"(?<=[)\]}])\s*(?:[uU]|union)\s*(?=[(\[\\{])", r"\\cup "),
    (r"\+\s*\\infty", r"\\infty"),
    (r"^\s*(?:the )?(?:final )?answer\s*(?:is|:|=)\s*", ""),
    (r"(?:" + LETTERS + r"deg(?:rees?)?)\s*(?:Celsius|celsius|C)(?![A-Za-z])", " celsius"),
    (r"(?:" + LETTERS + r"deg(?:rees?)?)\s*(?:Fahrenheit|fahrenheit|F)(?![A-Za-z])", " fahrenheit"),
    (LETTERS + r"rad(?:ians?)?(?![A-Za-z])", ""),
    (LETTERS + r"(?:DNE|(?:does|do) not exist)(?![A-Za-z])", "dne"),
    (LETTERS + r"(?:there (?:is|are) )?no (?:real )?solutions?(?: exists?)?|" + LETTERS + r"(?:the )?empty set|"
     + LETTERS + r"null set", r"\\emptyset "),
    (LETTERS + r"(?:all reals|all real numbers?(?: x)?|(?:the )?reals?(?: numbers)?)(?![A-Za-z])", r"\\Reals "),
    (r"\\times|\*", r"\\cdot "),
    (r"(?<=[\d)])\s*[xX]\s*(?=10\s*\^)", r"\\cdot "),
)  # fmt: skip
_WRAPS = (("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("__", "__"), ("`", "`"), ('"', '"'), ("'", "'"))
_END = re.compile(r"(?:[\s,;:。,;]|(?<!\.)\.)+$")
_DEGREES = re.compile(r"(\\(?:sin|cos|tan|cot|sec|csc)(?:\^\{\d\})?)\s*[({]?\s*(\d+(?:\.\d+)?)\s*deg\s*[)}]?")


@cache
def _compiled(rules: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(pattern, re.IGNORECASE if "answer" in pattern else 0), by) for pattern, by in rules
    )


def written(text: str) -> str:
    """The answer in the one way; nothing that it says is lost."""
    text = _undelimited(_rows(_signs(text).strip()))
    for pattern, by in _compiled(_RULES):
        text = pattern.sub(by, text)
    text = re.sub(_TEXT + r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}", r" \1 ", text)
    for pattern, by in _compiled(_PLAIN):
        text = pattern.sub(by, text)
    text = _DEGREES.sub(r"\1(\\frac{\2 \\cdot \\pi}{180})", _groups(_roots(text)))
    return _END.sub("", re.sub(r"\s+", " ", text).lstrip(" ,;:="))


def _rows(text: str) -> str:
    """The text with another sign between the rows of a matrix; elsewhere a doubled backslash is a single one."""
    if r"\begin{cases}" in text:
        return re.sub(r"\\\\|&", " , ", text)
    if r"\begin" in text:
        return re.sub(
            r"\\\\(?:\[[^\]]*\])?|\\cr(?![a-z])", r" \\newline ", text.replace("\\\\begin", "\\begin")
        )
    return re.sub(r"\\\\(?=[A-Za-z{}%$])", r"\\", text)


def _signs(text: str) -> str:
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+", lambda found: "^{" + found[0].translate(_RAISED) + "}", text)
    text = re.sub(r"[₀₁₂₃₄₅₆₇₈₉]+", lambda found: "_{" + found[0].translate(_LOWERED) + "}", text)
    return unicodedata.normalize("NFKC", "".join(_SIGNS.get(sign, sign) for sign in text))


def _undelimited(text: str) -> str:
    """The text without what says that it is maths, or bold; a dollar sign before a number is money."""
    before = None
    while before != text:
        before, text = text, _END.sub("", text.strip())
        for opens, closes in _WRAPS:
            if text.startswith(opens) and text.endswith(closes) and len(text) > len(opens) + len(closes):
                text = text[len(opens) : -len(closes)]
    text = re.sub(r"\\[()]|\\\[(?!\d*pt)|\\\]", " ", text)
    text = text.replace("$$", "$")
    bare = re.findall(r"(?<!\\)\$", text)
    return re.sub(r"(?<!\\)\$", " " if len(bare) % 2 == 0 else r" \\usd ", text)


def _groups(text: str) -> str:
    r"""`\frac12` with its braces, `\sqrt2` and `x^(1/2)` too, and spaces gone where they say nothing."""
    text = re.sub(r"\\frac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}", text)
    text = re.sub(r"\\frac\s*(\d)\s*\{", r"\\frac{\1}{", text)
    text = re.sub(r"(\\frac\s*\{[^{}]*\})\s*(\d|[a-z](?![a-z]))", r"\1{\2}", text)
    text = re.sub(r"\\sqrt\s*(\d+|[a-z](?![a-z]))", r"\\sqrt{\1}", text)
    text = re.sub(r"\^\s*\(([^()]*)\)", r"^{\1}", text)
    text = re.sub(r"\^\s*(-?\d+)", r"^{\1}", text)
    text = re.sub(r"^\{?\s*(-?\d+)\s*\\over\s+(\d+)\s*\}?$", r"\\frac{\1}{\2}", text)
    text = re.sub(r"_(\d)(?![\d}])", r"_{\1}", text)
    text = re.sub(r"\{?(\w+)\s*\\choose\s*(\w+)\}?", r"\\binom{\1}{\2}", text)
    text = re.sub(r"\s*([\^_])\s*|(?<=\})\s+(?=\{)|(?<=\{)\s+|\s+(?=\})", r"\1", text)
    return re.sub(r"(\\(?:frac|sqrt|binom))\s+(?=[{\[])", r"\1", text)


def _roots(text: str) -> str:
    """`sqrt(...)` and `cbrt(...)` of plain text as LaTeX, brackets matched."""
    for name, command in (("sqrt", r"\sqrt"), ("cbrt", r"\sqrt[3]")):
        while found := re.search(r"\\?" + LETTERS.replace(r"\\", "") + name + r"\s*\(", text):
            inside = _bracketed(text, found.end())
            if inside is None:
                break
            text = f"{text[: found.start()]}{command}{{{inside}}}{text[found.end() + len(inside) + 1 :]}"
    return text


def _bracketed(text: str, start: int) -> str | None:
    depth = 1
    for at in range(start, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return text[start:at]
    return None
