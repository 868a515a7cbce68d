"""On real benchmarks: what leaks is found, and what is clean passes but for a few that the documentation names."""

import gzip
import json
import os
import random
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipeline.screening._leaks import Leaks
from pipeline.screening.contamination import ContaminationOptions, screen
from pipeline.screening.subject import Subject
from schemas.records import Record

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "contamination.md"
GSM8K = ContaminationOptions(against=("gsm8k/test.jsonl",))
HUMAN_EVAL = ContaminationOptions(against=("humaneval/HumanEval.jsonl.gz",))

pytestmark = pytest.mark.skipif(
    not (DATA / "gsm8k" / "test.jsonl").exists(),
    reason="the real data are not on this machine; HEADRACE_DATA names their folder",
)


def rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in text.splitlines()]


@cache
def prepared(options: ContaminationOptions) -> Leaks:
    return screen.prepare(options, DATA)


def leaks(options: ContaminationOptions, records: Iterable[dict[str, Any]]) -> list[dict[str, Any] | None]:
    subjects = []
    for given in records:
        record = Record.model_validate(given)
        subjects.append(Subject(record.id, 0, record.model_dump_json(exclude_none=True)))
    found = screen.look_at(subjects, options, prepared(options))
    return [dict(one.evidence) if one else None for one in found]


def asked(prompts: Iterable[str], domain: str = "reasoning") -> list[dict[str, Any]]:
    return [{"prompt": prompt, "domain": domain} for prompt in prompts]


def share(found: list[Any]) -> float:
    return sum(one is not None for one in found) / len(found)


def edited(text: str, rng: random.Random, words: list[str], part: float) -> str:
    given = text.split()
    for place in rng.sample(range(len(given)), max(1, round(part * len(given)))):
        given[place] = rng.choice(words)
    return " ".join(given)


def test_of_gsm8k_train_one_in_a_thousand_is_flagged_at_most_and_each_is_explained() -> None:
    train = rows("gsm8k/train.jsonl")
    found = leaks(
        GSM8K,
        (
            {"prompt": r["question"], "domain": "reasoning", "reference": {"solution": r["answer"]}}
            for r in train
        ),
    )
    assert share(found) <= 0.001
    explained = re.findall(
        r"^\| train:(\d+) \| test:(\d+) \| ", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert explained == [(str(n), one["item"]) for n, one in enumerate(found, 1) if one]


def test_questions_with_their_solutions_in_one_text_are_not_flagged_more_often() -> None:
    train = rows("gsm8k/train.jsonl")
    assert share(leaks(GSM8K, asked(f"{row['question']}\n{row['answer']}" for row in train))) <= 0.001


def test_every_item_of_gsm8k_is_found_verbatim_and_edited() -> None:
    questions = [row["question"] for row in rows("gsm8k/test.jsonl")]
    words = " ".join(questions).split()
    rng = random.Random(0)
    assert share(leaks(GSM8K, asked(questions))) == 1.0
    assert share(leaks(GSM8K, asked(f"Please think. {one} Give a number." for one in questions))) == 1.0
    for part in (0.02, 0.03, 0.05):
        assert share(leaks(GSM8K, asked(edited(one, rng, words, part) for one in questions))) >= 0.99


def test_a_part_of_twenty_words_is_found() -> None:
    rng = random.Random(0)
    parts = []
    for row in rows("gsm8k/test.jsonl"):
        words = row["question"].split()
        if len(words) >= 20:
            start = rng.randrange(len(words) - 19)
            parts.append(f"Somebody wrote {' '.join(words[start : start + 20])} and then no more.")
    assert share(leaks(GSM8K, asked(parts))) >= 0.99


def test_human_eval_is_found_and_other_programs_pass() -> None:
    problems = rows("humaneval/HumanEval.jsonl.gz")
    assert share(leaks(HUMAN_EVAL, asked((one["prompt"] for one in problems), "coding"))) == 1.0
    solved = (f"{one['prompt']}{one['canonical_solution']}" for one in problems)
    assert share(leaks(HUMAN_EVAL, asked(solved, "coding"))) == 1.0
    others = sorted((DATA / "quixbugs").glob("*programs/*.py"))
    assert len(others) > 80
    assert share(leaks(HUMAN_EVAL, asked((path.read_text() for path in others), "coding"))) == 0.0


def test_stories_in_numbers_are_no_programs() -> None:
    train = [row["question"] for row in rows("gsm8k/train.jsonl")]
    assert share(leaks(HUMAN_EVAL, asked(train))) == 0.0
