"""Text becomes HTML that can say nothing but what it shows."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import _markup
from tasks._style import style

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<iframe src="https://www.youtube.com/embed/x" srcdoc="<script>alert(1)</script>"></iframe>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    '<form><button formaction="javascript:alert(1)">press</button></form>',
    "<style>*{display:none}</style>",
    '<img src="https://tracker.example/pixel.png">',
    '<a href="javascript:alert(1)">x</a>',
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    '<math><maction actiontype="statusline#https://x.example" xlink:href="javascript:alert(1)">x</maction></math>',
    "</div></pre></span><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<!--><script>alert(1)</script>-->",
    "<details open ontoggle=alert(1)>",
]
WRAPPED = [
    "{}",
    "${}$",
    "$\\text{{{}}}$",
    "$$\\mbox{{{}}}$$",
    "\\({}\\)",
    "\\[{}\\]",
    "`{}`",
    "```html\n{}\n```",
    "```{}\nx\n```",
]


def elements(html: str) -> list[str]:
    return re.findall(r"<\s*/?\s*([a-zA-Z!][\w-]*)", html)


def attributes(html: str) -> set[str]:
    return {name for tag in re.findall(r"<[a-z][^>]*>", html) for name in re.findall(r'([\w:-]+)="', tag)}


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_only_ever_read(payload: str, wrap: str) -> None:
    html = _markup.prose(wrap.format(payload))
    assert set(elements(html)) <= {"div", "span", "pre", "code"} | _markup._MATH_TAGS
    assert attributes(html) <= {"class", "dir"} | _markup._MATH_ATTRIBUTES


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_wall_stands_alone(payload: str) -> None:
    html = _markup.sanitised(
        f'<div class="text evil" style="x" onclick="y" id="z" dir="auto">{payload}</div>'
    )
    assert attributes(html) <= {"class", "dir"}
    assert not set(elements(html)) & {"script", "img", "iframe", "button", "style", "svg", "a", "maction"}
    assert "evil" not in html


@pytest.mark.parametrize(
    "latex", [r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}", r"\class{evil}{x}"]
)
def test_latex_brings_neither_address_nor_style_nor_class(latex: str) -> None:
    html = _markup.prose(f"so ${latex}$")
    assert attributes(html) <= {"class", "dir", "display"}
    assert "<a" not in html


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="ab1 \n$\\[](){}<>&`~_^#%\"'é中\x00\ud800", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    html = _markup.prose(text)
    assert _markup.sanitised(html) == html
    html.encode()


@pytest.mark.parametrize(
    "text", ["$" + "{" * 5000 + "$", "\\[" * 20_000, "$$" * 5000 + "x", "\n" * 50_000 + "$"]
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
    ],
)
def test_money_is_not_maths(text: str) -> None:
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
        (r"$5x = 2(3x-7)$", "mo"),
    ],
)
def test_maths_is_typeset(text: str, tag: str) -> None:
    html = _markup.prose(text)
    assert html.count("<math") == 1
    assert f"<{tag}" in html


def test_what_cannot_be_typeset_stays_readable() -> None:
    assert r'<code class="tex">$\nosuch{x}$</code>' in _markup.prose(r"so $\nosuch{x}$")


def test_a_smaller_than_sign_is_a_sign() -> None:
    assert "<mo>&lt;</mo>" in _markup.prose("$a<b$")


def test_line_breaks_and_writing_direction_are_kept() -> None:
    assert _markup.prose("שלום\nb") == '<div class="text" dir="auto">שלום\nb</div>'


def test_a_fenced_program_is_coloured_line_by_line() -> None:
    html = _markup.prose("So:\n```python\ndef f():\n    return '<b>'\n```\nDone $x$.")
    assert html.count('<span class="line">') == 2
    assert '<span class="k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert "<math" in html.split("</pre>")[1]


def test_dollars_within_code_stay_code() -> None:
    assert "<math" not in _markup.prose("`$x$` and\n```bash\necho $x $y$\n```")


@settings(deadline=None, max_examples=50)
@given(
    st.text(alphabet="ab()\"'#: \n\t\r\x0b\x0c\u2028<&", max_size=60),
    st.sampled_from(["python", "c", "nosuch", None]),
)
def test_there_are_as_many_coloured_lines_as_lines(code: str, language: str | None) -> None:
    lines = _markup.program_lines(code, language)
    assert len(lines) == _markup.storable(code).count("\n") + 1
    shown = ["".join(ET.fromstring(f"<p>{line.replace('&nbsp;', ' ')}</p>").itertext()) for line in lines]  # noqa: S314 - ours
    assert "\n".join(shown) == _markup.storable(code)


def test_a_string_over_two_lines_is_coloured_on_both() -> None:
    first, second = _markup.program_lines('"""a\nb"""', "python")
    assert first.startswith('<span class="s')
    assert second.startswith('<span class="s')


def test_what_databases_refuse_is_replaced() -> None:
    assert _markup.storable("a\x00b\ud800c\r\nd\te") == "a\ufffdb\ufffdc\nd\te"


def test_the_style_is_one_element_with_colours_for_day_and_night() -> None:
    css = ET.fromstring(style("own")).text  # noqa: S314 - ours
    assert css is not None
    assert "\n.code .k " in css
    assert '[data-color-scheme="dark"] .code .k ' in css
    assert css.endswith("own")
    assert ">" not in css


def test_the_longest_formula_is_typeset_and_a_longer_one_shown_as_it_stands() -> None:
    for before, after in (("$", "$"), ("$$", "$$"), (r"\(", r"\)"), (r"\[", r"\]")):
        longest = "x" * _markup.LONGEST_FORMULA
        assert "<math" in _markup.prose(f"{before}{longest}{after}")
        assert "<math" not in _markup.prose(f"{before}{longest}x{after}")
