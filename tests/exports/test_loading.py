"""Exports read by the library that trainers read with: `datasets.load_dataset` on the folder."""

from pathlib import Path
from typing import Any

import pytest

from exports import export_formats
from pipeline.exporting.making import Wanted, export
from pipeline.released.opened import Opened
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
from tests.exports.drawn import ROW_CLASSES
from tests.exports.released import release_of

TALK = (Message(role="user", content='Why, "then"?\n'),)
STEP = Prm800kStep(completions=(Prm800kCompletion(text="1", rating=None),), chosen_completion=None)
FIRST: list[Row] = [
    PreferenceRow(prompt='p,\n"q"', chosen="é", rejected="\\n"),
    StepwiseRow(prompt="p", completions=("1", "2"), labels=(True, False)),
    UnpairedRow(prompt="p", completion="c", label=True),
    PromptCompletionRow(prompt="p", completion="#### 3"),
    ScoredRow(prompt="p", completion="c", scores={"clear": 1, "short": None}),
    ScoredPromptRow(prompt="p", scores={}),
    CritiqueRow(prompt="p", completion="c", critique="k"),
    ErrorSpansRow(prompt="p", source="s", translation="t", errors=()),
    VerifiablePromptRow(prompt="p", tests=(TestCase(input="1", output="2"),)),
    Prm800kRow(question=Prm800kQuestion(problem="p"), label=Prm800kLabel(steps=(), finish_reason="give_up")),
    PassedRow(task_type="t", prompt="p", kind="pass", reason="r"),
]
OTHER: list[Row] = [
    PreferenceRow(prompt=TALK, chosen=TALK, rejected=TALK, margin=3),
    StepwiseRow(prompt="q", completions=("1",), labels=(True,), ratings=(0,), rest=("2",)),
    UnpairedRow(prompt="p", completion="c", label=False, lines=(1, 2), severity="minor", comment="é"),
    PromptCompletionRow(prompt="q", completion=r"\boxed{x+1}"),
    ScoredRow(prompt="q", completion="c", scores={"other": 2.5}),
    ScoredPromptRow(prompt="q", scores={"fit": None}),
    CritiqueRow(prompt="q", completion="c", critique="k"),
    ErrorSpansRow(
        prompt="q",
        source="s",
        translation="t",
        errors=(ErrorMark(start=0, end=1, text="t", kind="k", severity="minor"),),
    ),
    VerifiablePromptRow(prompt="q", tests=(TestCase(input=[{"a": 1}], output=None),), entry_point="f"),
    Prm800kRow(
        question=Prm800kQuestion(problem="p", ground_truth_answer="3", pre_generated_verifier_score=0.5),
        label=Prm800kLabel(steps=(STEP,), finish_reason="solution", total_time=3),
    ),
    PassedRow(task_type="t", prompt="q", kind="pass", reason=""),
]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """Of every row class a set, its two splits as different as can be: one has what is empty in the other."""
    sets: dict[str, dict[str, list[Row]]] = {}
    for first, other in zip(FIRST, OTHER, strict=True):
        name = type(first).__name__
        if isinstance(first, PreferenceRow):
            sets["talking"] = {"train": [other.replace(id="t" * 32)]}
            other = first.replace(prompt="q", margin=2)  # noqa: PLW2901 - a column holds texts or conversations
        sets[name] = {"test": [first.replace(id="0" * 32)], "train": [other.replace(id="1" * 32)]}
    return release_of(tmp_path_factory.mktemp("release"), sets)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`load_dataset`, with a cache of its own and no network."""
    import datasets

    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()

    def loaded(folder: Path, name: str) -> dict[str, list[dict[str, Any]]]:
        found = datasets.load_dataset(str(folder), name, cache_dir=str(tmp_path / "cache"))
        return {split: rows.to_list() for split, rows in found.items()}

    return loaded


def test_every_row_class_is_loaded() -> None:
    assert [type(row) for row in FIRST] == [type(row) for row in OTHER]
    assert {type(row) for row in FIRST} == set(ROW_CLASSES)


@pytest.mark.proof
@pytest.mark.parametrize("name", export_formats())
def test_datasets_loads_each_split_of_each_set(name: str, release: Opened, load: Any, tmp_path: Path) -> None:
    account = export(release, Wanted(name), tmp_path / name)
    for file_set, splits in account.sets.items():
        found = load(tmp_path / name, file_set)
        assert {split: len(rows) for split, rows in found.items()} == {
            split: one.made for split, one in splits.items() if one.made
        }
        columns = list(account.columns[file_set])
        assert all(list(row) == columns for rows in found.values() for row in rows)


def test_what_is_loaded_is_what_the_rows_say(release: Opened, load: Any, tmp_path: Path) -> None:
    export(release, Wanted("jsonl"), tmp_path / "jsonl")
    (scored,) = load(tmp_path / "jsonl", "ScoredRow")["test"]
    assert scored["scores"] == {"clear": 1.0, "short": None}
    (tested,) = load(tmp_path / "jsonl", "VerifiablePromptRow")["train"]
    assert tested["tests"] == [{"input": [{"a": 1}], "output": None}]
    export(release, Wanted("csv"), tmp_path / "csv")
    (pair,) = load(tmp_path / "csv", "PreferenceRow")["test"]
    assert (pair["prompt"], pair["chosen"], pair["rejected"]) == ('p,\n"q"', "é", "\\n")
    export(release, Wanted("trl_preference"), tmp_path / "trl")
    (talking,) = load(tmp_path / "trl", "talking")["train"]
    assert talking["prompt"] == [{"role": "user", "content": 'Why, "then"?\n'}]
