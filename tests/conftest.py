"""What the whole test run shares: one real Label Studio and one browser, started when a test first asks for them."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from pipeline.label_studio import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def label_studio_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    """A real Label Studio with nothing in it but its administrator; url, token, username, password."""
    folder = tmp_path_factory.mktemp("label-studio")
    try:
        yield server.up(folder, report=print)
    finally:
        server.down(folder)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Headless Chromium, with a profile of its own that is thrown away."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield opened
        opened.close()
