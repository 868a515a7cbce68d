"""The screens as annotators meet them: a real Label Studio, a real browser, the keyboard."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tasks._escape import Escape
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.issue_review import IssueReviewItem, IssueReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.test_review import TestReviewItem, TestReviewLabel
from tests.tasks.screens import HOSTILE, colour, labeled, opened

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

CODE = CodeReviewItem(
    prompt="Add $\\frac{1}{2}$.",
    code="def add(a):\n    # <b> & half\n    return a - 0.5",
    programming_language="python",
)
CASES = TestReviewItem(
    prompt=f"def add(a, b):\n    pass  # {HOSTILE}",
    cases=({"input": [1, HOSTILE], "output": 3}, *(f"assert add({n}, 1) == {n + 1}" for n in range(10))),
    entry_point=HOSTILE,
    code=HOSTILE,
)
ISSUE = IssueReviewItem(
    prompt=f"Adding fails. {HOSTILE}",
    repo=HOSTILE,
    patch=f"--- a/add.py\n+++ b/add.py\n-    return a - b\n+    return a + b  # {HOSTILE}",
    test_patch="\n".join(f"+    assert add({n}, 1) == {n + 1}" for n in range(120)),
)
PAIR = PreferencePairItem(
    prompt="一半 $\\frac{1}{2}$?",
    answer_a=f"```python\ndef half(x):\n    return x / 2\n```\n{HOSTILE}",
    answer_b="0.5",
)


def fraction(page: Page) -> dict[str, Any]:
    box = page.locator(".hr math mfrac").first.bounding_box()
    assert box is not None
    return dict(box)


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
    for key in "34567890rtyuioasdfghjklzxcvb":
        page.keyboard.press(key)
    expect(page.locator(".hr input:checked")).to_have_count(0)
    page.keyboard.press("m")
    label = labeled(page, api, "code_review", CODE, project)
    assert label == CodeReviewLabel(escape=Escape(kind="cannot_judge"))


def test_cases_are_judged_by_keyboard_and_the_others_are_right(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "test_review", CASES)
    for key in "3gwo00":  # a mark may come before or after, and the same key takes it back
        page.keyboard.press(key)
    page.locator(".hr .row").nth(10).get_by_text("Wrong").click()
    label = labeled(page, api, "test_review", CASES, project)
    marked = {1: "too_narrow", 2: "wrong", 7: "too_narrow", 10: "wrong"}
    assert label == TestReviewLabel.model_validate({"cases": [marked.get(at, "right") for at in range(11)]})
    assert page.title() != "taken"


def test_cases_are_not_right_until_somebody_says_so(page: Page, api: httpx.Client) -> None:
    opened(page, api, "test_review", CASES)
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("cases outlined in orange").first).to_be_visible()


def test_an_issue_is_judged_by_keyboard(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "issue_review", ISSUE)
    assert colour(page, ".hr pre .gi") != colour(page, ".hr pre .gd")
    expect(page.locator(".hr details summary")).to_have_text("Tests: 120 lines in 1 file")
    for key in ["0", "e", "s", "x"]:
        page.keyboard.press(key)
    label = labeled(page, api, "issue_review", ISSUE, project)
    assert label == IssueReviewLabel(underspecified=0, tests_unfair=2, difficulty=1, major_issue=True)
    assert page.title() != "taken"


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
