"""CSV: quoted cells over many lines, other delimiters, and rows that do not fit."""

from pathlib import Path

import pytest

from pipeline.sources import records
from pipeline.sources.base import AnyRow, BadRow, SourceRow
from pipeline.sources.csv_ import reader
from schemas.errors import SourceError
from schemas.project import SourceConfig
from schemas.records import Record


def _rows(folder: Path, content: str | bytes, **options: object) -> list[AnyRow]:
    (folder / "in.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(reader.rows(SourceConfig(reader="csv", path="in.csv", options=dict(options)), folder))


def test_a_row_is_known_by_the_line_it_begins_on(tmp_path: Path) -> None:
    rows = _rows(tmp_path, 'a,b\n1,"x\ny\nz"\n\n2,"he said ""no"""\n')
    assert [(row.row, row.values) for row in rows if isinstance(row, SourceRow)] == [
        (2, {"a": "1", "b": "x\ny\nz"}),
        (6, {"a": "2", "b": 'he said "no"'}),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str, tmp_path: Path) -> None:
    (row,) = _rows(tmp_path, f"\ufeffprompt{delimiter}answer\r\n2 + 2{delimiter}4\r\n")
    assert isinstance(row, SourceRow)
    assert row.values == {"prompt": "2 + 2", "answer": "4"}


def test_a_delimiter_can_be_named(tmp_path: Path) -> None:
    (row,) = _rows(tmp_path, "a,b:c\n1,2:3\n", delimiter=":")
    assert isinstance(row, SourceRow)
    assert row.values == {"a,b": "1,2", "c": "3"}
    with pytest.raises(SourceError, match="should be one character, is '::'"):
        _rows(tmp_path, "a\n1\n", delimiter="::")


def test_empty_cells_are_unset(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("prompt,language,note\np,,\n", encoding="utf-8")
    (found,) = records(SourceConfig(reader="csv", path="in.csv", domain="coding"), tmp_path)
    assert isinstance(found, Record)
    assert found.language is None
    assert found.extra == {"note": None}


def test_lists_come_as_json(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('prompt;candidates\np;"[""a"", ""b""]"\n', encoding="utf-8")
    (found,) = records(SourceConfig(reader="csv", path="in.csv", domain="coding"), tmp_path)
    assert isinstance(found, Record)
    assert [candidate.text for candidate in found.candidates] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"1", "line: should have 2 cells as the header has, has 1"),
        (b"1,2,3", "line: should have 2 cells as the header has, has 3"),
        (b"1,\xff", "b: should be UTF-8, is not"),
        (b'1,"2"3', "line: should be CSV, is not: ',' expected after '\"'"),
    ],
)
def test_a_bad_row_is_refused_and_the_rest_goes_on(line: bytes, reason: str, tmp_path: Path) -> None:
    rows = _rows(tmp_path, b"a,b\n1,2\n" + line + b"\n3,4\n")
    assert [row.row for row in rows] == [2, 3, 4]
    assert rows[1] == BadRow(3, reason, "in.csv")


def test_a_quotation_mark_that_is_never_closed_says_which_lines_it_took(tmp_path: Path) -> None:
    rows = _rows(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert rows[1:] == [BadRow(3, "lines 3 to 5: a quotation mark is opened and never closed", "in.csv")]


def test_a_cell_may_be_large(tmp_path: Path) -> None:
    (row,) = _rows(tmp_path, "a,b\n1," + "x" * 1_000_000 + "\n")
    assert isinstance(row, SourceRow)
    assert len(row.values["b"]) == 1_000_000


def test_two_columns_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="'a' stands there twice; rename one"):
        _rows(tmp_path, "a,b,a\n1,2,3\n")


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    assert _rows(tmp_path, "") == []
    assert _rows(tmp_path, "a,b\n") == []
