"""Exports as files: both formats, the same labels, and whatever is broken in them counted."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.analysis.content import Analysis, analyse_export
from schemas.errors import SourceError, UsageError


def minimal(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same tasks as Label Studio's JSON-MIN: a row an annotation, plain where one thing was said."""

    def shown(value: dict[str, Any]) -> Any:
        for key in ("choices", "text"):
            if key in value:
                return value[key][0] if len(value[key]) == 1 else value
        return [value]

    return [
        {
            **task["data"],
            "id": task["id"],
            **{piece["from_name"]: shown(piece["value"]) for piece in one["result"]},
            "annotator": one["completed_by"]["id"],
            "annotation_id": one["id"],
            "created_at": one["created_at"],
            "updated_at": one["updated_at"],
            "lead_time": one["lead_time"],
        }
        for task in tasks
        for one in task["annotations"]
        if not one["was_cancelled"]
    ]


@pytest.fixture
def tasks(made: Any) -> list[dict[str, Any]]:
    rating = {"from_name": "stars", "type": "rating", "value": {"rating": 4}}
    first = [made.annotation(2 * n, 1, made.choice("verdict", "good"), rating) for n in range(6)]
    verdicts = [made.choice("verdict", "good" if n else "bad") for n in range(6)]
    aspects = made.choice("aspects", "x", "y")
    second = [made.annotation(2 * n + 1, 2, verdict, aspects) for n, verdict in enumerate(verdicts)]
    return [made.task(n, *two) for n, two in enumerate(zip(first, second, strict=True))]


def told(analysis: Analysis) -> dict[str, int]:
    return {str(one["finding"]): int(one["count"]) for one in analysis.findings.to_json()}


def test_both_formats_tell_the_same(tasks: list[Any], export: Callable[..., Path]) -> None:
    full = analyse_export(export(tasks))
    short = analyse_export(
        export(minimal([{**one, "data": {"text": one["data"]["text"]}} for one in tasks]), "m.json")
    )
    assert full.rows == short.rows
    assert full.to_json()["dimensions"] == short.to_json()["dimensions"]
    assert full.to_json()["pace"] == short.to_json()["pace"]
    assert [one.dimension.name for one in full.judged] == ["aspects", "stars", "verdict"]


def test_what_is_known_of_each_dimension(tasks: list[Any], export: Callable[..., Path]) -> None:
    verdict = analyse_export(export(tasks)).to_json()["dimensions"]["verdict"]
    assert verdict["agreement"].keys() >= {
        "alpha", "alpha_interval", "ac1", "raw", "items", "annotators", "prevalence",
    }  # fmt: skip
    assert (verdict["scale"], verdict["labels"], verdict["verdict"]) == ("nominal", 12, "too few to judge")
    assert verdict["agreement"]["raw"] == pytest.approx(5 / 6)
    assert verdict["agreement"]["prevalence"] == pytest.approx({"good": 11 / 12, "bad": 1 / 12})


def test_no_name_and_no_address_comes_out(tasks: list[Any], export: Callable[..., Path]) -> None:
    tasks[0]["annotations"][0]["completed_by"] = "someone@example.org"
    tasks[1]["annotations"][0]["completed_by"] = {"email": "other@example.org", "first_name": "Pat"}
    analysis = analyse_export(export(tasks))
    assert {row.annotator for row in analysis.rows} == {"person 1", "person 2", "account 1", "account 2"}
    said = json.dumps(analysis.to_json()) + repr(analysis.rows)
    assert "example.org" not in said
    assert "Pat" not in said


def test_the_last_answer_of_a_person_counts(made: Any, export: Callable[..., Path]) -> None:
    first, last = (made.annotation(n, 1, made.choice("v", f"answer {n}")) for n in (3, 4))
    analysis = analyse_export(export([made.task(1, last, first)]))
    assert [row.label for row in analysis.rows] == ["answer 4"]
    assert told(analysis) == {"answered again by the same person: the last answer counts": 1}
    assert analysis.paces.overall.annotations == 2


def test_what_is_no_vote_is_counted_apart(made: Any, export: Callable[..., Path]) -> None:
    skipped = made.annotation(1, 1, made.choice("v", "a"), was_cancelled=True)
    gold = made.annotation(2, 2, made.choice("v", "b"), ground_truth=True)
    task = made.task(7, skipped, gold, predictions=[1, {"id": 2}], drafts=[5])
    analysis = analyse_export(export([task]))
    assert [row.annotator for row in analysis.rows] == ["person 2"]
    assert analysis.to_json()["counts"] == {
        "tasks": 1, "annotations": 1, "skipped": 1, "predictions": 2, "drafts": 1,
    }  # fmt: skip
    assert told(analysis) == {
        "skipped: no vote": 1,
        "prediction of a model: no vote": 2,
        "draft that was not submitted: no vote": 1,
        "imported, or marked as ground truth: votes, but no part of the pace": 1,
    }
    assert analysis.paces.overall.annotations == 0


def test_an_answer_beside_a_skip_of_the_same_person_counts(made: Any, export: Callable[..., Path]) -> None:
    answer, skip = made.annotation(1, 1, made.choice("v", "a")), made.annotation(2, 1, was_cancelled=True)
    assert [row.label for row in analyse_export(export([made.task(1, answer, skip)])).rows] == ["a"]


def test_nothing_marked_is_an_answer_where_regions_are_asked(made: Any, export: Callable[..., Path]) -> None:
    marked = {"from_name": "bug", "type": "labels", "value": {"start": 1, "end": 2, "labels": ["Bug"]}}
    tasks = [
        made.task(1, made.annotation(1, 1, marked), made.annotation(2, 2)),
        made.task(2, made.annotation(3, 1)),
    ]
    analysis = analyse_export(export(tasks))
    assert [row.label for row in analysis.rows] == ['["Bug"]', "[]", "[]"]
    assert analysis.judged[0].agreement is not None
    assert analysis.judged[0].agreement.doubly_labeled == 1


def test_texts_are_only_counted(made: Any, export: Callable[..., Path]) -> None:
    text = {"from_name": "why", "type": "textarea", "value": {"text": ["because"]}}
    tasks = [made.task(1, made.annotation(1, 1, text), made.annotation(2, 2, text))]
    for path in (export(tasks), export(minimal(tasks))):
        (judged,) = analyse_export(path).judged
        assert judged.labels == 2
    assert analyse_export(export(tasks)).judged[0].agreement is None


def test_texts_are_told_from_choices_where_the_format_does_not(
    made: Any, export: Callable[..., Path]
) -> None:
    tasks = [
        made.task(n, made.annotation(n, 1, made.choice("why", f"since {n}"), made.choice("v", "ab"[n % 2])))
        for n in range(30)
    ]
    kinds = {one.dimension.name: one.dimension.kind for one in analyse_export(export(minimal(tasks))).judged}
    assert kinds == {"v": "choices", "why": "text"} | ({"id": "choices"} if "id" in kinds else {})


def test_only_the_controls_that_are_named(tasks: list[Any], export: Callable[..., Path]) -> None:
    analysis = analyse_export(export(tasks), ["stars"])
    assert (
        {row.dimension for row in analysis.rows}
        == {one.dimension.name for one in analysis.judged}
        == {"stars"}
    )
    with pytest.raises(
        UsageError, match=r"--control 'star': a control of export\.json was expected, found 'aspects'"
    ):
        analyse_export(export(tasks), ["star"])


@pytest.mark.parametrize(
    ("broken", "finding"),
    [
        ({"lead_time": -3}, "lead time that is negative"),
        ({"lead_time": None}, "lead time that is absent"),
        ({"lead_time": 1e9}, "lead time longer than a day"),
        ({"lead_time": float("inf")}, "lead time longer than a day"),
        ({"lead_time": float("nan")}, "lead time that is no number"),
        ({"lead_time": "soon"}, "lead time that is no number"),
        ({"created_at": None}, "time that is absent"),
        ({"created_at": "yesterday"}, "time that cannot be read"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "time that cannot be read"),
        ({"completed_by": None}, "annotation of nobody named, taken for one more person"),
        ({"result": None}, "result that is no list"),
    ],
)
def test_an_odd_annotation_is_a_finding_and_the_rest_counts(
    broken: dict[str, Any], finding: str, made: Any, export: Callable[..., Path]
) -> None:
    odd = made.annotation(1, 1, made.choice("v", "a"), **broken)
    analysis = analyse_export(
        export([made.task(1, odd), made.task(2, made.annotation(2, 2, made.choice("v", "a")))])
    )
    assert told(analysis) == {finding: 1}
    assert analysis.paces.overall.annotations == 2


def test_odd_entries_and_tasks_are_findings(made: Any, export: Callable[..., Path]) -> None:
    good = made.task(1, made.annotation(1, 1, made.choice("v", "a")))
    analysis = analyse_export(
        export([3, None, [], {}, {"id": 2, "annotations": {}}, made.task(3, "x", None), good])
    )
    assert told(analysis) == {
        "entry that is no task": 3, "task without a list of annotations": 2, "annotation that is no object": 2,
    }  # fmt: skip
    assert len(analysis.rows) == 1


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(
    tasks: list[Any], export: Callable[..., Path]
) -> None:
    whole = json.dumps(tasks)
    analysis = analyse_export(export(whole[: len(whole) // 2]))
    assert 0 < analysis.counts["tasks"] < 6
    assert "file that breaks off: what comes after was not read" in told(analysis)


@pytest.mark.parametrize("text", ["", "{}", "no JSON", "[" * 5000])
def test_what_is_no_export_is_one_line(text: str, export: Callable[..., Path]) -> None:
    with pytest.raises(SourceError) as caught:
        analyse_export(export(text))
    assert "\n" not in str(caught.value)


def test_an_export_may_be_packed_and_empty(
    tasks: list[Any], export: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "export.json.gz").write_bytes(gzip.compress(json.dumps(tasks).encode()))
    assert len(analyse_export(tmp_path / "export.json.gz").rows) == 24
    assert analyse_export(export([])).to_json()["dimensions"] == {}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "annotations", "annotator", "annotation_id", "result", "completed_by", "created_at", "lead_time",
         "from_name", "value", "type", "choices", "rating"]), inner),
    max_leaves=20,
)  # fmt: skip


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY, min_size=1, max_size=4))
def test_no_list_at_all_makes_it_crash(export: Callable[..., Path], entries: list[Any]) -> None:
    path = export(json.dumps(entries))
    assert json.dumps(analyse_export(path).to_json())
