"""A project folder with a published store, and its live page."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.serve.app import make_app
from pipeline.serve.live import FlowOf, Live
from pipeline.store import StorePlace
from schemas.flow import Flow
from tests.pipeline.report.conftest import START, Made
from tests.pipeline.report.flow_example import flow

PROJECT = """\
name = "demo"

[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"

[[tasks]]
type = "code_review"
"""
TASKS = 120
"""Of Chinese code review: three pages of a list."""


def publish(folder: Path, fill: Callable[[Made], None]) -> None:
    """Put facts into the folder's store; its snapshot is published."""
    with StorePlace(folder).writing("a test") as store:
        made = Made(store)
        fill(made)
        assert made.store is store


def fill(made: Made) -> None:
    """A busy project."""
    made.people()
    made.record(30)
    made.one_of_each("en/step_review")
    for _ in range(TASKS):
        made.task("zh/code_review", "open")
    made.run("sync", START, done=9)


def five_more(made: Made) -> None:
    """Five records that were not there before."""
    made.records = 1000
    made.record(5)


def example(*_: object) -> Flow:
    """The analysis of whatever is asked of it."""
    return flow()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's folder as it is at the start of each test; only ever read."""
    made = tmp_path_factory.mktemp("project")
    (made / "project.toml").write_text(PROJECT, encoding="utf-8")
    publish(made, fill)
    return made


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """The project's folder, for a test to change."""
    return shutil.copytree(template, tmp_path, dirs_exist_ok=True)


Opened = Callable[..., TestClient]
Changing = Callable[[FlowOf], Live]


@pytest.fixture(scope="module")
def standing(template: Path) -> Iterator[Live]:
    """A state that no test changes, analysed once."""
    live = Live(template, example)
    live.wait()
    yield live
    assert live.close()


@pytest.fixture
def opened(standing: Live) -> Opened:
    """The live page of what stands, an application of its own each time; its options may be given."""
    return lambda **options: client_of(standing, **options)


@pytest.fixture
def changing(folder: Path) -> Iterator[Changing]:
    """The folder of the test, analysed as it is asked for."""
    with ExitStack() as opened:

        def opening(flow_of: FlowOf) -> Live:
            live = Live(folder, flow_of)
            opened.callback(live.close)
            live.wait()
            return live

        yield opening


def client_of(live: Live, **options: Any) -> TestClient:
    """A visitor of a live page."""
    return TestClient(make_app(live, **options), base_url="http://127.0.0.1:8787", follow_redirects=False)
