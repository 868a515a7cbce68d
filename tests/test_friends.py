"""docs/how-to/friends.md does what it says: its own commands, a real Label Studio, three people with accounts.

docs/reference/json.md is held against the project that comes of it.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.cli import app, register
from pipeline.cli.faults import exit_code_of
from pipeline.label_studio.accounts import sign_up
from pipeline.stages import STAGES
from pipeline.store import StorePlace

register()

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGE, JSON_PAGE = DOCS / "how-to" / "friends.md", DOCS / "reference" / "json.md"
PEOPLE = ("ann", "ben", "cem")
DISPUTED, EQUAL = "Prompt 7: which is the better answer?", "Prompt 8: which is the better answer?"
OPEN = ("rejected", "states", "flow", "prevalence")
"""Objects whose keys depend on what happened."""

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
    ),
]


def commands() -> list[str]:
    """The commands of the page, in their order."""
    blocks = re.findall(r"```sh run\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@dataclass
class Walk:
    """The page's folder, with a shell in it."""

    folder: Path
    environment: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)

    def type(self, command: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        self.outputs[command] = done.stdout
        return done.stdout

    def ask(self, command: str) -> str:
        """What a command prints, without a process of its own."""
        _, *words = shlex.split(command)
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in [name for name in os.environ if name.startswith("HEADRACE_")]:
                patch.delenv(name)
            patch.chdir(self.folder)
            assert exit_code_of(app, words) == 0, f"{command}: {err.getvalue()}"
        return out.getvalue()

    def rows(self) -> list[dict[str, Any]]:
        at = self.folder / "exports/0.1.0/jsonl"
        if not at.exists():
            self.ask("headrace export 0.1.0 jsonl")
        (path,) = (at / "preference_pair").glob("train-*.jsonl")
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The page's commands up to the release, the people's part played between the two runs."""
    walk = _walk(tmp_path_factory.mktemp("friends"))
    written = commands()
    try:
        for command in written[: written.index("headrace run") + 1]:
            walk.type(command)
        label(walk.outputs["headrace up"])
        for command in written[written.index("headrace run") + 1 : -1]:
            walk.type(command)
        yield walk
    finally:
        walk.type("headrace down")


def _walk(place: Path) -> Walk:
    programs = place / "bin"
    programs.mkdir()
    program = programs / "headrace"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline "$@"\n')
    program.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEADRACE_")}
    environment |= {"PATH": f"{programs}:{environment['PATH']}", "PYTHONPATH": ":".join(sys.path)}
    folder = place / "friends"
    folder.mkdir()
    (folder / "pairs.jsonl").write_text("".join(f"{json.dumps(pair)}\n" for pair in pairs()))
    return Walk(folder, environment)


def pairs() -> list[dict[str, str]]:
    """30 prompts with a good and a bad answer, in columns as the page shows them."""
    (shown,) = re.findall(r"```json\n(\{.*response_a.*\})\n```", PAGE.read_text(encoding="utf-8"))
    prompt, *answers = json.loads(shown)
    said = [(f"Prompt {n}: which is the better answer?", f"good {n}", f"bad {n}") for n in range(30)]
    return [dict(zip((prompt, *answers[:: 1 - 2 * (n % 2)]), one, strict=True)) for n, one in enumerate(said)]


def label(printed: str) -> None:
    """Three accounts by the link that `up` prints; each asks for its next task and answers, until there is none."""
    link = re.search(r"http://\S+/user/signup/\S+", printed)
    assert link is not None, printed
    url = link[0].split("/user/")[0]
    tokens = [sign_up(url, link[0], f"{name}@example.com", f"{name}-secret-9") for name in PEOPLE]
    with ExitStack() as stack:
        seats = [stack.enter_context(_seat(url, token)) for token in tokens]
        assert sorted(_work(seats).values()) == [2] * 30


def _seat(url: str, token: str) -> httpx.Client:
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Token {token}"}, timeout=60, trust_env=False
    )


def _work(seats: list[httpx.Client]) -> dict[int, int]:
    """Label in turns until the queue has nothing for anybody; how many answers each task got."""
    (project,) = seats[0].get("/api/projects/").raise_for_status().json()["results"]
    answered: dict[int, int] = {}
    waiting = list(seats)
    while waiting:
        seat = waiting.pop(0)
        handed = seat.get(f"/api/projects/{project['id']}/next")
        if handed.status_code == httpx.codes.NOT_FOUND:
            continue
        task = handed.raise_for_status().json()
        earlier = answered.get(task["id"], 0)
        body = {"result": preference(task["data"], earlier), "lead_time": 12.0}
        seat.post(f"/api/tasks/{task['id']}/annotations/", json=body).raise_for_status()
        answered[task["id"]] = earlier + 1
        waiting.append(seat)
    return answered


def preference(data: dict[str, str], earlier: int) -> list[dict[str, Any]]:
    """The good answer is better, but for one pair on which people contradict each other, and one of equals."""
    said = 2 if "good" in data["answer_b"] else -2
    if DISPUTED in data["prompt"]:
        said = (-3, 3)[earlier]
    if EQUAL in data["prompt"]:
        said = 0
    value = {"choices": [str(said)]}
    return [{"from_name": "preference", "to_name": "prompt", "type": "choices", "value": value}]


def test_it_takes_at_most_six_commands() -> None:
    assert 0 < len(commands()) <= 6
    assert all(command.startswith("headrace ") for command in commands())


def test_the_rows_are_what_the_three_preferred(walk: Walk) -> None:
    rows = {row["prompt"]: row for row in walk.rows()}
    assert len(rows) == len(walk.rows()) == 28
    assert {pair["prompt"] for pair in pairs()} - set(rows) == {DISPUTED, EQUAL}
    for prompt, row in rows.items():
        number = prompt.split()[1].rstrip(":")
        assert (row["chosen"], row["rejected"], row["margin"]) == (f"good {number}", f"bad {number}", 2.0)
        assert row["simulated"] is False


def test_a_released_row_has_the_columns_that_the_page_shows(walk: Walk) -> None:
    (shown,) = re.findall(r"```json\n(\{.*chosen.*\})\n```", PAGE.read_text(encoding="utf-8"))
    assert set(json.loads(shown)) < set(walk.rows()[0])


def test_three_people_had_a_voice_and_each_row_leads_back_to_two(walk: Walk) -> None:
    manifest = json.loads((walk.folder / "releases/0.1.0/manifest.json").read_text())
    assert manifest["counts"]["annotators"] == len(PEOPLE)
    for row in walk.rows()[:3]:
        chain = json.loads(walk.ask(f"headrace lineage {row['row_id']} --json"))
        assert len({vote["annotator"] for vote in chain["resolution"]["labels"]}) == 2


def test_the_dispute_has_gone_to_an_adjudicator_and_running_it_again_changes_nothing(walk: Walk) -> None:
    with StorePlace(walk.folder).reading() as store:
        assert (
            store.value("SELECT count(*) FROM adjudications JOIN pushes p ON p.task_id = adjudication_id")
            == 1
        )
    stages = json.loads(walk.ask("headrace run --json"))["stages"]
    assert {stage["stage"]: stage["done"] for stage in stages} == dict.fromkeys(STAGES, 0)
    assert "nothing new" in walk.ask("headrace release")
    assert {path.name for path in (walk.folder / "releases").iterdir()} == {"0.1.0", "RELEASES.md"}


def shape(value: Any, key: str = "") -> Any:
    """A JSON value's keys, all the way down; of a list its first element, of a value only that it is one."""
    if isinstance(value, dict):
        return {} if key in OPEN else {name: shape(inner, name) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return "value"


def _examples() -> list[tuple[str, Any]]:
    page = JSON_PAGE.read_text(encoding="utf-8")
    found = re.findall(
        r"^## `(headrace [^`]+)`\n(?:(?!^## ).)*?```json\n(.*?)```", page, re.MULTILINE | re.DOTALL
    )
    return [(command, json.loads(example)) for command, example in found]


def test_json_is_printed_as_documented(walk: Walk) -> None:
    row = walk.rows()[0]["row_id"]
    with (walk.folder / "pairs.jsonl").open("a") as file:
        file.write("{broken\n")  # for something to stand among the rejects
    elsewhere = ("demo", "down", "publish", "why")  # `why` asks of a door, which these three do without
    examples = [one for one in _examples() if not any(word in one[0].split() for word in elsewhere)]
    assert len(examples) > 8
    for command, example in examples:
        printed = json.loads(walk.ask(command.replace("ROW", row).replace("DIR", "other")))
        assert shape(printed) == shape(example), command


def test_at_the_end_nothing_runs(walk: Walk) -> None:
    server = json.loads(walk.ask("headrace status --json"))["label_studio"]
    assert server["running"] is True
    assert "stopped" in walk.type(commands()[-1])
    assert json.loads(walk.ask("headrace status --json"))["label_studio"]["running"] is False
    with pytest.raises(httpx.ConnectError):
        httpx.get(server["url"], trust_env=False)
    (example,) = [example for command, example in _examples() if "down" in command]
    assert shape(json.loads(walk.ask("headrace down --json"))) == shape(example)
