"""What tests said is put where people see it, and moves no record's id."""

from typing import Any

from pipeline.verification.results import with_results
from schemas.records import Record, TestResult
from schemas.screening import REFERENCE
from tasks import task_types

RECORD = Record.model_validate(
    {
        "prompt": "Add two numbers.",
        "domain": "coding",
        "programming_language": "python",
        "candidates": [
            {"text": "def add(a, b):\n    return a + b"},
            {"text": "def add(a, b):\n    return a"},
        ],
        "reference": {"solution": "def add(a, b):\n    return b + a"},
        "tests": {"entry_point": "add", "code": "assert add(1, 1) == 2\nassert add(2, 3) == 6"},
    }
)


def detail(*outcomes: str) -> dict[str, Any]:
    names = ("assert add(1, 1) == 2", "assert add(2, 3) == 6")
    return {
        "tests": [
            {"name": name, "outcome": said, "output": "" if said == "passed" else "5 for 2, 3"}
            for name, said in zip(names, outcomes, strict=True)
        ]
    }


def test_each_program_of_code_review_comes_with_how_it_did() -> None:
    shown = with_results(RECORD, {0: detail("passed", "failed"), 1: detail("unknown", "flaky")})
    first, second = task_types()["code_review"].items(shown, {})
    assert first.test_results == (
        TestResult(passed=True, name="assert add(1, 1) == 2"),
        TestResult(passed=False, name="assert add(2, 3) == 6", output="5 for 2, 3"),
    )
    assert [one.passed for one in second.test_results] == [False]


def test_each_case_of_test_review_comes_with_how_the_reference_did() -> None:
    task_type = task_types()["test_review"]
    shown = with_results(RECORD, {REFERENCE: detail("passed", "failed")})
    (item,) = task_type.items(shown, {})
    assert [one.passed for one in item.reference_results] == [True, False]
    cases: Any = task_type.data(item)["cases"]
    assert "passes" in cases[0]["html"]
    assert "fails: 5 for 2, 3" in cases[1]["html"]
    (plain,) = task_type.items(shown, {"show_results": False})
    assert plain.reference_results == ()
    assert plain == next(iter(task_type.items(RECORD, {})))


def test_where_a_case_is_in_doubt_nothing_is_shown_beside_the_cases() -> None:
    shown = with_results(RECORD, {REFERENCE: detail("passed", "unknown")})
    assert shown.reference is not None
    assert shown.reference.test_results == ()


def test_what_the_source_says_itself_stays() -> None:
    own = (TestResult(passed=True, name="theirs"),)
    given = RECORD.replace(candidates=[one.replace(test_results=own) for one in RECORD.candidates])
    shown = with_results(given, {0: detail("failed", "failed")})
    assert [one.test_results for one in shown.candidates] == [own, own]


def test_results_move_no_id() -> None:
    reference = {"solution": RECORD.reference.solution, "test_results": [{"passed": True}]}  # type: ignore[union-attr] # there
    assert RECORD.replace(reference=reference).id == RECORD.id
    alone = Record.model_validate({"prompt": "p", "domain": "coding"})
    told = Record.model_validate(
        {"prompt": "p", "domain": "coding", "reference": {"test_results": [{"passed": True}]}}
    )
    assert told.id == alone.id
