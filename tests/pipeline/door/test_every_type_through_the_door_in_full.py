"""What is harder at the door: a pair that two people see each their own way, and texts that want to run something."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from pipeline.door.hands import swaps
from pipeline.label_studio.server import Server
from tests.pipeline.door.test_every_type_through_the_door import labels, project, records
from tests.pipeline.door.whole import Whole, let_in, press_next, shown
from tests.tasks.examples import RECORDS
from tests.tasks.hands import Hands
from tests.tasks.test_markup import PAYLOADS
from tests.tasks.test_screens_at_their_limits import RUN, poisoned
from tests.tasks.walks import WALKS

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

PAIR = [walk for walk in WALKS if walk.name == "preference_pair"]
MANY = tuple(f"mei-{number}" for number in range(12))
PROOF = RECORDS["preference_pair"]["candidates"][0]["text"][:20]
POLICY_CANNOT = ("<style>*", 'http-equiv="refresh"')
"""What no policy stops: a style that hides the page, and a page that leads elsewhere by itself."""
STOPPED = [one for one in PAYLOADS if not any(part in one for part in POLICY_CANNOT)]
PRESS_ALL = """
for (const one of document.querySelectorAll('.hr .text *, .hr .lsf-choice *, #payloads *'))
    for (const kind of ['mouseover', 'focus', 'toggle', 'load', 'error', 'click'])
        if (kind !== 'click' || one.closest('#payloads')) one.dispatchEvent(new MouseEvent(kind, {cancelable: true}))
"""
INSERT = """
html => {
    const place = document.createElement('div')
    place.id = 'payloads'
    document.querySelector('.hr').append(place)
    place.append(document.createRange().createContextualFragment(html))
}
"""
"""Put HTML into the page as it is, with what would run in it: neither our sanitiser nor Label Studio's sees it."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield page_of(context)
    context.close()


def page_of(context: Any) -> Page:
    made: Page = context.new_page()
    made.set_default_timeout(60_000)
    return made


@pytest.fixture
def pair(tmp_path: Path, label_studio_server: Server) -> Iterator[Whole]:
    made = Whole(tmp_path, label_studio_server, records(PAIR, 1), project(PAIR, overlap=2), MANY)
    try:
        assert made.fill() == 1
        made.open()
        yield made
    finally:
        made.close()


def test_two_people_see_a_pair_each_their_own_way_and_say_the_same(pair: Whole, browser: Browser) -> None:
    saw = []
    for name, is_swapped in one_of_each(pair):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = page_of(context)
        let_in(page, pair.invite(name))
        press_next(page)
        hands = Hands(page)
        hands.begin()
        is_left = proof_is_left(page)
        saw.append(is_left)
        hands.press("2 q s z" if is_left else "6 e s c")  # the proof is better, and more correct
        hands.submit()
        page.wait_for_url("**/desk/")
        (lease,) = pair.ledger(
            "SELECT swapped FROM leases JOIN accounts USING (annotator) WHERE email = ?", pair.email(name)
        )
        assert bool(lease["swapped"]) is is_swapped
        context.close()
    assert sorted(saw) == [False, True]
    assert [pair.run(stage)["done"] for stage in ("sync", "check")] == [2, 2]
    first, second = (label for _, _, label in labels(pair))
    (task,) = pair.rows("SELECT payload ->> '$.answer_a' AS a FROM tasks")
    assert first == second
    assert (getattr(first, "preference") < 0) is task["a"].startswith(PROOF)  # noqa: B009 - of its own type


def one_of_each(pair: Whole) -> list[tuple[str, bool]]:
    """Two people, one of whom sees the pair swapped."""
    (task,) = pair.rows("SELECT task_id FROM tasks")
    found: dict[bool, str] = {}
    for name in MANY:
        pair.invite(name)
        (known,) = pair.ledger("SELECT annotator FROM accounts WHERE email = ?", pair.email(name))
        found.setdefault(swaps(task["task_id"], known["annotator"]), name)
        if len(found) == 2:
            return [(who, is_swapped) for is_swapped, who in found.items()]
    raise AssertionError("of so many people all see it the same way")


def proof_is_left(page: Page) -> bool:
    """Whether the proof stands before the other answer."""
    said = page.locator(".hr").first.inner_text()
    return said.index(PROOF) < said.index("decimal expansion that ends")


@pytest.fixture
def ten(tmp_path: Path, label_studio_server: Server) -> Iterator[Whole]:
    made = Whole(tmp_path, label_studio_server, records(WALKS, 1), project(WALKS), ["mei"])
    try:
        assert made.fill() == len(WALKS)
        made.open()
        yield made
    finally:
        made.close()


def watched(page: Page, door: str) -> list[str]:
    """All that a page asks of others than the door."""
    asked: list[str] = []

    def outside(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.add_init_script(RUN)
    page.route(lambda url: not url.startswith((f"{door}/", "data:", "blob:")), outside)
    return asked


def test_payloads_run_nothing_where_no_text_was_made_harmless(ten: Whole, page: Page) -> None:
    poison = " ".join(STOPPED)
    rows = ten.rows("SELECT p.remote_task_id FROM pushes p")
    put_in(ten, [row["remote_task_id"] for row in rows], poison)
    asked = watched(page, ten.url)
    let_in(page, ten.invite("mei"))
    press_next(page)
    for place in range(len(WALKS)):
        hands = Hands(page)
        hands.begin()
        address = page.url
        page.evaluate(PRESS_ALL)
        page.wait_for_timeout(500)
        assert page.evaluate("window.ran") == []
        assert page.url == address
        page.evaluate("document.activeElement.blur()")  # a box among the payloads takes what is typed
        hands.press("n")
        hands.submit()
        if place < len(WALKS) - 1:
            page.wait_for_function("here => location.href !== here", arg=address)
            shown(page)
    page.wait_for_url("**/desk/")
    assert asked == []


def put_in(whole: Whole, tasks: list[int], poison: str) -> None:
    """Write poison into each text of tasks, in Label Studio itself, where nothing looks at it."""
    headers = {"Authorization": f"Token {whole.server.token}"}
    with httpx.Client(base_url=whole.server.url, headers=headers, timeout=60) as admin:
        for number in tasks:
            data = admin.get(f"/api/tasks/{number}/").json()["data"]
            kept = {name: value for name, value in data.items() if name.startswith("headrace")}
            answer = admin.patch(f"/api/tasks/{number}/", json={"data": {**poisoned(data, poison), **kept}})
            answer.raise_for_status()


@pytest.mark.parametrize("with_policy", [True, False], ids=["with the policy", "without it"])
def test_payloads_run_nothing_where_the_sanitisers_are_switched_off(
    ten: Whole, browser: Browser, *, with_policy: bool
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=not with_policy)
    page = page_of(context)
    asked = watched(page, ten.url)
    let_in(page, ten.invite("mei"))
    press_next(page)
    Hands(page).begin()
    address = page.url
    page.evaluate(INSERT, " ".join(STOPPED))
    page.evaluate(PRESS_ALL)
    page.wait_for_timeout(1000)
    ran = page.evaluate("window.ran")
    if with_policy:
        assert ran == []
        assert asked == []
        assert page.url == address
        expect(page.locator(".hr .bar .lsf-choice").first).to_be_visible()
    else:
        assert ran, "they would run"
        assert asked, "they would ask"
    context.close()


def test_what_a_policy_cannot_stop_is_little() -> None:
    assert len(PAYLOADS) - len(STOPPED) == len(POLICY_CANNOT)
