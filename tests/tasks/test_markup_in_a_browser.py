"""What is rendered, in a real browser: nothing runs, nothing is asked for, and it looks like what it says."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tasks import _markup
from tasks._style import style
from tests.tasks.test_markup import PAYLOADS, WRAPPED
from tests.tasks.test_markup import Page as Found

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html data-color-scheme="{scheme}"><meta charset="utf-8">
<script>window.ran = 0; window.alert = () => {{ window.ran += 1 }}</script>
<style>html{{--color-neutral-border:#888;--color-neutral-surface:#fff;--color-neutral-background:#fff}}{css}</style>
<body><div class="hr">{html}</div></body></html>"""
EVERYTHING = r"""# A solution

The sum is $\frac{1}{2}$, so **\(\sqrt{x}\)** is `x`:

\[ \begin{aligned} a &= b \\ c &= d \end{aligned} \]

1. one
   - two

| a | b |
|---|--:|
| $|x|$ | 2 |

```python
def f():
    return 1
```

שלום $x$
"""


def opened(
    browser: "Browser", html: str, scheme: str = "light", width: int = 1000
) -> "tuple[Page, list[str]]":
    """A page with the HTML and our style, and the addresses that it asks for."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []

    def refuse(route: Any) -> None:
        asked.append(route.request.url)
        route.abort()

    page.route("**/*", refuse)
    css = style().removeprefix("<Style>").removesuffix("</Style>")
    page.set_content(PAGE.format(scheme=scheme, css=css, html=html))
    return page, asked


def clicked(page: "Page") -> int:
    """How often a script ran, after a click on everything there is."""
    page.evaluate(
        "document.querySelectorAll('.hr *').forEach(one => one.dispatchEvent(new MouseEvent('click')))"
    )
    page.wait_for_timeout(200)
    return int(page.evaluate("window.ran"))


def test_no_payload_runs_or_asks_for_anything(browser: "Browser") -> None:
    hostile = (wrap.replace("{}", payload) for payload in PAYLOADS for wrap in WRAPPED)
    page, asked = opened(browser, "".join(map(_markup.prose, hostile)))
    address = page.url
    assert clicked(page) == 0
    assert asked == []
    assert page.url == address
    assert page.locator(".hr a, .hr img, .hr iframe, .hr svg, .hr form, .hr script, .hr style").count() == 0
    page.close()


def test_the_payloads_would_have_run(browser: "Browser") -> None:
    page, asked = opened(
        browser, "".join(one for one in PAYLOADS if "refresh" not in one and "<style" not in one)
    )
    assert clicked(page) > 0
    assert asked != []
    page.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 420)])
def test_everything_is_laid_out(browser: "Browser", scheme: str, width: int) -> None:
    html = _markup.prose(EVERYTHING) + _markup.folded("Reference answer", _markup.prose("$x$"))
    page, _ = opened(browser, html, scheme, width)
    for shown in ("mfrac", "msqrt", "mtable", "h3", "strong", "li li", "td", "pre.code .k", "details"):
        box = page.locator(f".hr {shown}").first.bounding_box()
        assert box is not None, shown
        assert min(box["width"], box["height"]) > 5, shown
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    first, last = (
        page.locator(".hr p").nth(at).evaluate("one => getComputedStyle(one).direction") for at in (0, -1)
    )
    assert (first, last) == ("ltr", "rtl")
    keyword, plain = (
        page.locator(one).first.evaluate("one => getComputedStyle(one).color") for one in (".hr .k", ".hr .p")
    )
    assert keyword != plain
    assert not page.locator("details .text").is_visible()
    page.locator("summary").click()
    assert page.locator("details .text").is_visible()
    page.close()


def test_a_wide_text_scrolls_in_itself(browser: "Browser") -> None:
    wide = "$" + "+".join(f"a_{{{number}}}" for number in range(200)) + "$\n\n```\n" + "x" * 900 + "\n```"
    page, _ = opened(browser, _markup.prose(wide), width=420)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert page.evaluate("(one => one.scrollWidth > one.clientWidth)(document.querySelector('.hr .text'))")
    page.close()


@pytest.mark.live
def test_label_studio_shows_all_of_it(page: "Page", api: httpx.Client) -> None:
    html = _markup.prose(EVERYTHING) + _markup.folded("Reference answer", _markup.prose("$x$"))
    config = (
        f'<View className="hr">{style()}<View className="card"><HyperText name="a" value="$a" inline="true"/></View>'
        '<Choices name="b" toName="a"><Choice value="c"/></Choices></View>'
    )
    made = api.post("/api/projects", json={"title": "markup", "label_config": config})
    made.raise_for_status()
    project = made.json()["id"]
    api.post(f"/api/projects/{project}/import", json=[{"data": {"a": html}}]).raise_for_status()
    page.goto(f"{api.base_url}/projects/{project}/data?labeling=1")
    page.locator(".hr details").wait_for()
    shown = page.locator(".hr .lsf-richtext__container, .hr [class*=richtext]").first.inner_html()
    assert Found(shown).tags == Found(html).tags
    assert Found(html).attributes <= Found(shown).attributes
    assert page.locator(".hr li").first.evaluate("one => getComputedStyle(one).display") == "grid"
    assert page.locator(".hr .text h3").evaluate("one => getComputedStyle(one).fontWeight") == "700"
    assert page.locator(".hr mtd[columnalign=right]").first.evaluate(
        "one => getComputedStyle(one).textAlign"
    ) == ("-webkit-right")
