"""What every format must keep, whichever it is; a new file in exports/ is tested here without a line added."""

import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import export_formats
from exports._json import json_lines
from exports.base import ExportFormat, Made, Part
from exports.features import features
from exports.writing import Asked
from pipeline.released.columns import schema
from schemas.rows import Row
from tests.exports.drawn import ROW_CLASSES, rows_of, turns, words
from tests.exports.released import written

ROOMY = settings(deadline=None, max_examples=5)
by_class = pytest.mark.parametrize("row_class", ROW_CLASSES, ids=lambda kind: kind.__name__)


def fitting(row_class: type[Row]) -> list[ExportFormat[Any]]:
    return [made for made in export_formats().values() if made.fits(row_class.__name__)]


def part_of(row_class: type[Row], *, talking: bool) -> Part:
    return Part("set", row_class.__name__, "train", schema(row_class, conversational=talking))


def batch_of(rows: list[Row], part: Part) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([written(row) for row in rows], part.schema)


def made_of(made: ExportFormat[Any], rows: list[Row], part: Part) -> Made:
    """What becomes of rows, of no more columns than the format says it reads."""
    asked = Asked(made, made.choices())
    return made.table(batch_of(rows, part).select(asked.columns(part)), part, made.choices())


@st.composite
def drawn(draw: st.DrawFn, row_class: type[Row]) -> tuple[list[Row], Part]:
    talking = draw(st.booleans())
    rows = draw(rows_of(row_class, turns if talking else words))
    return rows, part_of(row_class, talking=talking)


@by_class
@ROOMY
@given(data=st.data())
def test_a_row_says_which_it_was_made_of_and_none_is_lost(row_class: type[Row], data: st.DataObject) -> None:
    rows, part = data.draw(drawn(row_class))
    for made in fitting(row_class):
        found = made_of(made, rows, part)
        taken = found.taken.tolist()
        assert len(taken) == found.table.num_rows, made.name
        assert taken == sorted(taken), made.name
        assert set(taken) <= set(range(len(rows))), made.name
        assert len(set(taken)) + sum(found.left_out.values()) == len(rows), made.name
        assert all(count > 0 for count in found.left_out.values()), made.name


@by_class
@ROOMY
@given(data=st.data())
def test_what_becomes_of_a_row_does_not_depend_on_those_around_it(
    row_class: type[Row], data: st.DataObject
) -> None:
    rows, part = data.draw(drawn(row_class))
    for made in fitting(row_class):
        together = made_of(made, rows, part).table
        first = made_of(made, rows[:2], part).table
        rest = made_of(made, rows[2:], replace(part, made=first.num_rows)).table
        assert together.to_pylist() == first.to_pylist() + rest.to_pylist(), made.name
        assert first.schema == rest.schema == Asked(made, made.choices()).schema(part), made.name


@by_class
@ROOMY
@given(data=st.data())
def test_its_lines_are_what_another_library_would_write(row_class: type[Row], data: st.DataObject) -> None:
    rows, part = data.draw(drawn(row_class))
    for made in fitting(row_class):
        table = made_of(made, rows, part).table.combine_chunks()
        lines = json_lines(table).to_pylist()
        assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines), made.name
        assert [json.loads(line) for line in lines] == [_as_json(row) for row in table.to_pylist()], made.name


@by_class
def test_it_says_what_its_columns_are_as_the_hub_does(row_class: type[Row]) -> None:
    for made in fitting(row_class):
        for talking in (False, True):
            columns = Asked(made, made.choices()).schema(part_of(row_class, talking=talking))
            found = features(columns, made.suffix)
            assert columns.names
            assert [one["name"] for one in found] == columns.names
            assert all(len(one) == 2 for one in found)


def test_every_choice_has_a_default_and_says_what_it_is() -> None:
    for name, made in export_formats().items():
        assert made.title, name
        assert made.choices() == made.choices.model_validate({}), name


def test_every_row_class_fits_a_format_and_every_format_a_row_class() -> None:
    for kind in ROW_CLASSES:
        assert [name for name, made in export_formats().items() if made.fits(kind.__name__)], kind
    for name, made in export_formats().items():
        assert [kind for kind in ROW_CLASSES if made.fits(kind.__name__)], name


def _as_json(value: Any) -> Any:
    """What Arrow holds, as JSON has it: pairs of names are an object, test cases are JSON already."""
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and one.keys() == {"name", "value"} for one in value):
            return {one["name"]: one["value"] for one in value}
        return [_as_json(one) for one in value]
    if isinstance(value, dict):
        if value.keys() == {"input", "output"}:
            return {name: json.loads(text) for name, text in value.items()}
        return {
            name: {} if name == "scores" and not inner else _as_json(inner) for name, inner in value.items()
        }
    return value
