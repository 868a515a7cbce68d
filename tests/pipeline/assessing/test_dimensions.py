"""In what people can agree: every task type's dimensions follow from its label, and texts are left out."""

import pytest

from pipeline.assessing.dimensions import Wholes, bare, dimensions
from tasks import task_types

KNOWN = {
    "answer_check": ["label", "verdict"],
    "code_review": ["label", "verdict", "lines", "severity"],
    "first_error": ["label", "first error", "first error, within a step", "kind"],
    "issue_review": ["label", "underspecified", "tests unfair", "difficulty", "major issue"],
    "preference_pair": ["label", "preference"],
    "ranking": ["label"],
    "rewrite": ["label", "outcome"],
    "rubric_grade": ["label", "parts"],
    "step_review": ["label", "parts", "first error", "first error, within a step", "finish"],
    "test_review": ["label", "parts"],
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_task_type_has_the_dimensions_of_its_label(name: str) -> None:
    assert [one.name for one in dimensions(task_types()[name])] == KNOWN[name]


def test_what_is_typed_beside_the_verdict_changes_nothing() -> None:
    kind = task_types()["rewrite"]
    wholes = Wholes(kind)
    one, other = (
        kind.label.model_validate({"outcome": "rewritten", "text": text}) for text in ("so", "or so")
    )
    assert kind.distance(one, other) > 0
    assert wholes.place(one) == wholes.place(other)
    assert wholes.place(kind.label.model_validate({"outcome": "as_it_stands"})) != wholes.place(one)


def test_why_somebody_took_a_way_out_changes_nothing() -> None:
    kind = task_types()["answer_check"]
    reasons = [
        kind.label.model_validate({"escape": {"kind": "pass", "reason": why}}) for why in ("tired", "late")
    ]
    assert bare(reasons[0]) == bare(reasons[1])
    wholes = Wholes(kind)
    assert wholes.place(reasons[0]) == wholes.place(reasons[1])
    assert wholes.place(kind.label.model_validate({"verdict": "equal"})) != wholes.place(reasons[0])


def test_labels_within_no_distance_are_one() -> None:
    kind = task_types()["first_error"]
    wholes = Wholes(kind)
    plain, named = ({"first_error": 2}, {"first_error": 2, "kind": "logic"})
    assert wholes.place(kind.label.model_validate(plain)) == wholes.place(kind.label.model_validate(named))


def test_who_names_no_line_says_nothing_of_lines() -> None:
    kind = task_types()["code_review"]
    (lines,) = (one for one in dimensions(kind) if one.name == "lines")
    labels = [
        kind.label.model_validate({"verdict": "incorrect", "lines": marked, "severity": "major"})
        for marked in ([1, 2], [2, 3], [])
    ]
    ((one, other, nothing),) = lines.said(labels)
    assert nothing is None
    assert lines.apart(one, other) == pytest.approx(2 / 3)
    assert lines.told(one) == "1, 2"


def test_parts_on_a_scale_are_compared_on_it() -> None:
    kind = task_types()["rubric_grade"]
    (parts,) = (one for one in dimensions(kind) if one.name == "parts")
    labels = [
        kind.label.model_validate({"grades": [{"level": level, "top": 4} for level in levels]})
        for levels in ((4, 0), (3, 0))
    ]
    first, second = parts.said(labels)
    assert parts.apart(*first) == pytest.approx(0.25)
    assert parts.apart(*second) == 0
