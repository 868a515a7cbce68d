"""Adjudication as its people meet it: a real Label Studio, a real browser, the keyboard."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from schemas.base import Item, Json, Label
from tasks import task_types
from tasks._adjudication import Adjudication, Decision
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem, StepReviewLabel
from tests.tasks.screens import submitted

pytestmark = [pytest.mark.live, pytest.mark.browser]

SEED = "leading"
"""The version under which Label Studio knows the predictions that forms start from."""
HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"

CODE = CodeReviewItem(prompt="Add 1.", code="def add(a):\n    return a - 1", programming_language="python")
PAIR = PreferencePairItem(prompt="Half of 1?", answer_a="1/2", answer_b="2")
STEPS = StepReviewItem(prompt="What is $\\frac{6}{4}$?", steps=("It is 3/2.", "So it is 2."))

CASES: dict[str, tuple[Item, tuple[Label, ...]]] = {
    "code_review": (
        CODE,
        (
            CodeReviewLabel(verdict="incorrect", lines=(2,), severity="major", comment="minus"),
            CodeReviewLabel(verdict="correct"),
            CodeReviewLabel(verdict="correct"),
        ),
    ),
    "preference_pair": (
        PAIR,
        (
            PreferencePairLabel(preference=-3, reason="a half, $\\frac{1}{2}$"),
            PreferencePairLabel(preference=3, reason=HOSTILE),
        ),
    ),
    "step_review": (
        STEPS,
        (
            StepReviewLabel(ratings=("good", "bad"), finish="found_error", corrections=((1, "3/2"),)),
            StepReviewLabel(finish="solved"),
        ),
    ),
}
FIRST, *OTHERS = CASES
SAMPLED = [FIRST, *(pytest.param(name, marks=pytest.mark.proof) for name in OTHERS)]
"""An item and votes on it, the leading one first."""


def made(api: httpx.Client, adjudication: Adjudication) -> int:
    """The id of a project whose forms start from predictions."""
    project: dict[str, Json] = {
        "title": "Adjudication",
        "label_config": adjudication.config(),
        "show_collab_predictions": True,
        "model_version": SEED,
    }
    answer = api.post("/api/projects", json=project)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def opened(page: Page, api: httpx.Client, name: str, leading: Label | None) -> int:
    """The id of a project with this one task, its form seeded, open in the page for labeling."""
    item, votes = CASES[name]
    adjudication = Adjudication(task_types()[name])
    project = made(api, adjudication)
    task: dict[str, Any] = {"data": adjudication.data(item, votes)}
    if leading is not None:
        task["predictions"] = [{"model_version": SEED, "result": adjudication.seed(leading)}]
    api.post(f"/api/projects/{project}/import", json=[task]).raise_for_status()
    page.goto(f"{api.base_url}/projects/{project}/data?labeling=1")
    page.get_by_text("Send back").wait_for()
    return project


def decided(page: Page, api: httpx.Client, name: str, project: int) -> Decision:
    """What the one annotation decides, after Ctrl+Enter."""
    item, _ = CASES[name]
    return Adjudication(task_types()[name]).parse(item, submitted(page, api, project))


def votes_shown(page: Page) -> Sequence[str]:
    return [text.strip() for text in page.locator(".hr .votes .text").all_inner_texts()]


def send_back(page: Page, reason: str) -> None:
    page.keyboard.press("b")
    page.locator("input[name=adjudication_reason]").focus()
    page.keyboard.type(reason)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("name", task_types())
def test_label_studio_makes_a_project_of_every_type(api: httpx.Client, name: str) -> None:
    assert made(api, Adjudication(task_types()[name]))


@pytest.mark.parametrize("name", SAMPLED)
def test_the_form_starts_from_the_leading_label(page: Page, api: httpx.Client, name: str) -> None:
    leading = CASES[name][1][0]
    project = opened(page, api, name, leading)
    expect(page.locator(".hr .bar input:checked").first).to_be_attached()
    assert decided(page, api, name, project) == Decision(label=leading)
    assert page.title() != "taken"


@pytest.mark.parametrize("name", SAMPLED)
def test_an_item_is_sent_back_by_keyboard_where_nothing_leads(
    page: Page, api: httpx.Client, name: str
) -> None:
    project = opened(page, api, name, None)
    expect(page.locator(".hr input:checked")).to_have_count(0)
    send_back(page, "which unit? b 1 2")
    said = Decision(label=None, reason="which unit? b 1 2")
    assert decided(page, api, name, project) == said


@pytest.mark.proof
def test_a_seeded_item_is_sent_back_too(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "code_review", CASES["code_review"][1][0])
    expect(page.get_by_text("Correct", exact=False).first).to_be_visible()
    send_back(page, "unclear")
    expect(page.locator(".hr .bar .answer")).to_be_hidden()
    expect(page.locator(".hr .lines .lsf-choice").first).to_be_visible()
    assert decided(page, api, "code_review", project) == Decision(label=None, reason="unclear")


@pytest.mark.proof
def test_the_seed_can_be_changed_and_sending_back_taken_back(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "preference_pair", CASES["preference_pair"][1][0])
    send_back(page, "unclear")
    page.keyboard.press("b")
    expect(page.locator(".hr .bar .why:visible")).to_have_count(0)
    page.keyboard.press("6")
    said = PreferencePairLabel(preference=2, reason="a half, $\\frac{1}{2}$")
    assert decided(page, api, "preference_pair", project) == Decision(label=said)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("b", "Why is it sent back"),
        pytest.param("Shift", "Does the program do what was asked", marks=pytest.mark.proof),
    ],
)
def test_nothing_is_submitted_that_decides_nothing(
    page: Page, api: httpx.Client, key: str, message: str
) -> None:
    project = opened(page, api, "code_review", None)
    page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".ant-modal").get_by_text(message)).to_be_visible()
    assert api.get(f"/api/projects/{project}").json()["total_annotations_number"] == 0


def test_votes_are_shown_counted_and_escaped(page: Page, api: httpx.Client) -> None:
    opened(page, api, "code_review", None)
    assert votes_shown(page) == ["correct", "incorrect, line 2, major"]
    assert page.locator(".hr .votes .number").all_inner_texts() == ["2 \u00d7", "1 \u00d7"]
    opened(page, api, "preference_pair", None)
    page.locator(".hr .votes math mfrac").wait_for()
    assert any(HOSTILE in text for text in votes_shown(page))
    assert page.title() != "taken"


@pytest.mark.proof
def test_the_screen_holds_in_the_dark_and_on_a_phone(page: Page, api: httpx.Client) -> None:
    page.add_init_script("localStorage.setItem('preferred-color-scheme', 'Dark')")
    page.set_viewport_size({"width": 420, "height": 860})
    opened(page, api, "preference_pair", CASES["preference_pair"][1][0])
    ink = page.locator(".hr .votes .text").first.evaluate("element => getComputedStyle(element).color")
    assert min(int(part) for part in ink.strip("rgb()").split(",")) > 150
    page.keyboard.press("b")
    reason = page.locator("input[name=adjudication_reason]")
    for shown in (page.locator(".hr .votes"), reason, page.locator(".hr .bar .back .lsf-choice")):
        box = shown.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 420
    width = (reason.bounding_box() or {"width": 0})["width"]
    assert width > 250
