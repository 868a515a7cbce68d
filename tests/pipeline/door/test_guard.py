"""Labeling through the guard, call by call, on a real Label Studio that now and then fails."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pipeline.door.base import Visitor
from pipeline.door.csrf import Names
from pipeline.door.guard import Guard
from pipeline.door.limits import RATES, Limits, Rate
from pipeline.door.upstream import Upstream
from pipeline.label_studio.server import Server
from tests.pipeline.door.guarding import COOKIE, Known, ListDealer, World, world
from tests.pipeline.label_studio.fault_proxy import Fault, FaultProxy, between

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def faults(label_studio_server: Server) -> Iterator[FaultProxy]:
    with between(label_studio_server.url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def behind(label_studio_server: Server, faults: FaultProxy) -> Iterator[World]:
    with world(label_studio_server, each=12, reached_by=faults.url) as made:
        yield made


@pytest.fixture
def mei(behind: World) -> Iterator[httpx.Client]:
    with behind.as_("mei") as client:
        yield client


def region(text: str) -> list[dict[str, Any]]:
    return [{"from_name": "comment", "to_name": "problem", "type": "textarea", "value": {"text": [text]}}]


def begun(behind: World, mei: httpx.Client, place: int, kind: str = "step_review", **more: Any) -> int:
    """The number, as Mei sees it, of a task that was put into her hands."""
    behind.give("mei", kind, place, **more)
    answer = mei.post(f"/api/dm/actions?id=next_task&project={behind.projects[kind]}", json={})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


def submitted(mei: httpx.Client, task: int, text: str) -> httpx.Response:
    return mei.post(f"/api/tasks/{task}/annotations", json={"result": region(text), "lead_time": 3})


def texts(behind: World, place: int, kind: str = "step_review") -> list[list[str]]:
    return [
        [text for one in annotation["result"] for text in one["value"]["text"]]
        for annotation in behind.annotations(behind.tasks[kind][place])
    ]


def test_a_task_is_drafted_submitted_and_changed(behind: World, mei: httpx.Client) -> None:
    task = begun(behind, mei, 0)
    drafted = mei.post(f"/api/tasks/{task}/drafts", json={"result": region("a draft"), "lead_time": 1}).json()
    again = mei.patch(
        f"/api/drafts/{drafted['id']}", json={"result": region("a longer draft"), "lead_time": 2}
    )
    assert again.status_code == 200
    shown = mei.get(f"/api/tasks/{task}?interaction=labelstream").json()
    assert [one["result"] for one in shown["drafts"]] == [region("a longer draft")]
    said = {"result": region("an answer"), "lead_time": 3, "draft_id": drafted["id"]}
    made = mei.post(f"/api/tasks/{task}/annotations", json=said)
    assert made.status_code == 201
    assert mei.get(f"/api/tasks/{task}").json()["drafts"] == []
    number = made.json()["id"]
    changed = mei.patch(f"/api/annotations/{number}?taskID={task}", json={"result": region("a better one")})
    assert changed.json()["completed_by"] == behind.people["mei"].account
    assert texts(behind, 0) == [["a better one"]]
    history = mei.get(f"/api/projects/{behind.projects['step_review']}/label-stream-history").json()
    assert history == [{"taskId": task, "annotationId": str(number)}]


def test_two_tabs_make_one_draft_and_one_answer(behind: World, mei: httpx.Client) -> None:
    task = begun(behind, mei, 1)
    drafts = [
        mei.post(f"/api/tasks/{task}/drafts", json={"result": region(text)}).json() for text in ("one", "two")
    ]
    assert drafts[0]["id"] == drafts[1]["id"]
    assert [submitted(mei, task, text).status_code for text in ("first tab", "second tab")] == [201, 201]
    assert texts(behind, 1) == [["second tab"]]


def test_an_answer_whose_receipt_was_lost_is_sent_again_and_is_one(
    behind: World, mei: httpx.Client, faults: FaultProxy
) -> None:
    task = begun(behind, mei, 2)
    faults.when(lambda method, path: method == "POST" and path.endswith("/annotations/"), Fault.ANSWER_LOST)
    lost = submitted(mei, task, "the first time")
    assert (lost.status_code, lost.headers["headrace-retry"]) == (503, "3")
    assert submitted(mei, task, "the second time").status_code == 201
    assert texts(behind, 2) == [["the second time"]]
    assert behind.dealer.endings(behind.people["mei"].annotator)[-1] == "submitted"


def test_a_label_studio_that_starts_again_is_told_of_and_waited_for(
    behind: World, mei: httpx.Client, faults: FaultProxy
) -> None:
    task = begun(behind, mei, 3)
    faults.when(lambda _, path: "/tasks/" in path, Fault.BAD_GATEWAY, Fault.RESET, Fault.RESET)
    for _ in range(2):
        answer = mei.get(f"/api/tasks/{task}")
        assert (answer.status_code, answer.headers["headrace-retry"]) == (503, "3")
    assert mei.get(f"/api/tasks/{task}").status_code == 200
    faults.when(lambda _, path: "/data" in path, Fault.BAD_GATEWAY)
    page = mei.get(
        f"/projects/{behind.projects['step_review']}/data?labeling=1", headers={"Accept": "text/html"}
    )
    assert (page.status_code, page.headers["refresh"]) == (503, "3")
    assert "Label Studio" in page.text
    submitted(mei, task, "and on")


def test_a_task_is_passed_on_where_that_is_asked(behind: World, mei: httpx.Client) -> None:
    task = begun(behind, mei, 0, "preference_pair")
    said = {"result": [], "lead_time": 1, "was_cancelled": True}
    assert mei.post(f"/api/tasks/{task}/annotations", json=said).json()["was_cancelled"] is True
    assert behind.dealer.endings(behind.people["mei"].annotator)[-1] == "skipped"
    assert [one["was_cancelled"] for one in behind.annotations(behind.tasks["preference_pair"][0])] == [True]


def test_left_and_right_lie_in_label_studio_as_they_are(behind: World, mei: httpx.Client) -> None:
    task = begun(behind, mei, 1, "preference_pair", swapped=True)
    shown = mei.get(f"/api/tasks/{task}").json()["data"]
    with behind.admin() as admin:
        stored = admin.get(f"/api/tasks/{behind.tasks['preference_pair'][1]}/").json()["data"]
    assert (shown["answer_a"], shown["answer_b"]) == (stored["answer_b"], stored["answer_a"])
    said = [{"from_name": "preference", "to_name": "prompt", "type": "choices", "value": {"choices": ["3"]}}]
    assert mei.post(f"/api/tasks/{task}/annotations", json={"result": said}).json()["result"] == said
    (kept,) = behind.annotations(behind.tasks["preference_pair"][1])
    assert kept["result"][0]["value"]["choices"] == ["-3"]


def test_where_nothing_is_left_the_page_is_told_where_to_go_on(behind: World, mei: httpx.Client) -> None:
    asked = f"/api/dm/actions?id=next_task&project={behind.projects['step_review']}"
    nothing = mei.post(asked, json={})
    assert (nothing.status_code, nothing.headers["headrace-next"]) == (404, "/desk/")
    behind.give("mei", "preference_pair", 2)
    elsewhere = mei.post(asked, json={})
    assert (elsewhere.status_code, elsewhere.headers["headrace-next"]) == (404, "/desk/next")
    went = mei.get("/desk/next")
    assert went.headers["location"] == f"/projects/{behind.projects['preference_pair']}/data?labeling=1"
    mei.post(
        f"/api/tasks/{behind.shown('mei', behind.tasks['preference_pair'][2])}/annotations",
        json={"result": []},
    )


def test_a_page_of_a_project_in_which_nothing_is_theirs_is_not_shown(behind: World) -> None:
    with behind.as_("li") as li:
        went = li.get(f"/projects/{behind.projects['step_review']}/data?labeling=1")
        assert (went.status_code, went.headers["location"]) == (303, "/desk/")


def test_no_cookie_of_label_studio_reaches_a_browser(behind: World, mei: httpx.Client) -> None:
    page = mei.get(f"/projects/{behind.projects['step_review']}/data?labeling=1")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert "nonce-" in page.headers["content-security-policy"]
    for name in ("server", "x-frame-options", "vary"):
        assert "label" not in page.headers.get(name, "").lower()
    assert behind.server.url not in page.text


def test_files_come_packed_and_only_once(mei: httpx.Client, faults: FaultProxy) -> None:
    first = mei.get("/react-app/main.js")
    assert (first.status_code, first.headers["content-encoding"]) == (200, "gzip")
    before = len(faults.seen)
    again = mei.get("/react-app/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert len(faults.seen) == before
    assert mei.get("/react-app/no-such-file.js").status_code == 404


def test_a_lead_has_the_rest_of_label_studio_under_their_own_account(behind: World) -> None:
    project = behind.projects["step_review"]
    with behind.as_("ana") as ana:
        assert ana.get("/api/current-user/whoami").json()["id"] == behind.people["ana"].account
        listed = ana.get("/api/tasks", params={"project": project, "page_size": 3, "fields": "all"}).json()
        assert len(listed["tasks"]) == 3
        task = listed["tasks"][0]["id"]
        assert ana.get(f"/api/tasks/{task}").json()["inner_id"] == 1
        assert ana.get(f"/api/tasks/{task}/annotations/").status_code == 200
        page = ana.get(f"/projects/{project}/data", headers={"Accept": "text/html"})
        assert "/desk/door.js" in page.text
        assert "set-cookie" not in page.headers
        for path in (
            f"/api/projects/{project}/export",
            "/api/current-user/token",
            "/api/token/",
            "/api/users/1/",
        ):
            assert ana.get(path).status_code == 403, path
        assert ana.delete(f"/api/projects/{project}/").status_code == 403


def test_a_lead_changes_nothing_from_a_page_elsewhere(behind: World) -> None:
    with httpx.Client(base_url=behind.url, cookies={COOKIE: "ana"}) as ana:
        answer = ana.patch(
            f"/api/projects/{behind.projects['step_review']}/",
            json={"title": "taken"},
            headers={"Origin": "https://evil.example"},
        )
    assert answer.status_code == 403


def test_too_much_at_once_is_put_off() -> None:
    upstream = Upstream("http://127.0.0.1:1", lambda _: None)
    guard = Guard(upstream, ListDealer(), Names([]), b"key", Limits({**RATES, "call": Rate(3, 0.01)}))
    li = Visitor(annotator="ann-1", name="Li", role="annotator", account=1)
    transport = httpx.ASGITransport(Known(guard, {"li": li}, upstream))

    async def often() -> list[httpx.Response]:
        async with httpx.AsyncClient(
            transport=transport, base_url="http://x", cookies={COOKIE: "li"}
        ) as client:
            return [await client.get("/api/version") for _ in range(5)]

    with ThreadPoolExecutor(1) as own:  # a thread in which no browser runs a loop already
        answers = own.submit(asyncio.run, often()).result()
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["headrace-retry"]) > 1
