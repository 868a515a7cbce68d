"""What the reference pages show of sources and records is true."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from pipeline.sources import names, reader_of
from pipeline.sources.mapping import ColumnMapping
from schemas.project import SourceConfig, parse_project
from schemas.records import CONTENT, Record

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "reference"
pytestmark = pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def _sources() -> list[SourceConfig]:
    parsed = [
        parse_project({"name": "docs", **tomllib.loads(block)}) for block in _blocks("sources.md", "toml")
    ]
    return [source for project in parsed for source in project.sources]


def test_every_source_shown_can_be_written() -> None:
    for source in _sources():
        assert reader_of(source).name == source.reader
        ColumnMapping(source)


def test_every_reader_is_shown() -> None:
    assert {source.reader for source in _sources()} == set(names())


def test_every_record_shown_is_one() -> None:
    lines = [line for block in _blocks("records.md", "json") for line in block.splitlines()]
    found = [Record.model_validate(json.loads(line)) for line in lines]
    assert [record.domain for record in found] == ["reasoning", "coding"]


def test_every_field_of_a_record_is_described_with_its_part_in_the_id() -> None:
    page = (DOCS / "records.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", page, flags=re.MULTILINE))
    assert set(rows) == set(Record.model_fields)
    assert {field for field, counts in rows.items() if counts != "no"} == set(CONTENT)
