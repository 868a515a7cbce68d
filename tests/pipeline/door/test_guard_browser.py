"""Label Studio's own page through the guard, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from pipeline.label_studio.server import Server
from tests.pipeline.door.guarding import COOKIE, WALK, World, world
from tests.pipeline.label_studio.fault_proxy import Fault, FaultProxy, between
from tests.tasks.hands import Hands

pytestmark = [pytest.mark.live, pytest.mark.browser]

AUTOSAVED = 6500
"""Milliseconds after which Label Studio has saved a draft."""
PAYLOADS = (
    "<img src=x onerror=\"document.title='taken'\">",
    "<svg onload=\"document.title='taken'\"></svg>",
    "<script>document.title='taken'</script>",
    "<script src=\"data:text/javascript,document.title='taken'\"></script>",
    "<iframe srcdoc=\"<script>parent.document.title='taken'</script>\"></iframe>",
    "<iframe src=\"javascript:parent.document.title='taken'\"></iframe>",
    "<a id=hostile href=\"javascript:document.title='taken'\">click</a>",
    "<form action=\"javascript:document.title='taken'\"><button id=hostile>go</button></form>",
    '<form><button id=hostile formaction="https://evil.example/">go</button></form>',
    '<form action="https://evil.example/"><button id=hostile>go</button></form>',
    "<details open ontoggle=\"document.title='taken'\"><summary>x</summary></details>",
    "<object data=\"data:text/html,<script>document.title='taken'</script>\"></object>",
    "<embed src=\"javascript:document.title='taken'\">",
    "<input autofocus onfocus=\"document.title='taken'\">",
    '<base href="https://evil.example/"><a id=hostile href="#x">click</a>',
    '<link rel=stylesheet href="https://evil.example/x.css"><img src="https://evil.example/x.png">',
    "<style>body{background:url(https://evil.example/leak)}</style>",
)


@pytest.fixture(scope="module")
def faults(label_studio_server: Server) -> Iterator[FaultProxy]:
    with between(label_studio_server.url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind(label_studio_server: Server, faults: FaultProxy) -> Iterator[World]:
    with world(label_studio_server, each=12, reached_by=faults.url) as made:
        yield made


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def page(browser: Browser, behind: World, said: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": COOKIE, "value": "mei", "url": behind.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    behind.dealer.clear()


def opened(page: Page, address: str) -> Hands:
    page.goto(address)
    shown(page)
    hands = Hands(page)
    hands.begin()
    return hands


def shown(page: Page) -> None:
    page.locator(".hr .bar .lsf-choice").first.wait_for()


def stored(behind: World, kind: str, place: int) -> list[Any]:
    return [one["result"] for one in behind.annotations(behind.tasks[kind][place])]


@pytest.mark.proof
def test_from_the_button_through_two_projects_and_back_to_the_work_page(
    behind: World, page: Page, said: list[str]
) -> None:
    behind.give("mei", "step_review", 3)
    behind.give("mei", "step_review", 1)
    behind.give("mei", "preference_pair", 2, swapped=True)
    hands = opened(page, f"{behind.url}/desk/next")
    WALK["step_review"].answer(hands)
    page.wait_for_timeout(AUTOSAVED)
    page.reload()
    shown(page)
    hands.begin()
    assert page.locator(".hr .bar .lsf-choice_selected, .hr .bar .ant-radio-wrapper-checked").count() > 0 or (
        page.locator(".hr .bar input:checked").count() > 0
    )
    hands.submit()
    page.locator("text=/^2 of 2$/").wait_for()
    WALK["step_review"].answer(hands)
    hands.submit()
    page.wait_for_url(f"{behind.url}/projects/{behind.projects['preference_pair']}/data**")
    shown(page)
    hands.begin()
    hands.press(WALK["preference_pair"].keys)
    hands.submit()
    page.wait_for_url(f"{behind.url}/desk/")
    assert page.locator("body").inner_text() == "the work page"
    assert behind.dealer.endings(behind.people["mei"].annotator) == ["submitted"] * 3
    assert [len(stored(behind, "step_review", place)) for place in range(4)] == [0, 1, 0, 1]
    (pair,) = stored(behind, "preference_pair", 2)
    assert next(one for one in pair if one["from_name"] == "preference")["value"]["choices"] == ["-2"]
    assert behind.dealer.active["step_review-3"] > 3
    # done within seconds, so told of with the submission or never
    assert behind.dealer.active["step_review-1"] > 0
    assert behind.dealer.active["preference_pair-2"] > 0
    assert not [text for text in said if "Content Security Policy" in text]


@pytest.mark.proof
def test_the_previous_task_is_changed_and_a_task_is_passed_on(behind: World, page: Page) -> None:
    for place in (5, 6):
        behind.give("mei", "preference_pair", place)
    hands = opened(page, f"{behind.url}/desk/next")
    hands.press(WALK["preference_pair"].keys)
    hands.submit()
    page.locator('[data-testid="prev-task"]').click()
    page.get_by_text("Update", exact=True).wait_for()
    page.wait_for_timeout(500)
    hands.press("2")
    with page.expect_response(
        lambda answer: answer.request.method == "PATCH" and "/annotations/" in answer.url
    ):
        page.keyboard.press("Control+Enter")
    (pair,) = stored(behind, "preference_pair", 5)
    assert next(one for one in pair if one["from_name"] == "preference")["value"]["choices"] == ["-2"]
    page.locator('[data-testid="next-task"]').click()
    page.get_by_role("button", name="Skip").click()
    page.wait_for_url(f"{behind.url}/desk/")
    assert behind.dealer.endings(behind.people["mei"].annotator)[-2:] == ["submitted", "skipped"]


@pytest.mark.proof
def test_a_label_studio_that_starts_again_is_waited_for_by_the_page(
    behind: World, page: Page, faults: FaultProxy
) -> None:
    behind.give("mei", "step_review", 7)
    hands = opened(page, f"{behind.url}/desk/next")
    WALK["step_review"].answer(hands)
    faults.when(
        lambda method, path: method == "POST" and path.endswith("/annotations/"),
        Fault.BAD_GATEWAY,
        Fault.ANSWER_LOST,
    )
    page.keyboard.press("Control+Enter")
    page.get_by_text("Label Studio is starting again").wait_for()
    page.wait_for_url(f"{behind.url}/desk/")
    assert len(stored(behind, "step_review", 7)) == 1


@pytest.mark.proof
def test_a_lost_connection_is_told_of_and_nothing_is_lost(behind: World, page: Page) -> None:
    behind.give("mei", "step_review", 8)
    hands = opened(page, f"{behind.url}/desk/next")
    WALK["step_review"].answer(hands)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.get_by_text("No connection").wait_for()
    page.context.set_offline(False)
    page.wait_for_url(f"{behind.url}/desk/")
    assert len(stored(behind, "step_review", 8)) == 1


@pytest.mark.proof
def test_dark_instructions_and_a_telephone(behind: World, page: Page) -> None:
    behind.give("mei", "step_review", 9)
    hands = opened(page, f"{behind.url}/desk/next")
    page.get_by_text("Light", exact=True).click()
    page.locator("html[data-color-scheme=dark]").wait_for()
    page.get_by_text("Instructions").first.click()
    hands.begin()
    page.set_viewport_size({"width": 400, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= 400")
    assert page.locator(".headrace-bar a").is_visible()
    WALK["step_review"].answer(hands)
    hands.submit()
    page.wait_for_url(f"{behind.url}/desk/")


@pytest.mark.proof
def test_what_slips_past_every_sanitiser_runs_nothing(behind: World, page: Page) -> None:
    """Hostile tags put into the page as they are, as if nobody had looked at them: the policy alone is left."""
    behind.give("mei", "step_review", 10)
    opened(page, f"{behind.url}/desk/next")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - it marks what it calls
    for payload in PAYLOADS:
        page.evaluate(
            """payload => {
              const place = document.createElement('div');
              place.append(document.createRange().createContextualFragment(payload));
              document.body.append(place);
              document.querySelector('#hostile')?.click();
              setTimeout(() => place.remove(), 150);
            }""",
            payload,
        )
        page.wait_for_timeout(250)
        assert "taken" not in page.title(), payload
        assert page.url.startswith(f"{behind.url}/projects/"), payload
    assert not [one.url for one in asked if "evil.example" in one.url and one.failure != "csp"]
