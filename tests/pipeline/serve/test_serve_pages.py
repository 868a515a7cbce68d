"""The live pages: each figure down to its tasks."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from pipeline.progress.metrics.ageing import Ageing
from pipeline.progress.metrics.hours import Hours
from pipeline.serve.links import LiveLinks
from tests.pipeline.report.conftest import Made
from tests.pipeline.report.flow_example import flow
from tests.pipeline.serve.conftest import TASKS, Changing, Opened, client_of, example, five_more, publish

HOSTILE = """zh/code_review/"><script>alert(1)</script>{{ 7 * 7 }}"""
PERSON = "/people/ann-0a"


def links_of(page: str) -> set[str]:
    return {unescape(link) for link in re.findall(r'(?:href|src)="(/[^"]*)"', page)}


def test_the_front_page_is_the_report_with_the_sentence_first(opened: Opened) -> None:
    page = opened().get("/")
    assert page.status_code == 200
    assert "<h1>31 January: Chinese code review is 22\u00a0% likely" in page.text
    assert 'id="loads"' in page.text
    assert 'id="states"' in page.text


def test_every_link_leads_somewhere(opened: Opened) -> None:
    client = opened()
    seen: set[str] = set()
    waiting = {"/"}
    while waiting and len(seen) < 60:
        address = waiting.pop()
        seen.add(address)
        answer = client.get(address)
        known_alone = address.startswith("/cells/zh/step_review")
        assert answer.status_code == 200 or (known_alone and answer.status_code == 404), address
        if "html" in answer.headers["content-type"]:
            waiting |= links_of(answer.text) - seen
    assert {
        "/cells/zh/code_review",
        "/types/code_review",
        "/tasks?state=open",
        "/style.css",
        "/live.js",
    } <= seen | waiting


def test_people_and_tasks_of_a_history_are_named_and_lead_nowhere(changing: Changing) -> None:
    found = flow()
    hours, ageing = (found.metrics[name] for name in ("hours", "ageing"))
    assert isinstance(hours, Hours)
    assert isinstance(ageing, Ageing)
    stranger, old = hours.people[0].replace(person="sim-13"), ageing.oldest[0].replace(task="task-000832")
    more = {"hours": hours.replace(people=(stranger,)), "ageing": ageing.replace(oldest=(old,))}
    front = client_of(changing(lambda *_: flow(metrics={**found.metrics, **more}))).get("/").text
    assert "sim-13" in front
    assert "task-000832" in front
    assert not {"/people/sim-13", "/tasks/task-000832"} & links_of(front)


def test_a_list_is_cut_into_pages(opened: Opened) -> None:
    client = opened()
    lists = [client.get(f"/tasks?cell=zh/code_review&page={n}").text for n in (1, 2, 3)]
    tasks = [re.findall(r'href="/tasks/(t\d+)"', page) for page in lists]
    assert [len(one) for one in tasks] == [50, 50, 20]
    assert len({task for one in tasks for task in one}) == TASKS
    assert client.get("/tasks?cell=zh/code_review&page=999").text == lists[2]


def test_a_list_holds_what_was_chosen(opened: Opened) -> None:
    client = opened()
    assert "1 task, the oldest first" in client.get("/tasks?cell=en/step_review&state=disputed").text
    assert "5 tasks, the oldest first" in client.get("/tasks?cell=en/step_review&state=unsettled").text
    assert f"{TASKS} tasks, the oldest first" in client.get("/tasks?kind=code_review").text
    assert "0 tasks, the oldest first" in client.get("/tasks?older=30000").text
    assert "5 tasks, the oldest first" in client.get("/tasks?person=ann-0a").text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/cells/zh/code_review", "It runs at 157\u00a0% of its capacity"),
        ("/types/code_review", "Its cells"),
        (PERSON, "5 tasks, the oldest first"),
        ("/tasks/t000004", "How it was settled"),
    ],
)
def test_there_is_a_page_for_each_cell_kind_person_and_task(opened: Opened, address: str, said: str) -> None:
    page = opened().get(address)
    assert page.status_code == 200
    assert said in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/cells/xx/nothing", 404),
        ("/types/nothing", 404),
        ("/people/nobody", 404),
        ("/tasks/none", 404),
        ("/tasks?state=nonsense", 404),
        ("/tasks?page=0", 400),
        ("/tasks?older=never", 400),
        ("/docs", 404),
        ("/openapi.json", 404),
        ("/../etc/passwd", 404),
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(opened: Opened, address: str, status: int) -> None:
    answer = opened().get(address)
    assert answer.status_code == status
    assert "There is nothing here" in answer.text


def test_nothing_can_be_changed_through_the_page(opened: Opened) -> None:
    assert opened().post("/").status_code == 405
    assert opened().delete("/tasks/t000001").status_code == 405


def test_the_figures_are_there_as_json(opened: Opened) -> None:
    found = opened().get("/metrics.json").json()
    assert found["flow"]["bottleneck"] == json.loads(flow().model_dump_json())["bottleneck"]
    assert found["progress"]["totals"]["tasks"] == TASKS + 7


def test_people_stand_under_pseudonyms_unless_names_are_asked_for(opened: Opened) -> None:
    plain, named = opened(), opened(names=True)
    for address in ("/", PERSON, "/tasks/t000004"):
        assert "Li Wei" not in plain.get(address).text
    assert "<h1><bdi>Li Wei</bdi></h1>" in named.get(PERSON).text
    assert "Li Wei" in named.get("/").text
    assert "Li Wei" not in named.get("/metrics.json").text
    assert "vendor.example" not in named.get(PERSON).text


def test_names_from_outside_are_only_ever_text(folder: Path, changing: Changing) -> None:
    def hostile(made: Made) -> None:
        made.tasks = 1000
        made.task(HOSTILE, "open")

    publish(folder, hostile)
    client = client_of(changing(example))
    for address in (
        "/",
        "/tasks",
        LiveLinks().cell(HOSTILE),
        LiveLinks().tasks(cell=HOSTILE),
        "/tasks/t001000",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text
        assert "{{ 7 * 7 }}" in answer.text or address == "/tasks"


def test_a_fault_of_the_analysis_is_said_and_the_older_state_stays(folder: Path, changing: Changing) -> None:
    faults: list[Exception] = []

    def analysed(*_: Any) -> Any:
        if faults:
            raise faults[0]
        return flow()

    live = changing(analysed)
    client = client_of(live)
    assert client.get("/healthz").json() == {"ok": True, "ready": True}
    faults.append(ValueError("secret <b>detail</b>"))
    publish(folder, five_more)
    live.wait()
    page = client.get("/").text
    assert "could not be analysed" in page
    assert "secret" not in page
    assert "22\u00a0% likely" in page
    assert client.get("/healthz").json() == {"ok": False, "ready": True}
