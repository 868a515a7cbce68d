"""The same rows make the same bytes: on every Python, in batches of any size, on any number of threads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measuring.release_store import make
from pipeline.cli.app import chosen
from pipeline.cli.session import writing
from pipeline.released import parquet
from pipeline.released.rows import payload, read, row_hash
from pipeline.releasing import files as data_files
from pipeline.releasing import making, tables
from pipeline.releasing.candidate import MOST_MEMORY, choose, hashes
from pipeline.releasing.frozen import rebuild
from pipeline.stages.release import release
from schemas.records import TestCase
from schemas.rows import PreferenceRow, ScoredRow, StepwiseRow, VerifiablePromptRow
from tests.pipeline.releasing.read import files, manifest, rows

CONTENT = "b872223bbc8ccf01321d3ae84176efab"
"""Of 40 tasks as the benchmark makes them: another one says that rows are not what they were, for whoever has them."""
SCHEMA = pa.schema([("text", pa.string()), ("size", pa.int64())])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, 40)
    monkeypatch.setattr(chosen, "folder", tmp_path)


def test_rows_keep_their_hashes_in_every_version() -> None:
    assert row_hash(PreferenceRow(prompt="p", chosen="c", rejected="r")) == "6ed6d00536ce2b8d5b4ab232ee80a96d"
    assert (
        row_hash(StepwiseRow(prompt="p", completions=("a", "b"), labels=(True, False)))
        == "abbb139ef06d8ec0d4afa6d5edff7f04"
    )
    assert (
        row_hash(ScoredRow(prompt="p", completion="c", scores={"x": None, "y": 1.5}))
        == "cc994081a02344a589747ace0bc1ada7"
    )


def test_the_id_says_nothing_of_what_a_row_says_and_a_simulated_voice_does() -> None:
    row = PreferenceRow(prompt="p", chosen="c", rejected="r")
    assert row_hash(row) == row_hash(row.replace(id="x"))
    assert row_hash(row) != row_hash(row.replace(simulated=True))


@pytest.mark.parametrize(
    "row",
    [
        ScoredRow(prompt="p", completion="c", scores={"x": None, "y": 1.5}),
        VerifiablePromptRow(prompt="p", tests=(TestCase(input=[1, {"a": None}], output="é"), TestCase())),
        StepwiseRow(prompt="p", completions=("a",), labels=(True,), ratings=(None,)),
    ],
)
def test_a_payload_holds_the_row(row: Any) -> None:
    assert read(type(row), payload(row)) == row


@pytest.mark.usefixtures("project")
def test_the_same_store_has_the_same_content_on_every_python() -> None:
    with writing("look", 1.0) as ctx:
        choose(ctx)
        found = hashes(ctx.store)
    assert found.content == CONTENT


@pytest.mark.usefixtures("project")
def test_rows_that_are_made_in_lots_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LOT", 6)
    monkeypatch.setattr(making, "AT_ONCE", 2)
    with writing("look", 1.0) as ctx:
        assert making.make_rows(ctx) == 40
        assert making.make_rows(ctx) == 0
        choose(ctx)
        found = hashes(ctx.store)
    assert found.content == CONTENT


@pytest.mark.usefixtures("project")
def test_the_bytes_are_the_same_on_any_number_of_threads(tmp_path: Path) -> None:
    with writing("release", 1.0) as ctx:
        first = files(release(ctx)[2])
        for threads in (1, 3):
            ctx.store.temporary(f"SET threads = {threads}")
            rebuild(ctx.store, "0.1.0", tmp_path / f"on {threads}")
            assert files(tmp_path / f"on {threads}") == first


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("limit", "found"), [("8GB", MOST_MEMORY), ("500MB", 500_000_000)])
def test_memory_is_bound_and_never_given_more_than_there_is(limit: str, found: int) -> None:
    with writing("look", 1.0) as ctx:
        ctx.store.temporary(f"SET memory_limit = '{limit}'")
        choose(ctx)
        told = ctx.store.value("SELECT parse_formatted_bytes(current_setting('memory_limit'))")
    assert told == pytest.approx(found, rel=0.05), "it is told in tenths of a GiB"


@pytest.mark.usefixtures("project")
def test_a_split_of_many_rows_is_cut_into_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_files, "A_SHARD", 10)
    with writing("release", 1.0) as ctx:
        folder = release(ctx)[2]
    names = sorted(path.name for path in (folder / "data/preference_pair").glob("train-*"))
    assert names == [f"train-0000{number}-of-00004.parquet" for number in range(4)]
    found = rows(folder, split="train")
    assert [row["row_id"] for row in found] == sorted(row["row_id"] for row in found)
    assert [file.rows for file in manifest(folder).files if file.split == "train"] == [9, 9, 9, 9]


@pytest.mark.usefixtures("project")
def test_rows_are_put_in_order_a_range_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing("release", 1.0) as ctx:
        first = files(release(ctx)[2])
        monkeypatch.setattr(tables, "AT_ONCE", 2_000)
        rebuild(ctx.store, "0.1.0", tmp_path / "again")
    assert files(tmp_path / "again") == first


def batches(cuts: list[int], sizes: list[int]) -> Iterator[pa.RecordBatch]:
    """Rows with texts of these sizes, in batches that end at these places."""
    table = pa.table({"text": ["x" * (size % 7) for size in sizes], "size": sizes}, schema=SCHEMA)
    ends = sorted({min(cut, len(sizes)) for cut in cuts} | {len(sizes)})
    for start, end in zip([0, *ends], ends, strict=False):
        yield from table.slice(start, end - start).to_batches()


@settings(deadline=None, max_examples=20)
@given(
    sizes=st.lists(st.integers(0, 40), min_size=1, max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=5),
    first=st.integers(0, 60),
)
def test_groups_of_rows_go_by_the_rows_alone(sizes: list[int], cuts: list[int], first: int) -> None:
    def grouped(ends: list[int]) -> list[list[str]]:
        taken = parquet.Rows(batches(ends, sizes), SCHEMA)
        first_part = [group["text"].to_pylist() for group in taken.groups(min(first, len(sizes)), "size")]
        return [*first_part, *(group["text"].to_pylist() for group in taken.groups(len(sizes), "size"))]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "BLOCK", 4)
        patch.setattr(parquet, "MOST_BYTES", 100)
        found = grouped(cuts)
        assert found == grouped([])
    assert [text for group in found for text in group] == ["x" * (size % 7) for size in sizes]
