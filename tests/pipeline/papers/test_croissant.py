"""Croissant: the reference implementation finds no fault with it, and reads the rows by it."""

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipeline.papers.writing import papers
from tests.conftest import missing
from tests.pipeline.papers.described import written
from tests.pipeline.papers.test_card import CLASSES

REQUIRED = (
    "name",
    "description",
    "version",
    "license",
    "url",
    "creator",
    "datePublished",
    "conformsTo",
    "citeAs",
)
OF_LABELING = (
    "dataAnnotationProtocol", "dataAnnotationPlatform", "dataAnnotationAnalysis", "annotationsPerItem",
    "annotatorDemographics", "machineAnnotationTools", "dataReleaseMaintenancePlan",
)  # fmt: skip


def every_class(*, conversational: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "name": f"set-{name}",
            "row_class": name,
            "task_type": "t",
            "splits": {"train": 1},
            "conversational": conversational,
        }
        for name in CLASSES
    ]


def described_by(folder: Path, **changes: Any) -> dict[str, Any]:
    text = papers(written(folder, **changes), folder)["croissant.json"]
    (folder / "croissant.json").write_text(text)
    said: dict[str, Any] = json.loads(text)
    return said


def test_it_has_what_the_specification_asks_for(tmp_path: Path) -> None:
    said = described_by(tmp_path)
    assert all(said[key] for key in REQUIRED)
    assert all(said[f"rai:{key}"] for key in OF_LABELING)
    assert said["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert [one["name"] for one in said["prov:wasDerivedFrom"]] == ["openai/gsm8k@abc123", "problems.jsonl"]


def test_every_file_stands_in_it_with_its_hash(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    said = described_by(tmp_path)
    objects = {one["@id"]: one for one in said["distribution"] if one["@type"] == "cr:FileObject"}
    assert set(objects) == {file.path for file in manifest.files}
    assert {one["sha256"] for one in objects.values()} == {file.sha256 for file in manifest.files}


def test_every_column_of_every_class_is_a_field(tmp_path: Path) -> None:
    said = described_by(tmp_path, sets=every_class())
    sets = {one["name"]: {field["name"] for field in one["field"]} for one in said["recordSet"]}
    assert {f"set-{name}" for name in CLASSES} <= set(sets)
    assert all(
        {"split", "row_id", "decided_by", "sources", "row_hash"} <= fields
        for fields in sets.values()
        if "votes" in fields
    )
    assert {"annotator", "label", "counted"} <= sets["votes"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's, which it reads JSON-LD with
@pytest.mark.parametrize("conversational", [False, True])
def test_the_reference_implementation_validates_and_reads_it(tmp_path: Path, *, conversational: bool) -> None:
    if find_spec("mlcroissant") is None:
        missing("mlcroissant")
    mlcroissant: Any = import_module("mlcroissant")
    described_by(tmp_path, sets=every_class(conversational=conversational))
    found = mlcroissant.Dataset(jsonld=str(tmp_path / "croissant.json"))
    assert not found.metadata.ctx.issues.errors
    assert not found.metadata.ctx.issues.warnings
    assert found.metadata.data_annotation_platform == ["Label Studio, by Headrace"]
    for one in found.metadata.record_sets:
        rows = list(found.records(one.uuid))
        assert len(rows) == (0 if one.uuid == "votes" else 1)
        assert all(row[f"{one.uuid}/split"] == b"train" for row in rows)
