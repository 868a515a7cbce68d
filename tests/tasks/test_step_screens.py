"""Chains of steps as annotators meet them: a real Label Studio, a real browser, the keyboard."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from schemas.base import Item, Label
from tasks._steps import KEYS
from tasks.first_error import FirstErrorItem, FirstErrorLabel
from tasks.step_review import StepReviewItem, StepReviewLabel
from tests.tasks.screens import HOSTILE, labeled, opened

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]


def steps(count: int) -> tuple[str, ...]:
    return tuple(
        f"Step {number} costs $26 and $3: $x^{{{number}}}$ {HOSTILE}" for number in range(1, count + 1)
    )


def review(count: int, **fields: object) -> StepReviewItem:
    return StepReviewItem.model_validate(
        {
            "prompt": f"What is $\\frac{{6}}{{4}}$? {HOSTILE}",
            "steps": steps(count),
            "reference": HOSTILE,
            **fields,
        }
    )


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(f"Shift+{key}" if key.isupper() else key)


def said(page: Page, api: httpx.Client, name: str, item: Item, keys: str) -> Label:
    """The label that these keys and Ctrl+Enter say of an item; a capital is a letter with shift."""
    project = opened(page, api, name, item)
    press(page, keys)
    label = labeled(page, api, name, item, project)
    assert page.title() != "taken"
    print(f"{name}: {len(keys) + 1} keystrokes, {keys} and Ctrl+Enter")  # noqa: T201 - the figure that is asked for
    return label


def solved(*ratings: str) -> StepReviewLabel:
    return StepReviewLabel.model_validate({"ratings": ratings, "finish": "solved"})


def error(*ratings: str) -> StepReviewLabel:
    return StepReviewLabel.model_validate({"ratings": ratings, "finish": "found_error"})


def test_two_keys_and_one_or_two_for_each_exception(page: Page, api: httpx.Client) -> None:
    good = ("good",) * 28
    for keys, label in {
        "g": solved(),
        "3g": error("good", "good", "bad"),
        "11gc": error("neutral", *good[1:], "bad"),
        "1112g": error("good", "bad"),
    }.items():
        assert said(page, api, "step_review", review(30), keys) == label


def test_every_one_of_thirty_steps_has_a_key_that_marks_no_other(page: Page, api: httpx.Client) -> None:
    item = review(31, after_error="rate")
    assert said(page, api, "step_review", item, f"{KEYS}g") == error(*("bad",) * 30)


def test_no_other_key_marks_a_step(page: Page, api: httpx.Client) -> None:
    opened(page, api, "step_review", review(50))
    press(page, "bu")
    expect(page.locator(".hr .ant-rate-star-full, .hr input:checked")).to_have_count(0)


def test_a_correction_is_typed_at_its_bad_step_and_nowhere_else(page: Page, api: httpx.Client) -> None:
    item = review(12)
    project = opened(page, api, "step_review", item)
    expect(page.locator("input[name=fix_12]")).to_be_hidden()
    press(page, "w")
    page.locator("input[name=fix_12]").fill("Step 12 is free, g 1 n")
    page.keyboard.press("Enter")
    press(page, "g")
    label = labeled(page, api, "step_review", item, project)
    assert label == error(*("good",) * 11, "bad").replace(corrections=((11, "Step 12 is free, g 1 n"),))


def test_steps_beyond_thirty_are_marked_by_click_and_unmarked_too(page: Page, api: httpx.Client) -> None:
    item = review(40)
    project = opened(page, api, "step_review", item)
    press(page, "g")
    for row, star in ((38, 0), (34, 1), (38, 0)):
        page.locator(".hr .row").nth(row).locator("div[role=radio]").nth(star).click()
    label = labeled(page, api, "step_review", item, project)
    assert label == solved(*("good",) * 34, "neutral")


def test_an_unrated_step_is_outlined_and_nothing_is_submitted(page: Page, api: httpx.Client) -> None:
    opened(page, api, "step_review", review(5))
    press(page, "2")
    outlines = [
        row.evaluate("row => getComputedStyle(row).outlineStyle") for row in page.locator(".hr .row").all()
    ]
    assert outlines == ["dashed", "none", "none", "none", "none"]
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Not rated yet: the steps outlined in orange").first).to_be_visible()


def test_what_lies_behind_an_error_is_greyed_where_the_review_stops(page: Page, api: httpx.Client) -> None:
    for after_error, shown in (("stop", ["1", "1", "0.45"]), ("rate", ["1", "1", "1"])):
        opened(page, api, "step_review", review(3, after_error=after_error))
        press(page, "2g")
        expect(page.locator(".hr .ant-rate-star-full")).to_have_count(1)
        rows = page.locator(".hr .row").all()
        assert [row.evaluate("row => getComputedStyle(row).opacity") for row in rows] == shown


def test_a_part_of_a_long_chain_has_the_steps_before_it_behind_a_click(page: Page, api: httpx.Client) -> None:
    item = review(100, window=(50, 100))
    project = opened(page, api, "step_review", item)
    expect(page.locator(".hr .row")).to_have_count(50)
    expect(page.get_by_text("Step 50 costs")).to_be_hidden()
    page.get_by_text("The 50 steps before these").click()
    expect(page.get_by_text("Step 50 costs")).to_be_visible()
    press(page, "g1")
    assert labeled(page, api, "step_review", item, project) == error("bad")


def test_the_first_error_is_two_or_three_keys(page: Page, api: httpx.Client) -> None:
    item = FirstErrorItem(prompt="What?", steps=steps(30))
    for keys, label in {
        "g": FirstErrorLabel(first_error="none"),
        "v": FirstErrorLabel(first_error=29),
        "4R": FirstErrorLabel(first_error=3, kind="misread"),
        "12": FirstErrorLabel(first_error=1),
    }.items():
        assert said(page, api, "first_error", item, keys) == label


def test_two_hundred_steps_stand_on_one_page_of_first_error(page: Page, api: httpx.Client) -> None:
    item = FirstErrorItem(prompt="What?", steps=steps(200))
    project = opened(page, api, "first_error", item)
    page.locator(".hr .list .lsf-choice").nth(149).click()
    label = labeled(page, api, "first_error", item, project)
    assert label == FirstErrorLabel(first_error=149)
