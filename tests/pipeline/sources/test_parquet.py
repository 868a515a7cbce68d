"""Parquet: a batch at a time, nested values and all."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from pipeline.sources import records
from pipeline.sources.base import BadRow, SourceRow
from pipeline.sources.parquet import reader
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record

SOURCE = SourceConfig(reader="parquet", path="in.parquet", domain="reasoning")


def test_nested_values_come_as_they_are(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    row = {"prompt": "p", "candidates": [{"text": "a", "steps": ["s"]}], "at": moment, "score": float("nan")}
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "in.parquet")
    (found,) = records(SOURCE, tmp_path)
    assert isinstance(found, Record)
    assert found.candidates[0].steps == ("s",)
    assert found.extra == {"at": "2026-01-02T00:00:00+00:00", "score": None}
    assert found.source is not None
    assert found.source.row == 0


def test_rows_count_on_over_batches(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"prompt": [f"p{n}" for n in range(700)]}), tmp_path / "in.parquet")
    rows = list(reader.rows(SOURCE, tmp_path))
    assert [row.row for row in rows] == list(range(700))
    assert isinstance(rows[699], SourceRow)
    assert rows[699].values == {"prompt": "p699"}


def test_a_value_that_python_cannot_hold_costs_its_row_only(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.utf8(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb")]
    )
    parquet.write_table(pa.table({"prompt": broken}), tmp_path / "in.parquet")
    rows = list(reader.rows(SOURCE, tmp_path))
    assert [(row.row, isinstance(row, BadRow)) for row in rows] == [(0, False), (1, True), (2, False)]
    assert isinstance(rows[1], BadRow)
    assert "\n" not in rows[1].reason


def test_another_file_by_that_name_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "in.parquet").write_bytes(b"PAR1 not at all")
    with pytest.raises(SourceError, match="should be a whole Parquet file, is not") as caught:
        list(records(SOURCE, tmp_path))
    assert "\n" not in str(caught.value)


def test_two_columns_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["p"]), pa.array(["q"])], names=["prompt", "prompt"])
    parquet.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(SourceError, match="'prompt' stands there twice"):
        list(records(SOURCE, tmp_path))


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"prompt": pa.array([], pa.utf8())}), tmp_path / "in.parquet")
    assert list(records(SOURCE, tmp_path)) == []
