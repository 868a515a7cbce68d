"""Labels of any kind become a few classes, those nearest to each other one; texts become none."""

from typing import Any

import pytest

from pipeline.quality.coarse import MOST, coarse
from tasks import task_types


def said(name: str, *labels: dict[str, Any]) -> list[str]:
    kind = task_types()[name]
    return [kind.label.model_validate(one).model_dump_json() for one in labels]


def places(name: str, *labels: dict[str, Any]) -> list[int]:
    payloads = said(name, *labels)
    found = coarse(task_types()[name], payloads)
    assert found is not None
    return [found.place[payload] for payload in payloads]


def test_few_labels_are_classes_as_they_are_whatever_was_written_beside() -> None:
    one, same, other = places(
        "preference_pair",
        {"preference": -3},
        {"preference": -3, "reason": "because"},
        {"preference": 3},
    )
    assert one == same != other


def test_a_way_out_is_a_class_of_its_own() -> None:
    labels: list[dict[str, Any]] = [
        {"preference": 1},
        {"escape": {"kind": "bad_problem"}},
        {"escape": {"kind": "cannot_judge"}},
    ]
    assert len(set(places("preference_pair", *labels))) == 3


def test_of_many_labels_those_that_lie_close_are_one() -> None:
    wrong = [{"verdict": "incorrect", "lines": [at], "severity": "major"} for at in range(1, 40)]
    right, *rest = places("code_review", {"verdict": "correct"}, *wrong)
    assert len({right, *rest}) <= MOST
    assert right not in rest


def test_the_most_frequent_stand_for_classes_and_are_told_first() -> None:
    found = coarse(
        task_types()["answer_check"],
        said("answer_check", *[{"verdict": "equal"}] * 3, {"verdict": "not_equal"}),
    )
    assert found is not None
    assert found.names == ("equal", "not equal")


def test_texts_have_no_classes() -> None:
    words = ["apple pears", "quick brown", "seven boats", "green rivers"]
    texts = [
        {"outcome": "rewritten", "text": f"{a} {b} {n}"}
        for n, (a, b) in enumerate((a, b) for a in words for b in words)
    ]
    texts += [{"outcome": "rewritten", "text": chr(97 + n) * 30} for n in range(20)]
    assert coarse(task_types()["rewrite"], said("rewrite", *texts)) is None


def test_what_cannot_be_read_has_no_place() -> None:
    found = coarse(
        task_types()["answer_check"], ['{"verdict": "sideways"}', *said("answer_check", {"verdict": "equal"})]
    )
    assert found is not None
    assert list(found.place.values()) == [0]


@pytest.mark.parametrize("name", sorted(task_types()))
def test_every_task_type_is_fine_with_nothing_said(name: str) -> None:
    found = coarse(task_types()[name], [])
    assert found is not None
    assert found.names == ()
