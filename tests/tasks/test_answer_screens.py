"""Checking, comparing and ranking answers as annotators do it: a real Label Studio, a real browser, the keyboard."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from schemas.base import Item, Label
from tasks.answer_check import AnswerCheckItem, AnswerCheckLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.ranking import RankingItem, RankingLabel
from tests.tasks.screens import HOSTILE, labeled, opened, pressed, refused

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

LONG = "\n\n".join(f"Step {at}: $\\frac{{{at}}}{{2}}$ and so on {HOSTILE}" for at in range(60))
PROMPT = f"What is half of 3? {HOSTILE}"
CHECK = AnswerCheckItem(
    prompt=PROMPT,
    answer=f"{LONG}\n\nThe answer is \\boxed{{\\frac{{3}}{{2}}}}.",
    reference="1.5",
    solution=LONG,
)
PAIR = PreferencePairItem(
    prompt=PROMPT, answer_a=LONG, answer_b="1.5", aspects=("correctness", f"clarity {HOSTILE}", "conciseness")
)
FOUR = RankingItem(prompt=PROMPT, answers=(LONG, "1.5", "two", "```python\n3 / 2\n```"))
SIX = RankingItem(prompt=PROMPT, answers=("u", "v", "w", "x", "y", LONG))


@pytest.mark.parametrize(
    ("name", "item", "keys", "label"),
    [
        ("answer_check", CHECK, "1", AnswerCheckLabel(verdict="equal")),
        ("answer_check", CHECK, "2", AnswerCheckLabel(verdict="not_equal")),
        ("answer_check", CHECK, "1 3", AnswerCheckLabel(verdict="cannot_tell")),
        ("preference_pair", PAIR.replace(aspects=()), "7", PreferencePairLabel(preference=3)),
        ("preference_pair", PAIR, "2 q s c", PreferencePairLabel(preference=-2, aspects=("a", "same", "b"))),
        ("ranking", FOUR, "1 r s x", RankingLabel(tiers=(1, 3, 2, 2))),
        ("ranking", SIX, "1 w d v 0 h", RankingLabel(tiers=(1, 2, 3, 4, 5, 1))),
    ],
)
def test_one_key_a_question_is_enough(
    page: Page, api: httpx.Client, name: str, item: Item, keys: str, label: Label
) -> None:
    project = opened(page, api, name, item)
    pressed(page, keys)
    assert labeled(page, api, name, item, project) == label
    assert page.title() != "taken"


@pytest.mark.parametrize(
    ("name", "item", "told", "label"),
    [
        ("answer_check", CHECK, ("", "equal to the reference", "1"), AnswerCheckLabel(verdict="equal")),
        (
            *("preference_pair", PAIR, ("1 q w", "in each aspect", "d z")),
            PreferencePairLabel(preference=-3, aspects=("same", "b", "a")),
        ),
        ("ranking", FOUR, ("1 e", "Answer C has no tier", "a z"), RankingLabel(tiers=(1, 2, 1, 1))),
    ],
)
def test_what_is_left_out_is_asked_for(
    page: Page, api: httpx.Client, name: str, item: Item, told: tuple[str, str, str], label: Label
) -> None:
    keys, asked, rest = told
    project = opened(page, api, name, item)
    pressed(page, keys)
    assert asked in refused(page)
    missing = page.locator(".hr .ask:not(:has(input:checked))")
    assert missing.count() == len(rest.split())
    pressed(page, rest)
    expect(missing).to_have_count(0)
    assert labeled(page, api, name, item, project) == label


def test_the_end_of_a_long_answer_is_seen_first(page: Page, api: httpx.Client) -> None:
    opened(page, api, "answer_check", CHECK)
    end = page.locator(".hr .ends menclose")
    expect(end).to_be_in_viewport()
    expect(page.locator(".hr .problem")).to_be_in_viewport()
    expect(page.locator(".hr .bar .verdict")).to_be_in_viewport()
    box, answer = end.bounding_box(), page.locator(".hr .ends").bounding_box()
    assert box is not None
    assert answer is not None
    assert box["y"] + box["height"] <= answer["y"] + answer["height"]


@pytest.mark.parametrize("item", [FOUR, SIX])
def test_every_answer_and_its_keys_are_in_sight(page: Page, api: httpx.Client, item: Item) -> None:
    opened(page, api, "ranking", item)
    for card in page.locator(".hr .cols .head").all():
        expect(card).to_be_in_viewport(ratio=1)
