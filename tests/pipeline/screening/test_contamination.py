"""What leaks a benchmark is found, and what merely sounds alike is not."""

import json
import pickle
import random
from pathlib import Path
from typing import Any

import pytest

from pipeline.screening._benchmarks import read, write
from pipeline.screening.base import Found
from pipeline.screening.contamination import PIECE, ContaminationOptions, screen
from pipeline.screening.subject import Subject
from schemas.errors import HeadraceError, ProjectError
from schemas.records import Record

WORDS = [
    a + b + c
    for a in ("ba", "de", "fi", "go", "hu")
    for b in ("l", "m", "n", "r")
    for c in ("an", "ek", "is", "ot", "um")
]
BOILERPLATE = (
    "Please read the following question with great care and then write down what you think is right."
)
PROGRAM = """\
def mean_of_squares(values):
    total = 0
    for value in values:
        total += value * value
    return total / len(values)
"""


def sentence(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))


@pytest.fixture
def questions() -> list[str]:
    rng = random.Random(7)
    return [sentence(rng, rng.randrange(20, 60)) + "?" for _ in range(60)]


@pytest.fixture
def benchmark(tmp_path: Path, questions: list[str]) -> Path:
    path = tmp_path / "test.jsonl"
    rows = [{"question": one, "answer": f"the answer is {n}"} for n, one in enumerate(questions)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def subject(text: str, **fields: Any) -> Subject:
    record = Record.model_validate({"prompt": text, "domain": "reasoning", **fields})
    return Subject(record.id, 0, record.model_dump_json(exclude_none=True))


def look(
    subjects: list[Subject], folder: Path, against: str = "*.jsonl", **options: Any
) -> list[Found | None]:
    given = ContaminationOptions.model_validate({"against": [against], **options})
    return screen.look_at(subjects, given, screen.prepare(given, folder))


def found(text: str, folder: Path, against: str = "*.jsonl", **options: Any) -> Found | None:
    return look([subject(text)], folder, against, **options)[0]


def edited(text: str, rng: random.Random, share: float) -> str:
    words = text.split()
    for place in rng.sample(range(len(words)), max(1, round(share * len(words)))):
        words[place] = "changed"
    return " ".join(words)


def test_an_item_is_found_with_where_it_stands(tmp_path: Path, benchmark: Path, questions: list[str]) -> None:
    one = found(f"Solve this: {questions[4]} Thank you.", tmp_path)
    assert one is not None
    assert one.reason == "prompt: all of test.jsonl:5 (question)"
    assert one.evidence["benchmark"] == benchmark.name
    assert one.evidence["item"] == "5"
    assert one.evidence["share"] == 1.0
    assert one.evidence["passage"] == questions[4].removesuffix("?")


def test_a_part_of_an_item_is_found_from_thirteen_words_on(
    tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    assert benchmark.exists()
    long = max(questions, key=len).split()
    parts = {
        count: found(f"so much for {' '.join(long[3 : 3 + count])} or not", tmp_path)
        for count in (9, 12, 13, 20)
    }
    assert [parts[9], parts[12]] == [None, None]
    assert [one.evidence["rule"] for one in (parts[13], parts[20]) if one] == ["a passage", "a passage"]


def test_lightly_edited_items_are_found(tmp_path: Path, benchmark: Path, questions: list[str]) -> None:
    assert benchmark.exists()
    rng = random.Random(1)
    for share in (0.02, 0.03, 0.05):
        assert all(look([subject(edited(one, rng, share)) for one in questions], tmp_path))


def test_other_texts_of_the_same_words_pass(tmp_path: Path, benchmark: Path) -> None:
    assert benchmark.exists()
    rng = random.Random(2)
    assert not any(look([subject(sentence(rng, 50)) for _ in range(300)], tmp_path))


@pytest.mark.parametrize(
    "fields",
    [
        {"candidates": [{"text": "no"}, {"text": "{leak}"}]},
        {"candidates": [{"steps": ["first {leak}", "then"]}]},
        {"reference": {"solution": "{leak}"}},
        {"draft": "{leak}"},
    ],
    ids=["a candidate", "steps", "the reference", "the draft"],
)
def test_whatever_holds_the_item_is_looked_at(
    fields: dict[str, Any], tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    assert benchmark.exists()
    told = json.loads(json.dumps(fields).replace("{leak}", questions[0]))
    one = look([subject("What now?", **told)], tmp_path)[0]
    assert one is not None
    assert str(one.evidence["where"]).split(".")[0] == next(iter(fields))


def test_what_many_items_say_alike_tells_nothing(tmp_path: Path, questions: list[str]) -> None:
    rows = [{"question": f"{BOILERPLATE} {one}"} for one in questions]
    (tmp_path / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert found(f"{BOILERPLATE} How long is a day?", tmp_path) is None
    assert found(questions[3], tmp_path) is not None
    assert found(f"{BOILERPLATE} How long is a day?", tmp_path, shared=100) is not None


def test_the_same_benchmark_in_several_files_is_still_found(
    tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    for number in range(6):
        (tmp_path / f"copy-{number}.jsonl").write_bytes(benchmark.read_bytes())
    benchmark.write_bytes(benchmark.read_bytes() * 6)
    assert all(look([subject(one) for one in questions], tmp_path))


def test_numbers_alone_tell_nothing(tmp_path: Path) -> None:
    sums = "What is " + " + ".join(map(str, range(10, 40))) + "?"
    (tmp_path / "test.jsonl").write_text(json.dumps({"question": sums}))
    assert found("Look at 1, 2, then " + " ".join(map(str, range(12, 30))) + " and go on.", tmp_path) is None


@pytest.mark.parametrize("short", ["Compute $2^{10} - 24$.", "What is 7 * 8?", "Is 91 a prime number?"])
def test_a_short_item_is_found_where_it_is_all_that_is_asked(short: str, tmp_path: Path) -> None:
    (tmp_path / "test.jsonl").write_text(
        json.dumps({"problem": short, "answer": "yes, for a number of reasons"})
    )
    assert found(short.rstrip(".?").upper(), tmp_path) is not None
    assert found(short.replace("2", "3").replace("7", "6").replace("91", "93"), tmp_path) is None
    assert found("yes, for a number of reasons", tmp_path) is None, "answers that are short are everywhere"


def test_signs_make_short_items_differ(tmp_path: Path) -> None:
    (tmp_path / "test.jsonl").write_text(json.dumps({"problem": "What is 7 * 8?"}))
    assert found("What is 7 + 8?", tmp_path) is None


def test_a_program_is_found_by_its_signs(tmp_path: Path) -> None:
    (tmp_path / "mean.py").write_text(PROGRAM)
    copied = f"Look at this:\n```python\n{PROGRAM.replace('    ', chr(9))}```\nIs it right?"
    assert found(copied, tmp_path, "*.py") is not None
    other = "def largest(values):\n    best = None\n    for value in values:\n        best = value\n    return best\n"
    assert found(other, tmp_path, "*.py") is None


def test_an_item_without_spaces_is_found(tmp_path: Path) -> None:
    asked = "小明的妈妈给了他二十个苹果,他把其中的一半分给了同学,又吃掉了三个,请问他还剩下几个苹果?"
    (tmp_path / "test.jsonl").write_text(json.dumps({"question": asked}))
    assert found(f"请回答:{asked}", tmp_path) is not None
    assert found(asked.replace("二十", "三十"), tmp_path) is not None
    assert (
        found("小红买了五本书,每本书十二元,请问她一共花了多少钱?谢谢你的回答,祝你今天过得愉快。", tmp_path)
        is None
    )


def test_a_text_of_megabytes_is_looked_at_in_pieces(
    tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    assert benchmark.exists()
    filler = "one two three four five six seven " * (PIECE // 30)
    assert len(filler) > PIECE
    for place in (PIECE - 60, len(filler)):
        assert found(f"{filler[:place]} {questions[2]} {filler[place:]}", tmp_path) is not None
    assert found(filler, tmp_path) is None


def test_a_hash_file_says_the_same_and_holds_no_word(
    tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    rng = random.Random(3)
    subjects = [subject(edited(one, rng, 0.1)) for one in questions] + [
        subject(sentence(rng, 40)) for _ in range(60)
    ]
    plain = look(subjects, tmp_path)
    write(read([benchmark.name], tmp_path), tmp_path / "test.hashes")
    benchmark.unlink()
    assert look(subjects, tmp_path, "*.hashes") == plain
    assert sum(one is not None for one in plain) >= 60
    stored = (tmp_path / "test.hashes").read_bytes()
    assert not any(
        word.encode() in stored for question in questions for word in question.split() if len(word) > 5
    )


def test_the_verdicts_are_the_same_in_any_batches_and_processes(
    tmp_path: Path, benchmark: Path, questions: list[str]
) -> None:
    options = ContaminationOptions(against=(benchmark.name,))
    rng = random.Random(4)
    subjects = [subject(edited(one, rng, rng.random() / 2)) for one in questions * 5]
    prepared = screen.prepare(options, tmp_path)
    together = screen.look_at(subjects, options, prepared)
    sent = pickle.loads(pickle.dumps(prepared))  # noqa: S301 - our own
    assert [screen.look(one, options, sent) for one in subjects] == together
    assert 0 < sum(one is None for one in together) < len(subjects)


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".csv", ".parquet", ".json", ".txt"])
def test_benchmarks_come_in_many_forms(suffix: str, tmp_path: Path, questions: list[str]) -> None:
    import gzip

    import pyarrow as pa
    from pyarrow import parquet

    path = tmp_path / f"test{suffix}"
    rows = [{"question": one} for one in questions]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if suffix == ".parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
    else:
        plain = {
            ".csv": "question\n" + "\n".join(questions),
            ".json": json.dumps(rows),
            ".txt": "\n".join(questions),
        }.get(suffix, lines)
        path.write_bytes(gzip.compress(plain.encode()) if suffix.endswith(".gz") else plain.encode())
    assert all(look([subject(one) for one in questions], tmp_path, f"test{suffix}"))


def test_columns_say_what_is_looked_for(tmp_path: Path, questions: list[str]) -> None:
    row = {"topic": questions[0], "question": questions[1]}
    (tmp_path / "test.jsonl").write_text(json.dumps(row))
    assert found(questions[0], tmp_path) is not None
    assert found(questions[0], tmp_path, columns=["question"]) is None
    assert found(questions[1], tmp_path, columns=["question"]) is not None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.jsonl", "", "no text in it is long enough"),
        ("short.jsonl", '{"answer": "18"}', "no text in it is long enough"),
        ("bad.jsonl", "{]", "each row should be readable, 1 is not"),
        ("bad.json", "{]", "should be JSON"),
        ("bad.hashes", "x", "should be a hash file"),
        ("other.jsonl", '{"question": "What?"}', "a column 'asked' was expected, found 'question'"),
    ],
)
def test_what_is_no_benchmark_is_said(name: str, content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    columns = ["asked"] if name == "other.jsonl" else []
    with pytest.raises(ProjectError, match=said) as told:
        found("What?", tmp_path, name, columns=columns)
    assert str(told.value).count("\n") == 0


def test_a_hash_file_of_another_version_is_refused(tmp_path: Path, benchmark: Path) -> None:
    units = read([benchmark.name], tmp_path)
    write(
        units.replace_schema_metadata({**units.schema.metadata, b"headrace.tokens": b"0"}),
        tmp_path / "a.hashes",
    )
    with pytest.raises(ProjectError, match="make it anew"):
        found("What?", tmp_path, "a.hashes")


def test_a_benchmark_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(HeadraceError, match="a file was expected, there is none"):
        found("What?", tmp_path, "nothing.jsonl")
