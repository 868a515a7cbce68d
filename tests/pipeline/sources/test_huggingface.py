"""Hugging Face datasets, as far as they go without a network."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources import fingerprint, records
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record


def _source(**given: Any) -> SourceConfig:
    return SourceConfig.model_validate({"reader": "huggingface", "domain": "reasoning", **given})


def _write(path: Path, *prompts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts), encoding="utf-8")


def _prompts(source: SourceConfig, folder: Path) -> list[object]:
    return [row.prompt if isinstance(row, Record) else row for row in records(source, folder)]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)


def test_a_local_folder_may_have_a_name_that_looks_like_a_pattern(tmp_path: Path) -> None:
    _write(tmp_path / "run[1]" / "train.jsonl", "a")
    assert fingerprint(_source(path="run[1]"), tmp_path) is not None


def test_a_local_folder_is_loaded_by_its_splits(tmp_path: Path) -> None:
    _write(tmp_path / "mine" / "train.jsonl", "a", "b")
    _write(tmp_path / "mine" / "test.jsonl", "c")
    assert _prompts(_source(path="mine", split="test"), tmp_path) == ["c"]
    (found, *_) = records(_source(path="mine", split="train", revision="v1"), tmp_path)
    assert isinstance(found, Record)
    assert found.source is not None
    assert found.source.model_dump() == {
        "dataset": "mine",
        "config": None,
        "split": "train",
        "revision": "v1",
        "row": 0,
    }


def test_a_split_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    _write(tmp_path / "mine" / "train.jsonl", "a")
    _write(tmp_path / "mine" / "test.jsonl", "b")
    with pytest.raises(SourceError, match="add split = one of 'train', 'test'"):
        _prompts(_source(path="mine"), tmp_path)


def test_a_builder_reads_the_files_it_is_given(tmp_path: Path) -> None:
    _write(tmp_path / "a.jsonl", "a")
    _write(tmp_path / "b.jsonl", "b")
    assert _prompts(_source(path="json", options={"data_files": ["b.jsonl", "a.jsonl"]}), tmp_path) == [
        "b",
        "a",
    ]
    files = {"train": "a.jsonl", "test": "*.jsonl"}
    assert _prompts(_source(path="json", split="test", options={"data_files": files}), tmp_path) == ["a", "b"]


def test_a_file_that_holds_one_list_of_objects_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps([{"prompt": "a"}, {"prompt": "b"}], indent=1), encoding="utf-8"
    )
    assert _prompts(_source(path="json", options={"data_files": "a.json"}), tmp_path) == ["a", "b"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "a path was expected, none is given"),
        ({"path": "json"}, "add options.data_files"),
        ({"path": "json", "options": {"data_files": "missing.jsonl"}}, "a file was expected, there is none"),
        ({"path": "json", "options": {"data_files": 5}}, "a path was expected, is 5"),
        ({"path": "here.jsonl"}, "use the reader jsonl, parquet or csv"),
        ({"path": "json", "options": {"data_files": "broken.jsonl"}}, "refuse bad rows one by one"),
        ({"path": "json", "split": "no", "options": {"data_files": "here.jsonl"}}, "check the files"),
    ],
)
def test_what_cannot_be_loaded_is_one_line(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    _write(tmp_path / "here.jsonl", "a")
    (tmp_path / "broken.jsonl").write_text('{"prompt": "a"}\n{"prompt": \n', encoding="utf-8")
    with pytest.raises(SourceError, match=message) as caught:
        _prompts(_source(**given), tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("offline")
def test_a_name_on_the_hub_without_a_network_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"'openai/gsm8k': .*; .*download it and give its folder") as caught:
        _prompts(_source(path="openai/gsm8k", config="main", split="train"), tmp_path)
    assert "\n" not in str(caught.value)


def test_the_hub_can_change_unless_a_commit_is_pinned(tmp_path: Path) -> None:
    assert fingerprint(_source(path="openai/gsm8k"), tmp_path) is None
    assert fingerprint(_source(path="openai/gsm8k", revision="main"), tmp_path) is None
    assert fingerprint(_source(path="openai/gsm8k", revision="a" * 40), tmp_path) is not None
