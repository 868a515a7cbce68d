"""The guideline and the ways out, as annotators meet them: a real Label Studio, a real browser."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from pipeline.pushing.guidelines import shown
from tasks import guideline, task_types
from tasks._escape import Escape
from tasks.preference_pair import PreferencePairItem
from tests.tasks.screens import submitted

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
KIND = task_types()["preference_pair"]
PAIR = PreferencePairItem(prompt="What is 6 / 4?", answer_a="1.5", answer_b="2")


def opened(page: Page, api: httpx.Client, instruction: str = "") -> int:
    """The id of a project with this one task, open in the page for labeling."""
    body = {
        "title": KIND.title,
        "label_config": KIND.config(),
        "expert_instruction": instruction,
        "show_instruction": bool(instruction),
        "show_skip_button": False,
    }
    made = api.post("/api/projects", json=body)
    made.raise_for_status()
    project = int(made.json()["id"])
    api.post(f"/api/projects/{project}/import", json=[{"data": KIND.data(PAIR)}]).raise_for_status()
    page.goto(f"{api.base_url}/projects/{project}/data?labeling=1")
    page.locator(".hr .bar .lsf-choice").first.wait_for()
    return project


def test_a_guideline_is_shown_first_and_runs_nothing(page: Page, api: httpx.Client) -> None:
    opened(page, api, shown(f"{guideline('preference_pair')}\n\n{HOSTILE}"))
    told = page.locator(".guideline")
    expect(told.locator("table").first).to_be_visible()
    expect(told.locator("h3")).to_have_text("Preference between two answers")
    expect(told).to_contain_text("<img src=x")
    number, said = told.locator("ol li").first.locator("> *").all()
    first, second = number.bounding_box(), said.bounding_box()
    assert first is not None
    assert second is not None
    assert first["x"] < second["x"]
    assert abs(first["y"] - second["y"]) < 12
    assert page.title() != "taken"


def test_a_pass_asks_for_its_reason_and_for_nothing_else(page: Page, api: httpx.Client) -> None:
    project = opened(page, api)
    expect(page.get_by_role("button", name="Skip")).to_have_count(0)
    page.keyboard.press("1")
    page.keyboard.press("p")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Why do you pass?").last).to_be_visible()
    page.get_by_role("button", name="OK").click()
    page.locator("input[name=escape_why]").fill("Not my field.")
    page.keyboard.press("Enter")
    label = KIND.parse(PAIR, submitted(page, api, project))
    assert label == KIND.label(escape=Escape(kind="pass", reason="Not my field."))


def test_a_bad_problem_is_two_keys(page: Page, api: httpx.Client) -> None:
    project = opened(page, api)
    page.keyboard.press("n")
    label = KIND.parse(PAIR, submitted(page, api, project))
    assert label == KIND.label(escape=Escape(kind="bad_problem"))
