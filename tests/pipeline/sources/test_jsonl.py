"""JSON Lines: whatever stands in one line costs that line only."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources import base, records
from pipeline.sources.base import AnyRow, BadRow, SourceRow
from pipeline.sources.jsonl import parse_object, reader
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record

GOOD = b'{"prompt": "p"}'


def _rows(folder: Path, content: bytes, name: str = "in.jsonl") -> list[AnyRow]:
    (folder / name).write_bytes(content)
    return list(reader.rows(SourceConfig(reader="jsonl", path=name), folder))


def _bad(rows: list[AnyRow]) -> dict[int, str]:
    return {row.row: row.reason for row in rows if isinstance(row, BadRow)}


def test_lines_count_as_in_an_editor_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    rows = _rows(tmp_path, b"\n" + GOOD + b"\n \t \n" + GOOD + b"\n\n\n" + GOOD)
    assert [row.row for row in rows] == [2, 4, 7]
    assert _bad(rows) == {}


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_windows_lines_are_fine(newline: bytes, tmp_path: Path) -> None:
    rows = _rows(tmp_path, b"\xef\xbb\xbf" + newline.join([GOOD, GOOD]) + newline)
    assert [row.values for row in rows if isinstance(row, SourceRow)] == [{"prompt": "p"}] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"prompt": "\xff"}', "line: should be UTF-8, has byte 0xff at position 13"),
        (b'{"prompt": "p"', "line: should be JSON, is not: Expecting ',' delimiter at character 15"),
        (b"[1]", "line: should be a JSON object, is list"),
        (b"null", "line: should be a JSON object, is NoneType"),
        (b'{"a": 1, "a": 2}', "line: each key should stand once, 'a' stands there twice"),
        (b"[" * 100_000, "line: should be JSON of sensible depth, is nested too deep"),
        (b'{"a": ' + b"9" * 5000 + b"}", "line: Exceeds the limit"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_on(line: bytes, reason: str, tmp_path: Path) -> None:
    rows = _rows(tmp_path, GOOD + b"\n" + line + b"\n" + GOOD)
    assert [row.row for row in rows] == [1, 2, 3]
    (found,) = _bad(rows).items()
    assert found[0] == 2
    assert found[1].startswith(reason)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (rb'{"prompt": "\ud800"}', "prompt: should be Unicode text, has a lone surrogate at character 1"),
        (b'{"prompt": "p", "x": 1e999}', "x: should be a finite number, is inf"),
        (b'{"question": "p"}', "prompt: a column was expected for it, found 'question'"),
    ],
)
def test_json_that_makes_no_record_is_refused_and_the_rest_goes_on(
    line: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_bytes(GOOD + b"\n" + line + b"\n" + GOOD + b"\n")
    found = list(records(SourceConfig(reader="jsonl", path="in.jsonl", domain="coding"), tmp_path))
    assert [type(row) for row in found] == [Record, BadRow, Record]
    assert found[1] == BadRow(2, reason, "in.jsonl")


def test_paired_surrogates_are_the_character_they_mean(tmp_path: Path) -> None:
    (row,) = _rows(tmp_path, rb'{"prompt": "\ud83d\ude00"}')
    assert isinstance(row, SourceRow)
    assert row.values == {"prompt": "\N{GRINNING FACE}"}


def test_a_line_of_ten_megabytes_is_read(tmp_path: Path) -> None:
    (row, _) = _rows(tmp_path, json.dumps({"prompt": "x" * 10_000_000}).encode() + b"\n" + GOOD)
    assert isinstance(row, SourceRow)
    assert len(row.values["prompt"]) == 10_000_000


def test_a_line_beyond_the_limit_is_passed_over_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.jsonl.MAX_BYTES", 100)
    rows = _rows(tmp_path, b'{"prompt": "' + b"x" * 1000 + b'"}\n' + GOOD)
    assert _bad(rows) == {1: "line: should be at most 100 bytes, is longer"}
    assert [row.row for row in rows] == [1, 2]
    assert base.MAX_BYTES > 10_000_000


def test_gzipped_files_are_unpacked_as_they_are_read(tmp_path: Path) -> None:
    assert len(_rows(tmp_path, gzip.compress(GOOD + b"\n" + GOOD), "in.jsonl.gz")) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.jsonl.gz", GOOD, "should be a whole gzip file"),
        ("in.jsonl.gz", gzip.compress(GOOD * 1000, mtime=0)[:-10], "should be a whole gzip file"),
        ("in.jsonl.zst", GOOD, "should be a whole zstd file"),
        ("in.jsonl.zst", pa.compress(GOOD * 1000, "zstd", asbytes=True)[:-10], "should be a whole zstd file"),
        ("in.jsonl.bz2", b"", "unpack it first"),
        ("in.jsonl", '{"prompt": "p"}'.encode("utf-16"), "should be UTF-8, is UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    name: str, content: bytes, message: str, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        _rows(tmp_path, content, name)
    assert "\n" not in str(caught.value)


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert _rows(tmp_path, b"") == []
    assert _rows(tmp_path, b"\xef\xbb\xbf") == []


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    line = json.dumps({"prompt": "x" * 1000}).encode() + b"\n"
    (tmp_path / "in.jsonl").write_bytes(line * 20_000)
    tracemalloc.start()
    count = sum(1 for _ in records(SourceConfig(reader="jsonl", path="in.jsonl", domain="coding"), tmp_path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 2_000_000  # the file has 20 million bytes


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=60) | st.text(max_size=30).map(lambda text: json.dumps({"a": text}).encode()))
def test_any_line_is_an_object_or_a_reason(line: bytes) -> None:
    found = parse_object(line)
    assert isinstance(found, dict) or (found.startswith("line: ") and "\n" not in found)
