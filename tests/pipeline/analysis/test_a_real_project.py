"""Somebody else's project in a real Label Studio: its exports and its adoption tell the same; nothing is written."""

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.analysis.content import Analysis, analyse_export
from pipeline.cli import adopt, app  # noqa: F401 - the commands
from pipeline.cli.faults import exit_code_of
from pipeline.label_studio import outside
from pipeline.label_studio.accounts import invite_link, sign_up
from pipeline.label_studio.server import Server

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.live

CONFIG = """<View><Text name="t" value="$text"/>
<Choices name="verdict" toName="t"><Choice value="good"/><Choice value="bad"/></Choices>
<Choices name="topics" toName="t" choice="multiple"><Choice value="x"/><Choice value="y"/></Choices>
<Rating name="stars" toName="t"/><Number name="minutes" toName="t"/><TextArea name="why" toName="t"/>
<Labels name="bug" toName="t"><Label value="Bug"/></Labels></View>"""
PROJECT = """\
name = "ours"
[[tasks]]
type = "preference_pair"
overlap = 2
"""
MAPS = (
    "data.text=prompt",
    "data.a=answer_a",
    "data.b=answer_b",
    "verdict=preference:good=-2,bad=2",
    "why=reason",
)


class Theirs:
    """Their project: three tasks, two people who answer with every control."""

    def __init__(self, server: Server) -> None:
        self.http = httpx.Client(
            base_url=server.url, headers={"Authorization": f"Token {server.token}"}, timeout=60
        )
        made = self._post(
            "/api/projects/", {"title": "theirs", "label_config": CONFIG, "maximum_annotations": 2}
        )
        self.id = int(made["id"])
        entries = [{"data": {"text": f"{n} + {n}?", "a": "A", "b": "B"}} for n in range(3)]
        answer = self._post(f"/api/projects/{self.id}/import?return_task_ids=true", entries)
        invite = invite_link(server.url, server.token)
        for person in range(2):
            address = f"{secrets.token_hex(4)}@example.org"
            token = sign_up(server.url, invite, address, secrets.token_hex(8), "Pat", "Doe")
            for n, task in enumerate(answer["task_ids"]):
                body = {"result": self._said(person, n), "lead_time": 20.0 + n}
                self._post(f"/api/tasks/{task}/annotations/", body, {"Authorization": f"Token {token}"})
        self._post(f"/api/tasks/{answer['task_ids'][2]}/annotations/", {"result": [], "was_cancelled": True})

    @staticmethod
    def _said(person: int, n: int) -> list[dict[str, Any]]:
        span = {"start": 0, "end": 1, "text": str(n), "labels": ["Bug"]}
        said: list[tuple[str, str, dict[str, Any]]] = [
            ("verdict", "choices", {"choices": ["good" if person or n else "bad"]}),
            ("topics", "choices", {"choices": ["x", "y"] if person else ["x"]}),
            ("stars", "rating", {"rating": 3 + person}),
            ("minutes", "number", {"number": 2.5}),
            ("why", "textarea", {"text": ["because"]}),
            ("bug", "labels", span),
        ]
        kept = said if person else said[:-1]
        return [
            {"from_name": name, "to_name": "t", "type": kind, "value": value} for name, kind, value in kept
        ]

    def _post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        return self.http.post(path, json=body, headers=headers).raise_for_status().json()

    def export(self, kind: str, to: Path) -> Path:
        """The project as Label Studio exports it."""
        query = {"exportType": kind, "download_all_tasks": "true"}
        found = self.http.get(f"/api/projects/{self.id}/export", params=query).raise_for_status()
        to.write_bytes(found.content)
        return to

    def stamps(self) -> list[tuple[int, str]]:
        """When each task was changed last."""
        query: dict[str, str | int] = {"project": self.id, "fields": "all", "page_size": 100}
        found = self.http.get("/api/tasks", params=query).raise_for_status().json()["tasks"]
        return [(task["id"], task["updated_at"]) for task in found]


@pytest.fixture(scope="module")
def theirs(label_studio_server: Server) -> Iterator[Theirs]:
    made = Theirs(label_studio_server)
    yield made
    made.http.close()


def figures(dimensions: dict[str, Any]) -> Any:
    """What is said of each dimension as JSON, but for what a format cannot know of it."""
    kept = {
        name: {key: one[key] for key in ("scale", "labels", "agreement")} for name, one in dimensions.items()
    }
    return json.loads(json.dumps(kept))


def test_both_exports_are_read_whole(theirs: Theirs, tmp_path: Path) -> None:
    full = analyse_export(theirs.export("JSON", tmp_path / "full.json"))
    short = analyse_export(theirs.export("JSON_MIN", tmp_path / "min.json"))
    assert kinds(full) == {
        "bug": "regions", "minutes": "number", "stars": "rating", "topics": "choices", "verdict": "choices",
        "why": "text",
    }  # fmt: skip
    assert full.counts["skipped"] == 1
    assert (len(full.rows), full.findings.counts) == (36, {"skipped: no vote": 1})
    theirs_only = {name: one for name, one in figures(short.to_json()["dimensions"]).items() if name != "why"}
    assert theirs_only == {
        name: one for name, one in figures(full.to_json()["dimensions"]).items() if name != "why"
    }
    assert short.to_json()["pace"] == full.to_json()["pace"]
    assert "example.org" not in json.dumps([full.to_json(), short.to_json()])


def kinds(analysis: Analysis) -> dict[str, str]:
    return {one.dimension.name: one.dimension.kind for one in analysis.judged}


def test_adopting_tells_what_the_export_tells_and_writes_nothing(
    theirs: Theirs,
    label_studio_server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(outside.URL_VARIABLE, label_studio_server.url)
    monkeypatch.setenv(outside.TOKEN_VARIABLE, label_studio_server.token)
    (tmp_path / "project.toml").write_text(PROJECT)
    before, asked = theirs.stamps(), methods(monkeypatch)

    def run(*arguments: str) -> Any:
        code = exit_code_of(app, ["-C", str(tmp_path), "adopt", str(theirs.id), "--json", *arguments])
        said = capsys.readouterr()
        assert (code, said.err) == (0, "")
        return json.loads(said.out)

    first, second = run(), run()
    assert (first["done"], second["done"], second["skipped"]) == (36, 0, 36)
    export = analyse_export(theirs.export("JSON", tmp_path / "full.json")).to_json()["dimensions"]
    assert (
        figures(first["analysis"]["dimensions"])
        == figures(export)
        == figures(second["analysis"]["dimensions"])
    )
    taken = run(
        "--as", "preference_pair", *(word for one in MAPS for word in ("--map", one)), "--language", "en"
    )
    assert (taken["taken"]["done"], taken["taken"]["rejected"]) == (7, {})
    if (ROOT / "pyproject.toml").is_file():  # an installed wheel comes without the pages
        assert shape(taken) == shape(documented())
    assert set(asked) == {"GET"}
    assert theirs.stamps() == before


def documented() -> Any:
    """The example on the page."""
    page = ROOT / "docs" / "reference" / "adopt.md"
    found = re.search(r"^```json\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    return json.loads(found[1])


def shape(value: Any) -> Any:
    """The keys, as far as the page goes; names of dimensions, days and reasons are not among them."""
    named = {"dimensions", "days", "weeks", "rejected", "overall"}
    if not isinstance(value, dict):
        return None
    return {key: None if key in named else shape(inner) for key, inner in value.items()}


def methods(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of all requests from now on, but for those that sign in."""
    asked: list[str] = []
    send = httpx.Client.send

    def noting(self: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
        if not request.url.path.endswith("/api/token/refresh"):
            asked.append(request.method)
        return send(self, request, **more)

    monkeypatch.setattr(httpx.Client, "send", noting)
    return asked
