"""Final answers of real solutions, where the real data is on this machine."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from exports.golds import boxed, final_answers
from schemas.rows import StepwiseRow
from tests.exports.test_trl import made

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[3] / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real sets are not on this machine; HEADRACE_DATA names their folder"
)


def lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def test_gsm8k_names_every_answer() -> None:
    solutions = [line["answer"] for line in lines("gsm8k/test.jsonl")]
    wanted = [text.rpartition("#### ")[2].strip() for text in solutions]
    assert len(wanted) == 1319
    assert final_answers(pa.array(solutions)).to_pylist() == [text.strip("$.") for text in wanted]
    assert boxed(pa.array(solutions)).to_pylist() == [rf"\boxed{{{text}}}" for text in wanted]


def test_mr_gsm8k_is_told_as_processbench_tells_it() -> None:
    solved = lines("mr_gsm8k/mr_gsm8k.jsonl")
    assert len(solved) > 500
    rows, labels = [], []
    for number, line in enumerate(solved):
        steps = tuple(line["model_output_steps"])
        said = line["model_output_solution_first_error_step"]
        wrong = int(said) - 1
        judged = wrong + 1
        rows.append(
            StepwiseRow(
                id=f"{number:032x}",
                prompt=line["question"],
                completions=steps[:judged],
                labels=tuple(at != wrong for at in range(judged)),
                rest=steps[judged:],
            )
        )
        labels.append(wrong)
    found = made("processbench", *rows)
    assert [row["label"] for row in found] == labels
    assert [row["steps"] for row in found] == [list(line["model_output_steps"]) for line in solved]
    assert {0, 1, 2} < set(labels)
