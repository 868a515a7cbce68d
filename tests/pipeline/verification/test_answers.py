"""Answers held against references: pairs written by hand, real data, and a machine that has other things to do."""

import json
import multiprocessing
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.verification._comparing import compare
from pipeline.verification._finals import final
from pipeline.verification._workers import Worker
from pipeline.verification.answers import check
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import AnswersConfig
from tests.pipeline.verification.hard_pairs import PAIRS

GSM8K = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data")) / "gsm8k"
needs_data = pytest.mark.skipif(not GSM8K.is_dir(), reason="the shared data is not there")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker(5.0, 1024)
    yield made
    made.close()


def _outcomes(worker: Worker) -> list[tuple[str, str, bool, str]]:
    pairs = [pair for a, b, equal in PAIRS for pair in ((a, b, equal), (b, a, equal))]
    return [(a, b, equal, compare(final(a) or a, final(b) or b, worker.ask).outcome) for a, b, equal in pairs]


def test_hard_pairs_are_right_or_unknown_and_never_wrong(worker: Worker) -> None:
    found = _outcomes(worker)
    unknown = [case for case in found if case[3] == "unknown"]
    assert [case for case in found if case[3] == ("not_equal" if case[2] else "equal")] == []
    assert len(PAIRS) >= 400
    assert len(unknown) <= 0.03 * len(found), unknown


@pytest.mark.proof
def test_a_busy_machine_changes_no_outcome(worker: Worker) -> None:
    quiet = _outcomes(worker)
    context = multiprocessing.get_context("spawn")
    busy = [context.Process(target=_spin, daemon=True) for _ in range(4)]
    for one in busy:
        one.start()
    try:
        assert _outcomes(worker) == quiet
    finally:
        for one in busy:
            one.terminate()
            one.join()


def _spin() -> None:
    while True:
        pass


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GSM8K / name).read_text(encoding="utf-8").splitlines()]


@needs_data
@pytest.mark.parametrize("name", ["train.jsonl", "test.jsonl"])
def test_gsm8k_answers_equal_themselves_and_nothing_that_is_one_more(worker: Worker, name: str) -> None:
    for row in _lines(name):
        gold = final(row["answer"])
        assert gold is not None
        value = int(gold.replace(",", ""))
        for same in (
            gold,
            f"{value:,}",
            f"${value}.00",
            rf"\boxed{{{value}}}",
            f"The answer is {value} dollars.",
        ):
            assert compare(gold, final(same) or same, worker.ask).outcome == "equal", (gold, same)
        more = value + 1
        for other in (
            str(more),
            f"{more:,}",
            f"${more}.00",
            rf"\boxed{{{more}}}",
            f"The answer is {more} dollars.",
        ):
            assert compare(gold, final(other) or other, worker.ask).outcome == "not_equal", (gold, other)


@needs_data
def test_real_solutions_are_judged_as_their_authors_judged_them() -> None:
    found: Counter[tuple[bool, str]] = Counter()
    for row in _lines("example_model_solutions.jsonl"):
        solutions = [said for said in row.values() if isinstance(said, dict)]
        record = Record.model_validate(
            {
                "prompt": row["question"],
                "domain": "reasoning",
                "reference": {"solution": row["ground_truth"]},
                "candidates": [{"text": said["solution"]} for said in solutions],
            }
        )
        for one in check.look(record, AnswersConfig()):
            found[solutions[one.candidate]["is_correct"], one.outcome] += 1
    assert found[True, "equal"] == 2001
    assert found[False, "not_equal"] == 3264
    assert found[False, "unknown"] == 11  # texts that break off, and one that names a person's age in words
    assert found.total() == 5276


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (r"So \boxed{3} at first, then \boxed{\frac{1}{2}}.", r"\frac{1}{2}"),
        (r"$\boxed{2}$ and $\boxed{3}$", "2, 3"),
        ("Thus\n#### 1,234", "1,234"),
        ("so\nA: 18", "18"),
        ("Therefore, the answer is 42.", "42."),
        ("The final answer is: **42**", "42"),
        ("the answer is 5. Let me check that again", "5"),
        ("The answer is 7 because 3 + 4 = 7", "7"),
        ("答案是 12", "12"),
        ("42", "42"),
        (
            "I looked at this for a long time, wrote a lot of lines about it,\nand could not say what comes out of it",
            None,
        ),
        ("", None),
        (r"\boxed{", None),
    ],
)
def test_the_final_answer_of_a_text(text: str, named: str | None) -> None:
    assert final(text) == named


@pytest.mark.parametrize(
    "reference",
    [
        "9^{9^{9}}",
        pytest.param("2^{10^{12}}", marks=pytest.mark.proof),
        "(" * 150 + "x" + ")" * 150,
        pytest.param("x^{x^{x^{x^{x^x}}}}", marks=pytest.mark.proof),
        pytest.param(r"\binom{10^9}{10^8}", marks=pytest.mark.proof),
        pytest.param("10^{6}!", marks=pytest.mark.proof),
    ],
)
def test_what_takes_too_long_is_unknown_and_the_next_is_answered(reference: str) -> None:
    worker = Worker(0.5, 512)
    try:
        assert compare(reference, r"\sqrt{3}x", worker.ask).outcome in ("unknown", "not_equal")
        assert compare(r"\sqrt{8}", r"2\sqrt{2}", worker.ask).outcome == "equal"
    finally:
        worker.close()


def test_a_worker_that_was_killed_is_started_again() -> None:
    worker = Worker(5.0, 1024)
    try:
        assert compare(r"\sqrt{8}", r"2\sqrt{2}", worker.ask).outcome == "equal"
        assert worker._process is not None
        worker._process.kill()
        worker._process.wait()
        assert compare(r"\sqrt{8}", r"2\sqrt{2}", worker.ask).outcome == "equal"
    finally:
        worker.close()


def _record(**reference: str) -> Record:
    return Record.model_validate(
        {
            "prompt": "How many?",
            "domain": "reasoning",
            "reference": reference or None,
            "candidates": [{"text": "#### 5"}, {"text": "#### 6"}],
        }
    )


def test_a_reference_that_contradicts_itself_decides_nothing() -> None:
    found = check.look(_record(answer="5", solution="so it is\n#### 6"), AnswersConfig())
    assert [(one.candidate, one.outcome) for one in found] == [
        (REFERENCE, "not_equal"),
        (0, "unknown"),
        (1, "unknown"),
    ]


def test_without_a_reference_there_is_nothing_to_check() -> None:
    assert check.look(_record(), AnswersConfig()) == ()


def test_the_evidence_says_what_was_compared_and_how() -> None:
    first, second = check.look(_record(answer="5"), AnswersConfig())
    assert (first.outcome, dict(first.detail)) == ("equal", {"reference": "5", "answer": "5", "by": "number"})
    assert second.outcome == "not_equal"


def test_other_limits_are_another_finder_and_other_routing_is_not() -> None:
    base = check.by(AnswersConfig())
    assert re.fullmatch(r"answers 1 [0-9a-f]{8}", base)
    assert check.by(AnswersConfig(decides=("equal",), audit_share=0.5, where="true")) == base
    assert check.by(AnswersConfig(cpu_seconds=9)) != base
