"""What goes to a person, and what goes to Label Studio, when no server is there."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.door import cutting
from pipeline.door.base import Handed, Visitor
from pipeline.door.cutting import Cut, NotOurs

WHO = Visitor(annotator="ann-1", name="Mei", role="annotator", account=7)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
PROJECT = cutting.project(
    {
        "id": 3,
        "title": "Reviews",
        "label_config": '<View><Text name="a" value="$prompt"/><Text name="b" value="$steps[{{idx}}].html"/></View>',
        "show_skip_button": True,
        "show_collab_predictions": True,
        "task_data_password": "a secret",
        "created_by": {"email": "admin@headrace.localhost"},
        "total_annotations_number": 40,
        "ground_truth_number": 3,
    }
)


def cut(**more: Any) -> Cut:
    handed = Handed(
        uid="t1",
        purpose="label",
        cell="en/preference_pair",
        task_type="preference_pair",
        version=1,
        attempt=1,
        project_id=3,
        remote_task_id=12,
        slot=1,
        annotator="ann-1",
        served_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        **more,
    )
    return Cut(WHO, "mei@people.example", handed, 990)


def raw(**more: Any) -> dict[str, Any]:
    """A task as Label Studio gives it, with all that could tell something."""
    theirs = {"id": 5, "completed_by": {"id": 8, "email": "li@people.example"}, "result": [{"secret": 1}]}
    own = {
        "id": 6,
        "completed_by": 7,
        "result": [],
        "lead_time": 3.0,
        "was_cancelled": False,
        "ground_truth": True,
    }
    return {
        "id": 12,
        "inner_id": 4,
        "data": {"prompt": "Why?", "steps": [1], "headrace_uid": "t1", "is_gold": True},
        "meta": {"gold": True},
        "overlap": 9,
        "total_annotations": 8,
        "created_at": "2026-01-01",
        "updated_at": "2026-01-02",
        "file_upload": 3,
        "annotations": [theirs, own],
        "drafts": [
            {"id": 1, "user": "li@people.example", "result": []},
            {"id": 2, "user": "mei@people.example"},
        ],
        "predictions": [
            {"id": 77, "model_version": "leading", "score": 0.9, "result": [], "created_at": "x"}
        ],
        **more,
    }


def test_a_task_is_cut_to_what_its_page_shows() -> None:
    shown = cut().task(raw(), PROJECT)
    assert shown["data"] == {"prompt": "Why?", "steps": [1]}
    assert set(shown) == {
        *(
            "id",
            "project",
            "data",
            "annotations",
            "drafts",
            "predictions",
            "queue",
            "is_labeled",
            "allow_skip",
        )
    }
    assert shown["id"] == 990
    assert [one["id"] for one in shown["annotations"]] == [6]
    assert [one["id"] for one in shown["drafts"]] == [2]


def test_nothing_in_a_cut_task_tells_gold_from_others() -> None:
    gold = raw(
        id=12, inner_id=1, overlap=50, meta={"a": 1}, created_at="1999", total_annotations=49, annotations=[]
    )
    other = raw(
        id=12, inner_id=900, overlap=1, meta={}, created_at="2026", total_annotations=0, annotations=[]
    )
    gold["data"] = {**gold["data"], "headrace_uid": "gold-1"}
    assert json.dumps(cut().task(gold, PROJECT)) == json.dumps(cut().task(other, PROJECT))


def test_nobody_else_stands_in_a_cut_task() -> None:
    said = json.dumps(cut().task(raw(), PROJECT))
    assert not any(word in said for word in ("li@", "mei@", "secret", "gold", "leading", "77", "t1"))


def test_a_project_is_cut_to_its_settings() -> None:
    said = json.dumps(PROJECT.shown)
    assert not any(word in said for word in ("secret", "admin@", "40"))
    assert PROJECT.variables == {"prompt", "steps"}


def test_an_annotation_that_the_ledger_does_not_know_as_theirs_is_not_shown() -> None:
    assert cut(annotation_id=5).task(raw(), PROJECT)["annotations"] == []


@pytest.mark.parametrize(
    "name",
    ["completed_by", "ground_truth", "task", "project", "unique_id", "parent_annotation", "updated_by", "id"],
)
def test_a_page_cannot_say_more_of_an_annotation_than_its_answer(name: str) -> None:
    body = cutting.annotation_body({"result": [], "lead_time": 2, name: 1}, cut(), skipped=False)
    assert body == {"result": [], "lead_time": 2.0, "was_cancelled": False, "ground_truth": False}


def test_what_is_passed_on_needs_no_answer() -> None:
    assert cutting.annotation_body({}, cut(), skipped=True)["was_cancelled"] is True


@pytest.mark.parametrize("result", [None, "x", {}, [1], [[]], [None]])
def test_an_answer_is_a_list_of_regions(result: object) -> None:
    with pytest.raises(NotOurs):
        cutting.annotation_body({"result": result}, cut(), skipped=False)


@pytest.mark.parametrize(
    ("said", "kept"),
    [(5, 5.0), (-3, 0.0), (1e12, 7 * 86400.0), (None, None), ("9", None), (True, None), ([], None)],
)
def test_the_time_taken_is_a_time(said: object, kept: float | None) -> None:
    assert cutting.draft_body({"result": [], "lead_time": said}, cut())["lead_time"] == kept


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"x"',
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_not_one_plain_object_is_refused(body: bytes) -> None:
    with pytest.raises(NotOurs):
        cutting.read(body)


def test_what_poisons_a_server_is_taken_out() -> None:
    said = cutting.read(rb'{"result": [{"value": {"text": ["a\u0000b\ud800c"]}}]}')
    assert said["result"][0]["value"]["text"] == ["a\ufffdb\ufffdc"]


def test_a_body_may_not_be_deep() -> None:
    with pytest.raises(NotOurs):
        cutting.read(b'{"a":' * 60 + b"1" + b"}" * 60)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4))
def test_a_plain_object_is_read_as_it_is(said: dict[str, str]) -> None:
    read = cutting.read(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))
    assert all("\0" not in value for value in read.values())


@pytest.mark.parametrize("value", [True, "1", 1.0, -1, 2**60, []])
def test_a_number_is_a_number(value: object) -> None:
    with pytest.raises(NotOurs):
        cutting.whole(value)


def test_left_and_right_are_changed_over_in_both_directions() -> None:
    turned = cut(swapped=True)
    said = [{"from_name": "preference", "to_name": "prompt", "type": "choices", "value": {"choices": ["2"]}}]
    stored = cutting.annotation_body({"result": said}, turned, skipped=False)["result"]
    assert stored[0]["value"]["choices"] == ["-2"]
    assert turned.annotation({"id": 6, "result": stored})["result"] == said
