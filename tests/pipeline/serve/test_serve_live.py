"""The analysis behind the live page: made once a snapshot, in the background."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.serve.app import make_app
from pipeline.serve.live import Live
from pipeline.store import StorePlace
from schemas.errors import StoreError
from schemas.flow import Flow
from tests.pipeline.report.flow_example import flow
from tests.pipeline.serve.conftest import five_more, publish


class Analysis:
    """Counts how often it was asked for; may be held up, or fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_end = threading.Event()
        self.may_end.set()
        self.fault: Exception | None = None

    def __call__(self, *_: Any) -> Flow:
        self.asked += 1
        assert self.may_end.wait(60)
        if self.fault:
            raise self.fault
        return flow()


@pytest.fixture
def analysis() -> Analysis:
    return Analysis()


@pytest.fixture
def live(folder: Path, analysis: Analysis) -> Iterator[Live]:
    made = Live(folder, analysis)
    yield made
    analysis.may_end.set()
    assert made.close()


def test_a_snapshot_is_analysed_once(live: Live, analysis: Analysis) -> None:
    first = live.wait()
    assert first is not None
    assert live.newest() is first
    assert live.wait() is first
    assert analysis.asked == 1


def test_a_new_snapshot_is_analysed_while_the_old_one_is_shown(
    folder: Path, live: Live, analysis: Analysis
) -> None:
    first = live.wait()
    analysis.may_end.clear()
    publish(folder, five_more)
    assert live.newest() is first
    analysis.may_end.set()
    second = live.wait()
    assert second is not None
    assert first is not None
    assert second.progress.totals.records == first.progress.totals.records + 5
    assert second.version != first.version


def test_a_changed_project_is_analysed_anew(folder: Path, live: Live, analysis: Analysis) -> None:
    live.wait()
    path = folder / "project.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\noverlap = 3\n", encoding="utf-8")
    live.wait()
    assert analysis.asked == 2


def test_who_still_reads_the_older_state_is_not_cut_off(folder: Path, live: Live) -> None:
    first = live.wait()
    publish(folder, five_more)
    live.wait()
    assert first is not None
    assert first.listing.task("t000001") is not None


def test_the_store_can_be_written_while_the_page_is_open(folder: Path, live: Live) -> None:
    live.wait()
    with StorePlace(folder).writing("a test", wait_seconds=0) as store:
        assert store.count("tasks") > 0


def test_before_the_first_analysis_the_page_says_so(live: Live, analysis: Analysis) -> None:
    analysis.may_end.clear()
    client = TestClient(make_app(live), base_url="http://127.0.0.1")
    waiting = client.get("/")
    assert waiting.status_code == 503
    assert "The first analysis is being made" in waiting.text
    assert 'http-equiv="refresh"' in waiting.text
    assert client.get("/metrics.json").json() == {"ready": False}
    assert client.get("/healthz").json() == {"ok": True, "ready": False}


def test_a_store_that_cannot_be_read_is_told_in_its_own_words(live: Live, analysis: Analysis) -> None:
    analysis.fault = StoreError("store.duckdb: should be readable, is not; check its rights")
    assert live.wait() is None
    assert live.fault == "store.duckdb: should be readable, is not; check its rights"
    page = TestClient(make_app(live), base_url="http://127.0.0.1").get("/")
    assert "The project cannot be analysed" in page.text
    assert "check its rights" in page.text


def test_closing_does_not_wait_for_an_analysis_longer_than_told(live: Live, analysis: Analysis) -> None:
    analysis.may_end.clear()
    live.newest()
    assert not live.close(seconds=0)
