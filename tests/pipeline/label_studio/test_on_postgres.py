"""A real Label Studio on a real PostgreSQL, under gunicorn: it serves, stops whole, and gives no secret away."""

import json
import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli import app, everyday  # noqa: F401 - the commands
from pipeline.cli.faults import exit_code_of
from pipeline.label_studio import environment, process, server
from pipeline.label_studio.state import Home

CHOICE = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
ANSWER = [{"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a"]}}]
PROJECT = """\
name = "tried"

[[people]]
name = "Ann"

[[people]]
name = "Bo"
"""


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of two people whose server, if it gets one, is stopped at the end."""
    for name in [name for name in os.environ if name.startswith("HEADRACE_")]:
        monkeypatch.delenv(name)
    (tmp_path / "project.toml").write_text(PROJECT)
    yield tmp_path
    server.down(tmp_path)


def ended(leader: int | None) -> bool:
    """Whether a group has no living process, once those that are dying have died."""
    until = time.monotonic() + 10
    while (left := processes(leader)) and time.monotonic() < until:
        time.sleep(0.05)
    return not left


def processes(leader: int | None) -> list[int]:
    """The living processes of a group, its leader among them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state not in "ZX":
            found.append(int(path.parent.name))
    return found


def get(made: server.Server, path: str) -> httpx.Response:
    headers = {"Authorization": f"Token {made.token}"}
    return httpx.get(f"{made.url}{path}", headers=headers, timeout=60, trust_env=False, follow_redirects=True)


@pytest.mark.proof
@pytest.mark.live
def test_on_postgresql_it_serves_pages_and_keeps_what_is_done(
    label_studio_on_postgres: server.Server, folder_on_postgres: Path
) -> None:
    made = label_studio_on_postgres
    assert get(made, "/api/version").json()["release"] == environment.VERSION
    assert get(made, "/static/icons/logo.svg").headers["content-type"] == "image/svg+xml"
    headers = {"Authorization": f"Token {made.token}"}
    with httpx.Client(base_url=made.url, headers=headers, timeout=60, trust_env=False) as http:
        number = http.post("/api/projects", json={"title": "kept", "label_config": CHOICE}).json()["id"]
        assert http.post(f"/api/projects/{number}/import", json=[{"t": "x"}]).status_code == 201
        task = http.get(f"/api/projects/{number}/next").json()["id"]
        sent = http.post(f"/api/tasks/{task}/annotations", json={"result": ANSWER})
    assert server.down(folder_on_postgres) is True
    assert server.status(folder_on_postgres).running is False
    assert ended(made.pid)
    again = server.up(folder_on_postgres)  # without the option: the choice is remembered
    assert (again.url, again.token, again.database) == (made.url, made.token, made.database)
    assert get(again, f"/api/annotations/{sent.json()['id']}").json()["task"] == task
    assert not Home(folder_on_postgres).database.exists()


@pytest.mark.proof
@pytest.mark.live
def test_on_postgresql_a_crash_of_the_master_leaves_no_workers_and_the_same_port(
    label_studio_on_postgres: server.Server, folder_on_postgres: Path
) -> None:
    made = label_studio_on_postgres
    assert len(processes(made.pid)) == 3
    os.kill(made.pid or 0, signal.SIGKILL)
    assert process.gone(made.pid or 0, made.born or "", 10)
    again = server.up(folder_on_postgres)
    assert (again.url, server.status(folder_on_postgres).running) == (made.url, True)
    assert ended(made.pid)


@pytest.mark.live
@pytest.mark.proof
def test_the_password_stands_in_one_file_of_its_owner_and_nowhere_else(
    label_studio_on_postgres: server.Server, folder_on_postgres: Path, postgres: Any
) -> None:
    home = Home(folder_on_postgres)
    holders = [
        path
        for path in home.folder.rglob("*")
        if path.is_file() and postgres.password.encode() in path.read_bytes()
    ]
    assert holders == [home.file]
    assert stat.S_IMODE(home.file.stat().st_mode) == 0o600
    lines = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in processes(label_studio_on_postgres.pid)]
    assert len(lines) == 3
    assert not any(postgres.password.encode() in line for line in lines)


@pytest.mark.live
@pytest.mark.proof
def test_the_command_says_where_it_runs_and_never_the_password(
    label_studio_on_postgres: server.Server,
    folder_on_postgres: Path,
    postgres: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = label_studio_on_postgres.database
    assert database is not None
    (folder_on_postgres / "project.toml").write_text(PROJECT)
    monkeypatch.delenv("HEADRACE_DATABASE", raising=False)
    arguments = ["-C", str(folder_on_postgres), "up", "--json", "--database", postgres.address(database.name)]
    assert exit_code_of(app, arguments) == 0
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert (content["database"], content["warnings"]) == (str(database), [])
    assert err.startswith("warning: a password on the command line can be seen in the list of processes")
    assert postgres.password not in out + err


@pytest.mark.live
@pytest.mark.proof
def test_a_database_that_is_away_is_one_line_and_exit_code_1(
    tried: Path, postgres: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_DATABASE", postgres.address("nothing"))
    assert exit_code_of(app, ["-C", str(tried), "up"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert 'database "nothing" does not exist' in err
    assert postgres.password not in err
    assert server.status(tried).url is None


@pytest.mark.live
def test_on_sqlite_two_people_are_worth_a_warning(tried: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(app, ["-C", str(tried), "up", "--json"]) == 0
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert content["database"] == "SQLite"
    assert [warning.split(",")[0] for warning in content["warnings"]] == [
        "2 people share a Label Studio on SQLite"
    ]
    assert [line for line in err.splitlines() if line.startswith("warning: ")] == [
        f"warning: {content['warnings'][0]}"
    ]
