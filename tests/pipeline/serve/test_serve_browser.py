"""The live page in a browser: from the headline to the tasks behind it, and how it renews itself."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pipeline.cli.serve import listening
from pipeline.serve.app import make_app
from pipeline.serve.live import Live
from tests.pipeline.serve.conftest import TASKS, example, five_more, publish

pytestmark = pytest.mark.browser


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    """Where the live page of the folder is really served."""
    live = Live(folder, example)
    live.wait()
    with listening("127.0.0.1", 0) as door:
        server = uvicorn.Server(uvicorn.Config(make_app(live), log_level="warning", access_log=False))
        running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        running.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}/"
        server.should_exit = True
        running.join()
    live.close()


def test_from_the_headline_to_a_task(address: str, browser: Any) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.get_by_role("link", name="its unsettled tasks").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Unsettled tasks of Chinese code review"
    assert page.locator("#list tbody tr").count() == 50
    page.get_by_role("link", name="next page").click()
    assert f"of {-(-TASKS // 50)}" in page.locator("nav").inner_text()
    page.locator("#list tbody tr").first.get_by_role("link").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Task t")
    page.get_by_role("link", name="Report").click()
    assert "22\u00a0% likely" in page.get_by_role("heading", level=1).inner_text()
    assert said == []  # the policy forbids nothing that the page needs
    page.close()


@pytest.mark.parametrize("path", ["", "tasks", "cells/zh/code_review", "people/ann-0a", "tasks/t000004"])
def test_no_page_scrolls_sideways_on_a_telephone(address: str, browser: Any, path: str) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.goto(address + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert (
        page.evaluate("getComputedStyle(document.querySelector('section')).borderRadius") != "0px"
    )  # styled
    page.close()


def test_the_page_renews_its_parts_when_the_store_changes(folder: Path, address: str, browser: Any) -> None:
    page = browser.new_page()
    page.goto(address)
    records = page.locator(".totals dd").first
    before = int(records.inner_text())
    page.evaluate("window.isTheSame = true")
    publish(folder, five_more)
    for _ in range(300):
        page.evaluate(
            "document.dispatchEvent(new Event('visibilitychange'))"
        )  # as if somebody came back to it
        page.wait_for_timeout(100)
        if int(records.inner_text()) != before:
            break
    assert int(records.inner_text()) == before + 5
    assert page.evaluate("window.isTheSame")  # its parts were put in, it was not loaded anew
    assert re.search(r"22\s% likely", page.title())
    page.close()
