"""What may be asked, before anything is asked: paths, queries, methods, roles."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door.allow import ALL, LABELERS, NOT_FOR_LEADS, REST, TABLE, Allowed, Refused, decide
from pipeline.door.answers import Answers
from pipeline.door.labeling import Labeling


def asked(method: str, path: str, query: str = "", role: str = "annotator") -> Allowed | Refused:
    return decide(method, path.encode(), query.encode(), role)  # type: ignore[arg-type] # a role by its name


@pytest.mark.parametrize(
    ("method", "path", "query", "answer"),
    [
        ("GET", "/projects/3/data", "labeling=1", "page"),
        ("GET", "/projects/3/data/", "labeling=1&tab=7", "page"),
        ("POST", "/api/dm/actions", "id=next_task&tabID=1&project=3", "next_task"),
        ("GET", "/api/tasks/12", "interaction=labelstream&project=3", "task"),
        ("POST", "/api/tasks/12/annotations", "project=3", "submit"),
        ("PATCH", "/api/annotations/5", "taskID=12&project=3", "change"),
        ("POST", "/api/tasks/12/drafts", "project=3", "new_draft"),
        ("POST", "/api/tasks/12/annotations/5/drafts", "project=3", "new_draft"),
        ("PATCH", "/api/drafts/9", "project=3", "change_draft"),
        ("DELETE", "/api/drafts/9", "project=3", "drop_draft"),
        ("GET", "/react-app/main.js", "v=df96d7", "file"),
        ("GET", "/static/fonts/Figtree-Regular.ttf", "", "file"),
    ],
)
def test_what_the_page_asks_is_answered(method: str, path: str, query: str, answer: str) -> None:
    decided = asked(method, path, query)
    assert isinstance(decided, Allowed)
    assert decided.route.answer == answer


def test_numbers_are_read_from_path_and_query() -> None:
    decided = asked("PATCH", "/api/annotations/5", "taskID=12&project=3")
    assert isinstance(decided, Allowed)
    assert [decided.number(name) for name in ("annotation", "taskID", "project")] == [5, 12, 3]


@pytest.mark.parametrize(
    "path",
    [
        "/api//tasks/12",
        "//api/tasks/12",
        "/api/./tasks/12",
        "/api/users/../tasks/12",
        "/static/../api/users",
        "/static/..%2fapi/users",
        "/api/%74asks/12",
        "/api/tasks/12%00",
        "/api/tasks/12%2e",
        "/api\\tasks\\12",
        "/api/tasks/12;x=1",
        "/api/tasks/\uff11\uff12",
        "/api/tasks/12?x",
        "/api/tasks/12#x",
        "api/tasks/12",
        "http://evil.example/api/tasks/12",
        "/api/tasks/12//",
        "/" + "a" * 600,
        "",
        "*",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_is_refused_to_all(path: str) -> None:
    for role in sorted(ALL):
        decided = asked("GET", path, role=role)
        assert isinstance(decided, Refused)
        assert decided.status == 400


@pytest.mark.parametrize(
    "path", ["/API/tasks/12", "/api/Tasks/12", "/api/tasks/0", "/api/tasks/-1", "/api/tasks/012"]
)
def test_other_spellings_are_no_ways_in(path: str) -> None:
    assert isinstance(asked("GET", path, "project=3"), Refused)


@pytest.mark.parametrize(
    "query",
    [
        "id=next_task&id=delete_tasks&project=3",
        "id=delete_tasks&project=3",
        "id=next_task&project=3&project=4",
        "id=next_task%00&project=3",
        "id=next_task%0a&project=3",
        "id=next_task",
        "project=3",
        "id=next_task&project=3&filters=x",
        "id=next_task&project=three",
        "id=next_task&project=3&tabID=1%20or%201",
        "id=next_task&project=3&_method=DELETE",
        "id=next_task&project=3&&",
        "id=next_task;id=delete_tasks&project=3",
        "id=next_task&project=%EF%BC%93",
        "&".join(f"a{n}=1" for n in range(40)),
        "x=" + "1" * 9000,
    ],
)
def test_a_query_that_says_more_than_it_may_is_refused(query: str) -> None:
    assert isinstance(asked("POST", "/api/dm/actions", query), Refused)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "POST "])
def test_methods_that_the_page_does_not_use_are_refused(method: str) -> None:
    assert isinstance(asked(method, "/api/tasks/12"), Refused)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE"]))
def test_nothing_is_allowed_but_what_a_route_says(path: str, query: str, method: str) -> None:
    decided = decide(method, f"/{path}".encode(), query.encode(), "annotator")
    if isinstance(decided, Allowed):
        assert decided.route in TABLE
        assert re.fullmatch(r"/[A-Za-z0-9._~/-]*", decided.path)
        assert set(decided.query) <= set(decided.route.query)


def test_every_route_is_answered_by_something() -> None:
    for route in (*TABLE, REST):
        assert hasattr(Labeling, route.answer) or hasattr(Answers, route.answer), route


def test_every_route_that_changes_something_has_a_rule_for_its_body() -> None:
    for route in TABLE:
        assert route.method in {"GET", "DELETE"} or route.body != "none", route


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/token"),
        ("GET", "/api/token/"),
        ("POST", "/api/token/refresh"),
        ("GET", "/api/current-user/token"),
        ("POST", "/api/current-user/reset-token/"),
        ("POST", "/api/users"),
        ("PATCH", "/api/users/1/"),
        ("GET", "/api/users/1"),
        ("GET", "/api/users.json"),
        ("GET", "/api/users/1.json"),
        ("GET", "/api/invite"),
        ("POST", "/api/invite/reset-token"),
        ("GET", "/api/organizations/1"),
        ("DELETE", "/api/projects/3"),
        ("DELETE", "/api/projects/3/"),
        ("DELETE", "/api/projects/3/tasks/"),
        ("GET", "/api/projects/3/export"),
        ("POST", "/api/projects/3/exports/"),
        ("GET", "/api/projects/3/exports/1/download"),
        ("POST", "/api/webhooks/"),
        ("POST", "/api/storages/s3"),
        ("GET", "/user/account"),
        ("GET", "/admin/"),
        ("GET", "/api/auth/export/"),
    ],
)
def test_leads_get_no_tokens_no_accounts_and_no_exports(method: str, path: str) -> None:
    for role in sorted(ALL):
        assert isinstance(asked(method, path, role=role), Refused), role


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/projects", ""),
        ("GET", "/projects/3/data", "tab=1"),
        ("GET", "/api/projects", "page_size=10"),
        ("PATCH", "/api/projects/3", ""),
        ("GET", "/api/tasks", "page=1&view=2&project=3&fields=all"),
        ("POST", "/api/dm/actions", "id=delete_tasks&project=3"),
        ("GET", "/api/users", "project=3"),
        ("POST", "/api/dm/views", "project=3"),
    ],
)
def test_leads_get_the_rest_of_label_studio_and_others_do_not(method: str, path: str, query: str) -> None:
    assert isinstance(asked(method, path, query, "lead"), Allowed)
    for role in sorted(LABELERS):
        decided = asked(method, path, query, role)
        assert isinstance(decided, Refused) or decided.route.answer in {"to_the_desk", "page", "users"}


def test_what_leads_are_refused_says_why() -> None:
    assert all(why for _, _, why in NOT_FOR_LEADS)
