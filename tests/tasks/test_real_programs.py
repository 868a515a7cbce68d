"""Real programs and tests become tasks, every one of them: HumanEval with four models' samples, and QuixBugs."""

import ast
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.human_eval import reader
from schemas.project import SourceConfig
from schemas.records import Record
from tasks import code_review, test_review
from tasks.test_review import TestReviewItem

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
SAMPLES, QUIXBUGS = DATA / "humaneval_samples", DATA / "quixbugs"

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared data is not there")
needs_quixbugs = pytest.mark.skipif(not QUIXBUGS.is_dir(), reason="the shared data is not there")


def human_eval() -> Iterator[Record]:
    source = SourceConfig(reader="human_eval", options={"samples": f"{SAMPLES}/*.jsonl"})
    for row in reader.rows(source, DATA):
        values: dict[str, Any] = dict(row.values)  # type: ignore[union-attr] # a bad row would fail here, rightly
        del values["task_id"]
        yield Record.model_validate(values)


def quixbugs() -> Iterator[Record]:
    """Each buggy program with its docstring as the task, and its cases: as JSON, or else as a driver's code."""
    for path in sorted((QUIXBUGS / "python_programs").glob("*.py")):
        if path.stem == "node" or path.stem.endswith("_test"):
            continue
        code, _, described = path.read_text(encoding="utf-8").partition('"""')
        cases, driver = (
            QUIXBUGS / "json_testcases" / f"{path.stem}.json",
            path.with_name(f"{path.stem}_test.py"),
        )
        tests: dict[str, Any] = {"entry_point": path.stem}
        if cases.exists():
            read = [
                json.loads(line) for line in cases.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
            tests["cases"] = [{"input": one, "output": other} for one, other in read]
        else:
            tests["code"] = driver.read_text(encoding="utf-8")
        yield Record.model_validate(
            {
                "prompt": described.rpartition('"""')[0].strip() or path.stem,
                "domain": "coding",
                "programming_language": "python",
                "candidates": [{"text": code}],
                "tests": tests,
            }
        )


def reviewed(records: Iterator[Record]) -> list[TestReviewItem]:
    """One item a record, each with data for its page."""
    made = [item for record in records for item in test_review.task_type.items(record, {})]
    for item in made:
        assert len(test_review.task_type.data(item)["cases"]) == len(item.cases)  # type: ignore[arg-type] # a list
    return made


@needs_samples
def test_every_sample_of_human_eval_becomes_a_code_review() -> None:
    records = list(human_eval())
    made = [item for record in records for item in code_review.task_type.items(record, {"show_tests": True})]
    different = [{candidate.text.strip("\n") for candidate in record.candidates} for record in records]
    assert len(records) == 164
    assert len(made) == sum(map(len, different)) > 600
    for item in made:
        assert len(code_review.task_type.data(item)["lines"]) == item.code.count("\n") + 1  # type: ignore[arg-type] # a list


@needs_samples
def test_no_assertion_of_human_eval_is_lost() -> None:
    items = reviewed(human_eval())
    assert len(items) == 164
    for item in items:
        asserted = [
            ast.unparse(node) for node in ast.walk(ast.parse(str(item.code))) if isinstance(node, ast.Assert)
        ]
        shown = [
            ast.unparse(n)
            for case in item.cases
            for n in ast.walk(ast.parse(str(case)))
            if isinstance(n, ast.Assert)
        ]
        assert Counter(dict.fromkeys(asserted)) == Counter(dict.fromkeys(shown))


@needs_quixbugs
def test_every_program_of_quixbugs_becomes_a_code_review_and_a_test_review() -> None:
    records = list(quixbugs())
    assert len(records) == 40
    assert sum(len(list(code_review.task_type.items(record, {}))) for record in records) == 40
    items = reviewed(iter(records))
    assert len(items) == 40
    assert sum(len(item.cases) for item in items if item.code is None) > 200
