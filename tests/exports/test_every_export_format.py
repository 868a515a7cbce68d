"""What every format must keep, whichever it is; a new file in exports/ is tested here without a line added."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports import export_formats
from exports.base import ExportFormat
from schemas.records import Message
from schemas.rows import PreferenceRow, Row, StepwiseRow, UnpairedRow

ROW_CLASSES = (PreferenceRow, StepwiseRow, UnpairedRow)
ROOMY = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = [
    pytest.mark.parametrize("row_class", ROW_CLASSES, ids=lambda kind: kind.__name__),
    pytest.mark.parametrize("export_format", export_formats().values(), ids=export_formats()),
]

words = st.text(st.characters(codec="utf-8"))
turns = st.lists(
    st.builds(Message, role=st.sampled_from(["user", "assistant"]), content=words), min_size=1
).map(tuple)


def rows_of(row_class: type[Row], said: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    """Rows as a release holds them: all of texts, or all of conversations."""
    fields: dict[type[Row], dict[str, st.SearchStrategy[object]]] = {
        PreferenceRow: {"prompt": said, "chosen": said, "rejected": said, "margin": st.floats(0, 3)},
        StepwiseRow: {
            "prompt": words,
            "completions": st.lists(words).map(tuple),
            "labels": st.lists(st.booleans()).map(tuple),
            "ratings": st.lists(st.none() | st.integers(-1, 1)).map(tuple),
        },
        UnpairedRow: {
            "prompt": said,
            "completion": said,
            "label": st.booleans(),
            "lines": st.lists(st.integers(1, 99)).map(tuple),
            "severity": st.none() | st.sampled_from(["critical", "minor"]),
            "comment": words,
        },
    }
    common = {"id": words, "simulated": st.booleans()}
    return st.lists(st.builds(row_class, **common, **fields[row_class]), max_size=5)


@ROOMY
@given(data=st.data())
def test_rows_are_read_back_as_they_were_written(
    export_format: ExportFormat, row_class: type[Row], data: st.DataObject, tmp_path: Path
) -> None:
    rows = data.draw(st.one_of(rows_of(row_class, words), rows_of(row_class, turns)))
    path = tmp_path / f"rows{export_format.suffix}"
    export_format.write(rows, row_class, path)
    assert export_format.read(row_class, path) == rows


@ROOMY
@given(data=st.data())
def test_the_same_rows_are_the_same_bytes(
    export_format: ExportFormat, row_class: type[Row], data: st.DataObject, tmp_path: Path
) -> None:
    rows = data.draw(rows_of(row_class, words))
    first, second = tmp_path / "first", tmp_path / "second"
    export_format.write(rows, row_class, first)
    export_format.write(rows, row_class, second)
    assert first.read_bytes() == second.read_bytes()


def test_no_rows_make_a_valid_empty_file(
    export_format: ExportFormat, row_class: type[Row], tmp_path: Path
) -> None:
    path = tmp_path / "empty"
    export_format.write([], row_class, path)
    assert path.exists()
    assert export_format.read(row_class, path) == []


def test_another_library_reads_the_columns(
    export_format: ExportFormat, row_class: type[Row], tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    row = {
        PreferenceRow: PreferenceRow(prompt="p", chosen="c", rejected="r"),
        StepwiseRow: StepwiseRow(prompt="p", completions=("s",), labels=(True,)),
        UnpairedRow: UnpairedRow(prompt="p", completion="c", label=True),
    }[row_class]
    path = tmp_path / f"rows{export_format.suffix}"
    export_format.write([row], row_class, path)
    read = {
        ".jsonl": lambda: list(json.loads(path.read_text())),
        ".parquet": lambda: pq.read_table(path).column_names,
    }
    assert read[export_format.suffix]() == list(row_class.model_fields)
