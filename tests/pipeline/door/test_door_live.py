"""The door before a real Label Studio, from `headrace up --door` to `headrace down`, on SQLite and PostgreSQL."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli import app, register
from pipeline.cli.faults import exit_code_of
from pipeline.door import process
from pipeline.label_studio import accounts, server
from pipeline.label_studio import process as processes
from pipeline.ledger import standing
from pipeline.ledger.keys import Keys
from pipeline.ledger.place import LedgerPlace
from pipeline.ledger.state import DoorHome

register()

PROJECT = """\
name = "tried"

[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"
language = "en"

[[tasks]]
type = "preference_pair"
overlap = 1
"""
THEIRS = "a password of their own"

pytestmark = pytest.mark.live


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


class Office:
    """A project's folder with a command line at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.capture: pytest.CaptureFixture[str] | None = None

    def run(self, *arguments: str) -> Any:
        """Run a command that must succeed; what it prints as JSON."""
        assert self.capture is not None
        self.capture.readouterr()
        code = exit_code_of(app, ["-C", str(self.folder), *arguments, "--json"])
        said = self.capture.readouterr()
        assert code == 0, said.err
        return json.loads(said.out)

    def account(self, email: str) -> Any:
        place = LedgerPlace(self.folder)
        try:
            found = Keys(place).account_of(email)
        finally:
            place.close()
        assert found is not None
        return found

    @contextmanager
    def browser(self, name: str) -> Iterator[httpx.Client]:
        """A browser in which somebody has come in by a link of their own."""
        link = self.run("people", "invite", name)["invite_link"]
        base, _, token = link.partition("/in/")
        with httpx.Client(base_url=base, headers={"Origin": base}, timeout=60, trust_env=False) as made:
            assert made.get(f"/in/{token}").status_code == 200
            assert made.post(f"/in/{token}").status_code == 303
            yield made


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.proof)])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A project whose Label Studio runs, with three tasks pushed to it."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("door")
    else:
        folder = request.getfixturevalue("folder_on_postgres")
    (folder / "project.toml").write_text(PROJECT)
    problems = [{"prompt": f"Problem {n}?", "candidates": [f"a {n}", f"b {n}"]} for n in range(3)]
    (folder / "problems.jsonl").write_text("".join(json.dumps(one) + "\n" for one in problems))
    try:
        yield Office(folder)
    finally:
        process.down(folder, for_good=True)
        if request.param == "sqlite":
            server.down(folder)


@pytest.fixture
def office(
    kept: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """The same with its door open."""
    for name in [name for name in os.environ if name.startswith("HEADRACE_")]:
        monkeypatch.delenv(name)
    kept.capture = capsys
    opened = kept.run(
        "up", "--door", *(() if DoorHome(kept.folder).read() else ("--door-port", str(free_port())))
    )
    assert opened["door"]["reached_by"] == "loopback"
    if not (kept.folder / "people.csv").exists():
        for name in ("li", "an"):
            kept.run("people", "add", name, "--email", f"{name}@vendor.example")
        kept.run("run")
    yield kept
    kept.capture = None


@pytest.mark.proof
def test_somebody_is_invited_comes_in_and_is_led_to_a_task(office: Office) -> None:
    with office.browser("li") as browser:
        assert "li" in browser.get("/desk/").text
        led = browser.get("/desk/next")
        assert led.status_code == 303
        page = browser.get(led.headers["location"], headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "/desk/door.js" in page.text
        me = browser.get("/api/current-user/whoami").json()
        assert me["id"] == office.account("li@vendor.example").person_id
        assert {name.partition("=")[0] for name in page.headers.get_list("set-cookie")} <= {"headrace_door"}
    row = next(row for row in office.run("people", "list")["people"] if row["name"] == "li")
    assert row["pseudonym"].startswith("ann-")


@pytest.mark.proof
def test_an_account_with_a_password_of_its_own_gets_one_that_the_door_alone_knows(office: Office) -> None:
    url, token = server.connection(office.folder)
    if not any(one["email"] == "an@vendor.example" for one in users(url, token)):
        accounts.sign_up(url, accounts.invite_link(url, token), "an@vendor.example", THEIRS)
    with office.browser("an") as browser:
        assert browser.get("/desk/next").status_code == 303
    assert not accounts.opens(url, "an@vendor.example", THEIRS)
    assert accounts.opens(url, "an@vendor.example", office.account("an@vendor.example").password)


def users(url: str, token: str) -> Any:
    return httpx.get(f"{url}/api/users/", headers={"Authorization": f"Token {token}"}, timeout=60).json()


@pytest.mark.proof
def test_killed_and_opened_again_it_knows_who_was_in_and_what_they_held(office: Office) -> None:
    with office.browser("li") as browser:
        before = browser.get("/desk/next").headers["location"]
        pid, born = standing.status(office.folder).pid, ""
        assert pid is not None
        born = str(processes.birth(pid))
        os.kill(pid, signal.SIGKILL)
        assert processes.gone(pid, born, 60)
        assert office.run("status")["door"]["running"] is False
        assert office.run("up")["door"] is not None
        assert browser.get("/desk/next").headers["location"] == before
        assert browser.get(before, headers={"accept": "text/html"}).status_code == 200


@pytest.mark.proof
def test_revoked_one_is_out_at_once(office: Office) -> None:
    with office.browser("an") as browser:
        assert browser.get("/desk/").status_code == 200
        assert office.run("people", "revoke", "an")["sessions"] >= 1
        for path in ("/desk/", "/desk/next", "/api/current-user/whoami"):
            assert browser.get(path).status_code == 401


@pytest.mark.proof
def test_the_door_and_label_studio_end_together_and_come_back(office: Office) -> None:
    with office.browser("li") as browser:
        assert office.run("down") == {"stopped": True, "door_stopped": True}
        found = office.run("status")
        assert (found["label_studio"]["running"], found["door"]["running"]) == (False, False)
        office.run("up", "--port", str(free_port()))  # at another address, which the door is told
        found = office.run("status")
        assert (found["label_studio"]["running"], found["door"]["running"]) == (True, True)
        led = browser.get("/desk/next").headers["location"]
        assert browser.get(led, headers={"accept": "text/html"}).status_code == 200


@pytest.mark.proof
def test_nothing_but_the_link_lets_in_and_no_log_holds_it(office: Office) -> None:
    link = office.run("people", "invite", "li")["invite_link"]
    token, password = link.rpartition("/")[2], office.account("li@vendor.example").password
    httpx.get(link, trust_env=False)
    httpx.post(link, trust_env=False)  # from no page of ours
    logs = [*(office.folder / ".headrace").rglob("*.log*")]
    assert len(logs) >= 2
    for log in logs:
        said = log.read_text(errors="replace")
        assert token not in said
        assert password not in said
