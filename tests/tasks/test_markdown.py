"""Markdown of model answers, in our own elements; what only looks like Markdown stays."""

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import _markdown, _markup

DASH, BULLET = "\u2013", "\u2022"


def blocks(text: str) -> str:
    """What stands in the div of a text of several blocks, without directions."""
    html = _markup.prose(text).replace(' dir="auto"', "").replace(' dir="ltr"', "")
    assert html.startswith('<div class="text">')
    return html.removeprefix('<div class="text">').removesuffix("</div>")


def line(text: str) -> str:
    """What stands in the div of a text of one paragraph."""
    html = _markup.prose(text).replace(' dir="ltr"', "")
    assert html.startswith('<div class="text" dir="auto">')
    return html.removeprefix('<div class="text" dir="auto">').removesuffix("</div>")


def item(mark: str, said: str) -> str:
    return f'<li><span class="mark">{mark}</span><div class="said">{said}</div></li>'


def test_line_breaks_and_writing_direction_are_kept() -> None:
    assert _markup.prose("\u05e9\u05dc\nb") == '<div class="text" dir="auto">\u05e9\u05dc\nb</div>'


def test_each_block_reads_in_its_own_direction() -> None:
    html = _markup.prose(
        "# a\n\n\u05e9\u05dc $x$ `y`\n\n- a\n  - b\n\n> c\n\n| a |\n|---|\n| b |\n\n```\nc\n```"
    )
    assert re.findall(r'<(\w+)[^>]* dir="(\w+)"', html) == [
        ("h3", "auto"),
        ("p", "auto"),
        ("math", "ltr"),
        ("code", "ltr"),
        ("li", "auto"),
        ("li", "auto"),
        ("p", "auto"),
        ("div", "auto"),
        ("pre", "ltr"),
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# T", "<h3>T</h3>"),
        ("###### T ##", "<h6>T</h6>"),
        ("a\n\nb\nc", "<p>a</p><p>b\nc</p>"),
        ("- a\n* b", f"<ul>{item(DASH, 'a')}</ul><ul>{item(BULLET, 'b')}</ul>"),
        ("3. a\n4. b", f"<ol>{item('3.', 'a')}{item('4.', 'b')}</ol>"),
        ("1) a\n   - b", f"<ol>{item('1)', 'a<ul>' + item(DASH, 'b') + '</ul>')}</ol>"),
        ("+ 3", f"<ul>{item('+', '3')}</ul>"),
        ("- a\n\n  b", f"<ul>{item(DASH, '<p>a</p><p>b</p>')}</ul>"),
        ("> a\n> > b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("12\n---\n4", "<p>12</p><hr><p>4</p>"),
        (
            "| a | b |\n|:-:|--:|\n| `x` |",
            (
                '<div class="wide"><table><thead><tr><th class="center">a</th><th class="right">b</th></tr></thead>'
                '<tbody><tr><td class="center"><code class="typed">x</code></td><td class="right"></td></tr></tbody>'
                "</table></div>"
            ),
        ),
        ("    a\n\n    b", "<p>    a</p><p>    b</p>"),
    ],
)
def test_blocks_are_laid_out(text: str, html: str) -> None:
    assert blocks(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** and *b*", "<strong>a</strong> and <em>b</em>"),
        ("***a***", "<em><strong>a</strong></em>"),
        ("**重点\uff1a**是", "<strong>重点\uff1a</strong>是"),
        ("中**重点**文", "中<strong>重点</strong>文"),
        ("``a ` b``", '<code class="typed">a ` b</code>'),
        (r"\*a\* \# \$5 50\%", "*a* # $5 50%"),
        (
            "[a *b*](https://x.example/?a=b)",
            '<span class="link">a <em>b</em></span><span class="address"> (https://x.example/?a=b)</span>',
        ),
        ("![a](b.png)", '<span class="link">a</span><span class="address"> (b.png)</span>'),
        ("[a](b_(c))", '<span class="link">a</span><span class="address"> (b_(c))</span>'),
        ("a  \n  b", "a  \n  b"),
    ],
)
def test_running_text_is_marked(text: str, html: str) -> None:
    assert line(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24",
        "2**3**4",
        "(a)*(b)*(c)",
        "x[1]*y[2]*z",
        "40%*$5 = $<<40*.01",
        "f:\n    # one\n    > two\n    - three\n    ---",
        "5 * 3 * 2",
        "__init__ and _x_",
        "snake_case_name",
        "a *b",
        "**a",
        "[a]",
        "[a] (b)",
        "[a](b c)",
        "[a][b]",
        "a ~~b~~",
        "Title\n=====",
        "#5",
        "-5",
        "a | b | c",
        "1.5 apples",
        r"\frac{1}{2} and \{1, 2\} and \\",
        "****a****",
        "f(*args, **kwargs)",
        "| a |\n|---|\n| b | c |",
    ],
)
def test_what_only_looks_like_markdown_stays(text: str) -> None:
    assert line(text) == escape(text)


@pytest.mark.parametrize("text", ["<b>a</b>", "&lt; &amp;", "<https://x.example>", "<!-- a -->", "a<br>b"])
def test_html_is_text(text: str) -> None:
    assert line(text) == escape(text)


def test_a_fenced_program_is_coloured_line_by_line() -> None:
    html = _markup.prose("So:\n```python\ndef f():\n    return '<b>'\n```\nDone $x$.")
    assert html.count('<span class="line">') == 2
    assert '<span class="k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert "<math" in html.split("</pre>")[1]


def test_a_fence_of_no_language_we_know_says_what_it_said() -> None:
    assert blocks("```nosuch <x>\na\n```").startswith(
        '<code class="typed">nosuch &lt;x&gt;</code><pre class="code">'
    )
    assert blocks("```python\na\n```").startswith("<pre")
    assert blocks("~~~\na\n~~~").startswith("<pre")


def test_dollars_within_code_stay_code() -> None:
    html = _markup.prose(
        "`$x$` and\n```bash\necho $x $y$\n```\n~~~\n$z$\n~~~\n- a\n\n  ```\n  $w$ \\[v\\]\n  ```"
    )
    assert "<math" not in html
    assert "$z$" in html
    assert "$w$ \\[v\\]" in html


def test_an_unclosed_fence_hides_nothing() -> None:
    assert "$x$" in _markup.prose("a\n```\n$x$ [b](c)")


def test_an_address_is_never_a_link_and_keeps_its_dollars() -> None:
    html = _markup.prose("[a](https://x.example/$y$)")
    assert "(https://x.example/$y$)" in html
    assert "href" not in html


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - ", "* > "])
def test_what_is_nested_too_deep_is_still_read(mark: str) -> None:
    html = _markup.prose(mark * 200 + "end")
    assert "end" in html
    assert html.count("<blockquote") + html.count("<ul") + html.count("<ol") <= 12


def test_emphasis_too_deep_keeps_its_stars() -> None:
    html = line("*a " * 50 + "b" + " a*" * 50)
    assert 0 < html.count("<em>") <= 6
    assert html.count("<em>") == html.count("</em>")
    assert html.count("a") == 100


def test_an_answer_of_many_pages_is_laid_out_whole() -> None:
    html = _markup.prose("## Part\n\nSome **words** in a line.\n\n- one\n- two\n\n" * 1600)
    assert html.count("<h4") == 1600
    assert html.count("<li") == 3200


SIGNS = st.sampled_from(
    [
        *"aZ\u00e9\u4e2d\u05e9 1.)-+=>#~|<&!]{}_\"'\t\u00a0\u2028:/",
        "www.a.b",
        "[x](y)",
        "$x$",
        "`c`",
        "*",
        "\n",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(SIGNS, max_size=12).map("".join))
def test_a_line_without_signs_looks_as_if_it_had_been_read(text: str) -> None:
    text = text.lstrip("\n").rstrip()
    assert _markdown.rendered(text) == _markdown.read(text)
