"""How the client bears what a network and a server can do to it; each fault is one line with the next step."""

import json
import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from pipeline.label_studio.base import UID, LabelStudio, ProjectSpec
from pipeline.label_studio.client import connect
from schemas.errors import LabelStudioError, LabelStudioRefused, LabelStudioUnreachable
from tests.pipeline.label_studio.small_server import Reply, Server, serving

TASKS: list[dict[str, str]] = [{UID: "one", "text": "a"}, {UID: "two", "text": "b"}]
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
    "500": (Reply({"detail": "oh"}, 500), LabelStudioRefused, "500 oh; look into the server's log"),
    "500 html": (Reply("<html>oops</html>", 500, "text/html"), LabelStudioRefused, "500"),
    "502": (
        Reply("<html>bad gateway</html>", 502, "text/html"),
        LabelStudioUnreachable,
        "run the command again",
    ),
    "503": (Reply("", 503, "text/plain"), LabelStudioUnreachable, "run the command again"),
    "html": (
        Reply("<!doctype html><p>hi", 200, "text/html"),
        LabelStudioRefused,
        "expected JSON, found text/html",
    ),
    "redirect": (
        Reply("", 302, "text/html", "https://elsewhere.example/"),
        LabelStudioRefused,
        "'https://elsewhere.example/'",
    ),
    "timeout": (Reply(hang=True), LabelStudioUnreachable, "none within 0.5 s; run the command again"),
    "dropped": (Reply(drop=True), LabelStudioUnreachable, "a dropped connection; run the command again"),
    "other json": (
        Reply({"hello": "world"}),
        LabelStudioRefused,
        "expected task_ids as Label Studio gives it",
    ),
    "a list": (Reply([1, 2]), LabelStudioRefused, "expected it as Label Studio gives it"),
    "too few": (Reply({"task_ids": [1]}), LabelStudioRefused, "expected 2 tasks to be imported, found 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_that_fails_is_sent_once_and_told_in_one_line(
    server: Server, studio: LabelStudio, fault: str
) -> None:
    reply, kind, says = FAULTS[fault]
    server.on("POST", "/api/projects/7/import", reply)
    with pytest.raises(kind) as error:
        studio.push(7, TASKS, overlap=1)
    assert says in one_line(error)
    assert server.count("POST") == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a_project_that_cannot_be_made_is_asked_for_once(
    server: Server, studio: LabelStudio, fault: str
) -> None:
    reply, kind, _ = FAULTS[fault]
    server.on("POST", "/api/projects/", reply)
    with pytest.raises(LabelStudioError) as error:
        studio.ensure_project(SPEC.replace(marker="headrace: another"))
    assert isinstance(error.value, kind)
    one_line(error)
    assert server.count("POST") == 1


def test_a_push_stops_at_the_first_task_that_fails(server: Server, studio: LabelStudio) -> None:
    server.on("POST", "/api/tasks/", Reply({"id": 1}), Reply(drop=True))
    with pytest.raises(LabelStudioUnreachable):
        studio.push(7, [*TASKS, *TASKS], overlap=3)
    assert server.count("POST") == 2
    assert [body for method, _, _, body, _ in server.asked if method == "POST"] == [
        {"project": 7, "data": task, "overlap": 3} for task in TASKS
    ]


def test_nothing_is_written_to_a_project_whose_marker_is_gone(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/projects/", Reply({"results": [{**PROJECT, "description": "edited"}]}))
    with pytest.raises(LabelStudioRefused) as error:
        studio.push(7, TASKS, overlap=1)
    assert "restore the line" in one_line(error)
    assert server.count("POST") == 0


def test_a_read_bears_one_failure(server: Server, studio: LabelStudio) -> None:
    server.on("GET", "/api/users/", Reply("", 502), Reply([{"id": 3, "email": "a@example.com"}]))
    assert [person.id for person in studio.people()] == [3]


def test_nobody_at_the_address_is_said_with_the_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(LabelStudioUnreachable) as error:
        connect(f"http://127.0.0.1:{port}", "token").version()
    assert f"'http://127.0.0.1:{port}'" in one_line(error)
    assert "`headrace up`" in str(error.value)


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
    studio.count_tasks(7)
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
