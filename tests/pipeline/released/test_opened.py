"""Releases as anybody finds them: in a folder, at an address, in a project; what is hostile is refused in one line."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import pytest
from pyarrow import parquet

from pipeline.released.opened import Opened
from pipeline.released.places import found
from schemas.errors import HeadraceError, SourceError, UsageError
from tests.pipeline.released.shelf import SET, put, row


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return put(tmp_path / "releases" / "0.1.0", [row(1), row(2, split="test"), row(3)])


def manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def test_a_folder_is_read_set_by_set_and_split_by_split(release: Path) -> None:
    opened = Opened(release)
    assert str(opened) == "effort 0.1.0"
    assert list(opened.sets) == [SET]
    assert {split: opened.sets[SET].rows(split) for split in opened.sets[SET].splits} == {
        "test": 1,
        "train": 2,
    }
    (batch,) = opened.batches(SET, "train", ["row_id", "split"][:1])
    assert batch.num_rows == 2
    assert opened.votes(["task_id"]).num_rows == 0


def test_a_version_is_of_a_project(release: Path, tmp_path: Path) -> None:
    assert Opened("0.1.0", tmp_path).manifest == Opened(release).manifest
    with pytest.raises(UsageError, match="a version is of a project"):
        Opened("0.1.0")
    with pytest.raises(UsageError, match="see: headrace releases"):
        Opened("0.2.0", tmp_path)


def test_a_release_elsewhere_is_read_as_one_here(release: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.put(str(release), "/opened/0.1.0", recursive=True)
    there, here = Opened("memory://opened/0.1.0"), Opened(release)
    assert there.manifest == here.manifest
    assert [b.to_pylist() for b in there.batches(SET, "test")] == [
        b.to_pylist() for b in here.batches(SET, "test")
    ]
    memory.rm("/opened", recursive=True)


@pytest.mark.parametrize(
    ("address", "read_as"),
    [
        ("hf://org/set@1.3.0", "hf://datasets/org/set@1.3.0"),
        ("hf://datasets/org/set@1.3.0", "hf://datasets/org/set@1.3.0"),
        ("hf://org/set", "hf://datasets/org/set"),
        ("s3://bucket/sets/1.3.0/", "s3://bucket/sets/1.3.0"),
    ],
)
def test_addresses_are_those_of_data_sets(address: str, read_as: str) -> None:
    assert found(address).root == read_as


def _path(said: dict[str, Any], path: str) -> None:
    said["files"][0]["path"] = path


def _shards(said: dict[str, Any]) -> None:
    _path(said, f"data/{SET}/test-00000-of-00002.parquet")


def read_all(release: Path) -> int:
    opened = Opened(release)
    return sum(
        batch.num_rows
        for name, one in opened.sets.items()
        for split in one.splits
        for batch in opened.batches(name, split)
    )


HOSTILE: dict[str, Callable[[dict[str, Any]], None]] = {
    "up": lambda said: _path(said, "../../etc/passwd"),
    "root": lambda said: _path(said, "/etc/passwd"),
    "address": lambda said: _path(said, "s3://bucket/file"),
    "drive": lambda said: _path(said, "C:/file"),
    "backslash": lambda said: _path(said, "data\\..\\..\\file"),
    "control": lambda said: _path(said, "data/\x1b[2J"),
    "another set": lambda said: _path(said, "data/other/test-00000-of-00001.parquet"),
    "a shard is missing": _shards,
    "more rows": lambda said: said["files"][0].update(rows=10**9),
    "a set twice": lambda said: said["sets"].append(said["sets"][0]),
    "no rows at all": lambda said: said.pop("sets"),
    "of tomorrow": lambda said: said.update(format=99),
    "not even names": lambda said: said.update(name=["x"]),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_hostile_is_refused_in_one_line(release: Path, how: str) -> None:
    manifest(release, HOSTILE[how])
    with pytest.raises(SourceError) as refused:
        read_all(release)
    said = str(refused.value)
    assert said.isprintable()
    assert said.count("; ") >= 1


def test_a_link_out_of_the_folder_is_not_followed(release: Path, tmp_path: Path) -> None:
    file = release / "data" / SET / "test-00000-of-00001.parquet"
    shutil.move(file, tmp_path / "outside.parquet")
    file.symlink_to(tmp_path / "outside.parquet")
    with pytest.raises(SourceError, match="leads out of it"):
        Opened(release)


def test_what_is_no_file_is_not_waited_for(release: Path) -> None:
    for name in (f"data/{SET}/test-00000-of-00001.parquet", "manifest.json"):
        (release / name).unlink()
        os.mkfifo(release / name)
        with pytest.raises(SourceError, match=f"{name} was expected to be a file"):
            read_all(release)


@pytest.mark.parametrize("wrong", ["no Parquet", "cut off", "no column", "gone"])
def test_a_file_that_is_not_as_it_should_be_is_refused_in_one_line(release: Path, wrong: str) -> None:
    path = release / "data" / SET / "test-00000-of-00001.parquet"
    content = path.read_bytes()
    if wrong == "gone":
        path.unlink()
    elif wrong == "no column":
        parquet.write_table(parquet.read_table(path).drop_columns(["row_id"]), path)
    else:
        path.write_bytes(b"PAR1" if wrong == "no Parquet" else content[: len(content) // 2])
    with pytest.raises(HeadraceError) as refused:
        list(Opened(release).batches(SET, "test", ["row_id"]))
    assert "\n" not in str(refused.value)


def test_random_bytes_for_a_manifest_are_refused_in_one_line(release: Path) -> None:
    for content in (b"", b"\xff\xfe\x00", b"[]", b"{" * 10_000, b'{"name": 1e999}'):
        (release / "manifest.json").write_bytes(content)
        with pytest.raises(SourceError) as refused:
            Opened(release)
        assert "\n" not in str(refused.value)
