"""What every format must keep, whichever it is; a new file in exports/ is tested here without a line added."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports import export_formats
from exports.base import ExportFormat
from schemas import rows as row_classes
from schemas.records import Message, TestCase
from schemas.rows import (
    CritiqueRow,
    ErrorMark,
    ErrorSpansRow,
    PassedRow,
    PreferenceRow,
    Prm800kCompletion,
    Prm800kLabel,
    Prm800kQuestion,
    Prm800kRow,
    Prm800kStep,
    PromptCompletionRow,
    Row,
    ScoredPromptRow,
    ScoredRow,
    StepwiseRow,
    UnpairedRow,
    VerifiablePromptRow,
)

ROW_CLASSES = tuple(
    kind
    for kind in vars(row_classes).values()
    if isinstance(kind, type) and issubclass(kind, Row) and kind is not Row
)
ROOMY = settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = [
    pytest.mark.parametrize("row_class", ROW_CLASSES, ids=lambda kind: kind.__name__),
    pytest.mark.parametrize("export_format", export_formats().values(), ids=export_formats()),
]

words = st.text(st.characters(codec="utf-8"))
scores = st.dictionaries(words, st.none() | st.floats(-10, 10), max_size=3)
free = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
tested = st.lists(st.builds(TestCase, input=free, output=free), max_size=3).map(tuple)
completions = st.builds(
    Prm800kCompletion, text=words, rating=st.sampled_from([-1, 0, 1, None]), flagged=st.none() | st.booleans()
)
reviewed = st.builds(
    Prm800kLabel,
    steps=st.lists(
        st.builds(
            Prm800kStep,
            completions=st.lists(completions, max_size=2).map(tuple),
            human_completion=st.none() | completions,
            chosen_completion=st.none() | st.just(0),
        ),
        max_size=2,
    ).map(tuple),
    total_time=st.none() | st.integers(0, 9),
    finish_reason=st.sampled_from(["found_error", "solution"]),
)
questions = st.builds(
    Prm800kQuestion,
    problem=words,
    ground_truth_answer=st.none() | words,
    pre_generated_steps=st.lists(words, max_size=2).map(tuple),
    pre_generated_verifier_score=st.none() | st.floats(0, 1),
)
marks = st.lists(
    st.builds(
        ErrorMark, start=st.integers(0, 9), end=st.integers(0, 9), text=words, kind=words, severity=words
    ),
    max_size=2,
).map(tuple)
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
        PromptCompletionRow: {"prompt": said, "completion": said},
        ScoredRow: {"prompt": said, "completion": said, "scores": scores, "comment": words},
        ScoredPromptRow: {"prompt": said, "scores": scores, "comment": words},
        CritiqueRow: {"prompt": said, "completion": said, "critique": words},
        ErrorSpansRow: {"prompt": said, "source": words, "translation": words, "errors": marks},
        VerifiablePromptRow: {"prompt": said, "tests": tested, "entry_point": st.none() | words},
        Prm800kRow: {"question": questions, "label": reviewed},
        PassedRow: {"task_type": words, "prompt": said, "kind": words, "reason": words},
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


@ROOMY
@given(data=st.data())
def test_another_library_reads_the_columns(
    export_format: ExportFormat, row_class: type[Row], data: st.DataObject, tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    row = data.draw(rows_of(row_class, words).filter(bool))[0]
    path = tmp_path / f"rows{export_format.suffix}"
    export_format.write([row], row_class, path)
    read = {
        ".jsonl": lambda: list(json.loads(path.read_text("utf-8"))),
        ".parquet": lambda: pq.read_table(path).column_names,
    }
    assert read[export_format.suffix]() == list(row_class.model_fields)


def test_another_library_reads_scores_and_free_values(
    export_format: ExportFormat, row_class: type[Row], tmp_path: Path
) -> None:
    import pyarrow.parquet as pq

    rows: dict[type[Row], Row] = {
        ScoredRow: ScoredRow(prompt="p", completion="c", scores={"clear": 2, "short": None}),
        VerifiablePromptRow: VerifiablePromptRow(prompt="p", tests=(TestCase(input=[1, "a"], output="b"),)),
    }
    if row_class not in rows or export_format.suffix != ".parquet":
        return
    path = tmp_path / "rows.parquet"
    export_format.write([rows[row_class]], row_class, path)
    (found,) = pq.read_table(path).to_pylist()
    assert found.get("scores", [{"name": "clear", "value": 2.0}, {"name": "short", "value": None}]) == [
        {"name": "clear", "value": 2.0},
        {"name": "short", "value": None},
    ]
    assert found.get("tests", [{"input": '[1, "a"]', "output": '"b"'}]) == [
        {"input": '[1, "a"]', "output": '"b"'}
    ]
