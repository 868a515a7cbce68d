"""Screens in a real Label Studio: its programming interface, and a browser that has signed in."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from pipeline.label_studio.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def api(label_studio_server: Server) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Token {label_studio_server.token}"}
    with httpx.Client(base_url=label_studio_server.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def page(browser: "Browser", label_studio_server: Server) -> "Iterator[Page]":
    """A page on which somebody has signed in by the form."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{label_studio_server.url}/user/login")
    page.fill("input[name=email]", label_studio_server.username)
    page.fill("input[name=password]", label_studio_server.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()
