"""The desk in a browser: by keyboard, at 400 pixels, by day and by night, under a policy that forbids scripts."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.cli.serve import listening
from tests.pipeline.door.desk_example import (
    HOSTILE,
    LEE,
    LI,
    LONG_AGO,
    NEW_GUIDELINE,
    Behind,
    Example,
    Opened,
    fill,
    opened,
    posted,
    prefers,
    publish,
)

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"
PATHS = (
    "",
    "hours",
    "gold",
    "overturned",
    "disputes",
    "asked",
    "guidelines",
    "guidelines/preference_pair",
    "data",
    "lead",
    "people",
)
SCREENS = [(1440, "light"), (400, "dark")]

FAULTS = """() => {
  const found = [], say = (what, one) => found.push(what + ': ' + one.outerHTML.slice(0, 120));
  const all = (css) => [...document.querySelectorAll(css)];
  document.querySelectorAll('details').forEach((one) => { one.open = true; });
  if (!document.documentElement.lang) found.push('no language');
  if (all('h1').length !== 1) found.push('not one h1');
  if (all('main').length !== 1) found.push('not one main');
  let last = 0;
  for (const one of all('h1, h2, h3, h4, h5, h6')) {
    if (one.closest('.hr')) continue;
    const level = +one.tagName[1];
    if (level > last + 1) say('heading skips a level', one);
    last = level;
  }
  for (const one of all('textarea, select, input:not([type=hidden])'))
    if (!one.labels.length) say('no label', one);
  for (const one of all('a, button, summary')) if (!one.textContent.trim()) say('no name', one);
  for (const one of all('th')) if (!one.scope) say('no scope', one);
  for (const one of all('[aria-labelledby]'))
    if (!document.getElementById(one.getAttribute('aria-labelledby'))) say('labelled by nothing', one);
  const ids = all('[id]').map((one) => one.id);
  if (new Set(ids).size !== ids.length) found.push('an id twice');
  for (const one of all('nav, form[aria-label]')) if (!one.getAttribute('aria-label')) say('no label', one);
  for (const one of all('[style], script')) say('style or script', one);
  if (document.documentElement.scrollWidth > innerWidth) found.push('scrolls sideways');
  for (const one of all('button, header nav a'))
    if (one.getBoundingClientRect().height < 24) say('too small to hit', one);
  return found;
}"""

FAINT = """() => {
  const channel = (c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const parse = (text) => { const p = text.match(/[\\d.]+/g).map(Number); return p.length < 4 ? [...p, 1] : p; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const ground = (one) => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    let colour = [255, 255, 255];
    for (const layer of layers.reverse()) colour = over(layer, colour);
    return colour;
  };
  const found = [];
  document.querySelectorAll('details').forEach((one) => { one.open = true; });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.getClientRects().length || one.closest('.skip')) continue;
    const under = ground(one), style = getComputedStyle(one);
    const ink = parse(style.color);
    let opacity = 1;
    for (let at = one; at; at = at.parentElement) opacity *= +getComputedStyle(at).opacity;
    const shown = over([ink[0], ink[1], ink[2], ink[3] * opacity], under);
    const [a, b] = [light(shown), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + walk.currentNode.data.trim().slice(0, 40));
  }
  return found;
}"""


class Strict:
    """Answers under the policy that the door puts on the desk."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = POLICY
            await send(message)

        await self._app(scope, receive, send_on)


def served(app: ASGIApp) -> Iterator[str]:
    """Where an application is really served."""
    with listening("127.0.0.1", 0) as door:
        server = uvicorn.Server(
            uvicorn.Config(Strict(app), log_level="warning", access_log=False, lifespan="off")
        )
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/desk/"
        server.should_exit = True
        running.join()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A busy desk where somebody has disagreed."""
    folder = tmp_path_factory.mktemp("desk")
    publish(folder, fill)
    made = opened(folder)
    client = made.as_(LI)
    for about in ("gold", "overturned"):
        task = re.search(r'name="task" value="([^"]+)"', client.get(f"/desk/{about}").text)
        assert task
        if about == "gold":
            client.post("/desk/disagree", data=posted(about=about, task=task[1], remark="Four is right."))
    client.post("/desk/answer", data=posted(kind="no lead time", remark="It crashed."))
    made.notes.put("looked", LI, {"task_type": "preference_pair", "version": "g1"})
    made.notes.put("looked", LEE, {"task_type": "preference_pair", "version": "g1"})
    return made


@pytest.fixture(scope="module")
def as_li(desk: Opened) -> Iterator[str]:
    yield from served(Behind(desk.app, LI))


@pytest.fixture(scope="module")
def as_lee(desk: Opened) -> Iterator[str]:
    yield from served(Behind(desk.app, LEE))


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_can_be_read_by_everybody(
    as_li: str, as_lee: str, browser: Any, width: int, scheme: str, language: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=language
    )
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    for path in PATHS:
        page.goto((as_lee if path in ("lead", "people") else as_li) + path)
        assert page.evaluate(FAULTS) == [], path
        assert page.evaluate(FAINT) == [], path
    assert told == []
    context.close()


def test_enter_opens_the_next_task(as_li: str, browser: Any) -> None:
    page = browser.new_page()
    page.route(
        "**/desk/next*", lambda route: route.fulfill(status=200, content_type="text/html", body="the task")
    )
    page.goto(as_li)
    page.wait_for_function(
        "document.activeElement.matches('button.next')"
    )  # it is focused when it is first drawn
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/next*")
    assert page.inner_text("body") == "the task"
    page.close()


def test_whoever_uses_the_keyboard_sees_where_they_are(as_li: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(f"{as_li}overturned")
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        outline = page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", page.evaluate("document.activeElement.outerHTML")
        assert outline[1] >= 2
        seen.add(page.evaluate("document.activeElement.outerHTML"))
    assert len(seen) > 10
    page.close()


def test_to_disagree_needs_no_script(as_li: str, browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{as_li}overturned")
    page.locator("details.disagree summary").click()
    page.get_by_label("Why?").fill("A is shorter.")
    page.get_by_role("button", name="Send").click()
    page.locator("blockquote", has_text="A is shorter.").wait_for()  # sending leads to another page
    assert page.locator("details.disagree").count() == 0
    context.close()


def test_the_language_is_changed_by_a_button(as_li: str, browser: Any) -> None:
    context = browser.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{as_li}guidelines/preference_pair")
    page.locator("button[lang=zh]").click()
    assert page.url.endswith("/desk/guidelines/preference_pair")
    assert page.locator("h1").inner_text() == "比较两个回答"
    page.locator("button[lang=en]").click()
    assert page.locator("h1").inner_text() == "Comparing two answers"
    context.close()


def test_nothing_that_others_wrote_runs(tmp_path_factory: pytest.TempPathFactory, browser: Any) -> None:
    def hostile(made: Example) -> None:
        made.people()
        task = made.gold(3, clause=HOSTILE, prompt=HOSTILE)
        made.say(task, LI, prefers(-3, HOSTILE))
        made.guideline(HOSTILE + NEW_GUIDELINE, "g1", LONG_AGO)

    folder = tmp_path_factory.mktemp("hostile")
    publish(folder, hostile)
    made = opened(folder)
    made.notes.put("answer", LI, {"kind": HOSTILE, "remark": HOSTILE})
    for who, paths in ((LI, ("", "gold", "guidelines/preference_pair")), (LEE, ("people",))):
        for address in served(Behind(made.app, who)):
            page = browser.new_page()
            ran: list[str] = []
            page.on("dialog", lambda dialog, ran=ran: (ran.append(dialog.message), dialog.dismiss()))
            page.on("console", lambda message, ran=ran: ran.append(message.text))
            for path in paths:
                page.goto(address + path)
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
                assert page.locator("script, img, main a[href^=javascript]").count() == 0
            assert ran == []
            page.close()
