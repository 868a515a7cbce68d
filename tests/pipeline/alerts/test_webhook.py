"""Posting an alert: to a safe address only, three times at most, and without ever saying where to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pipeline.alerts.webhook import PAUSES, VARIABLE, Webhook, content_of, from_environment
from schemas.errors import ProjectError
from schemas.snapshots import AlertFact
from tests.pipeline.hook import Hook, listening

ALERT = AlertFact(
    alert_id="a",
    kind="work runs out",
    subject="zh/code_review",
    said="zh/code_review has 1.2 h of open work left",
    raised_at=datetime(2026, 3, 2, tzinfo=UTC),
)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with listening() as made:
        yield made


def test_an_alert_is_posted_once_as_json(hook: Hook) -> None:
    assert Webhook(hook.url).post(content_of(ALERT, "demo", "Chinese code review …")) is None
    (posted,) = hook.taken
    assert posted["text"] == "demo: zh/code_review has 1.2 h of open work left"
    assert posted["sentence"] == "Chinese code review …"
    assert (posted["kind"], posted["subject"]) == ("work runs out", "zh/code_review")
    assert datetime.fromisoformat(posted["raised_at"]) == ALERT.raised_at


def test_a_refusal_is_tried_again_and_a_success_ends_it(hook: Hook) -> None:
    hook.statuses = [500, 204]
    pauses: list[float] = []
    assert Webhook(hook.url).post({}, pauses.append) is None
    assert (len(hook.taken), pauses) == (2, [PAUSES[0]])


def test_after_three_tries_it_is_given_up(hook: Hook) -> None:
    hook.statuses = [500, 502, 503, 204]
    pauses: list[float] = []
    assert Webhook(hook.url).post({}, pauses.append) == "status 503"
    assert (len(hook.taken), pauses) == (3, list(PAUSES))


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.statuses = [307, 307, 307]
    assert Webhook(hook.url).post({}, lambda _: None) == "status 307"
    assert len(hook.taken) == 3


def test_where_nobody_listens_the_reason_does_not_name_the_address(hook: Hook) -> None:
    closed = Webhook("http://127.0.0.1:1/s3cret")
    assert closed.post({}, lambda _: None) == "ConnectError"
    assert "s3cret" not in repr(closed)
    assert "s3cret" not in repr(Webhook(hook.url))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/s3cret",
        "ftp://hooks.example.org/s3cret",
        "hooks.example.org/s3cret",
        "https:///s3cret",
        "http://127.0.0.1.example.org/s3cret",
        "https://hooks.example.org:port/s3cret",
        "http://[::1/s3cret",
    ],
)
def test_an_address_that_is_not_safe_is_refused_without_being_said(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(ProjectError, match="https") as refused:
        from_environment()
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["https://hooks.example.org/s3cret", "http://localhost:9/a", "http://127.0.0.1/a", "http://[::1]:9"],
)
def test_https_and_this_machine_are_safe(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    assert from_environment() == Webhook(url)


def test_without_an_address_there_is_no_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert from_environment() is None
