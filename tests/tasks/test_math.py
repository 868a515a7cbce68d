"""LaTeX becomes MathML where all of it is understood, and stays source where not."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import _markup, _math


def shown(html: str) -> str:
    """What is read of some MathML, without spaces."""
    return re.sub(r"\s", "", "".join(ET.fromstring(f"<p>{html}</p>").itertext()))  # noqa: S314 - ours


def maths(latex: str) -> str:
    """The formula as MathML; it is one."""
    html = _math.typeset(latex, display=True)
    assert html is not None, latex
    return html


@pytest.mark.parametrize(
    "latex",
    [r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", r"\class{evil}{x}", r"\color{red}x"],
)
def test_latex_brings_neither_address_nor_style_nor_class(latex: str) -> None:
    html = _markup.prose(f"so ${latex}$")
    assert set(re.findall(r'([\w:-]+)="', html)) <= {"class", "dir", "display"}
    assert "evil" not in html.replace(latex, "")
    assert "<a" not in html


@pytest.mark.parametrize(
    "text",
    ["$" + "{" * 5000 + "$", "\\[" * 20_000, "$$" * 5000 + "x", "\n" * 50_000 + "$", "\\boxed{" * 9000],
)
def test_a_monstrous_text_is_shown_as_it_stands(text: str) -> None:
    assert "<math" not in _markup.prose(text)


@pytest.mark.parametrize(
    "text",
    [
        "It costs $26 and $3 more.",
        "from $5-$10 each",
        "$5 for the milk, 3$",
        "US$5 and AU$6",
        "a $1,000/$2 ratio",
        "\\$5 and \\$6",
        "$ 5 and 6 $",
        "about 5$ or 6$ each",
        "$5 and then $x",
        "$$5 for you and $$6",
        "$5",
        "$$$",
        "earn $5,$6",
        "a $x\n\n b$ c",
        "a $x $$ b$ c",
        "the cost is $20+$2=$<<20+2=22>>22",
        "$75 - ($x + $45) = $75",
        "$20.00被写成$",
        "`$x$`",
        "`` ` $x$ ``",
    ],
)
def test_money_and_code_are_not_maths(text: str) -> None:
    assert "<math" not in _markup.prose(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (r"$\frac{1}{2}$", "mfrac"),
        (r"\(\sqrt{x}\)", "msqrt"),
        (r"\[\sqrt[3]{x}\]", "mroot"),
        ("$$x^2$$", "msup"),
        ("a cost of $26 and then $x^2$.", "msup"),
        (r"$\text{number of apples} = \frac{a}{b}$", "mfrac"),
        ("\\[\n\\begin{align*}a&=b\\\\c&<d\\end{align*}\n\\]", "mtable"),
        ("\\begin{align}\na&=b\\\\\nc&<d\n\\end{align}", "mtable"),
        (r"so \begin{equation*}x^2\end{equation*}", "msup"),
        (r"$5x = 2(3x-7)$", "mo"),
        (r"The answer is \boxed{\frac{1}{2}}.", "mfrac"),
        ("the $n$th", "mi"),
        ("a $=$ sign", "mo"),
        ("$20+2=22$ and $", "mo"),
        ("$(0,1]$", "mo"),
        ("设$x^2$为", "msup"),
        ("($x^2$)", "msup"),
        ("| a |\n|---|\n| $|x|$ |", "mo"),
        ("- a\n  \\[\n- x^2\n\\]\n- b", "msup"),
        ("**so $x^2$**", "msup"),
        (r"\( \( x^2 \)", "msup"),
        ("a ` b $x^2$", "msup"),
    ],
)
def test_maths_is_typeset(text: str, tag: str) -> None:
    html = _markup.prose(text)
    assert html.count("<math") == 1
    assert f"<{tag}" in html


@pytest.mark.parametrize(
    ("display", "text"), [(True, r"\[x\]"), (True, "$$x$$"), (False, "$x$"), (False, r"\(x\)")]
)
def test_a_displayed_formula_stands_on_its_own(text: str, display: bool) -> None:  # noqa: FBT001 - a parameter of the test
    html = _markup.prose(f"so\n{text}\nthen")
    assert ('display="block"' in html) is display
    assert ("\n" in html) is not display


@pytest.mark.parametrize(
    ("latex", "read"),
    [
        (r"\begin{aligned}a&=b\\[4pt]c&=d\end{aligned}", "a=bc=d"),
        (r"\begin{gather}a\\b\end{gather}", "ab"),
        (r"\begin{eqnarray}a&=&b\end{eqnarray}", "a=b"),
        (r"\begin{alignat}{2}a&=b\end{alignat}", "a=b"),
        (r"\begin{dcases}1 & x\\2 & y\end{dcases}", "{1x2y"),
        (r"a = b \\ c = d \\", "a=bc=d"),
        (r"\text{if $x$ {a} b}", "ifxab"),
        (r"\boxed{\textbf{(A)}\ 5}", "(A)5"),
        (r"50% \text{of 5\% a\_b}", "50%of5%a_b"),
        (r"1{,}000 + 10,\!000", "1,000+10,000"),
        (r"\begin{array}{r@{}l|p{2cm}}a&b&c\end{array}", "abc"),
        (r"\Big\{x\Big\} \bigl\langle y \bigr|", "{x}\u27e8y|"),
        (r"\mathbb{AB}\mathbb R\R\mathscr{L}", "\U0001d538\U0001d539\u211d\u211d\u2112"),
        (r"\label{eq:1}a\nonumber\color{red}b\textcolor{red}{c}", "abc"),
        (r"\overarc{AB}\not= \backslash", "AB\u2322\u2260\u29f5"),
        (r"\sum_{\substack{i\\j}} k", "\u2211ijk"),
        (r"\mathop{\sum}_i", "\u2211i"),
        (r"\dfrac12 \tfrac{1}{2} \cfrac34 \frac{1}2", "12123412"),
        ("\u221a2 \u00d7 x\u00b2 \u2264 \u221e", "\u221a2\u00d7x\u00b2\u2264\u221e"),
        (r"\arg x \qed", "argx\u220e"),
    ],
)
def test_each_dialect_is_read_as_it_was_meant(latex: str, read: str) -> None:
    assert shown(maths(latex)) == read


@pytest.mark.parametrize(
    "latex",
    [
        r"\nosuch{x}",
        r"\frac{1}{2",
        "x}",
        r"\begin{tabular}{c}a\end{tabular}",
        r"\begin{rcases}a\end{rcases}",
        r"\begin{align}a",
        r"\def\a{\b\b}\a",
        r"\newcommand{\x}{y}\x",
        r"\DeclareMathOperator{\x}{y}\x",
        r"\sum\limits",
        r"\left( x",
        "x_",
        "a^b^c",
        r"\text{if \frac{1}{2}}",
        r"\text{a $b}",
        "{" * 200 + "x" + "}" * 200,
        r"\sqrt" * 300 + " x",
        "",
        " ",
    ],
)
def test_what_is_not_understood_in_full_is_not_typeset(latex: str) -> None:
    assert _math.typeset(latex, display=True) is None


def test_what_cannot_be_typeset_stays_readable() -> None:
    assert r'<code class="tex" dir="ltr">$\nosuch{x}$</code>' in _markup.prose(r"so $\nosuch{x}$")
    assert r'<code class="tex" dir="ltr">[asy] draw((0,0)--$x$); [/asy]</code>' in _markup.prose(
        "[asy] draw((0,0)--$x$); [/asy]"
    )


def test_a_smaller_than_sign_is_a_sign() -> None:
    assert "<mo>&lt;</mo>" in _markup.prose("$a<b$")


def test_signs_are_operators_however_typed_but_infinity_is_none() -> None:
    assert "<mo>\u2264</mo>" in maths("a \u2264 b")
    assert "<mi>\u221e</mi>" in maths(r"\infty")
    assert "<mi>\u221e</mi>" in maths("\u221e")


@pytest.mark.parametrize("word", [r"\lim", r"\max", r"\operatorname*{argmax}"])
def test_what_a_limit_runs_over_stands_below_it(word: str) -> None:
    assert re.search(r'<munder><mo movablelimits="true">', maths(word + r"_{x \to 0} x"))
    assert "<msub>" in maths("x_0")


def test_an_exponent_of_a_matrix_stands_by_the_whole_of_it() -> None:
    base, exponent = ET.fromstring(maths(r"\begin{bmatrix}1&2\end{bmatrix}^T"))[0][0]  # noqa: S314 - ours
    assert base.find("mtable") is not None
    assert exponent.text == "T"


def test_the_line_of_an_augmented_matrix_is_drawn() -> None:
    html = maths(r"\left[\begin{array}{cc|c}1&2&3\\4&5&6\end{array}\right]")
    assert (
        re.findall(r"<mtd([^>]*)>", html)
        == [
            ' columnalign="center"',
            ' columnalign="center" class="ruled"',
            ' columnalign="center"',
        ]
        * 2
    )


def test_the_longest_formula_is_typeset_and_a_longer_one_shown_as_it_stands() -> None:
    for before, after in (("$", "$"), ("$$", "$$"), (r"\(", r"\)"), (r"\[", r"\]")):
        longest = "x" * _math.LONGEST_FORMULA
        assert "<math" in _markup.prose(f"{before}{longest}{after}")
        assert "<math" not in _markup.prose(f"{before}{longest}x{after}")


def test_the_deepest_formula_is_typeset() -> None:
    deep = _math.DEEPEST_FORMULA - 2
    assert "<math" in maths("{" * deep + "x" + "}" * deep)
    assert _math.typeset("{" * (deep + 1) + "x" + "}" * (deep + 1), display=True) is None


COMMANDS = [
    "\\frac",
    "\\sqrt",
    "\\text",
    "\\left(",
    "\\right)",
    "\\begin{array}",
    "\\end{array}",
    "\\begin{cases}",
]
COMMANDS += [
    "\\end{cases}",
    "{c|c}",
    "\\hline",
    "\\not",
    "\\limits",
    "\\sum",
    "\\unicode",
    "\\rule",
    "\\color",
    "\\mathop",
]
COMMANDS += [
    "{",
    "}",
    "[",
    "]",
    "^",
    "_",
    "&",
    "\\\\",
    "'",
    "%",
    "#",
    "~",
    "1",
    "x",
    "\u4e2d",
    "<",
    "\\verb|",
    "\\",
    "$",
]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(COMMANDS), max_size=20).map("".join))
def test_every_formula_is_well_formed_or_none(latex: str) -> None:
    html = _math.typeset(latex, display=False)
    if html is None:
        return
    root = ET.fromstring(html)  # noqa: S314 - ours
    assert root.tag == "math"
    assert "\\" not in "".join(root.itertext())
    for node in root.iter():
        assert len(node) == _math._ARITY.get(node.tag, len(node))
