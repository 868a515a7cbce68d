"""The whole door put together, Label Studio away: what it answers by which name, to whom, and from which page."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.door.app import make_app, origins
from pipeline.label_studio import outside
from pipeline.ledger.keys import Account, Keys
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import Door
from tests.pipeline.tried import PROJECT

LOCAL = "http://127.0.0.1:8800"
PUBLIC = "https://labels.example.org"


def door(**said: Any) -> Door:
    known = {"port": 8800, "label_studio": "http://127.0.0.1:1", "project": "x", "version": "1"}
    return Door.model_validate({**known, **said})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(outside.URL_VARIABLE, raising=False)
    (tmp_path / "project.toml").write_text(PROJECT)
    return tmp_path


@pytest.fixture
def link(folder: Path) -> str:
    with closing(LedgerPlace(folder)) as place:
        keys = Keys(place)
        keys.keep(Account(annotator="ann-1", email="li@vendor.example", password="p", person_id=7))
        return f"/in/{keys.link('ann-1')}"


@pytest.fixture
def local(folder: Path) -> Iterator[TestClient]:
    """A browser at a door for this machine alone."""
    with TestClient(make_app(folder, door()), base_url=LOCAL, follow_redirects=False) as made:
        yield made


@pytest.fixture
def public(folder: Path) -> Iterator[TestClient]:
    """A browser at a door behind a web server with TLS."""
    opened = door(reached_by="web server", public_url=PUBLIC)
    with TestClient(make_app(folder, opened), base_url=PUBLIC, follow_redirects=False) as made:
        yield made


def test_the_button_lets_in_and_the_desk_greets(local: TestClient, link: str) -> None:
    assert local.get(link).status_code == 200
    assert local.post(link, headers={"origin": LOCAL}).status_code == 303
    page = local.get("/desk/")
    assert page.status_code == 200
    assert "form-action 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1.evil.example:8800"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": f"{LOCAL}/desk/"},
    ],
)
def test_from_another_page_nobody_is_let_in_and_the_link_stays_good(
    local: TestClient, link: str, headers: dict[str, str]
) -> None:
    refused = local.post(link, headers=headers)
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
    assert local.post(link, headers={"origin": LOCAL}).status_code == 303


@pytest.mark.parametrize("path", ["/desk/language", "/desk/forget", "/desk/disagree", "/out", "/desk/alive"])
def test_from_another_page_nothing_is_changed(local: TestClient, link: str, path: str) -> None:
    local.post(link, headers={"origin": LOCAL})
    for headers in ({"origin": "http://evil.example"}, {}):
        assert local.post(path, data={"csrf": "x"}, headers=headers).status_code == 403
    assert local.get("/desk/").status_code == 200


def test_it_answers_to_its_own_names_alone(local: TestClient, public: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1:8800/x", ""):
        assert local.get("/healthz", headers={"host": host}).status_code == 421
    assert public.get("/healthz", headers={"host": "labels.example.org"}).status_code == 200
    assert public.get("/healthz", headers={"host": "labels.example.org.evil.example"}).status_code == 421
    assert public.get("/healthz", headers={"host": "127.0.0.1:8800"}).status_code == 200  # as `up` asks


def test_behind_tls_cookies_and_everything_else_go_by_tls_alone(public: TestClient, link: str) -> None:
    entered = public.post(link, headers={"origin": PUBLIC})
    assert "; secure" in entered.headers["set-cookie"].lower()
    assert "strict-transport-security" in public.get("/desk/").headers


def test_no_redirect_leads_elsewhere(local: TestClient, link: str) -> None:
    local.post(link, headers={"origin": LOCAL})
    for path in ("//evil.example", "//evil.example/desk", "/desk//evil.example/", "/\\evil.example", "/desk"):
        to = local.get(path).headers.get("location", "/")
        assert to.startswith("/")
        assert not to.startswith(("//", "/\\"))


def test_with_label_studio_away_the_desk_goes_on(local: TestClient, link: str) -> None:
    local.post(link, headers={"origin": LOCAL})
    away = local.get("/api/tasks/1/")
    assert away.status_code >= 400
    assert "Traceback" not in away.text
    assert local.get("/desk/").status_code == 200
    assert local.get("/desk/next").status_code == 303  # nothing was pushed: back to the desk


def test_the_names_of_a_door_open_to_the_network_are_those_of_this_machine() -> None:
    assert origins(door()) == [LOCAL, "http://127.0.0.1:8800", "http://localhost:8800"]
    assert origins(door(reached_by="web server", public_url=PUBLIC))[0] == PUBLIC
    lan = origins(door(reached_by="lan"))
    assert len(lan) >= 4
    assert json.dumps(lan).count(":8800") == len(lan)
