"""Labels with every field filled in, said of the items of the gallery: nothing of them is lost, or read as another.

The contract draws labels at random; these are all that it can miss.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from schemas.base import Item
from schemas.records import Record
from tasks import AnyTaskType, task_types
from tasks.base import Answers
from tests.tasks.examples import RECORDS

WAYS_OUT: Sequence[dict[str, Any]] = (
    {"kind": "bad_problem", "reason": ""},
    {"kind": "bad_problem", "reason": "It has no answer."},
    {"kind": "cannot_judge", "reason": "I know no German."},
    {"kind": "pass", "reason": "I wrote it."},
)
_WRONG: dict[str, Any] = {"start": 40, "text": "$6$", "kind": "notation", "severity": "critical"}
_TWICE: dict[str, Any] = {"start": 0, "text": "Ein", "kind": "fluency", "severity": "minor"}
SAID: Mapping[str, Sequence[dict[str, Any]]] = {
    "answer_check": [
        {"verdict": verdict, "comment": "By a factor."} for verdict in ("equal", "not_equal", "cannot_tell")
    ],
    "code_review": [
        {"verdict": "correct", "comment": "Neat."},
        {"verdict": "incorrect", "lines": (1, 6), "severity": "major", "comment": "Off by one."},
        {"verdict": "incorrect", "severity": "minor"},
        {"verdict": "incorrect", "lines": (2,)},
    ],
    "first_error": [
        {"first_error": 0, "kind": "misread", "comment": "Half of what?"},
        {"first_error": 4, "kind": "computation"},
        {"first_error": 2},
        {"first_error": "none", "comment": "Well done."},
    ],
    "issue_review": [
        {
            "underspecified": 1,
            "tests_unfair": 2,
            "difficulty": 3,
            "major_issue": True,
            "notes": "The repr is new.",
        },
        {"underspecified": 0, "tests_unfair": 0, "difficulty": 0},
    ],
    "preference_pair": [{"preference": at, "reason": "Shorter."} for at in range(-3, 4)],
    "ranking": [{"tiers": (2, 1, 3, 3), "reason": "Shorter."}, {"tiers": (1, 2, 3, 4)}],
    "rewrite": [
        {
            "outcome": "rewritten",
            "text": "Ein Dreieck.\n\n    Und mehr.",
            "spans": (_TWICE, _WRONG),
            "comment": "Six.",
        },
        {"outcome": "rewritten", "text": "Ein Dreieck."},
        {"outcome": "as_it_stands", "comment": "Flawless."},
    ],
    "rubric_grade": [
        {
            "grades": [{"level": level, "top": 1} for level in levels],
            "comment": "Long.",
        }
        for levels in ((0, 1, 1, 0), (1, 0, 0, 0))
    ],
    "step_review": [
        {
            "ratings": ("good", "neutral", "bad"),
            "corrections": ((2, "What is left is 160 litres."),),
            "finish": "found_error",
            "comment": "Sign.",
        },
        {"ratings": ("bad",), "finish": "found_error"},
        {"ratings": ("good", "neutral"), "finish": "solved"},
        {"ratings": (), "finish": "solved"},
        {"ratings": (), "finish": "unfinished"},
    ],
    "test_review": [
        {"cases": ("right", "wrong", "too_narrow", "cannot_tell", "right"), "comment": "Why dots?"},
        {"cases": ("right",) * 5},
    ],
}
LABELS = [(name, said) for name, labels in SAID.items() for said in labels]
every = pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())


def items(task_type: AnyTaskType) -> list[Item]:
    made = list(task_type.items(Record.model_validate(RECORDS[task_type.name]), {}))
    assert made
    return made


@pytest.mark.parametrize(
    ("name", "said"), LABELS, ids=[f"{name}-{at}" for at, (name, _) in enumerate(LABELS)]
)
def test_a_label_is_read_as_it_was_written(name: str, said: dict[str, Any]) -> None:
    task_type = task_types()[name]
    label = task_type.label.model_validate(said)
    assert label.model_dump(mode="json", include=set(said)) == json.loads(json.dumps(said))
    for item in items(task_type):
        assert task_type.parse(item, Answers(task_type.result(label))) == label


@every
@pytest.mark.parametrize("said", WAYS_OUT, ids=[one["kind"] for one in WAYS_OUT])
def test_a_way_out_of_any_item_is_read_as_it_was_taken(task_type: AnyTaskType, said: dict[str, Any]) -> None:
    label = task_type.label.model_validate({"escape": said})
    for item in items(task_type):
        read = task_type.parse(item, Answers(task_type.result(label)))
        assert read == label
        assert read.escape.model_dump() == said


@pytest.mark.parametrize("name", SAID)
def test_a_label_is_as_near_to_itself_as_can_be_and_as_far_from_a_way_out(name: str) -> None:
    task_type = task_types()[name]
    labels = [task_type.label.model_validate(said) for said in SAID[name]]
    bad, again, cannot, _ = (task_type.label.model_validate({"escape": said}) for said in WAYS_OUT)
    assert [task_type.distance(label, label) for label in labels] == [0.0] * len(labels)
    assert [task_type.distance(label, bad) for label in labels] == [1.0] * len(labels)
    assert [task_type.distance(bad, label) for label in labels] == [1.0] * len(labels)
    assert (task_type.distance(bad, again), task_type.distance(bad, cannot)) == (0.0, 1.0)
