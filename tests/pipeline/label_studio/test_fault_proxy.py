"""The proxy fails as it is told, and only then; what each fault means for a client is tried on a real server."""

import secrets
import time
from collections.abc import Iterator

import httpx
import pytest

from pipeline.label_studio.base import UID, NewTask, ProjectSpec
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server as RealServer
from schemas.errors import LabelStudioInDoubt
from tests.pipeline.label_studio.fault_proxy import DONE, Fault, FaultProxy, between, chosen
from tests.pipeline.label_studio.small_server import Reply, Server, serving
from tests.pipeline.label_studio.world import CONFIG

BROKEN = (httpx.ReadError, httpx.RemoteProtocolError)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        server.on("POST", "/tasks", Reply({"id": 1}, 201))
        server.on("GET", "/tasks", Reply([1, 2]))
        yield server


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    with between(server.url) as proxy:
        yield proxy


def test_what_is_not_planned_passes_as_it_is(server: Server, proxy: FaultProxy) -> None:
    answer = httpx.post(f"{proxy.url}/tasks?a=b", json={"x": 1}, headers={"Authorization": "Token t"})
    assert (answer.status_code, answer.json()) == (201, {"id": 1})
    assert server.asked == [("POST", "/tasks", {"a": ["b"]}, {"x": 1}, "Token t")]
    assert httpx.get(f"{proxy.url}/tasks").json() == [1, 2]
    assert httpx.get(f"{proxy.url}/elsewhere").status_code == 404


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.RESET, Fault.LATE])
def test_a_connection_breaks(server: Server, proxy: FaultProxy, fault: Fault) -> None:
    proxy.plan("POST", "/tasks", fault)
    with pytest.raises(BROKEN):
        httpx.post(f"{proxy.url}/tasks", json={})
    assert server.count("POST") == (fault is Fault.ANSWER_LOST)


@pytest.mark.parametrize("fault", [Fault.BAD_GATEWAY, Fault.BAD_GATEWAY_AFTER])
def test_a_gateway_answers_for_the_server(server: Server, proxy: FaultProxy, fault: Fault) -> None:
    proxy.plan("POST", "/tasks", fault)
    assert httpx.post(f"{proxy.url}/tasks", json={}).status_code == 502
    assert server.count("POST") == (fault is Fault.BAD_GATEWAY_AFTER)


def test_an_answer_comes_too_late_for_its_client(server: Server, proxy: FaultProxy) -> None:
    proxy.plan("POST", "/tasks", Fault.TOO_SLOW)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{proxy.url}/tasks", json={}, timeout=0.5)
    assert server.count("POST") == 1


def test_a_request_is_carried_out_later_when_told(server: Server, proxy: FaultProxy) -> None:
    proxy.plan("POST", "/tasks", Fault.LATE)
    with pytest.raises(BROKEN):
        httpx.post(f"{proxy.url}/tasks", json={"x": 1})
    httpx.get(f"{proxy.url}/tasks")
    proxy.commit_late()
    assert [(method, body) for method, _, _, body, _ in server.asked] == [("GET", None), ("POST", {"x": 1})]
    proxy.commit_late()
    assert server.count("POST") == 1


def test_a_request_is_carried_out_later_by_itself(server: Server) -> None:
    with between(server.url, late_after=0.1) as proxy:
        proxy.plan("POST", "/tasks", Fault.LATE)
        with pytest.raises(BROKEN):
            httpx.post(f"{proxy.url}/tasks", json={})
        until = time.monotonic() + 20
        while not server.count("POST") and time.monotonic() < until:
            time.sleep(0.02)
    assert server.count("POST") == 1


def test_what_was_put_off_is_done_at_the_end(server: Server) -> None:
    with between(server.url) as proxy:
        proxy.plan("POST", "/tasks", Fault.LATE)
        with pytest.raises(BROKEN):
            httpx.post(f"{proxy.url}/tasks", json={})
        assert server.count("POST") == 0
    assert server.count("POST") == 1


def test_faults_come_in_the_order_of_the_plan_and_to_no_other_request(proxy: FaultProxy) -> None:
    proxy.plan("POST", "/tasks/", Fault.BAD_GATEWAY, Fault.PASS, Fault.BAD_GATEWAY)
    proxy.when(lambda method, path: method == "GET" and "else" in path, Fault.BAD_GATEWAY)
    statuses = [httpx.post(f"{proxy.url}/tasks?n={n}", json={}).status_code for n in range(4)]
    assert statuses == [502, 201, 502, 201]
    assert [httpx.get(f"{proxy.url}/{path}").status_code for path in ("tasks", "elsewhere")] == [200, 502]
    assert proxy.seen[0] == ("POST", "/tasks", Fault.BAD_GATEWAY)
    assert [fault for _, _, fault in proxy.seen].count(Fault.PASS) == 3


def test_a_server_that_is_away_is_a_bad_gateway() -> None:
    with between("http://127.0.0.1:1") as proxy:
        assert httpx.get(f"{proxy.url}/tasks").status_code == 502


def test_chance_is_the_same_for_the_same_seed() -> None:
    assert chosen(7, 50) == chosen(7, 50)
    assert chosen(7, 50) != chosen(8, 50)
    assert set(chosen(7, 200)) == set(Fault)
    assert set(chosen(7, 50, [Fault.PASS])) == {Fault.PASS}


@pytest.mark.live
@pytest.mark.parametrize(
    "fault", [pytest.param(one, marks=pytest.mark.proof) if one is Fault.TOO_SLOW else one for one in Fault]
)
def test_a_real_import_under_each_fault(label_studio_server: RealServer, fault: Fault) -> None:
    direct = connect(label_studio_server.url, label_studio_server.token)
    spec = ProjectSpec(
        marker=f"headrace: faults {secrets.token_hex(4)}", title="Faults", config=CONFIG, overlap=1
    )
    project = direct.ensure_project(spec)
    tasks = [NewTask(data={UID: uid, "text": uid}) for uid in ("one", "two")]
    with between(label_studio_server.url) as proxy:
        proxy.plan("POST", f"/api/projects/{project}/import", fault)
        studio = connect(proxy.url, label_studio_server.token, timeout=8)
        if fault is Fault.PASS:
            assert len(studio.push(project, tasks)) == 2
        else:
            with pytest.raises(LabelStudioInDoubt):
                studio.push(project, tasks)
        assert proxy.seen.count(("POST", f"/api/projects/{project}/import", fault)) == 1
        at_once = studio.uids(project, ["one", "two"])
        assert len(at_once) == (2 if fault in DONE - {Fault.LATE} else 0)
        proxy.commit_late()
        assert studio.look(project).tasks == (2 if fault in DONE else 0)
