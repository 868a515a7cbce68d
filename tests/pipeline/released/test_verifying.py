"""Whether a release is what its manifest says: each thing that can be otherwise is found, and named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.released import columns
from pipeline.released.behind import told, votes_id
from pipeline.released.opened import Opened
from pipeline.released.verifying import verify
from schemas.errors import SourceError
from schemas.manifest import Counts
from tests.pipeline.released.shelf import SET, name_of, put, row

CHECKS = ("files", "rows", "content", "row hashes", "votes", "splits")

COUNTS = dict.fromkeys(Counts.model_fields, 0) | dict.fromkeys(("records", "tasks", "rows", "labels"), 3)
for name in ("by", "votes", "methods", "cells"):
    del COUNTS[name]


def vote(number: int) -> dict[str, Any]:
    said = dict.fromkeys(columns.VOTES.names)
    return {**said, "task_id": f"task-{number}", "revision_id": f"revision-{number}", "role": "vote"}


def rows(**columns_of_2: Any) -> list[dict[str, Any]]:
    found = [row(number, votes_id=votes_id([f"revision-{number}"])) for number in (1, 2, 3)]
    return [found[0], {**found[1], **columns_of_2}, found[2]]


def votes(*numbers: int) -> pa.Table:
    return pa.Table.from_pylist([vote(number) for number in numbers], columns.VOTES)


def failed(folder: Path) -> dict[str, tuple[str, ...]]:
    """The faults of each check that does not hold."""
    checks = list(verify(Opened(folder)))
    assert tuple(check.name for check in checks) == CHECKS
    return {check.name: check.faults for check in checks if not check.held}


def test_all_holds_of_a_release_as_it_was_written(tmp_path: Path) -> None:
    assert failed(put(tmp_path / "r", rows(), votes=votes(1, 2, 3))) == {}


def test_a_row_that_says_something_else_than_its_hash_is_named(tmp_path: Path) -> None:
    found = failed(put(tmp_path / "r", rows(chosen="something else"), votes=votes(1, 2, 3)))
    assert found == {"row hashes": (f"{name_of(2)}: says something else than its hash",)}


def test_votes_that_are_not_those_that_a_row_names_are_found(tmp_path: Path) -> None:
    found = failed(put(tmp_path / "r", rows(), votes=votes(1, 2, 2)))
    assert set(found) == {"votes"}
    assert sorted(line.split(":")[0] for line in found["votes"]) == sorted([name_of(2), name_of(3)])


def test_a_row_that_names_no_votes_is_found(tmp_path: Path) -> None:
    found = failed(put(tmp_path / "r", rows(votes_id=None), votes=votes(1, 2, 3)))
    assert found == {"votes": (f"{name_of(2)}: other votes stand behind it than it names",)}


@pytest.mark.parametrize(
    "claim",
    [
        {"counts": {**COUNTS, "rows": 4}},
        {"counts": {**COUNTS, "rows": 10**30}},
        {"counts": {**COUNTS, "passed": 1}},
        {"splits": {"train": 2, "test": 1}},
    ],
)
def test_figures_that_are_not_those_of_the_rows_are_found(tmp_path: Path, claim: dict[str, Any]) -> None:
    assert list(failed(put(tmp_path / "r", rows(), votes=votes(1, 2, 3), **claim))) == ["rows"]


def test_a_row_that_names_no_prompt_is_found(tmp_path: Path) -> None:
    found = failed(put(tmp_path / "r", rows(prompt_id=None), votes=votes(1, 2, 3)))
    assert found == {"splits": (f"{name_of(2)}: it names no prompt",)}


def test_a_column_of_another_type_is_a_fault_of_the_release_and_not_of_ours(tmp_path: Path) -> None:
    folder = put(tmp_path / "r", rows(), votes=votes(1, 2, 3))
    path = folder / "data" / SET / "train-00000-of-00001.parquet"
    table = parquet.read_table(path)
    place = table.schema.get_field_index("task_id")
    parquet.write_table(table.set_column(place, "task_id", pa.array([1, 2, 3])), path)
    found = failed(folder)
    assert "the column task_id should be string, is int64" in found["votes"][0]
    with pytest.raises(SourceError, match="the column task_id should be string"):
        told(Opened(folder), name_of(1))


def test_votes_that_cannot_be_read_are_a_fault_of_the_release(tmp_path: Path) -> None:
    none = votes(1, 2, 3).set_column(2, "revision_id", pa.nulls(3, pa.string()))
    folder = put(tmp_path / "r", rows(), votes=none)
    assert set(failed(folder)) == {"votes"}
    assert told(Opened(folder), name_of(1))["resolution"]["complete"] is False


def test_a_prompt_in_two_splits_is_found(tmp_path: Path) -> None:
    prompt = row(1)["prompt_id"]
    found = failed(put(tmp_path / "r", rows(prompt_id=prompt, split="test"), votes=votes(1, 2, 3)))
    assert found == {"splits": (f"{prompt}: the prompt is in several splits",)}


def _more(folder: Path) -> None:
    (folder / "data" / "more.parquet").write_bytes(b"x")


def _hidden(folder: Path) -> None:
    (folder / ".gitattributes").write_text("x")


def _longer(folder: Path) -> None:
    with (folder / "votes.parquet").open("ab") as file:
        file.write(b"x")


def _counted(folder: Path) -> None:
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    said["sets"][0]["splits"]["train"] = 99
    path.write_text(json.dumps(said))


def _swapped(folder: Path) -> None:
    (path,) = (folder / "data").rglob("*.parquet")
    table = parquet.read_table(path)
    place = table.schema.get_field_index("row_hash")
    parquet.write_table(table.set_column(place, "row_hash", table["row_hash"].take([1, 0, 2])), path)


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (_more, {"files"}),
        (_hidden, set()),
        (_longer, {"files", "votes"}),
        (_counted, {"rows"}),
        (_swapped, {"files", "content", "row hashes"}),
    ],
)
def test_what_was_done_to_a_release_is_found(
    tmp_path: Path, change: Callable[[Path], None], checks: set[str]
) -> None:
    folder = put(tmp_path / "r", rows(), votes=votes(1, 2, 3))
    change(folder)
    found = failed(folder)
    assert set(found) == checks
    assert all("\n" not in line for faults in found.values() for line in faults)


def test_faults_beyond_the_first_are_counted(tmp_path: Path) -> None:
    many = [row(number) for number in range(10)]
    found = failed(put(tmp_path / "r", many))["votes"]
    assert len(found) == 4
    assert found[-1] == "and 7 more"


def test_bytes_that_the_store_makes_otherwise_are_named(tmp_path: Path) -> None:
    release = Opened(put(tmp_path / "r", rows(), votes=votes(1, 2, 3)))
    *_, last = verify(release, lambda _: {"votes.parquet": "another"})
    assert (last.name, last.held) == ("made again", False)
    assert "votes.parquet: the store makes it otherwise" in last.faults
