"""How soon a long page is ready for its first key, beside an empty one: `screens.py [ROUNDS]`. Exits 1 where too late.

Ready is a page when a key that is pressed has been taken. Pages are opened in turn, in one run of one browser against
one Label Studio, and each is compared by its median with the page of the same type that holds next to nothing.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from pipeline.label_studio import server
from schemas.base import Item
from tasks.answer_check import AnswerCheckItem
from tasks.code_review import CodeReviewItem
from tasks.first_error import FirstErrorItem
from tasks.issue_review import IssueReviewItem
from tasks.preference_pair import PreferencePairItem
from tasks.ranking import RankingItem
from tasks.step_review import StepReviewItem
from tests.conftest import QUIET
from tests.tasks.screens import made, show

MOST_TIMES = 2.0
WORDS = "So half of $x$ is $\\frac{x}{2}$, and that is what was asked for, more or less.\n\n"
LONG = WORDS * (100_000 // len(WORDS))
CODE = "total += 1  # and so on\n" * 200
STEP = "We add $26 and $3: $x^{2} = \\frac{1}{2}$, and so on."

PAGES: tuple[tuple[str, str, Item, Item, str], ...] = (
    (
        *("50 steps", "step_review"),
        StepReviewItem(prompt="What?", steps=(STEP,) * 50),
        *(StepReviewItem(prompt="What?", steps=("1",)), "g"),
    ),
    (
        *("200 steps", "first_error"),
        FirstErrorItem(prompt="What?", steps=(STEP,) * 200),
        *(FirstErrorItem(prompt="What?", steps=("1",)), "g"),
    ),
    (
        *("100 KB", "answer_check"),
        AnswerCheckItem(prompt="What?", answer=LONG, reference="1"),
        *(AnswerCheckItem(prompt="What?", answer="1", reference="1"), "1"),
    ),
    (
        *("100 KB", "preference_pair"),
        PreferencePairItem(prompt="What?", answer_a=LONG[: len(LONG) // 2], answer_b=LONG[len(LONG) // 2 :]),
        *(PreferencePairItem(prompt="What?", answer_a="1", answer_b="2"), "1"),
    ),
    (
        *("100 KB", "ranking"),
        RankingItem(prompt="What?", answers=(LONG, "1", "2")),
        *(RankingItem(prompt="What?", answers=("1", "2", "3")), "1"),
    ),
    (
        *("100 KB", "issue_review"),
        IssueReviewItem(prompt=LONG, repo="a/b", test_patch="+1"),
        *(IssueReviewItem(prompt="What?", repo="a/b", test_patch="+1"), "0"),
    ),
    (
        *("200 lines", "code_review"),
        CodeReviewItem(prompt="What?", code=CODE, programming_language="python"),
        *(CodeReviewItem(prompt="What?", code="1"), "1"),
    ),
)
"""What is long, its type, the long item, an empty one, and a key that both take."""


def seconds(page: Page, api: httpx.Client, project: int, key: str) -> float:
    """From the opening of a page until a key was taken."""
    started = time.perf_counter()
    show(page, api, project)
    page.keyboard.press(key)
    page.locator(".hr input:checked").first.wait_for(state="attached")
    return time.perf_counter() - started


def signed_in(page: Page, at: server.Server) -> Page:
    """The page, of somebody who has signed in."""
    page.set_default_timeout(120_000)
    page.goto(f"{at.url}/user/login")
    page.fill("input[name=email]", at.username)
    page.fill("input[name=password]", at.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    return page


def measured(page: Page, api: httpx.Client, rounds: int) -> list[tuple[str, str, float, float]]:
    """What is long, its type, and the medians of the long page and of the empty one, in seconds."""
    projects = [(made(api, name, long), made(api, name, empty), key) for _, name, long, empty, key in PAGES]
    taken: list[list[tuple[float, float]]] = [
        [(seconds(page, api, long, key), seconds(page, api, empty, key)) for long, empty, key in projects]
        for _ in range(rounds + 1)
    ]
    medians = [
        tuple(map(statistics.median, zip(*pairs, strict=True))) for pairs in zip(*taken[1:], strict=True)
    ]
    return [(what, name, long, empty) for (what, name, *_), (long, empty) in zip(PAGES, medians, strict=True)]


def main() -> int:
    """Open every page in turn, print the ratios; 1 where one is above MOST_TIMES."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    folder = Path(tempfile.mkdtemp(prefix="headrace-screens-"))
    try:
        at = server.up(folder, report=lambda _: None)
        with (
            httpx.Client(base_url=at.url, headers={"Authorization": f"Token {at.token}"}, timeout=120) as api,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET) as browser,
        ):
            found = measured(signed_in(browser.new_page(), at), api, rounds)
    finally:
        server.down(folder)
        shutil.rmtree(folder)
    table = Table("page", "type", "ready, s", "empty page, s", "times")
    for what, name, long, empty in found:
        table.add_row(what, name, f"{long:.2f}", f"{empty:.2f}", f"{long / empty:.2f}")
    Console(width=90).print(table)
    return int(any(long / empty > MOST_TIMES for *_, long, empty in found))


if __name__ == "__main__":
    sys.exit(main())
