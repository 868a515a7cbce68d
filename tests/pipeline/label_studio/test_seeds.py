"""A page of a seeded project starts from the seed, in a browser, so that submitting keeps it or changes it."""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pipeline.label_studio.base import UID, LabelStudio, NewTask, ProjectSpec
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server
from tests.pipeline.label_studio.world import BAD, CONFIG

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.live, pytest.mark.browser]


@pytest.fixture
def page(browser: "Browser", label_studio_server: Server) -> "Iterator[Page]":
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.goto(f"{label_studio_server.url}/user/login")
    page.fill("input[name=email]", label_studio_server.username)
    page.fill("input[name=password]", label_studio_server.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    page.close()


def project(studio: LabelStudio, *, seeded: bool) -> int:
    """A project with three tasks whose seed says bad, and one without."""
    mark = secrets.token_hex(4)
    spec = ProjectSpec(
        marker=f"headrace: seeds {mark}", title="Seeds", config=CONFIG, overlap=1, seeded=seeded
    )
    made = studio.ensure_project(spec)
    seeds = (tuple(BAD), tuple(BAD), ())
    studio.push(
        made, [NewTask(data={UID: str(at), "text": f"text {at}"}, seed=s) for at, s in enumerate(seeds)]
    )
    return made


def shown(page: "Page", text: str) -> list[bool]:
    """Which of good and bad is chosen on the page of a task."""
    page.get_by_text(text, exact=True).wait_for()
    boxes = page.locator(".lsf-choice input")
    boxes.nth(1).wait_for(state="attached")
    page.locator("button[name=submit]").wait_for()
    return [boxes.nth(at).is_checked() for at in range(2)]


def test_a_seed_is_kept_or_changed_by_submitting(page: "Page", label_studio_server: Server) -> None:
    studio = connect(label_studio_server.url, label_studio_server.token)
    made = project(studio, seeded=True)
    page.goto(f"{label_studio_server.url}/projects/{made}/data?labeling=1")
    assert shown(page, "text 0") == [False, True]
    page.locator("button[name=submit]").click()
    assert shown(page, "text 1") == [False, True]
    page.get_by_text("good", exact=False).first.click()
    page.locator("button[name=submit]").click()
    assert shown(page, "text 2") == [False, False]
    said = {
        task.uid: [region["value"]["choices"] for one in task.annotations for region in one.result]
        for task in studio.changes(made, None)
    }
    assert said == {"0": [["bad"]], "1": [["good"]], "2": []}


def test_a_page_of_any_other_project_starts_empty(page: "Page", label_studio_server: Server) -> None:
    studio = connect(label_studio_server.url, label_studio_server.token)
    made = project(studio, seeded=False)
    page.goto(f"{label_studio_server.url}/projects/{made}/data?labeling=1")
    assert shown(page, "text 0") == [False, False]
