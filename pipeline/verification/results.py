"""What tests said of a record's programs, put where people see it: beside each candidate, and beside the reference."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.records import Record, TestResult
from schemas.screening import REFERENCE

SHOWN = {"passed": True, "failed": False, "flaky": False}
"""The outcomes that are one of a program; of the others there is nothing to show as passed or failed."""


def with_results(record: Record, details: Mapping[int, Mapping[str, Any]]) -> Record:
    """The record with what `programs` found, by the candidate's place; what a source says itself stays as it is.

    It is for making items of: its id may be another.
    """
    candidates = [
        one.replace(test_results=_shown(details[place])) if place in details and not one.test_results else one
        for place, one in enumerate(record.candidates)
    ]
    reference = record.reference
    if reference and REFERENCE in details and not reference.test_results:
        reference = reference.replace(test_results=_all(details[REFERENCE]))
    return record.model_copy(update={"candidates": tuple(candidates), "reference": reference})


def _shown(detail: Mapping[str, Any]) -> tuple[TestResult, ...]:
    return tuple(_result(one) for one in _cases(detail) if one["outcome"] in SHOWN)


def _all(detail: Mapping[str, Any]) -> tuple[TestResult, ...]:
    """Of the reference every case, in the tests' order, or none: what is shown beside a case must be of that case."""
    cases = list(_cases(detail))
    return tuple(map(_result, cases)) if all(one["outcome"] in SHOWN for one in cases) else ()


def _cases(detail: Mapping[str, Any]) -> Iterable[Mapping[str, str]]:
    cases: Iterable[Mapping[str, str]] = detail.get("tests") or ()
    return cases


def _result(case: Mapping[str, str]) -> TestResult:
    return TestResult(passed=SHOWN[case["outcome"]], name=case["name"], output=case["output"])
