"""What comes over the wire is read as far as it can be, and the rest is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.label_studio.base import UID, RemoteTask
from pipeline.label_studio.wire import LONGEST_LEAD, clean, cleaned, remote_task, stamp_in, stamped

START = datetime(2026, 3, 1, tzinfo=UTC)

ANNOTATION = {
    "id": 5,
    "completed_by": 3,
    "result": [{"value": {"choices": ["good"]}}],
    "lead_time": 2.5,
    "was_cancelled": False,
    "created_at": "2026-03-01T08:00:00+08:00",
    "updated_at": "2026-03-01T00:00:01Z",
}


def read(*annotations: object, data: object = None) -> RemoteTask:
    raw = {
        "id": 1,
        "updated_at": "2026-03-01T00:00:02.000003Z",
        "data": data,
        "annotations": list(annotations),
    }
    return remote_task(raw)


def test_an_annotation_is_read_with_its_moments_in_utc() -> None:
    (one,) = read(ANNOTATION).annotations
    assert (one.person_id, one.lead_seconds, one.skipped) == (3, 2.5, False)
    assert (one.created_at, one.created_at.tzinfo) == (START, UTC)


@pytest.mark.parametrize(
    ("author", "person"), [(3, 3), (None, None), ({"id": 4, "email": "a@example.com", "avatar": None}, 4)]
)
def test_the_author_comes_as_an_id_or_spelled_out(author: object, person: int | None) -> None:
    assert [one.person_id for one in read({**ANNOTATION, "completed_by": author}).annotations] == [person]


@pytest.mark.parametrize(("editor", "person"), [(3, 3), (None, None), ({"id": 4}, 4)])
def test_who_saved_it_last_is_read_beside_the_author(editor: object, person: int | None) -> None:
    (one,) = read({**ANNOTATION, "updated_by": editor}).annotations
    assert (one.person_id, one.edited_by) == (3, person)


def test_a_task_is_read_with_its_data_and_how_it_is_steered() -> None:
    raw = {"id": 1, "updated_at": "2026-03-01T00:00:02Z", "data": {"a\x00": [1]}}
    task = remote_task({**raw, "overlap": 3, "is_labeled": True})
    assert (task.data, task.overlap, task.closed) == ({"a\ufffd": [1]}, 3, True)


@pytest.mark.parametrize("data", [None, "text", [1]])
def test_data_that_is_none_is_empty(data: object) -> None:
    assert read(data=data).data == {}


@pytest.mark.parametrize("lead", [-1, -0.5, LONGEST_LEAD + 0.5, float("nan"), float("inf"), float("-inf")])
def test_an_impossible_lead_time_is_never_read_and_breaks_nothing_else(lead: float) -> None:
    task = read({**ANNOTATION, "lead_time": lead})
    assert [(one.id, one.lead_seconds) for one in task.annotations] == [(5, None)]
    assert task.annotations[0].result == ({"value": {"choices": ["good"]}},)
    assert task.broken == ()


@pytest.mark.parametrize("lead", [0, LONGEST_LEAD])
def test_the_shortest_and_the_longest_lead_time_are_read(lead: float) -> None:
    task = read({**ANNOTATION, "lead_time": lead})
    assert [one.lead_seconds for one in task.annotations] == [lead]


def test_a_lead_time_too_large_to_be_a_number_costs_its_annotation_and_no_other() -> None:
    task = read({**ANNOTATION, "lead_time": 10**400}, {**ANNOTATION, "id": 6})
    assert [one.id for one in task.annotations] == [6]
    (told,) = task.broken
    assert told.startswith("annotation 5: expected lead_time")
    assert "\n" not in told


@pytest.mark.parametrize("empty", [None, []])
def test_a_result_of_nothing_is_an_empty_one(empty: object) -> None:
    task = read({**ANNOTATION, "result": empty, "lead_time": None, "was_cancelled": True})
    assert [(one.result, one.skipped, one.lead_seconds) for one in task.annotations] == [((), True, None)]
    assert task.broken == ()


@pytest.mark.parametrize(
    "change",
    [
        {"result": "text"},
        {"result": {"a": 1}},
        {"id": None},
        {"created_at": "2026-03-01T00:00:00"},
        {"updated_at": None},
        {"was_cancelled": "perhaps"},
        {"completed_by": {"name": "x\ny"}},
        {"lead_time": "long"},
    ],
)
def test_what_cannot_be_read_is_told_and_the_rest_comes(change: dict[str, object]) -> None:
    task = read({**ANNOTATION, **change}, {**ANNOTATION, "id": 6})
    assert [one.id for one in task.annotations] == [6]
    assert len(task.broken) == 1
    assert "expected" in task.broken[0]
    assert "\n" not in task.broken[0]


@pytest.mark.parametrize("junk", [None, 3, "text", [1]])
def test_what_is_no_annotation_at_all_is_told(junk: object) -> None:
    task = read(junk, ANNOTATION)
    assert [one.id for one in task.annotations] == [5]
    assert len(task.broken) == 1


def test_a_result_nested_without_end_is_told() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    task = read({**ANNOTATION, "result": deep})
    assert task.annotations == ()
    assert "nested too deep" in task.broken[0]


def test_data_nested_without_end_is_told_and_the_uid_is_read() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    task = read(ANNOTATION, data={UID: "one", "deep": deep})
    assert (task.uid, task.data, len(task.annotations)) == ("one", {}, 1)
    assert "nested too deep" in task.broken[0]


@pytest.mark.parametrize("data", [None, [], "text", {}, {UID: 3}, {UID: ""}, {UID: None}])
def test_data_without_our_uid_has_none(data: object) -> None:
    assert read(data=data).uid is None
    assert read(data={UID: "one"}).uid == "one"


def test_text_is_mended_on_the_way_in_too() -> None:
    (one,) = read({**ANNOTATION, "result": [{"text": "\x00\ud800 fine"}]}).annotations
    assert one.result == ({"text": "\ufffd\ufffd fine"},)
    assert clean(("a", 1, None, True, 2.5, {"k": ()})) == ["a", 1, None, True, 2.5, {"k": []}]


def test_what_had_to_be_mended_is_told_by_its_path() -> None:
    value = {"fine": "text", "text": "a\x00", "\ud800": 1, "deep": [{"x": "y"}, {"x": ("b", "\udfff")}]}
    mended, paths = cleaned(value)
    assert mended == clean(value)
    assert paths == ["text", "\ufffd", "deep.1.x.1"]
    assert cleaned({"fine": ["text", None, 1.5]}) == ({"fine": ["text", None, 1.5]}, [])


@pytest.mark.parametrize(
    "before", ["", "headrace: x", "headrace: x\r\n\r\n  by Mei ", "headrace-stamp: old\nheadrace: x"]
)
def test_a_description_keeps_its_lines_and_has_one_stamp(before: str) -> None:
    after = stamped(stamped(before, "one"), "two three")
    assert stamp_in(after) == "two three"
    assert after.count("headrace-stamp:") == 1
    kept = [line for line in before.splitlines() if "stamp" not in line]
    assert after.splitlines()[:-1] == kept


def test_a_description_without_a_stamp_has_none() -> None:
    assert stamp_in("headrace: x\nsee headrace-stamp: not on a line of its own") is None
