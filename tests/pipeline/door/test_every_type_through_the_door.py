"""A person's way through the door: link, button, every type by keyboard; headrace reads the labels as without it."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.label_studio.server import Server
from schemas.base import Label
from tasks import task_types
from tasks.base import Answers
from tests.pipeline.door.whole import Whole, let_in, press_next, shown
from tests.tasks.examples import RECORDS
from tests.tasks.hands import Hands
from tests.tasks.test_every_screen import FEW
from tests.tasks.walks import WALKS, Walk

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

BAD_PROBLEM = "n"
"""The key of the way out that is first taken, and then taken back."""


def records(walks: Sequence[Walk], each: int) -> list[dict[str, Any]]:
    """So many records for each type, which differ in their first words."""
    return [
        {
            **RECORDS[walk.name],
            "prompt": f"{RECORDS[walk.name]['prompt']}\n\nThis is number {place}.",
            "topic": walk.name,
            "language": "en",
        }
        for walk in walks
        for place in range(1, each + 1)
    ]


def project(walks: Sequence[Walk], overlap: int = 1) -> str:
    """A project that asks for each of these types, with the walks' options."""
    lines = ['name = "through-the-door"', 'sources = [{ reader = "jsonl", path = "records.jsonl" }]']
    for walk in walks:
        options = "".join(f"{name} = {json.dumps(value)}\n" for name, value in walk.options.items())
        lines += ["[[tasks]]", f'type = "{walk.name}"', f"where = \"topic = '{walk.name}'\""]
        lines += [f"overlap = {overlap}", "[tasks.options]", options]
    return "\n".join(lines)


@pytest.fixture(
    params=[pytest.param(WALKS, id="all", marks=pytest.mark.proof), pytest.param(FEW[:1], id="one")]
)
def walks(request: pytest.FixtureRequest) -> Sequence[Walk]:
    found: Sequence[Walk] = request.param
    return found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser that was never here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(60_000)
    yield made
    context.close()


@pytest.fixture
def whole(tmp_path: Path, label_studio_server: Server, walks: Sequence[Walk]) -> Iterator[Whole]:
    made = Whole(tmp_path, label_studio_server, records(walks, 2), project(walks), ["mei"])
    try:
        assert made.fill() == 2 * len(walks)
        made.open()
        yield made
    finally:
        made.close()


def test_every_type_is_done_with_drafts_and_the_previous_task(
    whole: Whole, page: Page, walks: Sequence[Walk]
) -> None:
    let_in(page, whole.invite("mei"))
    press_next(page)
    names = {
        row["project_id"]: row["task_type"]
        for row in whole.rows("SELECT project_id, task_type FROM remote_projects")
    }
    by_name = {walk.name: walk for walk in walks}
    for place in range(len(walks)):
        two_of(page, by_name[names[project_of(page)]])
        if place < len(walks) - 1:
            shown(page)
    page.wait_for_url("**/desk/")
    assert [whole.run(stage)["done"] for stage in ("sync", "check")] == [2 * len(walks)] * 2
    swapped = whole.ledger("SELECT uid FROM leases WHERE swapped")
    turned = {row["uid"] for row in swapped}
    said = labels(whole)
    assert {uid: label for _, uid, label in said} == {
        uid: seen(by_name[name], swapped=uid in turned) for name, uid, _ in said
    }
    assert {name for name, _, _ in said} == set(by_name)
    people = whole.rows(
        "SELECT email, simulated FROM people WHERE annotator IN (SELECT annotator FROM votes)"
    )
    assert people == [{"email": whole.email("mei"), "simulated": False}]


def two_of(page: Page, walk: Walk) -> None:
    """The two tasks of a type: the first is passed as a bad problem, which is then taken back."""
    hands = Hands(page)
    hands.begin()
    first = prompt(page)
    hands.press(BAD_PROBLEM)
    hands.submit()
    expect(page.locator(".hr").get_by_text(first)).to_have_count(0, timeout=60_000)
    shown(page)
    second = prompt(page)
    with page.expect_response(
        lambda answer: "/drafts" in answer.url and answer.request.method != "GET"
    ) as drafted:
        walk.answer(hands)
    assert drafted.value.ok, drafted.value.text()
    page.wait_for_timeout(1500)  # of several drafts the last one
    page.reload()
    shown(page)
    hands.begin()
    assert prompt(page) == second, "the task in hand is still the same"
    previous(page)
    expect(page.locator(".hr").get_by_text(first).first).to_be_visible(timeout=60_000)
    hands.press(BAD_PROBLEM)
    walk.answer(hands)
    update(page)
    forward(page)
    expect(page.locator(".hr").get_by_text(second).first).to_be_visible(timeout=60_000)
    hands.submit()


def project_of(page: Page) -> int:
    return int(page.url.split("/projects/")[1].split("/")[0])


def prompt(page: Page) -> str:
    """The words by which a task is known."""
    found = re.search(r"This is number \d+\.", page.locator(".hr").first.inner_text())
    assert found is not None
    return found[0]


def previous(page: Page) -> None:
    page.get_by_role("button", name="Previous").first.click()


def forward(page: Page) -> None:
    page.get_by_role("button", name="Next").first.click()


def update(page: Page) -> None:
    """Ctrl+Enter on what was submitted before."""
    with page.expect_response(
        lambda answer: "/api/annotations/" in answer.url and answer.request.method == "PATCH"
    ) as changed:
        page.keyboard.press("Control+Enter")
    assert changed.value.ok, changed.value.text()


def labels(whole: Whole) -> list[tuple[str, str, Label]]:
    """Type, task and label of each vote."""
    votes = whole.rows("SELECT t.task_type, t.task_id, v.payload FROM votes v JOIN tasks t USING (task_id)")
    return [
        (
            row["task_type"],
            row["task_id"],
            task_types()[row["task_type"]].label.model_validate_json(row["payload"]),
        )
        for row in votes
    ]


def seen(walk: Walk, *, swapped: bool) -> Label:
    """What a walk says where left and right are swapped, or not."""
    kind = task_types()[walk.name]
    if not swapped:
        return walk.label
    turned = kind.mirrored_result(kind.result(walk.label))
    assert turned is not None
    label: Label = kind.parse(walk.item, Answers(turned))
    return label
