"""A person's way: headrace gives tasks to Label Studio, somebody does one of each type, headrace reads the labels."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.label_studio.server import Server
from pipeline.store import StorePlace

pytestmark = [pytest.mark.live, pytest.mark.browser]

PROJECT = """\
name = "a-persons-way"
sources = [{ reader = "jsonl", path = "records.jsonl" }]
tasks = [
  { type = "step_review", where = "topic = 'steps'", overlap = 1 },
  { type = "code_review", where = "topic = 'code'", overlap = 1 },
  { type = "preference_pair", where = "topic = 'pair'", overlap = 1 },
]
"""
RECORDS: list[dict[str, Any]] = [
    {
        "prompt": "What is $\\frac{1}{2} + \\frac{1}{3}$?",
        "domain": "reasoning",
        "language": "en",
        "topic": "steps",
        "candidates": [{"steps": ["$\\frac{3}{6} + \\frac{2}{6}$", "$\\frac{5}{12}$"]}],
        "reference": {"answer": "$\\frac{5}{6}$"},
    },
    {
        "prompt": "Add one.",
        "domain": "coding",
        "language": "en",
        "topic": "code",
        "programming_language": "python",
        "candidates": ["def add(a):\n    return a - 1"],
    },
    {
        "prompt": "一半是多少?",
        "domain": "reasoning",
        "language": "zh",
        "topic": "pair",
        "candidates": ["$\\frac{1}{2}$", "许多"],
    },
]


class Way:
    """The command line at a folder, with the test run's Label Studio as an outside server."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "HEADRACE_LABEL_STUDIO_URL": server.url,
            "HEADRACE_LABEL_STUDIO_TOKEN": server.token,
        }

    def run(self, *arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", "-C", str(self.folder), *arguments, "--json"],
            capture_output=True,
            text=True,
            env=self.environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        with StorePlace(self.folder).reading() as store:
            return store.rows(sql)


@pytest.fixture
def way(tmp_path: Path, label_studio_server: Server) -> Way:
    (tmp_path / "project.toml").write_text(PROJECT)
    (tmp_path / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    return Way(tmp_path, label_studio_server)


@pytest.fixture
def page(browser: Browser, label_studio_server: Server) -> Iterator[Page]:
    """A page on which somebody has signed in, whose account was made by the invite link."""
    invite = invite_link(label_studio_server.url, label_studio_server.token)
    sign_up(label_studio_server.url, invite, "mei@people.example", "a long password", "Mei")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{label_studio_server.url}/user/login")
    page.fill("input[name=email]", "mei@people.example")
    page.fill("input[name=password]", "a long password")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def submit(page: Page) -> None:
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")


def see_a_fraction(page: Page) -> None:
    box = page.locator(".hr math mfrac").first.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 5


def rate_steps(page: Page) -> None:
    see_a_fraction(page)
    for key in ("1", "s", "x"):
        page.keyboard.press(key)
    submit(page)


def review_code(page: Page) -> None:
    colours = [
        page.locator(selector).first.evaluate("element => getComputedStyle(element).color")
        for selector in (".hr .lines .code .k", ".hr .lines .code")
    ]
    assert colours[0] != colours[1]
    page.keyboard.press("2")
    page.keyboard.press("q")
    page.locator(".hr .lines .lsf-choice").nth(1).click()
    submit(page)


def compare(page: Page) -> None:
    see_a_fraction(page)
    page.keyboard.press("7")
    submit(page)


DEEDS = {"step_review": rate_steps, "code_review": review_code, "preference_pair": compare}
SAID: dict[str, dict[str, Any]] = {
    "step_review": {"ratings": ["good", "bad"], "finish": "found_error"},
    "code_review": {"verdict": "incorrect", "lines": [2], "severity": "critical"},
    "preference_pair": {"preference": 3},
}


def test_a_person_does_one_task_of_each_type_and_headrace_understands(way: Way, page: Page) -> None:
    assert [way.run(stage)["done"] for stage in ("ingest", "generate", "push")] == [3, 3, 3]
    url = way.environment["HEADRACE_LABEL_STUDIO_URL"]
    for project in way.rows("SELECT project_id, task_type FROM remote_projects"):
        page.goto(f"{url}/projects/{project['project_id']}/data?labeling=1")
        page.locator(".hr .bar .lsf-choice").first.wait_for()
        DEEDS[project["task_type"]](page)
    assert [way.run(stage)["done"] for stage in ("sync", "check")] == [3, 3]
    labels = {
        row["task_type"]: json.loads(row["payload"])
        for row in way.rows("SELECT t.task_type, v.payload FROM votes v JOIN tasks t USING (task_id)")
    }
    assert {name: {key: labels[name][key] for key in said} for name, said in SAID.items()} == SAID
    person = way.rows("SELECT email, simulated FROM people WHERE annotator IN (SELECT annotator FROM votes)")
    assert person == [{"email": "mei@people.example", "simulated": False}]
    assert way.run("resolve")["done"] == 3
    assert way.run("release")["done"] == 3
    (preferred,) = (way.folder / "releases/1.0.0/preference_pair/train.jsonl").read_text().splitlines()
    row = json.loads(preferred)
    task = way.rows("SELECT payload FROM tasks WHERE task_type = 'preference_pair'")[0]
    assert row["chosen"] == json.loads(task["payload"])["answer_b"]  # key 7: B is much better
    assert [way.run(stage)["done"] for stage in ("push", "sync", "check", "resolve", "release")] == [0] * 5
