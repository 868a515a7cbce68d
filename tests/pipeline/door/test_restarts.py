"""A door that is killed, a Label Studio that is started again: what was submitted or drafted is there; it goes on."""

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.label_studio import server
from pipeline.label_studio.server import Server
from tasks import task_types
from tests.pipeline.door.whole import Whole, let_in, press_next
from tests.tasks.hands import Hands

pytestmark = pytest.mark.live

PAIR = task_types()["preference_pair"]
GOOD, DRAFTED = PAIR.result(PAIR.label(preference=2)), PAIR.result(PAIR.label(preference=-1))


def project(folder: Path, there: Server, tasks: int) -> Whole:
    """A project of pairs with one person."""
    made = [
        {
            "prompt": f"Which number is larger? This is number {place}.",
            "domain": "reasoning",
            "language": "en",
            "candidates": [{"text": f"It is {place}."}, {"text": f"It is {place + 1}."}],
        }
        for place in range(tasks)
    ]
    lines = ['name = "restarts"', 'sources = [{ reader = "jsonl", path = "records.jsonl" }]']
    lines += ["[[tasks]]", 'type = "preference_pair"', "overlap = 1"]
    whole = Whole(folder, there, made, "\n".join(lines), ["mei"])
    assert whole.fill() == tasks
    whole.open()
    return whole


@pytest.fixture
def whole(tmp_path: Path, label_studio_server: Server) -> Iterator[Whole]:
    made = project(tmp_path, label_studio_server, 2)
    yield made
    made.close()


def annotations(whole: Whole) -> list[list[dict[str, Any]]]:
    """What Label Studio holds, task by task."""
    headers = {"Authorization": f"Token {whole.server.token}"}
    numbers = whole.rows("SELECT remote_task_id FROM pushes ORDER BY remote_task_id")
    return [
        httpx.get(
            f"{whole.server.url}/api/tasks/{row['remote_task_id']}/", headers=headers, timeout=60
        ).json()["annotations"]
        for row in numbers
    ]


def choice(said: Any) -> Any:
    """The preference that a result holds."""
    return next(region["value"]["choices"] for region in said if region["from_name"] == "preference")


@pytest.mark.proof
def test_a_killed_door_has_lost_nothing(whole: Whole) -> None:
    mei = whole.come_in("mei")
    first = mei.next()
    assert first is not None
    mei.submit(first, GOOD)
    second = mei.next()
    assert second is not None
    mei.draft(second, DRAFTED)
    whole.kill()
    with pytest.raises(httpx.TransportError):
        mei.next()
    whole.open()
    again = mei.next()
    assert again is not None
    assert again["id"] == second["id"]
    (draft,) = again["drafts"]
    assert choice(draft["result"]) == choice(DRAFTED)
    said = mei.submit(again, GOOD)
    assert choice(said["result"]) == choice(GOOD)
    assert mei.next() is None
    assert [len(one) for one in annotations(whole)] == [1, 1]
    assert [whole.run(stage)["done"] for stage in ("sync", "check")] == [2, 2]


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_killed_in_the_middle_of_a_submission_thirty_times_each_is_there_once(
    tmp_path: Path, label_studio_server: Server
) -> None:
    drawn, whole = random.Random(30), project(tmp_path, label_studio_server, 30)
    try:
        mei = whole.come_in("mei")
        kept = 0
        while (task := mei.next()) is not None:
            mei.draft(task, DRAFTED)

            def submit(task: dict[str, Any] = task) -> None:
                with suppress(httpx.TransportError, AssertionError):  # cut off: the page asks again
                    mei.submit(task, GOOD)

            sending = Thread(target=submit)
            sending.start()
            time.sleep(drawn.random() / 2)
            whole.kill()
            sending.join()
            whole.open()
            again = mei.next()
            if again is not None and again["id"] == task["id"]:  # not known to be done: nothing of it is lost
                assert again["annotations"] or again["drafts"]
                mei.submit(again, GOOD)
            else:
                kept += 1
                if again is not None:
                    mei.submit(again, GOOD)
        assert [len(one) for one in annotations(whole)] == [1] * 30
        assert {choice(one["result"])[0] for (one,) in annotations(whole)} == {choice(GOOD)[0], mirrored()}
        assert [whole.run(stage)["done"] for stage in ("sync", "check")] == [30, 30]
    finally:
        whole.close()


def mirrored() -> Any:
    """What Label Studio holds where left and right were swapped for them."""
    return choice(PAIR.mirrored_result(GOOD))[0]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(120_000)
    yield made
    context.close()


def working(page: Page, whole: Whole) -> Hands:
    """Somebody at their first task, who has answered it, and a draft of that was kept."""
    let_in(page, whole.invite("mei"))
    press_next(page)
    hands = Hands(page)
    hands.begin()
    with page.expect_response(lambda answer: "/drafts" in answer.url and answer.request.method == "POST"):
        hands.press("6")
    return hands


@pytest.mark.proof
@pytest.mark.browser
def test_a_page_says_that_the_door_is_gone_and_goes_on_when_it_is_back(whole: Whole, page: Page) -> None:
    hands = working(page, whole)
    whole.kill()
    hands.command("Control+Enter")
    told = page.locator(".headrace-bar [role=status]")
    expect(told).to_contain_text("No connection", timeout=30_000)
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ) as sent:
        whole.open()
    assert sent.value.ok
    expect(page.locator(".hr").get_by_text("This is number 1.").first).to_be_visible(timeout=60_000)
    expect(told).to_be_empty()
    hands.press("6")
    hands.submit()
    page.wait_for_url("**/desk/")
    assert [len(one) for one in annotations(whole)] == [1, 1]
    assert [whole.run(stage)["done"] for stage in ("sync", "check")] == [2, 2]


@pytest.mark.proof
@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_a_page_says_that_label_studio_restarts_and_goes_on_on_postgres(
    tmp_path: Path, folder_on_postgres: Path, label_studio_on_postgres: Server, page: Page
) -> None:
    whole = project(tmp_path, label_studio_on_postgres, 2)
    try:
        hands = working(page, whole)
        server.down(folder_on_postgres)
        hands.command("Control+Enter")
        told = page.locator(".headrace-bar [role=status]")
        expect(told).to_contain_text("Label Studio is starting again", timeout=60_000)
        other = page.context.new_page()
        other.goto(f"{whole.url}/desk/")
        other.locator("button.next").click()
        expect(other.locator("body")).to_contain_text("Label Studio is starting again")
        with page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST" and answer.ok,
            timeout=600_000,
        ):
            server.up(folder_on_postgres)
        expect(page.locator(".hr").get_by_text("This is number 1.").first).to_be_visible(timeout=60_000)
        expect(told).to_be_empty()
        expect(other.locator(".hr .bar .lsf-choice").first).to_be_visible(timeout=60_000)
        hands.press("6")
        hands.submit()
        page.wait_for_url("**/desk/")
        assert [len(one) for one in annotations(whole)] == [1, 1]
    finally:
        whole.close()
