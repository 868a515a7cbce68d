"""A file read in pieces gives the rows of the whole file, each once, with their numbers."""

import gzip
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.corpus.pieces import cut
from pipeline.engine.local import LocalEngine
from pipeline.sources import jsonl, readers
from pipeline.sources.base import FileReader, RawRow, Span
from pipeline.sources.files import File, files
from schemas.project import SourceConfig

SOURCE = SourceConfig(reader="jsonl", path="in.jsonl")
LINES = st.lists(
    st.sampled_from([b"", b" ", b"{}", b'{"prompt": "two"}', b"[", '{"p": "二"}'.encode(), b"\r"]),
    max_size=12,
)


def _reader(name: str) -> FileReader:
    reader = readers()[name]
    assert isinstance(reader, FileReader)
    return reader


def _file(folder: Path, name: str) -> File:
    return files(name, folder, reader="jsonl")[0]


def _in_pieces(
    reader: FileReader, file: File, size: int, monkeypatch: pytest.MonkeyPatch
) -> list[list[RawRow]]:
    monkeypatch.setattr("pipeline.corpus.pieces.SIZE", size)
    groups = cut(reader, [file], LocalEngine(1))
    return [[row for span in group for row in reader.raw(span, SOURCE)] for group in groups]


@settings(deadline=None, max_examples=100)
@given(lines=LINES, end=st.sampled_from([b"", b"\n"]), mark=st.booleans(), size=st.integers(1, 40))
def test_lines_belong_to_the_piece_they_begin_in(
    lines: list[bytes], end: bytes, size: int, *, mark: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        content = (b"\xef\xbb\xbf" if mark else b"") + b"\n".join(lines) + end
        (Path(folder) / "in.jsonl").write_bytes(content)
        reader, file = _reader("jsonl"), _file(Path(folder), "in.jsonl")
        whole = list(reader.raw(Span(file), SOURCE))
        pieces = _in_pieces(reader, file, size, monkeypatch)
        assert [row for piece in pieces for row in piece] == whole
        assert len(pieces) >= min(len(content), 1)


def test_pieces_of_a_file_with_lines_too_long_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_BYTES", 30)
    lines = [b'{"a": 1}', b'{"b": "' + b"x" * 100 + b'"}', b'{"c": 1}', b'{"d": 1}']
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    reader, file = _reader("jsonl"), _file(tmp_path, "in.jsonl")
    whole = list(reader.raw(Span(file), SOURCE))
    assert [row.row for row in whole] == [1, 2, 3, 4]
    for size in (1, 7, 50, 120):
        pieces = _in_pieces(reader, file, size, monkeypatch)
        assert [row for piece in pieces for row in piece] == whole


@pytest.mark.parametrize("size", [1, 100, 10**9])
def test_row_groups_of_parquet_are_pieces(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.Table.from_pylist([{"prompt": f"p{number}"} for number in range(25)])
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=4)
    reader, file = _reader("parquet"), _file(tmp_path, "in.parquet")
    pieces = _in_pieces(reader, file, size, monkeypatch)
    assert [row.row for piece in pieces for row in piece] == list(range(25))
    assert len(pieces) == {1: 7, 100: len(pieces), 10**9: 1}[size]


def test_packed_files_are_read_from_their_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"\n".join(json.dumps({"prompt": f"p{number}"}).encode() for number in range(1000))
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(content))
    (tmp_path / "in.jsonl.zst").write_bytes(pa.compress(content, "zstd", asbytes=True))
    for name in ("in.jsonl.gz", "in.jsonl.zst"):
        pieces = _in_pieces(_reader("jsonl"), _file(tmp_path, name), 100, monkeypatch)
        assert [row.row for row in pieces[0]] == list(range(1, 1001))
        assert len(pieces) == 1


def test_small_files_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        (tmp_path / f"{number}.jsonl").write_text('{"prompt": "p"}\n')
    monkeypatch.setattr("pipeline.corpus.pieces.SIZE", 50)
    groups = cut(_reader("jsonl"), files("*.jsonl", tmp_path, reader="jsonl"), LocalEngine(1))
    assert [len(group) for group in groups] == [3, 3, 3, 1]
    assert [span.file.name for group in groups for span in group] == [
        f"{number}.jsonl" for number in range(10)
    ]
