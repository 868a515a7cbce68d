"""Every route that Label Studio has, with every method: what the door decides on it, and that it holds to that."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.door.allow import Allowed, decide
from pipeline.label_studio import environment
from pipeline.label_studio.server import Server
from pipeline.label_studio.surroundings import surroundings
from schemas.people import Role
from tests.pipeline.door.guarding import World, world

pytestmark = pytest.mark.live

EXPECTED = Path(__file__).with_name("routes.json")
"""The decisions, to be read in a review; written anew by HEADRACE_UPDATE_DOCS=1 alone."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
QUERIES = ("", "project=7", "project=7&id=next_task", "project=7&taskID=7")
"""The first of these with which a call is answered is what counts."""
ROLES: tuple[Role, ...] = ("annotator", "adjudicator", "lead")
REFUSED = {400, 403, 404, 405}
ANSWERED = REFUSED | {200, 204, 303}
EXAMPLES = (
    (r"\(\?P<format>\[a-z0-9\]\+\)/\?", "json"),
    (r"<drf_format_suffix:\w+>", ".json"),
    (r"\(\?P<pk>[^)]*\)", "7"),
    (r"\(\?P<(url|path)>\.\*\)", "main.js"),
    (r"\(\?P<(\w+)>[^)]*\)\??", "7"),
    (r"<path:\w+>", "x/y"),
    (r"<int:\w+>", "7"),
    (r"<(str:)?\w+>", "x"),
    (r"/\?\$?$", "/"),
    (r"[\^$]", ""),
    (r"\\", ""),
)


@pytest.fixture(scope="module")
def patterns(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    made = environment.ready(print)
    data = tmp_path_factory.mktemp("routes")
    command = [str(environment.interpreter(made)), "-P", str(Path(__file__).with_name("listing.py"))]
    done = subprocess.run(
        [*command, str(environment.package(made))],
        env=surroundings(data),
        cwd=data,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


@cache
def example(pattern: str) -> str:
    """A path that a pattern of Django's takes."""
    for said, stands in EXAMPLES:
        pattern = re.sub(said, stands, pattern)
    return f"/{pattern}"


def decision(method: str, path: str, role: Role) -> str:
    for query in QUERIES:
        decided = decide(method, path.encode(), query.encode(), role)
        if isinstance(decided, Allowed):
            return decided.route.answer
    return "refused"


def decisions(patterns: list[str]) -> dict[str, dict[Role, dict[str, str]]]:
    """By path and role: the methods that are answered, and by what; all others are refused."""
    found: dict[str, dict[Role, dict[str, str]]] = {}
    for path in sorted({example(pattern) for pattern in patterns}):
        by_role = {
            role: {method: said for method in METHODS if (said := decision(method, path, role)) != "refused"}
            for role in ROLES
        }
        found[path] = {role: said for role, said in by_role.items() if said}
    return found


def test_every_route_has_the_decision_that_was_reviewed(patterns: list[str]) -> None:
    now = decisions(patterns)
    if os.environ.get("HEADRACE_UPDATE_DOCS") == "1":
        EXPECTED.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    assert now == json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_all_routes_are_looked_at(patterns: list[str]) -> None:
    assert len(patterns) > 250
    paths = {example(pattern) for pattern in patterns}
    assert {
        "/api/tasks/7/",
        "/api/dm/actions/",
        "/api/projects/7/export",
        "/admin/",
        "/react-app/main.js",
    } <= paths
    assert not [path for path in paths if re.search(r"[<>()?^$*\\]", path)]


def test_annotators_and_adjudicators_are_answered_the_same(patterns: list[str]) -> None:
    for path, said in decisions(patterns).items():
        assert said.get("annotator") == said.get("adjudicator"), path


@pytest.fixture(scope="module")
def behind(label_studio_server: Server) -> Iterator[World]:
    with world(label_studio_server) as made:
        made.give("mei", "step_review", 0)
        with made.as_("mei") as mei:
            said = {
                "result": [{"from_name": "comment", "value": {"text": ["what-mei-thinks"]}}],
                "lead_time": 1,
            }
            mei.post(f"/api/dm/actions?id=next_task&project={made.projects['step_review']}", json={})
            task = made.shown("mei", made.tasks["step_review"][0])
            assert mei.post(f"/api/tasks/{task}/annotations", json=said).status_code == 201
        yield made


@pytest.mark.proof
def test_somebody_with_nothing_in_hand_gets_nothing_by_any_route(behind: World, patterns: list[str]) -> None:
    """With the number of another's task in the place of the number."""
    task, project = behind.tasks["step_review"][0], behind.projects["step_review"]
    before = behind.annotations(task)
    allowed = decisions(patterns)
    with behind.as_("li") as li:
        for path, said in allowed.items():
            for method in METHODS[:5]:
                answer = li.request(method, path.replace("/7", f"/{task}"), params={"project": project})
                expected = ANSWERED if method in said.get("annotator", {}) else REFUSED
                assert answer.status_code in expected, (method, path)
                assert not re.search("what-mei-thinks|mei-|Mei|admin@|headrace_uid", answer.text), path
    assert behind.annotations(task) == before
