"""Screens of texts that are hostile or long: nothing runs, nothing is asked for, and what is answered arrives."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import ValidationError

from schemas.base import Item
from schemas.records import Record
from schemas.rows import StepwiseRow
from tasks import task_types
from tasks.rewrite import RewriteItem, RewriteLabel
from tasks.step_review import StepReviewItem
from tests.tasks.hands import Hands
from tests.tasks.screens import annotated, labeled, made, opened, pressed, show
from tests.tasks.test_markup import PAYLOADS
from tests.tasks.walks import WALKS, Walk

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.browser]

EVERY = pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
RUN = """
window.ran = []
for (const name of ['alert', 'confirm', 'prompt', 'open']) window[name] = () => window.ran.push(name)
"""
OF_ITS_OWN = {"after_error", "cut", "window"}
"""Fields of items that hold no text of a record."""


def poisoned(value: Any, poison: str) -> Any:
    """Every text within a value, with poison behind it."""
    if isinstance(value, str):
        return f"{value} {poison}"
    if isinstance(value, dict):
        return {name: poisoned(one, poison) for name, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one, poison) for one in value]
    return poison if value is None else value


def hostile(item: Item, poison: str) -> Item:
    """The item with poison in each of its fields that holds text, whether the record said something there or not."""
    fields = item.model_dump(mode="json")
    for name, value in fields.items():
        if name not in OF_ITS_OWN:
            fields[name] = poisoned(value, poison) if value else _filled(item, fields, name, poison)
    return type(item).model_validate(fields)


def _filled(item: Item, fields: dict[str, Any], name: str, poison: str) -> Any:
    """Poison for an empty field: as a text, or as the one element of a list."""
    for tried in (poison, [poison], [{"passed": False, "name": poison, "output": poison}]):
        try:
            type(item).model_validate({**fields, name: tried})
        except ValidationError:
            continue
        return tried
    raise AssertionError(f"{name!r} takes no text")


@EVERY
def test_no_payload_runs_or_asks_for_anything_in_any_field(page: Page, api: httpx.Client, walk: Walk) -> None:
    asked: list[str] = []
    server = str(api.base_url)

    def outside(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.add_init_script(RUN)
    page.route(lambda url: not url.startswith((server.rstrip("/"), "data:", "blob:")), outside)
    opened(page, api, walk.name, walk.item)
    before = {*asked}  # what Label Studio itself asks the world for
    item = hostile(walk.item, " ".join(PAYLOADS))
    project = opened(page, api, walk.name, item)
    expect(page.locator(".hr").get_by_text("<script>alert(1)</script>").first).to_be_attached()
    page.evaluate(
        "document.querySelectorAll('.hr .text *, .hr .lsf-choice *').forEach("
        "one => { for (const kind of ['mouseover', 'focus', 'toggle', 'load']) one.dispatchEvent(new Event(kind)) })"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") == []
    assert {*asked} <= before
    shown = (
        ".hr :is(script, iframe, img, object, embed, base, link, meta), .hr .text :is(form, svg, a, style)"
    )
    expect(page.locator(shown)).to_have_count(0)
    assert f"/projects/{project}/" in page.url
    Hands(page).press("n")
    assert labeled(page, api, walk.name, item, project) == walk.task_type.label(
        escape={"kind": "bad_problem"}
    )


def test_a_chain_of_three_hundred_steps_goes_through(page: Page, api: httpx.Client) -> None:
    kind = task_types()["step_review"]
    steps = [f"Step {at} is ${at} + 1 = {at + 1}$." for at in range(1, 301)]
    record = {"prompt": "Count to 301.", "domain": "reasoning", "candidates": [{"steps": steps}]}
    items: list[StepReviewItem] = list(kind.items(Record.model_validate(record), {}))
    assert len(items) == 6
    project = made(api, "step_review", *items)
    show(page, api, project)
    for at, item in enumerate(items):
        first = item.shown.start + 1
        expect(page.locator(".hr .row").get_by_text(f"Step {first} is", exact=False).first).to_be_visible()
        expect(page.locator(".hr .ant-rate-star-full, .hr input:checked")).to_have_count(0)
        hands = Hands(page)
        hands.press("3 g" if at == 5 else "g")
        hands.submit()
    labels = [kind.parse(item, said) for item, said in zip(items, annotated(api, project), strict=True)]
    stepwise, *_ = kind.rows_together(list(zip(items, labels, strict=True)))
    assert isinstance(stepwise, StepwiseRow)
    assert stepwise.completions == tuple(steps[:253])
    assert [at for at, right in enumerate(stepwise.labels) if not right] == [252]


LONG = "\n\n".join(
    f"{at}. Half of ${at}$ is $\\frac{{{at}}}{{2}}$, and so on and on and on." for at in range(1, 1400)
)
CODE = "\n".join(f"total += {at}  # and so on and on and on and on" for at in range(1900))
PLACES: dict[str, dict[str, Any]] = {
    "answer_check": {"answer": LONG},
    "preference_pair": {"answer_a": LONG},
    "ranking": {"answers": (LONG, "1", "2", "3")},
    "rubric_grade": {"answer": LONG},
    "code_review": {"code": CODE},
    "step_review": {"steps": ("1", "2", "3", LONG, "5")},
    "first_error": {"steps": ("1", "2", "3", LONG, "5")},
}


@pytest.mark.parametrize("walk", [walk for walk in WALKS if walk.name in PLACES], ids=lambda walk: walk.name)
def test_an_answer_of_eighty_thousand_characters_goes_through(
    page: Page, api: httpx.Client, walk: Walk
) -> None:
    known: Any = walk.item
    item = known.replace(**PLACES[walk.name])
    project = opened(page, api, walk.name, item)
    walk.answer(Hands(page))
    assert labeled(page, api, walk.name, item, project) == walk.label


def test_a_rewrite_of_eighty_thousand_characters_goes_through(page: Page, api: httpx.Client) -> None:
    item = RewriteItem(prompt="What?", draft=LONG)
    project = opened(page, api, "rewrite", item)
    page.locator(".hr .write textarea").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" The end.")
    pressed(page, "Shift+Enter 1")
    said = RewriteLabel(outcome="rewritten", text=f"{LONG} The end.")
    assert labeled(page, api, "rewrite", item, project) == said


def test_what_is_called_long_is_long() -> None:
    assert min(len(LONG), len(CODE)) >= 80_000
