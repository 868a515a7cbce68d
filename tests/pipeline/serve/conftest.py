"""A project folder with a published store, and its live page."""

from collections.abc import Callable, Iterator
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's folder."""
    (tmp_path / "project.toml").write_text(PROJECT, encoding="utf-8")
    publish(tmp_path, fill)
    return tmp_path


Opened = Callable[..., TestClient]


@pytest.fixture
def opened(folder: Path) -> Iterator[Opened]:
    """The live page of the folder, analysed; `flow_of` and the application's options may be given."""
    lives: list[Live] = []

    def opening(flow_of: FlowOf | None = None, **options: Any) -> TestClient:
        def example(*_: object) -> Flow:
            return flow()

        live = Live(folder, flow_of or example)
        lives.append(live)
        live.wait()
        made = make_app(live, **options)
        made.state.live = live
        return TestClient(made, base_url="http://127.0.0.1:8787", follow_redirects=False)

    yield opening
    for live in lives:
        live.close()
