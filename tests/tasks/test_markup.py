"""Text becomes HTML that can say nothing but what it shows."""

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import _markup, _wall
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
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<meta http-equiv="refresh" content="0;url=https://tracker.example/">',
    '<link rel=stylesheet href="https://tracker.example/x.css">',
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<base href="https://tracker.example/"><form action=x><input name=y autofocus onfocus=alert(1)></form>',
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a><use href="#x"/></svg>',
    "[x](javascript:alert(1))",
    "![x](https://tracker.example/pixel.png)",
    "<https://tracker.example/><javascript:alert(1)>",
    "[x]: javascript:alert(1) 'title'\n\n[x]",
    "\\href{javascript:alert(1)}{x}",
    "\\unicode{x3c}script\\unicode{x3e}",
    "\ufdd00\ufdd1",
]
WRAPPED = [
    "{}",
    "${}$",
    "$\\text{{{}}}$",
    "$$\\mbox{{{}}}$$",
    "\\({}\\)",
    "\\[{}\\]",
    "\\begin{{align}}{}\\end{{align}}",
    "\\boxed{{{}}}",
    "`{}`",
    "```html\n{}\n```",
    "```{}\nx\n```",
    "# {}",
    "1. - > {}",
    "| {} |\n|:-:|\n| {} |",
    "**{}** *{}*",
    "[{}](x)",
    "[x]({})",
    "![{}]({})",
]
"""Where a text may put it."""


class Page(HTMLParser):
    """What a browser would find: elements, their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.add(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.tags.add(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.tags.add(f"instruction {data}")


def is_inert(html: str) -> bool:
    """Whether there is nothing in it but our elements, our classes, directions, and MathML's own attributes."""
    page = Page(html)
    assert page.tags <= _wall.TEXT_TAGS | _wall.MATH_TAGS
    for name, value in page.attributes:
        if name == "class":
            assert set((value or "").split()) <= _wall.CLASSES | _wall.MATH_CLASSES
        elif name == "dir":
            assert value in {"auto", "ltr"}
        else:
            assert name in _wall.MATH_ATTRIBUTES
            assert not set(value or "") & set("<>&:;()\"'`\\"), (name, value)
    return True


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_only_ever_read(payload: str, wrap: str) -> None:
    assert is_inert(_markup.prose(wrap.replace("{}", payload).replace("{{", "{").replace("}}", "}")))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_alone_is_read_in_full(payload: str) -> None:
    for shown in (_markup.plain(payload), _markup.program(payload, "html")):
        assert is_inert(shown)
        assert "".join(Page(shown).text.split()) == "".join(payload.split())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_second_wall_stands_alone(payload: str) -> None:
    html = _markup.sanitised(
        f'<div class="text evil" style="x" onclick="y" id="z" dir="auto">{payload}</div>'
    )
    page = Page(html)
    assert page.tags <= _wall.TEXT_TAGS | _wall.MATH_TAGS
    assert {name for name, _ in page.attributes} <= {"class", "dir"}
    assert "evil" not in html
    assert "javascript" not in {value for _, value in page.attributes}


def test_a_direction_is_one_of_ours() -> None:
    assert _markup.sanitised('<p dir="rtl">a</p><code dir="auto">b</code>') == "<p>a</p><code>b</code>"


ODDITIES = [
    r"$",
    r"$$",
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    r"\begin{align}",
    r"\end{align}",
    r"\boxed{",
    r"{",
    r"}",
    r"\frac",
    r"^",
    r"`",
    r"```",
    r"\text{",
    r"\left(",
    r"\\",
    r"&",
    r"---",
    r"~~~",
]
ODDITIES += ["*", "**", "***", "[", "](", ")", "![", "|", "|-|-|", "<script>", "&lt;", "[asy]", "[/asy]"]
ODDITIES += [
    "```python\n",
    "\n",
    "\n\n",
    "    ",
    "- ",
    "1. ",
    "> ",
    "# ",
    "<img src=x onerror=alert(1)>",
    "\u2028",
]
ODDITIES += ["\ufdd0", "\ufdd00\ufdd1", "\u05d0", "\u4e2d", "\x00", "\ud800"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(ODDITIES) | st.text(max_size=8), max_size=25).map("".join))
def test_no_text_makes_it_fail_or_say_more_than_it_may(text: str) -> None:
    html = _markup.prose(text)
    assert is_inert(html)
    assert _markup.sanitised(html) == html
    html.encode()


UNTYPESET = [
    "`",
    "```",
    "~~~",
    "|",
    "|-|-|",
    "*",
    "**",
    "***",
    "[",
    "](",
    ")",
    "![",
    "<b>",
    "&lt;",
    "---",
    "[asy]",
    "[/asy]",
    "א",
    "中",
]
UNTYPESET += ["```x y\n", "\n", "\n\n", "    ", "- ", "1. ", "07) ", "> ", "# ", "-|-\n", "x|y|z\n"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(UNTYPESET) | st.text("xyz\u00e9 019", max_size=5), max_size=30).map("".join))
def test_marks_may_go_but_letters_and_digits_stay_in_their_order(text: str) -> None:
    shown = Page(_markup.prose(text)).text
    assert [one for one in shown if one.isalnum()] == [one for one in text if one.isalnum()]


@settings(deadline=None, max_examples=100)
@given(st.text())
def test_what_is_storable_stays_as_it_is(text: str) -> None:
    once = _markup.storable(text)
    assert _markup.storable(once) == once
    once.encode()


def test_what_databases_refuse_is_replaced() -> None:
    assert _markup.storable("a\x00b\ud800c\r\nd\te") == "a\ufffdb\ufffdc\nd\te"


def test_the_style_is_one_element_with_colours_for_day_and_night() -> None:
    css = ET.fromstring(style("own")).text  # noqa: S314 - ours
    assert css is not None
    assert "\n.code .k " in css
    assert '[data-color-scheme="dark"] .code .k ' in css
    assert css.endswith("own")
    assert ">" not in css


def test_what_is_folded_opens_by_a_click_on_its_title() -> None:
    html = _markup.folded("A <b> & c", _markup.prose("$x$"))
    assert html.startswith(
        '<details class="part"><summary>A &lt;b&gt; &amp; c</summary><div class="text" dir="auto">'
    )
    assert "<math" in html
    assert is_inert(html)
