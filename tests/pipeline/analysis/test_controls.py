"""What each control of Label Studio's answers, and what is made of answers that nobody can read."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.analysis.controls import Judgement, judgements
from pipeline.analysis.findings import Findings

REGION = {"start": "/p[1]", "end": "/p[1]", "startOffset": 1, "endOffset": 4, "text": "sum"}

# type, value, kind, values: results as a real 1.23 makes them
READ: list[tuple[str | None, dict[str, Any], str, tuple[str, ...]]] = [
    ("choices", {"choices": ["good"]}, "choices", ("good",)),
    ("choices", {"choices": ["14", "15"]}, "choices", ("14", "15")),
    ("choices", {**REGION, "choices": ["Critical"]}, "choices", ("Critical",)),
    ("rating", {"rating": 4}, "rating", ("4",)),
    ("number", {"number": 2.5}, "number", ("2.5",)),
    ("number", {"number": 7.0}, "number", ("7",)),
    ("pairwise", {"selected": "left"}, "pairwise", ("left",)),
    ("ranker", {"ranker": {"rank": ["r3", "r0", "r1"]}}, "ranker", ('{"r0": 1, "r1": 2, "r3": 0}',)),
    ("ranker", {"ranker": {"_": ["c"], "best": ["a", "b"], "bad": []}}, "ranker", ('{"a": 0, "b": 0, "c": 2}',)),
    ("taxonomy", {"taxonomy": [["Maths", "Algebra"], ["Code"]]}, "taxonomy", ("Maths / Algebra", "Code")),
    ("datetime", {"datetime": "2026-01-05"}, "datetime", ("2026-01-05",)),
    ("textarea", {"text": ["two", "lines"]}, "text", ("two", "lines")),
    ("hypertextlabels", {**REGION, "hypertextlabels": ["Bug"]}, "regions", ("Bug",)),
    ("labels", {**REGION, "labels": ["PER", "LOC"]}, "regions", ("PER", "LOC")),
    ("rectanglelabels", {"x": 1, "y": 2}, "regions", ()),
    ("rectangle", {"x": 1, "y": 2}, "other", ("",)),
    (None, {"choices": ["a", "b"]}, "choices", ("a", "b")),
    (None, {"rating": 3}, "rating", ("3",)),
    (None, {**REGION, "labels": ["PER"]}, "regions", ("PER",)),
    (None, {"text": ["x", "y"]}, "text", ("x", "y")),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "value", "kind", "values"), READ)
def test_an_answer_is_read_by_its_kind(declared: Any, value: Any, kind: Any, values: Any) -> None:
    findings = Findings()
    piece = {"from_name": "c", "type": declared, "value": value}
    assert judgements([piece], findings, "here") == {"c": Judgement(kind, values)}
    assert not findings.counts


@pytest.mark.parametrize(
    "value",
    [
        {"choices": []}, {"choices": [None]}, {"choices": {"a": 1}}, {}, {"rating": "4"}, {"rating": True},
        {"number": float("nan")}, {"number": 10**400}, {"ranker": 3}, {"ranker": {"rank": [[1]]}}, {"taxonomy": "x"},
        {"taxonomy": [3]}, {"selected": None},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_a_finding(value: dict[str, Any]) -> None:
    findings = Findings()
    kind = {"selected": "pairwise"}.get(next(iter(value), ""), next(iter(value), "choices"))
    assert judgements([{"from_name": "c", "type": kind, "value": value}], findings, "task 3") == {}
    assert findings.to_json() == [
        {"finding": "value that cannot be read", "count": 1, "first": "task 3, 'c'"}
    ]


def test_regions_of_one_control_are_one_judgement() -> None:
    pieces = [
        {"from_name": "bug", "type": "labels", "value": {**REGION, "labels": [label]}} for label in "aba"
    ]
    assert judgements(pieces, Findings(), "") == {"bug": Judgement("regions", ("a", "b", "a"))}


def test_relations_and_broken_pieces_are_counted() -> None:
    findings = Findings()
    broken = [None, 3, "x", {}, {"from_name": 3, "value": {}}, {"from_name": "c"}, {"type": "relation"}]
    assert judgements(broken, findings, "task 1") == {}
    assert sum(findings.counts.values()) == len(broken)
    assert judgements("no list", findings, "task 2") == {}


def test_no_text_is_left_that_a_file_cannot_hold() -> None:
    pieces = [{"from_name": "a\ud800", "type": "choices", "value": {"choices": ["x\0y\udfff"]}}]
    assert judgements(pieces, Findings(), "") == {"a\ufffd": Judgement("choices", ("x\ufffdy\ufffd",))}


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["from_name", "type", "value", "choices", "rating", "ranker", "labels", "taxonomy"]
            ),
            inner,
        )
    ),
    max_leaves=15,
)


@settings(deadline=None, max_examples=50)
@given(ANY)
def test_nothing_crashes(result: Any) -> None:
    found = judgements(result, Findings(), "")
    assert all(isinstance(value, str) for one in found.values() for value in one.values)
