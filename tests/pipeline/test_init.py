"""A project that is begun from a file: what is guessed, what is written, what is refused."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import tasks
from pipeline.guessing import language_of
from pipeline.init import create, guess
from pipeline.sources import records
from schemas.errors import ProjectError, UsageError
from schemas.project import read_project
from schemas.records import Record

DATA = Path(__file__).parents[3] / "shared" / "data"
LONG = "First, count what is there.\nThen take away what is not.\n#### 4"


def _file(folder: Path, rows: Sequence[dict[str, Any]], name: str = "mine.jsonl") -> Path:
    path = folder / name
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    packed = {".gz": gzip.compress, ".zst": lambda data: pa.compress(data, "zstd", asbytes=True)}
    path.write_bytes(packed.get(path.suffix, bytes)(text))
    return path


def _columns(folder: Path, row: dict[str, Any], task: str) -> dict[str, str | list[str]]:
    return guess(_file(folder, [row]), task).source.columns


@pytest.mark.parametrize(
    ("row", "task", "columns"),
    [
        (
            {"prompt": "q", "response_a": "x", "response_b": "y"},
            "preference_pair",
            {"candidates": ["response_a", "response_b"]},
        ),
        (
            {"question": "q", "Answer 1": "x", "Answer 2": "y"},
            "preference_pair",
            {"prompt": "question", "candidates": ["Answer 1", "Answer 2"]},
        ),
        (
            {"instruction": "q", "chosen": "x", "rejected": "y"},
            "preference_pair",
            {"prompt": "instruction", "candidates": ["chosen", "rejected"]},
        ),
        (
            {"prompt": "q", "model_a": "gpt", "model_a_answer": "x", "model_b_answer": "y"},
            "preference_pair",
            {"candidates": ["model_a_answer", "model_b_answer"]},
        ),
        (
            {"prompt": "q", "responseA": "x", "responseB": "y", "answer": "4"},
            "preference_pair",
            {"candidates": ["responseA", "responseB"], "reference.answer": "answer"},
        ),
        ({"prompt": "q", "answers": ["x", "y"]}, "preference_pair", {"candidates": "answers"}),
        ({"prompt": "q", "candidates": ["x", "y"]}, "preference_pair", {}),
        (
            {"prompt": "q", "completions": '["x", "y"]'},
            "preference_pair",
            {"candidates": "completions"},
        ),
        (
            {
                "prompt": "q",
                **{key: [{"role": "assistant", "content": key}] for key in ("chosen", "rejected")},
            },
            "preference_pair",
            {"candidates": ["chosen.-1.content", "rejected.-1.content"]},
        ),
        (
            {"problem": "q", "steps": ["one", "two"], "answer": "4"},
            "step_review",
            {"prompt": "problem", "candidates": ["steps"], "reference.answer": "answer"},
        ),
        (
            {"question": {"problem": "q"}, "solutions": [["one", "two"], ["three"]], "final_answer": 4},
            "step_review",
            {"prompt": "question.problem", "candidates": "solutions", "reference.answer": "final_answer"},
        ),
        (
            {"question": "q", "solution": LONG, "answer": LONG},
            "step_review",
            {"prompt": "question", "candidates": ["solution"], "reference.solution": "answer"},
        ),
        ({"question": "q", "answer": LONG}, "step_review", {"prompt": "question", "candidates": ["answer"]}),
        (
            {
                "prompt": "q",
                "completion": "x = 1",
                "canonical_solution": "x = 2",
                "test": "assert x",
                "lang": "Python",
            },
            "code_review",
            {
                "candidates": ["completion"],
                "reference.solution": "canonical_solution",
                "programming_language": "lang",
                "tests.code": "test",
            },
        ),
        (
            {"prompt": "q", "code": "fn main() {}", "language": "rust", "locale": "en-GB"},
            "code_review",
            {"candidates": ["code"], "programming_language": "language", "language": "locale"},
        ),
        (
            {"prompt": "q", "solution": "x = 1", "tests": ["not", "an object"]},
            "code_review",
            {"candidates": ["solution"], "tests": ""},
        ),
    ],
)
def test_columns_are_guessed_by_name_and_shape(
    row: dict[str, Any], task: str, columns: dict[str, Any], tmp_path: Path
) -> None:
    assert _columns(tmp_path, row, task) == columns


@pytest.mark.parametrize(("task", "domain"), [("code_review", "coding"), ("preference_pair", "reasoning")])
def test_the_domain_follows_from_the_task_type_unless_the_rows_say_it(
    task: str, domain: str, tmp_path: Path
) -> None:
    row = {"prompt": "q", "candidates": ["x", "y"]}
    assert guess(_file(tmp_path, [row]), task).source.domain == domain
    assert guess(_file(tmp_path, [{**row, "domain": "coding"}]), task).source.domain is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How many apples does the farmer have if she sold half of them?", "en"),
        ("小明有五个苹果吃了两个还剩几个", "zh"),
        ("りんごはいくつありますか", "ja"),
        ("사과가 몇 개 있습니까", "ko"),
        ("Combien de pommes le fermier a-t-il vendues ?", None),
        ("2 + 2 = ?", None),
        ("", None),
    ],
)
def test_a_language_is_guessed_only_where_it_is_plain(text: str, language: str | None) -> None:
    assert language_of([text]) == language


def test_three_mapped_rows_are_shown(tmp_path: Path) -> None:
    rows = [{"question": f"q{number}", "answer": LONG} for number in range(30)]
    found = guess(_file(tmp_path, rows), "step_review")
    assert [record.prompt for record in found.records] == ["q0", "q1", "q2"]
    assert found.columns == ("question", "answer")


def test_one_odd_row_does_not_lose_a_column(tmp_path: Path) -> None:
    rows = [
        {"prompt": "q", "candidates": ["x", "y"], "language": tag} for tag in ("english!!", "de", "de", "de")
    ]
    found = guess(_file(tmp_path, rows), "preference_pair")
    assert found.source.columns == {}
    assert [record.language for record in found.records] == ["de", "de", "de"]


@pytest.mark.parametrize(
    "name",
    ["mine.jsonl", "mine.ndjson.gz", "mine.jsonl.zst", "mine.csv", "mine.tsv", "mine.parquet", "mine.json"],
)
def test_a_project_from_a_file_reads_that_file(name: str, tmp_path: Path) -> None:
    rows = [
        {"question": f"What is {n} of the twelve?", "answer_1": "x", "answer_2": f"y{n}"} for n in range(5)
    ]
    path = _file(tmp_path, rows, name)
    if name == "mine.parquet":
        parquet.write_table(pa.Table.from_pylist(rows), path)
    elif name == "mine.json":
        path.write_text(json.dumps(rows, indent=2), encoding="utf-8")
    elif name in ("mine.csv", "mine.tsv"):
        lines = [
            ("," if name == "mine.csv" else "\t").join(cells)
            for cells in (rows[0], *(r.values() for r in rows))
        ]
        path.write_text("\n".join(lines), encoding="utf-8")
    folder = tmp_path / "my project"
    made = create(folder, source=path, task="preference_pair", name=None)
    assert len(made.project.read_text(encoding="utf-8").splitlines()) <= 15
    project = read_project(folder)
    assert project.name == "my-project"
    assert [(task.type, task.overlap.n) for task in project.tasks] == [("preference_pair", 2)]
    (source,) = project.sources
    assert str(tmp_path) not in made.project.read_text(encoding="utf-8")
    assert source.language == "en"
    found = [row for row in records(source, folder) if isinstance(row, Record)]
    assert [len(record.candidates) for record in found] == [2] * 5
    assert made.guess is not None
    assert [one.prompt for one in made.guess.records] == [one.prompt for one in found[:3]]


def test_folder_and_file_can_move_together(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    path = _file(tmp_path / "before", [{"prompt": "q", "candidates": ["x", "y"]}])
    create(tmp_path / "before" / "project", source=path, task="preference_pair", name=None)
    (tmp_path / "before").rename(tmp_path / "after")
    folder = tmp_path / "after" / "project"
    assert len(list(records(read_project(folder).sources[0], folder))) == 1


def test_a_file_far_away_is_named_from_the_root(tmp_path: Path) -> None:
    path = _file(tmp_path, [{"prompt": "q", "candidates": ["x", "y"]}])
    folder = tmp_path / "a" / "b" / "c" / "d"
    create(folder, source=path, task="preference_pair", name="far")
    assert read_project(folder).sources[0].path == str(path)


@pytest.mark.parametrize("task", [None, *tasks.names()])
def test_without_a_file_there_is_an_example_that_is_valid(task: str | None, tmp_path: Path) -> None:
    made = create(tmp_path / "new", source=None, task=task, name=None)
    assert made.guess is None
    assert len(made.project.read_text(encoding="utf-8").splitlines()) <= 15
    project = read_project(tmp_path / "new")
    assert project.name == "new"
    assert [one.type for one in project.tasks] == [task or "preference_pair"]


def test_an_existing_project_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(ProjectError, match="there is one already"):
        create(tmp_path, source=None, task=None, name=None)
    assert (tmp_path / "project.toml").read_text(encoding="utf-8") == "mine"


def test_git_is_told_what_not_to_keep_and_told_once(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\npeople.csv", encoding="utf-8")
    made = create(tmp_path, source=None, task=None, name=None)
    assert made.ignore.read_text(encoding="utf-8").splitlines() == [
        "*.log", "people.csv", ".headrace/", "corpus/", "people.csv.part",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "task", "message"),
    [
        (
            {"foo": "q", "bar": "x"},
            "step_review",
            r"prompt was expected, found the columns 'foo', 'bar'; .*prompt = ",
        ),
        (
            {"prompt": "q", "response": "x"},
            "preference_pair",
            r"there are 1, found the columns 'prompt', 'response'",
        ),
        ({"prompt": "q", "foo": "x"}, "code_review", r"there is none, found the columns .*candidates = \["),
    ],
)
def test_what_cannot_be_guessed_names_the_columns_and_what_to_write(
    row: dict[str, Any], task: str, message: str, tmp_path: Path
) -> None:
    path = _file(tmp_path, [row])
    with pytest.raises(ProjectError, match=message) as caught:
        create(tmp_path / "new", source=path, task=task, name=None)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.txt", b"hello", r"a file ending in \.jsonl, .* was expected, is '\.txt'"),
        ("mine.jsonl", b"", "the first 20 hold none; mend the file"),
        ("mine.jsonl", b"hello\n", "hold none: line 1: line: should be JSON"),
    ],
)
def test_a_file_without_rows_says_so(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProjectError, match=message):
        guess(tmp_path / name, "step_review")


def test_task_types_that_do_not_exist_name_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'step_revue'; did you mean 'step_review'"):
        create(tmp_path, source=None, task="step_revue", name=None)
    with pytest.raises(UsageError, match="one of answer_check, code_review, "):
        create(tmp_path, source=tmp_path / "mine.jsonl", task=None, name=None)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_no_project_may_have_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="name: "):
        create(tmp_path / "new", source=None, task=None, name="no spaces, please")
    assert not (tmp_path / "new").exists()


@settings(deadline=None, max_examples=30)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: "answer" not in text)
)
def test_any_column_name_can_be_written_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, column: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    row = {f"prompt of {column}": "q", f"answer 1 {column}": "x", f"answer 2 {column}": "y"}
    create(folder, source=_file(folder, [row]), task="preference_pair", name=None)
    (found,) = records(read_project(folder).sources[0], folder)
    assert isinstance(found, Record)
    assert (found.prompt, [one.text for one in found.candidates]) == ("q", ["x", "y"])


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")
@pytest.mark.parametrize(
    ("file", "task", "count"),
    [
        ("gsm8k/train.jsonl", "step_review", 7472),
        ("humaneval_samples/gpt-4-1106-preview.jsonl", "code_review", 164),
        ("humaneval_samples/starcoder.jsonl", "code_review", 164),
        ("mr_gsm8k/mr_gsm8k.jsonl", "step_review", 590),
        ("bigbench_mistake/tracking_shuffled_objects.jsonl", "step_review", 300),
    ],
)
def test_real_data_is_guessed_and_read_without_a_reject(
    file: str, task: str, count: int, tmp_path: Path
) -> None:
    made = create(tmp_path, source=DATA / file, task=task, name="real")
    found = [row for row in records(read_project(tmp_path).sources[0], tmp_path) if isinstance(row, Record)]
    assert len(found) == count
    assert all(record.candidates and record.language == "en" for record in found)
    assert made.guess is not None
    task_type = tasks.task_types()[task]
    assert all(list(task_type.items(record, {})) for record in made.guess.records)
