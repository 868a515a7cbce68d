"""Grading by a rubric and rewriting as annotators do it: a real Label Studio, a real browser."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tasks._rubric import SCALES, Asked
from tasks._spans import ErrorSpan
from tasks.rewrite import RewriteItem, RewriteLabel
from tasks.rubric_grade import Grade, RubricGradeItem, RubricGradeLabel
from tests.tasks.screens import HOSTILE, colour, labeled, opened, pressed, refused

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

RUBRIC = RubricGradeItem(
    prompt=f"What is $\\frac{{1}}{{2}}$? {HOSTILE}",
    answer=f"A half. {HOSTILE}",
    reference="0.5",
    rubric=(
        Asked(criterion=f"is right {HOSTILE}", levels=SCALES["met"], points=5),
        Asked(criterion="claims that it is 2", levels=SCALES["met"], points=-2),
        Asked(criterion="clarity", levels=SCALES["1-5"]),
        Asked(criterion="tone", levels=("rude", HOSTILE[:60], "kind")),
    ),
)
ARABIC = RewriteItem(
    prompt=f"كم تكسب جانيت؟ {HOSTILE}",
    source=f"She 🦆 sells 16 eggs: $13 \\times 2 = 26$. {HOSTILE}",
    draft=f"تبيع 🦆 60 بيضة.\n\n  $13 \\times 2 = 26$ {HOSTILE}",
)
PROGRAM = RewriteItem(prompt="Add.", draft="    return a - b", programming_language="python")

PLACE = """text => {
  const walker = document.createTreeWalker(document.querySelector('.hr .marks .text'), NodeFilter.SHOW_TEXT)
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(text)
    if (at < 0) continue
    const range = document.createRange()
    range.setStart(node, at)
    range.setEnd(node, at + text.length)
    const box = range.getBoundingClientRect()
    return [box.left, box.right, box.top + box.height / 2]
  }
}"""


def drag_over(page: Page, digits: str) -> None:
    """Mark a number in the draft by the mouse: numbers run from left to right in every script."""
    left, right, middle = page.evaluate(PLACE, digits)
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move(right - 1, middle, steps=5)
    page.mouse.up()
    expect(page.locator(".hr .marks .text .htx-highlight")).to_have_text(digits)


def test_a_rubric_is_graded_by_keyboard_and_what_is_missing_is_named(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "rubric_grade", RUBRIC)
    pressed(page, "1 4")
    assert "Criterion 3 has no grade yet" in refused(page)
    pressed(page, "t d")
    label = labeled(page, api, "rubric_grade", RUBRIC, project)
    levels = ((1, 1), (0, 1), (4, 4), (2, 2))
    assert label == RubricGradeLabel(grades=tuple(Grade(level=level, top=top) for level, top in levels))
    assert page.title() != "taken"


def test_a_translation_is_put_right_and_its_errors_are_marked(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "rewrite", ARABIC)
    box = page.locator(".hr .write textarea")
    assert box.input_value() == ARABIC.draft
    assert box.evaluate("box => getComputedStyle(box).unicodeBidi") == "plaintext"
    assert "press 1: rewritten" in refused(page)
    page.keyboard.press("v")
    drag_over(page, "60")
    page.get_by_role("button", name="Edit Region").click()
    box.press("Control+End")
    page.keyboard.type(" نعم 12 n m")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("1")
    label = labeled(page, api, "rewrite", ARABIC, project)
    error = ErrorSpan(start=ARABIC.draft.index("60"), text="60", kind="notation", severity="critical")
    assert label == RewriteLabel(outcome="rewritten", text=f"{ARABIC.draft} نعم 12 n m", spans=(error,))
    assert page.title() != "taken"


def test_a_program_is_rewritten_without_the_mouse(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "rewrite", PROGRAM)
    assert colour(page, ".hr .beside .code .k") != colour(page, ".hr .beside .code")
    expect(page.locator(".hr .marks")).to_be_hidden()
    page.locator(".hr .write textarea").focus()
    pressed(page, "Control+End Backspace c Shift+Enter 1")
    label = labeled(page, api, "rewrite", PROGRAM, project)
    assert label == RewriteLabel(outcome="rewritten", text="    return a - c")


def test_an_empty_box_is_no_answer(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "rewrite", PROGRAM.replace(draft=""))
    page.keyboard.press("1")
    assert "The box is empty" in refused(page)
    page.locator(".hr .write textarea").fill("    return a + b")
    page.keyboard.press("Shift+Enter")
    label = labeled(page, api, "rewrite", PROGRAM.replace(draft=""), project)
    assert label == RewriteLabel(outcome="rewritten", text="    return a + b")


def test_a_draft_can_be_right_as_it_stands(page: Page, api: httpx.Client) -> None:
    project = opened(page, api, "rewrite", PROGRAM)
    page.keyboard.press("2")
    label = labeled(page, api, "rewrite", PROGRAM, project)
    assert label == RewriteLabel(outcome="as_it_stands")
