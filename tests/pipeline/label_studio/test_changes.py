"""How changes are read, page after page, from a server on which people go on working."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.label_studio.base import UID, LabelStudio
from pipeline.label_studio.client import connect
from tests.pipeline.label_studio.small_server import Query, Reply, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def studio(server: Server) -> LabelStudio:
    return connect(server.url, "legacy-token", timeout=5)


START = datetime(2026, 3, 1, tzinfo=UTC)


def changing(stamps: dict[int, datetime], after_a_page: Callable[[], None]) -> Callable[[Query], Reply]:
    """A server's list of changed tasks, and what somebody does there after each page of it."""

    def reply(query: Query) -> Reply:
        filters = json.loads(query["query"][0]).get("filters")
        after = datetime.fromisoformat(filters["items"][0]["value"]) if filters else START - timedelta(days=1)
        later = sorted((at, number) for number, at in stamps.items() if at > after)
        page = [
            {"id": number, "updated_at": at.isoformat()} for at, number in later[: int(query["page_size"][0])]
        ]
        after_a_page()
        return Reply({"tasks": page})

    return reply


def test_a_task_that_changes_between_two_pages_hides_no_other(server: Server, studio: LabelStudio) -> None:
    stamps = {number: START + timedelta(seconds=number) for number in range(450)}

    def somebody_annotates_the_first() -> None:
        stamps[min(stamps, key=lambda one: stamps[one])] = max(stamps.values()) + timedelta(seconds=1)

    server.replies["GET", "/api/tasks/"] = changing(stamps, somebody_annotates_the_first)
    assert {task.id for task in studio.changes(7, None)} == set(range(450))


def test_more_tasks_of_one_moment_than_fit_on_a_page_all_come_once(
    server: Server, studio: LabelStudio
) -> None:
    stamps = {number: START + timedelta(seconds=number // 900) for number in range(1000)}
    server.replies["GET", "/api/tasks/"] = changing(stamps, lambda: None)
    assert sorted(task.id for task in studio.changes(7, START)) == list(range(1000))


def test_nothing_new_is_one_request(server: Server, studio: LabelStudio) -> None:
    stamps = dict.fromkeys(range(500), START)
    server.replies["GET", "/api/tasks/"] = changing(stamps, lambda: None)
    assert list(studio.changes(7, START + timedelta(seconds=1))) == []
    assert len(server.asked) == 1


def test_since_is_a_moment_in_any_zone_and_belongs_to_it(server: Server, studio: LabelStudio) -> None:
    stamps = {number: START + timedelta(seconds=number) for number in range(3)}
    server.replies["GET", "/api/tasks/"] = changing(stamps, lambda: None)
    since = (START + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=8)))
    assert [task.id for task in studio.changes(7, since)] == [1, 2]


def test_a_task_the_server_fails_on_is_told_and_the_others_come(server: Server, studio: LabelStudio) -> None:
    at = START.isoformat()
    stamps = [{"id": number, "updated_at": at} for number in (1, 2)]
    failed = Reply("<html>", 500, "text/html")
    server.on("GET", "/api/tasks/", failed, failed, Reply({"tasks": stamps}))
    server.on("GET", "/api/tasks/1/", failed)
    server.on("GET", "/api/tasks/2/", Reply({**stamps[1], "data": {UID: "two"}, "annotations": []}))
    broken, sound = studio.changes(7, None)
    assert (broken.id, broken.uid, broken.annotations) == (1, None, ())
    assert broken.broken[0].startswith("task 1 in Label Studio: expected its annotations")
    assert (sound.uid, sound.broken) == ("two", ())
