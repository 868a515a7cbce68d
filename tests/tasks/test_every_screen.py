"""A person's way: headrace gives tasks of every type to Label Studio, somebody does them, headrace reads the labels."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.label_studio.server import Server
from pipeline.store import StorePlace
from schemas.base import Label
from tasks import task_types
from tests.pipeline.releasing.read import rows
from tests.tasks.examples import RECORDS
from tests.tasks.hands import Hands
from tests.tasks.walks import OTHERS, WALKS, Walk

NAMES = [walk.name for walk in WALKS]
FEW = [walk for walk in WALKS if walk.name in {"step_review", "code_review", "preference_pair"}]
"""Typeset maths, highlighted code, and a scale: the sample; the proof walks all."""
MOST_KEYS = {
    "first_error": 3,
    "step_review": 2 + 2 * 2,
    "answer_check": 2,
    "preference_pair": 5,
    "code_review": 2,
}
"""The figures that we promise: a step review has two keys, and at most two for each exception."""


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


def project(walks: Sequence[Walk]) -> str:
    """A project that asks for each of these types once, with the walks' options."""
    lines = ['name = "a-persons-way"', 'sources = [{ reader = "jsonl", path = "records.jsonl" }]']
    for walk in walks:
        options = "".join(f"{name} = {json.dumps(value)}\n" for name, value in walk.options.items())
        lines += ["[[tasks]]", f'type = "{walk.name}"', f"where = \"topic = '{walk.name}'\"", "overlap = 1"]
        lines += ["[tasks.options]", options]
    return "\n".join(lines)


@pytest.fixture(params=[pytest.param(WALKS, id="all", marks=pytest.mark.proof), pytest.param(FEW, id="few")])
def walks(request: pytest.FixtureRequest) -> Sequence[Walk]:
    found: Sequence[Walk] = request.param
    return found


@pytest.fixture
def way(tmp_path: Path, label_studio_server: Server, walks: Sequence[Walk]) -> Way:
    records = [{**RECORDS[walk.name], "topic": walk.name, "language": "en"} for walk in walks]
    (tmp_path / "project.toml").write_text(project(walks), encoding="utf-8")
    (tmp_path / "records.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in records))
    return Way(tmp_path, label_studio_server)


@pytest.fixture
def person() -> str:
    return f"mei-{secrets.token_hex(4)}@people.example"


@pytest.fixture
def persons_page(browser: Browser, label_studio_server: Server, person: str) -> Iterator[Page]:
    """A page on which somebody has signed in, whose account was made by the invite link."""
    invite = invite_link(label_studio_server.url, label_studio_server.token)
    sign_up(label_studio_server.url, invite, person, "a long password", "Mei")
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{label_studio_server.url}/user/login")
    page.fill("input[name=email]", person)
    page.fill("input[name=password]", "a long password")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    context.close()


def see_what_is_typeset(page: Page) -> None:
    """A fraction, or the colours of code, where the example has some."""
    fraction = page.locator(".hr math mfrac").first
    if fraction.is_visible():
        box = fraction.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 5
    word = page.locator(".hr .code .k:visible")
    if word.count():
        colours = [
            one.first.evaluate("element => getComputedStyle(element).color")
            for one in (word, page.locator(".hr .code:visible"))
        ]
        assert colours[0] != colours[1]


@pytest.mark.live
@pytest.mark.browser
def test_a_person_does_one_task_of_each_type_and_headrace_understands(
    way: Way, persons_page: Page, walks: Sequence[Walk], person: str
) -> None:
    count = len(walks)
    assert [way.run(stage)["done"] for stage in ("ingest", "screen", "generate", "push")] == [count] * 4
    url = way.environment["HEADRACE_LABEL_STUDIO_URL"]
    projects = {
        row["task_type"]: row["project_id"]
        for row in way.rows("SELECT project_id, task_type FROM remote_projects")
    }
    for walk in walks:
        hands = Hands(persons_page)
        persons_page.goto(f"{url}/projects/{projects[walk.name]}/data?labeling=1")
        persons_page.locator(".hr .bar .lsf-choice").first.wait_for()
        hands.begin()
        see_what_is_typeset(persons_page)
        walk.answer(hands)
        hands.submit()
        assert (hands.pressed, hands.clicked) == (walk.keystrokes, walk.clicks), walk.name
        print(f"{walk.name}: {hands.pressed} keystrokes, {hands.clicked} clicks")  # noqa: T201 - the figure
    assert [way.run(stage)["done"] for stage in ("sync", "check")] == [count] * 2
    assert labels(way) == {walk.name: walk.label for walk in walks}
    known = way.rows("SELECT email, simulated FROM people WHERE annotator IN (SELECT annotator FROM votes)")
    assert known == [{"email": person, "simulated": False}]
    assert way.run("resolve")["done"] == count
    assert way.run("release")["done"] == count
    (preferred,) = rows(way.folder / "releases/0.1.0")
    task = way.rows("SELECT payload FROM tasks WHERE task_type = 'preference_pair'")[0]
    assert preferred["chosen"] == json.loads(task["payload"])["answer_b"]  # key 6: B is better
    assert [way.run(stage)["done"] for stage in ("push", "sync", "check", "resolve", "release")] == [0] * 5


def labels(way: Way) -> dict[str, Label]:
    """The label of each type's one vote."""
    votes = way.rows("SELECT t.task_type, v.payload FROM votes v JOIN tasks t USING (task_id)")
    return {
        row["task_type"]: task_types()[row["task_type"]].label.model_validate_json(row["payload"])
        for row in votes
    }


def test_every_type_is_walked() -> None:
    assert sorted(NAMES) == list(task_types())


@pytest.mark.parametrize("walk", [*WALKS, *OTHERS], ids=lambda walk: f"{walk.name}-{walk.keys}")
def test_no_walk_takes_more_keystrokes_than_promised(walk: Walk) -> None:
    assert walk.keystrokes <= MOST_KEYS.get(walk.name, walk.keystrokes)
    assert walk.keystrokes == len(walk.keys.split()) + 1 + len(walk.before)
