"""Every screen on every keyboard, in a window with tabs, on a desk and on a phone, by day and by night."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from schemas.base import Label
from tasks import task_types
from tasks._escape import KEYS as WAYS_OUT
from tasks.step_review import StepReviewItem, StepReviewLabel
from tests.conftest import QUIET, missing
from tests.tasks.hands import LAYOUTS, Hands
from tests.tasks.screens import (
    DESK,
    PHONE,
    annotated,
    darkened,
    inside,
    labeled,
    made,
    opened,
    refused,
    show,
)
from tests.tasks.walks import OTHERS, WALKS, Walk

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

EVERY = pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
EVERY_WAY = pytest.mark.parametrize("walk", [*WALKS, *OTHERS], ids=lambda walk: f"{walk.name}-{walk.keys}")


def walked(page: Page, api: httpx.Client, walk: Walk, hands: Hands) -> None:
    """Do the task of the page that is open, and see what that says."""
    project = opened(page, api, walk.name, walk.item)
    walk.answer(hands)
    assert labeled(page, api, walk.name, walk.item, project) == walk.label


def upcoming(page: Page, prompt: str) -> None:
    """Wait until a page shows the next task, with nothing chosen."""
    expect(page.locator(".hr").get_by_text(prompt).first).to_be_visible()
    expect(page.locator(".hr .ant-rate-star-full, .hr input:checked")).to_have_count(0)


@EVERY_WAY
def test_it_is_done_on_every_keyboard_without_a_reload(page: Page, api: httpx.Client, walk: Walk) -> None:
    prompts = [f"The keyboard is {layout}." for layout in LAYOUTS]
    item: Any = walk.item
    project = made(api, walk.name, *(item.replace(prompt=f"{prompt} {item.prompt}") for prompt in prompts))
    show(page, api, project)
    for layout, prompt in zip(LAYOUTS, prompts, strict=True):
        upcoming(page, prompt)
        hands = Hands(page, layout)
        walk.answer(hands)
        hands.submit()
        assert (hands.pressed, hands.clicked) == (walk.keystrokes, walk.clicks)
    said = [walk.task_type.parse(walk.item, answers) for answers in annotated(api, project)]
    assert said == [walk.label] * len(LAYOUTS)


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Browser]:
    """Chromium in a window, on a screen that nobody sees."""
    if shutil.which("Xvfb") is None:
        missing("Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        display = told.readline().strip()
    try:
        opened = browser.browser_type.launch(
            executable_path=shutil.which("chromium"),
            headless=False,
            args=[one for one in QUIET if one != "--headless"],
            env={**os.environ, "DISPLAY": f":{display}"},
        )
        yield opened
        opened.close()
    finally:
        screen.terminate()
        screen.wait(30)


def test_it_is_done_in_a_window_between_other_tabs(window: Browser, page: Page, api: httpx.Client) -> None:
    context = window.new_context(storage_state=page.context.storage_state(), no_viewport=True)
    tabs = [context.new_page() for _ in range(4)]
    tabs[1].set_default_timeout(60_000)
    for walk in WALKS:
        tabs[1].bring_to_front()
        walked(tabs[1], api, walk, Hands(tabs[1]))
        assert len(context.pages) == len(tabs), walk.name
    assert tabs[1].evaluate("document.visibilityState") == "visible"
    context.close()


def test_twenty_reviews_in_a_row_need_no_mouse(page: Page, api: httpx.Client) -> None:
    items = [
        StepReviewItem(prompt=f"Problem {at} of 20.", steps=tuple(f"Step {n}." for n in range(1, at + 3)))
        for at in range(1, 21)
    ]
    project = made(api, "step_review", *items)
    show(page, api, project)
    hands = Hands(page)
    labels: list[Label] = []
    for at, item in enumerate(items):
        upcoming(page, item.prompt)
        wrong = None if at % 3 == 0 else at % 3
        hands.press("g" if wrong is None else f"{wrong} g")
        hands.submit()
        bad = () if wrong is None else (*["good"] * (wrong - 1), "bad")
        labels.append(
            StepReviewLabel.model_validate({"ratings": bad, "finish": "found_error" if bad else "solved"})
        )
    kind = task_types()["step_review"]
    said = [kind.parse(item, answers) for item, answers in zip(items, annotated(api, project), strict=True)]
    assert said == labels
    assert (hands.pressed, hands.clicked) == (20 * 2 + 13, 0)


@EVERY
def test_what_is_left_out_is_asked_for(page: Page, api: httpx.Client, walk: Walk) -> None:
    project = opened(page, api, walk.name, walk.item)
    assert walk.left_out in refused(page)
    assert api.get(f"/api/projects/{project}").json()["total_annotations_number"] == 0
    walk.answer(Hands(page))
    assert labeled(page, api, walk.name, walk.item, project) == walk.label


@EVERY
@pytest.mark.parametrize("kind", ["bad_problem", "cannot_judge"])
def test_a_way_out_needs_nothing_else(page: Page, api: httpx.Client, walk: Walk, kind: Any) -> None:
    project = opened(page, api, walk.name, walk.item)
    hands = Hands(page)
    if kind == "bad_problem":
        walk.answer(hands)
    hands.press(WAYS_OUT[kind])
    expect(page.locator(".hr .ask:visible .lsf-choice")).to_have_count(0)
    label = labeled(page, api, walk.name, walk.item, project)
    assert label == walk.task_type.label(escape={"kind": kind})


CONTRAST = """() => {
  const channels = colour => (colour.match(/[\\d.]+/g) || []).map(Number)
  const over = (front, back) => {
    const alpha = front.length > 3 ? front[3] : 1
    return [0, 1, 2].map(at => front[at] * alpha + back[at] * (1 - alpha))
  }
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= .04 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    return .2126 * x + .7152 * y + .0722 * z
  }
  const behind = element => {
    const found = []
    for (let one = element; one; one = one.parentElement) found.push(channels(getComputedStyle(one).backgroundColor))
    const page = document.documentElement.dataset.colorScheme === 'dark' ? [30, 30, 30] : [255, 255, 255]
    return found.reverse().reduce((back, front) => over(front, back), page)
  }
  const strength = element => {
    let all = 1
    for (let one = element; one; one = one.parentElement) all *= Number(getComputedStyle(one).opacity)
    return all
  }
  const found = []
  for (const one of document.querySelectorAll('.hr *')) {
    const said = [...one.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim())
    if (!said.length || !one.checkVisibility() || one.tagName === 'STYLE') continue
    const back = behind(one), ink = channels(getComputedStyle(one).color).slice(0, 3)
    const [x, y] = [light(over([...ink, strength(one)], back)), light(back)]
    found.push([(Math.max(x, y) + .05) / (Math.min(x, y) + .05), said[0].textContent.trim().slice(0, 40)])
  }
  return found.sort((a, b) => a[0] - b[0])
}"""
"""How far each visible text stands out from what is behind it, as WCAG counts it, the faintest first."""


@EVERY
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_usable_on_a_desk_and_on_a_phone(
    page: Page, api: httpx.Client, walk: Walk, scheme: str
) -> None:
    if scheme == "dark":
        darkened(page)
    opened(page, api, walk.name, walk.item)
    assert page.locator("html").get_attribute("data-color-scheme") == scheme
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "width => document.scrollingElement.scrollWidth <= width", arg=width, timeout=15_000
        )
        submit = page.get_by_role("button", name="Submit").first
        shown = [*page.locator(".hr .card:visible, .hr .bar .lsf-choice:visible").all(), submit]
        for one in (*shown, *page.locator(".hr textarea:visible, .hr input[type=text]:visible").all()):
            assert inside(one, width), (width, one.inner_text())
        for one in (*page.locator(".hr .lsf-choice:visible, .hr .lsf-label:visible").all(), submit):
            one.click(trial=True)
    columns = {
        card.evaluate("card => card.getBoundingClientRect().x") for card in page.locator(".hr .card").all()
    }
    assert len(columns - {0}) == 1  # one below the other; 0 is where what is hidden lies
    (faintest, words), *_ = page.evaluate(CONTRAST)
    print(f"{walk.name}, {scheme}: contrast at least {faintest:.1f}: {words!r}")  # noqa: T201 - the figure
    assert faintest >= 4.5
