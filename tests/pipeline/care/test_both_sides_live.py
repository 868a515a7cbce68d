"""Backup and restore of a real Label Studio with its store: before and after, the doctor says that both agree."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli import app, care, everyday, stages  # noqa: F401 - the commands
from pipeline.cli.faults import exit_code_of
from pipeline.label_studio import database, server
from pipeline.label_studio.accounts import invite_link, sign_up
from tasks import task_types

PROJECT = """
name = "both"
[[sources]]
reader = "jsonl"
path = "problems.jsonl"
domain = "reasoning"
[[tasks]]
type = "preference_pair"
overlap = 1
"""

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.timeout(900)]


class Team:
    """A project folder with a command line and one annotator with an account."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "project.toml").write_text(PROJECT)
        self.problems(3)

    def problems(self, count: int) -> None:
        lines = [
            json.dumps({"prompt": f"Problem {n}?", "candidates": [f"a {n}", f"b {n}"]}) for n in range(count)
        ]
        (self.folder / "problems.jsonl").write_text("\n".join(lines))

    def type(self, *arguments: str) -> tuple[int, str, str]:
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = exit_code_of(app, ["-C", str(self.folder), *arguments])
        return code, out.getvalue(), err.getvalue()

    def json(self, *arguments: str) -> Any:
        code, out, err = self.type(*arguments, "--json")
        assert code == 0, err + out
        return json.loads(out)

    def hire(self) -> str:
        """An account by the invite link; its token."""
        running = server.up(self.folder)
        link = invite_link(running.url, running.token)
        return sign_up(running.url, link, "ann@example.com", "ann-secret-9")

    def label(self, token: str) -> int:
        """The annotator answers what the queue has for them; how many."""
        url, _ = server.connection(self.folder)
        kind = task_types()["preference_pair"]
        answer = {"result": kind.result(kind.label(preference=2)), "lead_time": 9.0}
        given = 0
        headers = {"Authorization": f"Token {token}"}
        with closing(httpx.Client(base_url=url, headers=headers, timeout=60, trust_env=False)) as seat:
            (project,) = seat.get("/api/projects/").raise_for_status().json()["results"]
            while (handed := seat.get(f"/api/projects/{project['id']}/next")).status_code == httpx.codes.OK:
                task = handed.json()["id"]
                seat.post(f"/api/tasks/{task}/annotations/", json=answer).raise_for_status()
                given += 1
        return given


def _on_sqlite(folder: Path, _: pytest.FixtureRequest) -> None:
    server.up(folder)


def _on_postgres(folder: Path, request: pytest.FixtureRequest) -> None:
    server.up(folder, database=database.parse(request.getfixturevalue("postgres").make()))


@pytest.fixture(
    params=[
        pytest.param(_on_sqlite, id="sqlite"),
        pytest.param(_on_postgres, id="postgres", marks=pytest.mark.proof),
    ]
)
def team(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    for name in ("HEADRACE_LABEL_STUDIO_URL", "HEADRACE_LABEL_STUDIO_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "both"
    folder.mkdir()
    start: Callable[[Path, pytest.FixtureRequest], None] = request.param
    made = Team(folder)
    try:
        start(folder, request)
        yield made
    finally:
        server.down(folder)


def test_both_sides_come_back_as_they_were(team: Team, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    token = team.hire()
    team.json("run")
    assert team.label(token) == 3
    team.json("run")
    before = team.json("doctor")
    assert before["agrees"] is True
    assert before["compared"] == {"tasks": 3, "annotations": 3}
    made = team.json("backup", str(kept))  # while the server runs
    assert made["label_studio"]["version"] == "1.23.2"

    team.problems(5)
    team.json("run")
    assert team.label(token) == 2
    team.json("run")
    assert team.json("doctor")["compared"] == {"tasks": 5, "annotations": 5}

    code, _, err = team.type("restore", str(kept), "--force")
    assert (code, "run headrace down" in err) == (1, True)
    team.json("down")
    code, _, err = team.type("restore", str(kept))
    assert (code, "--force" in err) == (1, True)
    done = team.json("restore", str(kept), "--force")
    assert Path(done["kept"]).is_dir()

    team.problems(3)
    team.json("up")
    after = team.json("doctor")
    assert after["agrees"] is True
    assert after["compared"] == before["compared"]
    assert [check for check in after["checks"] if not check["ok"]] == []
    team.problems(5)
    team.json("run")
    assert team.label(token) == 2  # the account is as it was, and work goes on
    team.json("run")
    assert team.json("doctor")["compared"] == {"tasks": 5, "annotations": 5}
