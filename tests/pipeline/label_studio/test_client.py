"""How the client bears what a network and a server can do to it; each fault is one line with the next step."""

import json
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from pipeline.label_studio.base import UID, LabelStudio, NewTask, ProjectSpec
from pipeline.label_studio.client import connect
from schemas.errors import (
    LabelStudioError,
    LabelStudioGone,
    LabelStudioInDoubt,
    LabelStudioRefused,
    LabelStudioUnreachable,
)
from tests.pipeline.label_studio.small_server import Reply, Server, serving

TASKS = [NewTask(data={UID: "one", "text": "a"}), NewTask(data={UID: "two", "text": "b"})]
SPEC = ProjectSpec(marker="headrace: test", title="Test", config="<View/>", overlap=1)
PROJECT = {"id": 7, "description": "headrace: test", "maximum_annotations": 1}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def studio(server: Server) -> LabelStudio:
    server.on("GET", "/api/projects/", Reply({"results": [PROJECT]}))
    return connect(server.url, "legacy-token", timeout=0.5)


def one_line(error: pytest.ExceptionInfo[LabelStudioError]) -> str:
    said = str(error.value)
    assert "\n" not in said
    what, rest = said.split(": expected ", 1)
    assert what
    assert ", found " in rest
    assert "; " in rest, "the next step is missing"
    return said


FAULTS: Mapping[str, tuple[Reply, type[LabelStudioError], str]] = {
    "400": (
        Reply({"detail": "Validation error", "validation_errors": {"data": ["no\ngood"]}}, 400),
        LabelStudioRefused,
        "no",
    ),
    "401": (Reply({"detail": "Invalid token."}, 401), LabelStudioRefused, "HEADRACE_LABEL_STUDIO_TOKEN"),
    "403": (Reply({"detail": "Forbidden."}, 403), LabelStudioRefused, "HEADRACE_LABEL_STUDIO_TOKEN"),
    "404": (Reply("<html>gone</html>", 404, "text/html"), LabelStudioRefused, "404"),
    "409": (Reply({"detail": "Conflict."}, 409), LabelStudioRefused, "Conflict"),
    "500": (Reply({"detail": "oh"}, 500), LabelStudioInDoubt, "500 oh; look into the server's log"),
    "500 html": (Reply("<html>oops</html>", 500, "text/html"), LabelStudioInDoubt, "500"),
    "502": (
        Reply("<html>bad gateway</html>", 502, "text/html"),
        LabelStudioInDoubt,
        "run the command again",
    ),
    "503": (Reply("", 503, "text/plain"), LabelStudioInDoubt, "run the command again"),
    "504": (Reply("", 504, "text/plain"), LabelStudioInDoubt, "run the command again"),
    "html": (
        Reply("<!doctype html><p>hi", 200, "text/html"),
        LabelStudioInDoubt,
        "expected JSON, found text/html",
    ),
    "redirect": (
        Reply("", 302, "text/html", "https://elsewhere.example/"),
        LabelStudioRefused,
        "'https://elsewhere.example/'",
    ),
    "timeout": (Reply(hang=True), LabelStudioInDoubt, "none within 0.5 s; run the command again"),
    "dropped": (Reply(drop=True), LabelStudioInDoubt, "a dropped connection; run the command again"),
}
ODD_ANSWERS: Mapping[str, tuple[Reply, str]] = {
    "other json": (Reply({"hello": "world"}), "expected task_ids as Label Studio gives it"),
    "a list": (Reply([1, 2]), "expected it as Label Studio gives it"),
    "too few": (Reply({"task_ids": [1]}), "expected 2 tasks to be imported, found 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_that_fails_is_sent_once_and_told_in_one_line(
    server: Server, studio: LabelStudio, fault: str
) -> None:
    reply, kind, says = FAULTS[fault]
    server.on("POST", "/api/projects/7/import", reply)
    with pytest.raises(LabelStudioError) as error:
        studio.push(7, TASKS)
    assert type(error.value) is kind
    assert says in one_line(error)
    assert server.count("POST") == 1


@pytest.mark.parametrize("odd", ODD_ANSWERS)
def test_a_push_is_in_doubt_when_its_answer_says_something_else(
    server: Server, studio: LabelStudio, odd: str
) -> None:
    reply, says = ODD_ANSWERS[odd]
    server.on("POST", "/api/projects/7/import", reply)
    with pytest.raises(LabelStudioInDoubt) as error:
        studio.push(7, TASKS)
    assert says in one_line(error)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_any_write_that_fails_is_sent_once_and_told_in_one_line(
    server: Server, studio: LabelStudio, fault: str, method: str
) -> None:
    reply, kind, says = FAULTS[fault]
    server.on(method, "/api/tasks/5/", reply)
    with pytest.raises(LabelStudioError) as error:
        studio.steer(5, overlap=2, closed=False) if method == "PATCH" else studio.remove(5)
    assert type(error.value) is kind
    assert says in one_line(error)
    assert server.count(method) == 1


def test_a_read_that_fails_leaves_no_doubt(server: Server, studio: LabelStudio) -> None:
    for reply in (Reply(drop=True), Reply("", 502), Reply({"detail": "oh"}, 500)):
        server.on("GET", "/api/users/", reply)
        with pytest.raises(LabelStudioError) as error:
            studio.people()
        assert not isinstance(error.value, LabelStudioInDoubt)


def test_what_label_studio_does_not_know_is_gone(server: Server, studio: LabelStudio) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        server.on(method, "/api/tasks/5/", Reply({"detail": "No Task matches the given query."}, 404))
    assert studio.task(5) is None
    studio.remove(5)
    with pytest.raises(LabelStudioGone):
        studio.steer(5, overlap=2, closed=False)


def test_a_page_that_is_not_found_is_no_task_that_is_gone(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/tasks/5/", Reply("<html>no such page", 404, "text/html"))
    with pytest.raises(LabelStudioRefused) as error:
        studio.task(5)
    assert not isinstance(error.value, LabelStudioGone)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_project_that_cannot_be_made_is_asked_for_once(
    server: Server, studio: LabelStudio, fault: str
) -> None:
    reply, kind, _ = FAULTS[fault]
    server.on("POST", "/api/projects/", reply)
    with pytest.raises(LabelStudioError) as error:
        studio.ensure_project(SPEC.replace(marker="headrace: another"))
    assert type(error.value) is kind
    one_line(error)
    assert server.count("POST") == 1


def test_a_push_is_one_import_whatever_the_project_wants(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/projects/", Reply({"results": [{**PROJECT, "maximum_annotations": 3}]}))
    server.on("POST", "/api/projects/7/import", Reply({"task_ids": [4, 5]}))
    seeded = NewTask(data={UID: "two", "text": "b\x00"}, seed=({"value": "\ud800"},))
    assert studio.push(7, [TASKS[0], seeded]) == [4, 5]
    assert [(method, path, body) for method, path, _, body, _ in server.asked if method != "GET"] == [
        (
            "POST",
            "/api/projects/7/import",
            [
                {"data": {UID: "one", "text": "a"}},
                {
                    "data": {UID: "two", "text": "b\ufffd"},
                    "predictions": [{"model_version": "leading", "result": [{"value": "\ufffd"}]}],
                },
            ],
        )
    ]


def test_a_seeded_project_shows_its_seeds_and_no_other_does(server: Server, studio: LabelStudio) -> None:
    server.on("POST", "/api/projects/", Reply(PROJECT))
    for seeded in (True, False):
        studio.ensure_project(SPEC.replace(marker="headrace: another", seeded=seeded))
    told = [body for method, _, _, body, _ in server.asked if method == "POST"]
    assert [(one["show_collab_predictions"], one["model_version"]) for one in told] == [
        (True, "leading"),
        (False, "leading"),
    ]
    assert {one["sampling"] for one in told} == {"Sequential sampling"}


def test_a_look_is_one_request(server: Server, studio: LabelStudio) -> None:
    description = "headrace: test\r\nheadrace-stamp:  today "
    found = {**PROJECT, "title": "Test", "label_config": "<View/>", "task_number": 5}
    server.on("GET", "/api/projects/", Reply({"results": [{**found, "description": description}]}))
    seen = studio.look(7)
    assert (seen.title, seen.config, seen.overlap, seen.tasks) == ("Test", "<View/>", 1, 5)
    assert seen.stamp == "today"
    assert len(server.asked) == 1


def test_patience_is_the_time_out_and_the_servers_own_unless_told() -> None:
    assert connect("http://127.0.0.1:1", "token", timeout=20).patience == 320
    assert connect("http://127.0.0.1:1", "token", timeout=20, patience=1.5).patience == 1.5


def test_nothing_is_written_to_a_project_whose_marker_is_gone(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/projects/", Reply({"results": [{**PROJECT, "description": "edited"}]}))
    with pytest.raises(LabelStudioRefused) as error:
        studio.push(7, TASKS)
    assert "restore the line" in one_line(error)
    assert server.count("POST") == 0


def test_a_read_bears_one_failure(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/users/", Reply("", 502), Reply([{"id": 3, "email": "a@example.com"}]))
    assert [person.id for person in studio.people()] == [3]


def test_nobody_at_the_address_is_said_with_the_address_and_without_doubt() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    studio = connect(f"http://127.0.0.1:{port}", "token")
    for ask in (studio.version, lambda: studio.remove(5)):
        with pytest.raises(LabelStudioUnreachable) as error:
            ask()
        assert f"'http://127.0.0.1:{port}'" in one_line(error)
        assert "`headrace up`" in str(error.value)
        assert not isinstance(error.value, LabelStudioInDoubt)


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://host", "http://", "http://[::1", "http:///x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(LabelStudioRefused) as error:
        connect(url, "token")
    assert repr(url) in one_line(error)


@pytest.mark.parametrize("token", ["", "  ", "two\nlines", "tökén"])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(LabelStudioRefused) as error:
        connect("http://127.0.0.1:1", token)
    assert "HEADRACE_LABEL_STUDIO_TOKEN" in one_line(error)
    assert not token.strip() or token not in str(error.value)


def test_an_address_below_a_path_is_kept(server: Server) -> None:
    server.on("GET", "/labels/api/invite", Reply({"invite_url": "/user/signup/?token=x"}))
    studio = connect(f"{server.url}/labels/", "token")
    assert studio.invite_link() == f"{server.url}/labels/user/signup/?token=x"


def test_a_legacy_token_is_sent_as_it_is(server: Server, studio: LabelStudio) -> None:
    studio.look(7)
    assert server.asked[0][4] == "Token legacy-token"


def _jwt(kind: str, lasts: timedelta) -> str:
    claims = {"token_type": kind, "exp": datetime.now(UTC) + lasts}
    return jwt.encode(claims, "a secret of the server, long enough for it", algorithm="HS256")


# label-studio-sdk 2.1 reads the exchanged token by pydantic's old name for it.
sdk_reads_tokens_the_old_way = pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated")


@sdk_reads_tokens_the_old_way
def test_a_personal_access_token_is_exchanged_once(server: Server) -> None:
    access = _jwt("access", timedelta(minutes=5))
    server.on("POST", "/labels/api/token/refresh/", Reply({"access": access}))
    server.on("GET", "/labels/api/users/", Reply([]))
    token = _jwt("refresh", timedelta(days=300))
    studio = connect(f"{server.url}/labels", token)
    studio.people()
    studio.people()
    assert [asked[0] for asked in server.asked] == ["POST", "GET", "GET"]
    assert server.asked[0][3] == {"refresh": token}
    assert server.asked[1][4] == f"Bearer {access}"


@pytest.mark.parametrize(
    "reply",
    [Reply({"detail": "Token is blacklisted"}, 401), Reply("<p>hi", 200, "text/html"), Reply({}, 200)],
)
@sdk_reads_tokens_the_old_way
def test_a_personal_access_token_that_is_not_exchanged_is_told_in_one_line(
    server: Server, reply: Reply
) -> None:
    server.on("POST", "/api/token/refresh/", reply)
    with pytest.raises(LabelStudioRefused) as error:
        connect(server.url, _jwt("refresh", timedelta(days=300))).version()
    one_line(error)


def test_a_personal_access_token_past_its_date_is_refused() -> None:
    with pytest.raises(LabelStudioRefused) as error:
        connect("http://127.0.0.1:1", _jwt("refresh", -timedelta(days=1)))
    assert "expired" in one_line(error)


def test_a_project_is_found_on_a_later_page_by_its_whole_marker(server: Server, studio: LabelStudio) -> None:
    first = [{"id": 1, "description": "headrace: test two"}, {"id": 2, "description": "not headrace: test"}]
    last = [
        {"id": 9, "description": "headrace: test"},
        {"id": 8, "description": "ours\r\nheadrace: test\r\n"},
    ]
    server.on(
        "GET",
        "/api/projects/",
        Reply({"results": first, "next": "…?page=2"}),
        Reply({"results": last, "next": None}),
    )
    assert studio.ensure_project(SPEC) == 8
    assert [asked[2]["page"] for asked in server.asked] == [["1"], ["2"]]
    assert server.count("POST") == server.count("PATCH") == 0


def test_another_instruction_is_brought_to_the_project(server: Server, studio: LabelStudio) -> None:
    server.on("PATCH", "/api/projects/7/", Reply(PROJECT))
    assert studio.ensure_project(SPEC.replace(instruction="Read it all.")) == 7
    assert server.asked[-1][3] == {"expert_instruction": "Read it all.", "show_instruction": True}


def test_a_request_for_uids_stays_short_enough_for_gunicorn(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/tasks/", Reply({"tasks": []}))
    uids = [f"{number:032x}" for number in range(200)]
    studio.uids(7, uids)
    asked = [
        json.loads(query["query"][0])["filters"]["items"][0]["value"] for _, _, query, _, _ in server.asked
    ]
    assert [uid for chunk in asked for uid in chunk] == uids
    assert max(len(chunk) for chunk in asked) <= 80
