"""An annotator of another vendor, with raw requests: nothing of others is read, nothing but one's own is changed."""

import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

import pytest

from pipeline.label_studio.server import Server
from tests.pipeline.door.attacks import ATTACKS, Attack
from tests.pipeline.door.guarding import COOKIE, World, world
from tests.pipeline.door.guarding import TOKEN as FORM_TOKEN

pytestmark = pytest.mark.live
SECRET = "what-mei-thinks"


@dataclass(frozen=True)
class Scene:
    """Mei has said something; li has a task in hand with a draft, and submitted another."""

    world: World
    numbers: Mapping[str, int]
    before: Mapping[str, Any]

    def state(self) -> dict[str, Any]:
        """All that li may not change."""
        with self.world.admin() as admin:
            theirs = self.numbers["theirs_raw"]
            kept = {
                "projects": admin.get(
                    "/api/projects/?page_size=500&include=id,title,maximum_annotations"
                ).json()["count"],
                "project": _lasting(admin.get(f"/api/projects/{self.numbers['project']}/").json()),
                "tasks": self._tasks(),
                "annotations": self.world.annotations(theirs),
                "data": admin.get(f"/api/tasks/{self.numbers['mine_raw']}/").json()["data"],
                "people": sorted(
                    (one["id"], one["email"], one["first_name"]) for one in admin.get("/api/users/").json()
                ),
                "webhooks": admin.get("/api/webhooks/").json(),
            }
        return {**kept, "draft": self._draft()}

    def _tasks(self) -> list[int]:
        with self.world.admin() as admin:
            asked: dict[str, Any] = {"project": self.numbers["project"], "include": "id", "page_size": 100}
            return sorted(one["id"] for one in admin.get("/api/tasks", params=asked).json()["tasks"])

    def _draft(self) -> Any:
        with self.world.as_("mei") as mei:
            said = mei.get(f"/api/tasks/{self.numbers['theirs']}/drafts").json()
        return [{**one, "updated_at": ""} for one in said]


def _lasting(project: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: project[name] for name in ("title", "maximum_annotations", "label_config", "expert_instruction")
    }


def region(text: str) -> list[dict[str, Any]]:
    return [{"from_name": "comment", "to_name": "problem", "type": "textarea", "value": {"text": [text]}}]


@pytest.fixture(scope="module")
def scene(label_studio_server: Server) -> Iterator[Scene]:
    with world(label_studio_server) as made:
        made.give("mei", "step_review", 0)
        made.give("li", "step_review", 1)
        made.give("mei", "preference_pair", 0)
        numbers = {
            "project": made.projects["step_review"],
            "other_project": made.projects["preference_pair"],
            "theirs_raw": made.tasks["step_review"][0],
            "mine_raw": made.tasks["step_review"][1],
            "theirs": made.shown("mei", made.tasks["step_review"][0]),
            "mine": made.shown("li", made.tasks["step_review"][1]),
            "them": made.people["mei"].account,
            "me": made.people["li"].account,
        }
        for name, whose in (("mei", "their"), ("li", "my")):
            task = numbers["theirs" if name == "mei" else "mine"]
            with made.as_(name) as person:
                made_next = person.post(f"/api/dm/actions?id=next_task&project={numbers['project']}", json={})
                assert made_next.json()["id"] == task
                said = {"result": region(SECRET if name == "mei" else "li says"), "lead_time": 2}
                submitted = person.post(f"/api/tasks/{task}/annotations", json=said)
                assert submitted.status_code == 201, submitted.text
                numbers[f"{whose}_annotation"] = submitted.json()["id"]
                drafted = person.post(
                    f"/api/tasks/{task}/annotations/{submitted.json()['id']}/drafts", json=said
                )
                assert drafted.status_code == 201, drafted.text
                numbers[f"{whose}_draft"] = drafted.json()["id"]
        empty = Scene(made, numbers, {})
        yield Scene(made, numbers, empty.state())


def sent(scene: Scene, attack: Attack, name: str = "li") -> tuple[int, str, Mapping[str, str]]:
    """An attack, letter by letter as it is written; the status, body and headers that come back."""
    body = _filled(attack.body, scene.numbers)
    content = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    host = scene.world.url.removeprefix("http://")
    headers = {
        "Host": host,
        "Origin": scene.world.url,
        "Sec-Fetch-Site": "same-origin",
        "Cookie": f"{COOKIE}={name}",
        "Content-Type": "application/json",
        "Connection": "close",
        **({"Content-Length": str(len(content))} if "Transfer-Encoding" not in attack.headers else {}),
        **attack.headers,
    }
    lines = [f"{attack.method} {_path(attack.path, scene.numbers)} HTTP/1.1"]
    lines += [f"{key}: {value}" for key, value in headers.items() if value != ""]
    address, port = host.split(":")
    with socket.create_connection((address, int(port)), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        with suppress(OSError):  # it may be refused before it is read
            connection.sendall(content)
        answer = HTTPResponse(connection, method=attack.method)
        answer.begin()
        with answer:
            return answer.status, _read(answer).decode("utf-8", "replace"), dict(answer.getheaders())


def _read(answer: HTTPResponse) -> bytes:
    """What comes of the body: a connection that is reset, since its request was not read whole, has ended."""
    found = bytearray()
    with suppress(ConnectionResetError):
        while part := answer.read1():
            found += part
    return bytes(found)


def _path(path: str, numbers: Mapping[str, int]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(numbers[found[1]]), path)


def _filled(body: Any, numbers: Mapping[str, int]) -> Any:
    if not isinstance(body, dict):
        return body
    return {
        key: numbers[value[1:-1]] if isinstance(value, str) and value[1:-1] in numbers else value
        for key, value in body.items()
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.method} {attack.name}")
def test_an_attack_reads_nothing_and_changes_nothing(scene: Scene, attack: Attack) -> None:
    status, body, headers = sent(scene, attack)
    assert status in attack.expected, body[:300]
    secrets = (
        SECRET,
        "mei-",
        "Mei",
        "admin@",
        "headrace_uid",
        scene.world.server.token,
        "sessionid",
        "csrftoken",
    )
    told = body + json.dumps(headers)
    assert not [one for one in secrets if one in told]
    assert "set-cookie" not in {name.lower() for name in headers}


def test_after_all_of_them_everything_is_as_it_was(scene: Scene) -> None:
    assert scene.state() == scene.before


def test_and_ones_own_answer_is_ones_own(scene: Scene) -> None:
    (own,) = scene.world.annotations(scene.numbers["mine_raw"])
    assert own["completed_by"]["id"] == scene.numbers["me"]
    assert own["ground_truth"] is False
    assert own["parent_annotation"] is None
    assert own["task"] == scene.numbers["mine_raw"]


def test_there_are_enough_of_them_and_each_has_a_name() -> None:
    assert len(ATTACKS) >= 40
    assert len(
        {(attack.method, attack.path, str(attack.body), str(attack.headers)) for attack in ATTACKS}
    ) == len(ATTACKS)


def test_gold_looks_like_every_other_task(scene: Scene) -> None:
    """Nothing that is sent differs but the number, which follows no order."""
    gold, other = scene.world.tasks["preference_pair"][1:3]
    with scene.world.admin() as admin:
        admin.patch(f"/api/tasks/{gold}/", json={"overlap": 40, "meta": {"gold": True}}).raise_for_status()
        for _ in range(3):
            admin.post(
                f"/api/tasks/{gold}/annotations/", json={"result": [], "ground_truth": True}
            ).raise_for_status()
        admin.post(
            "/api/predictions/", json={"task": gold, "result": [], "model_version": "gold"}
        ).raise_for_status()
    seen = []
    for place in (1, 2):
        scene.world.give("li", "preference_pair", place)
        asked = Attack("next", "POST", "/api/dm/actions?id=next_task&project={other_project}", {})
        status, body, headers = sent(scene, asked)
        assert status == 200
        task = json.loads(body)
        number = task["id"]
        path = f"/api/tasks/{number}"
        again = json.loads(sent(scene, Attack("it", "GET", f"{path}?interaction=labelstream"))[1])
        drafts = sent(scene, Attack("drafts", "GET", f"{path}/drafts"))[1]
        status, body, _ = sent(
            scene, Attack("submit", "POST", f"{path}/annotations", {"result": [], "lead_time": 5})
        )
        assert status == 201
        seen.append(
            (_without(task), _without(again), drafts, sorted(json.loads(body)), _steady(headers, number))
        )
    assert seen[0] == seen[1]
    assert gold < other


def _without(task: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in task.items() if name != "id"}


def _steady(headers: Mapping[str, str], number: int) -> dict[str, str]:
    """Headers without the time; the length without the digits of the number."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() != "date"}
    return {**kept, "content-length": str(int(kept["content-length"]) - len(str(number)))}


def test_a_sign_of_life_needs_its_token(scene: Scene) -> None:
    headers = {"X-Headrace-CSRF": FORM_TOKEN}
    body = {"task": scene.numbers["mine"], "seconds": 5}
    assert sent(scene, Attack("alive", "POST", "/desk/alive", body, headers))[0] == 204
    assert sent(scene, Attack("alive", "POST", "/desk/alive", {**body, "task": 1}, headers))[0] == 404
