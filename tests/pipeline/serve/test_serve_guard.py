"""Who may see the live page, and what the browser is told to forbid."""

import logging
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.cli.serve import listening
from pipeline.serve.guard import COOKIE, is_loopback
from pipeline.serve.tokens import token_for
from schemas.errors import UsageError
from tests.pipeline.serve.conftest import Opened

TOKEN = "a-token-of-the-tests-0123456789"
PATHS = [
    "/",
    "/tasks",
    "/cells/zh/code_review",
    "/metrics.json",
    "/version",
    "/live.js",
    "/style.css",
    "/nothing",
]


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "localhost", "LOCALHOST:1", "[::1]:8787"])
def test_the_page_answers_to_this_machine(opened: Opened, host: str) -> None:
    assert opened().get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.7",
        "",
        "localhost.evil.example:8787",
        "localhost:8787@evil.example",
        "localhost:8787/healthz?",
        "[::1]evil.example",
    ],
)
def test_another_name_is_refused_so_that_no_foreign_page_can_read_it(opened: Opened, host: str) -> None:
    answer = opened().get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Chinese" not in answer.text


def test_beyond_loopback_it_answers_to_addresses_and_allowed_names_alone(opened: Opened) -> None:
    client = opened(token=TOKEN, hosts=["labels.example"])
    for host, status in (("10.0.0.7:8787", 200), ("labels.example", 200), ("evil.example", 421)):
        assert client.get("/healthz", headers={"host": host}).status_code == status


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(opened: Opened, path: str) -> None:
    client = opened(token=TOKEN)
    for headers in ({}, {"cookie": f"{COOKIE}=wrong"}, {"authorization": "Bearer wrong"}):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 401
        assert "Chinese" not in answer.text
    assert client.get(f"{path}?token=wrong").status_code == 401


def test_a_cookie_that_is_no_text_is_a_wrong_one(opened: Opened) -> None:
    answer = opened(token=TOKEN).get("/", headers=[(b"cookie", COOKIE.encode() + b"=\xfc\xff")])
    assert answer.status_code == 401


def test_the_first_visit_puts_the_token_into_a_cookie_and_out_of_the_address(opened: Opened) -> None:
    client = opened(token=TOKEN)
    first = client.get(f"/tasks?state=open&token={TOKEN}")
    assert first.status_code == 303
    assert first.headers["location"] == "/tasks?state=open"
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert client.get("/tasks?state=open").status_code == 200
    assert TOKEN not in client.get("/").text


def test_the_redirect_leads_nowhere_else(opened: Opened) -> None:
    answer = opened(token=TOKEN).get(f"http://127.0.0.1:8787//evil.example/?token={TOKEN}")
    assert answer.headers["location"] == "/evil.example/"


@pytest.mark.parametrize("host", ["localhost:8787/healthz?", "10.0.0.7:1/healthz#", "localhost/healthz?"])
def test_no_host_makes_another_path_of_a_request(opened: Opened, host: str) -> None:
    assert opened(token=TOKEN).get("/metrics.json", headers={"host": host}).status_code == 421


def test_a_query_that_is_no_text_shows_nothing_and_breaks_nothing(opened: Opened) -> None:
    scope_query = {"query_string": b"x=\xff\xfe"}

    async def raw(scope: Any, receive: Any, send: Any) -> None:
        await client.app(scope | scope_query, receive, send)

    client = opened(token=TOKEN)
    assert TestClient(raw, base_url="http://127.0.0.1").get("/").status_code == 401
    assert TestClient(raw, base_url="http://127.0.0.1").get("/healthz").status_code == 200


def test_the_redirect_keeps_a_path_as_it_was(opened: Opened) -> None:
    answer = opened(token=TOKEN).get(f"/cells/zh/a%3Fb%5C?at=1&token={TOKEN}")
    assert answer.headers["location"] == "/cells/zh/a%3Fb%5C?at=1"


def test_a_program_may_bring_the_token_in_a_header(opened: Opened) -> None:
    assert (
        opened(token=TOKEN).get("/metrics.json", headers={"authorization": f"Bearer {TOKEN}"}).status_code
        == 200
    )


def test_health_needs_no_token_and_tells_no_figures(opened: Opened) -> None:
    assert opened(token=TOKEN).get("/healthz").json() == {"ok": True, "ready": True}


@pytest.mark.parametrize("path", ["/", "/live.js", "/metrics.json", "/nothing", "/tasks?page=0"])
def test_every_answer_tells_the_browser_what_to_forbid(opened: Opened, path: str) -> None:
    headers = opened().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


def test_refusals_bear_the_same_headers(opened: Opened) -> None:
    client = opened(token=TOKEN)
    for answer in (client.get("/"), client.get("/", headers={"host": "evil.example"})):
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_token_is_in_no_log(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = opened(token=TOKEN)
    client.get(f"/?token={TOKEN}")
    client.get("/")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert TOKEN not in "".join(record.getMessage() for record in ours)


def test_a_token_is_made_only_where_one_is_needed() -> None:
    assert token_for(None, is_needed=False) is None
    made = token_for(None, is_needed=True)
    assert made is not None
    assert len(made) >= 43
    assert made != token_for(None, is_needed=True)


def test_a_token_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "token"
    made = token_for(path, is_needed=False)
    assert made is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token_for(path, is_needed=True) == made


@pytest.mark.parametrize(
    ("text", "mode", "said"), [("short", 0o600, "16 or more"), ("x" * 40, 0o644, "chmod 600")]
)
def test_a_token_file_that_protects_nothing_is_refused(
    tmp_path: Path, text: str, mode: int, said: str
) -> None:
    path = tmp_path / "token"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(UsageError, match=said):
        token_for(path, is_needed=True)


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("::", False), ("10.1.2.3", False)],
)
def test_only_loopback_needs_no_token(host: str, local: bool) -> None:  # noqa: FBT001 - pytest hands it over
    assert is_loopback(host) == local


def test_a_port_that_is_taken_is_one_line() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UsageError, match="choose another with --port"),
    ):
        listening("127.0.0.1", taken.getsockname()[1])
