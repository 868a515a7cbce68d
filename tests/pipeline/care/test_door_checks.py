"""What the doctor says of the door: that there is none, that it is shut, that somebody can get past it."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipeline.care import door
from pipeline.care.checks import Check
from pipeline.context import Context
from pipeline.door import process
from pipeline.door.process import Wish
from pipeline.label_studio import outside
from pipeline.label_studio.state import Home, Server
from pipeline.ledger.addresses import of_this_machine
from pipeline.ledger.state import Door, DoorHome
from pipeline.store import Store
from schemas.project import read_project
from tests.pipeline.tried import PROJECT

PERSON = '\n[[people]]\nname = "li"\nemail = "li@vendor.example"\n'


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (outside.URL_VARIABLE, outside.TOKEN_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


def checks(folder: Path, people: str = PERSON) -> dict[str, Check]:
    (folder / "project.toml").write_text(PROJECT + people)

    def nowhere() -> Any:
        raise AssertionError("Label Studio is not asked")

    with Store(":memory:") as store:
        context = Context(folder=folder, project=read_project(folder), store=store, connect=nowhere)
        return {check.name: check for check in door.of(context)}


def known(folder: Path, **said: Any) -> None:
    home = DoorHome(folder)
    home.make()
    home.write(
        Door.model_validate({"port": 8800, "label_studio": "x", "project": "x", "version": "1", **said})
    )


@pytest.fixture
def web_server() -> Iterator[tuple[str, dict[str, tuple[int, bytes]]]]:
    """A web server, and what it answers."""
    answers: dict[str, tuple[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.get(self.path, (404, b"<html>"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}", answers
        http.shutdown()


def test_without_a_door_those_who_name_people_are_told_what_is_not_protected(tmp_path: Path) -> None:
    found = checks(tmp_path)
    assert not found["door"].ok
    assert found["door"].warning
    assert "administrator" in found["door"].examples[0]
    assert "--public-url" in found["door"].examples[0]
    assert found["past_door"].ok


def test_who_labels_alone_needs_none(tmp_path: Path) -> None:
    assert all(check.ok for check in checks(tmp_path, people="").values())


def test_a_door_that_is_shut_is_told(tmp_path: Path) -> None:
    known(tmp_path)
    found = checks(tmp_path)["door"]
    assert not found.ok
    assert "headrace up" in found.examples[0]
    assert "http://127.0.0.1:8800" in found.examples[0]


def test_one_that_is_open_and_alone_is_in_order(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(PROJECT)
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
    process.up(tmp_path, "http://127.0.0.1:1", Wish(port=port))
    try:
        assert all(check.ok for check in checks(tmp_path).values())
    finally:
        process.down(tmp_path)


def test_a_label_studio_elsewhere_can_be_reached_past_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(tmp_path)
    monkeypatch.setenv(outside.URL_VARIABLE, "https://labels.example.org")
    assert "gets past the door" in checks(tmp_path)["past_door"].examples[0]
    for address in ("http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"):
        monkeypatch.setenv(outside.URL_VARIABLE, address)
        assert checks(tmp_path)["past_door"].ok


def test_ones_own_that_listens_beyond_this_machine_is_told(tmp_path: Path) -> None:
    address = of_this_machine()[0]
    known(tmp_path)
    home = Home(tmp_path)
    home.make()
    try:
        listening = socket.create_server((address, 0))
    except OSError:
        pytest.skip("this machine has no address but its own")
    with listening:
        port = listening.getsockname()[1]
        home.write(Server(port=port, username="a", password="b", token="c"))
        assert f"{address}:{port}" in checks(tmp_path)["past_door"].examples[0]
    assert checks(tmp_path)["past_door"].ok


def test_a_web_server_that_leads_past_the_door_is_told(
    tmp_path: Path, web_server: tuple[str, dict[str, tuple[int, bytes]]]
) -> None:
    url, answers = web_server
    known(tmp_path, reached_by="web server", public_url=url)
    assert "should lead to the door" in checks(tmp_path)["past_door"].examples[0]
    answers["/healthz"] = (200, b'{"status": "UP"}')
    assert not checks(tmp_path)["past_door"].ok
    answers["/healthz"] = (502, b"")  # the door is shut: that is said by the other check
    assert checks(tmp_path)["past_door"].ok
    answers["/healthz"] = (200, b'{"ok": true}')
    assert checks(tmp_path)["past_door"].ok


def test_an_address_that_nobody_answers_at_says_nothing(tmp_path: Path) -> None:
    known(tmp_path, reached_by="web server", public_url="http://127.0.0.1:9")
    assert checks(tmp_path)["past_door"].ok
