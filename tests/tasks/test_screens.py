"""The three screens as annotators meet them: a real Label Studio, a real browser, the keyboard."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from schemas.base import Item, Label
from tasks import task_types
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem, StepReviewLabel
from tests.tasks.submitting import submitted

pytestmark = [pytest.mark.live, pytest.mark.browser]

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"

STEPS = StepReviewItem(
    prompt=f"What is $\\frac{{6}}{{4}}$, for \\$5? {HOSTILE}",
    steps=tuple(f"Step {number} costs $26 and $3: $x^{{{number}}}$" for number in range(1, 13)),
    reference="$\\frac{3}{2}$",
)
CODE = CodeReviewItem(
    prompt="Add $\\frac{1}{2}$.",
    code="def add(a):\n    # <b> & half\n    return a - 0.5",
    programming_language="python",
)
PAIR = PreferencePairItem(
    prompt="一半 $\\frac{1}{2}$?",
    answer_a=f"```python\ndef half(x):\n    return x / 2\n```\n{HOSTILE}",
    answer_b="0.5",
)


def opened(page: Page, api: httpx.Client, name: str, item: Item) -> int:
    """The id of a project with this one task, open in the page for labeling."""
    task_type = task_types()[name]
    made = api.post("/api/projects", json={"title": task_type.title, "label_config": task_type.config()})
    made.raise_for_status()
    project = int(made.json()["id"])
    api.post(f"/api/projects/{project}/import", json=[{"data": task_type.data(item)}]).raise_for_status()
    page.goto(f"{api.base_url}/projects/{project}/data?labeling=1")
    page.locator(".hr .bar .lsf-choice").first.wait_for()
    return project


def labeled(page: Page, api: httpx.Client, name: str, item: Item, project: int) -> Label:
    """The label of the one annotation, after Ctrl+Enter."""
    label: Label = task_types()[name].parse(item, submitted(page, api, project))
    return label


def colour(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("element => getComputedStyle(element).color"))


def fraction(page: Page) -> dict[str, Any]:
    box = page.locator(".hr math mfrac").first.bounding_box()
    assert box is not None
    return dict(box)


def test_steps_are_rated_by_keyboard(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "step_review", STEPS)
    assert min(fraction(page)["width"], fraction(page)["height"]) > 5
    for key in ["1", "2", "p", "Shift+Digit2", "Shift+KeyD"]:
        page.keyboard.press(key)
    page.locator("input[name=fix_11]").fill("Step 12 is free")
    page.keyboard.press("Enter")
    page.keyboard.press("x")
    label = labeled(page, api, "step_review", STEPS, project)
    rated = {0: "good", 1: "good", 6: "neutral", 10: "good", 11: "bad"}
    assert label == StepReviewLabel.model_validate(
        {
            "ratings": tuple(rated.get(at) for at in range(12)),
            "corrections": ((11, "Step 12 is free"),),
            "finish": "found_error",
        }
    )
    assert page.title() != "taken"


def test_one_key_is_enough_for_a_solved_problem(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "step_review", STEPS)
    page.keyboard.press("z")
    assert labeled(page, api, "step_review", STEPS, project) == StepReviewLabel(finish="solved")


def test_code_is_judged_by_keyboard_and_its_lines_by_click(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "code_review", CODE)
    assert colour(page, ".hr .lines .code .k") != colour(page, ".hr .lines .code")
    expect(page.locator(".hr .lines .lsf-choice").nth(1)).to_contain_text("# <b> & half")
    page.keyboard.press("2")
    page.keyboard.press("w")
    page.locator(".hr .lines .lsf-choice").nth(2).click()
    page.locator("input[name=comment]").fill("minus, q 1 3")
    page.keyboard.press("Enter")
    label = labeled(page, api, "code_review", CODE, project)
    said = CodeReviewLabel(verdict="incorrect", lines=(3,), severity="major", comment="minus, q 1 3")
    assert label == said


def test_no_other_key_picks_a_line(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "code_review", CODE)
    for key in "4567890rtyuiopasdfghjklzxcvbnm":
        page.keyboard.press(key)
    expect(page.locator(".hr input:checked")).to_have_count(0)
    page.keyboard.press("3")
    label = labeled(page, api, "code_review", CODE, project)
    assert label == CodeReviewLabel(verdict="cannot_judge")


def test_a_preference_is_given_by_keyboard(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "preference_pair", PAIR)
    assert colour(page, ".hr pre.code .k") != colour(page, ".hr pre.code")
    assert min(fraction(page)["width"], fraction(page)["height"]) > 5
    page.keyboard.press("2")
    page.locator("input[name=reason]").fill("it runs")
    page.keyboard.press("Enter")
    label = labeled(page, api, "preference_pair", PAIR, project)
    assert label == PreferencePairLabel(preference=-2, reason="it runs")
    assert page.title() != "taken"


def test_the_screen_holds_in_the_dark_and_on_a_phone(page: Page, api: httpx.Client) -> None:
    page.add_init_script("localStorage.setItem('preferred-color-scheme', 'Dark')")
    page.set_viewport_size({"width": 420, "height": 860})
    opened(page, api, "step_review", STEPS)
    assert page.locator("html").get_attribute("data-color-scheme") == "dark"
    channels = [int(part) for part in colour(page, ".hr .text").strip("rgb()").split(",")]
    assert min(channels) > 150
    problem = page.locator(".hr .problem").bounding_box()
    assert problem is not None
    assert problem["width"] > 360
    for shown in (page.locator(".hr .problem"), page.get_by_role("button", name="Submit").first):
        box = shown.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 420
