"""A release as a test wants it: rows of any class, written as a release has them, with a manifest that says so."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.released import columns
from pipeline.released.opened import Opened
from schemas.base import content_id
from schemas.records import TestCase
from schemas.rows import PassedRow, Row

COUNTS = dict.fromkeys(
    (
        "records",
        "tasks",
        "rows",
        "labels",
        "annotators",
        "simulated_annotators",
        "simulated_labels",
        "decisions",
        "adjudicators",
        "simulated_decisions",
    ),
    0,
)
Sets = Mapping[str, Mapping[str, Sequence[Row]]]


def written(row: Row, cell: str = "en/preference_pair") -> dict[str, Any]:
    """A row as a release has it, with what stands beside it."""
    own = {
        name: _stored(type(row).model_fields[name].annotation, value)
        for name, value in row.model_dump().items()
    }
    prompt = getattr(row, "prompt", "")
    beside = {
        "row_id": row.id or content_id(own),
        "votes": 2,
        "decided_by": "people",
        "agreement": 1.0,
        "method": "vote",
        "task_id": content_id([row.id]),
        "task_type": cell.split("/")[1],
        "cell": cell,
        "attempt": 1,
        "prompt_id": content_id(prompt if isinstance(prompt, str) else [one.model_dump() for one in prompt]),
        "sources": [{"record_id": "r", "dataset": "d", "license": "MIT"}],
    }
    return {**own, **beside}


def schema_of(rows: Sequence[Row]) -> pa.Schema:
    """The columns of a file with these rows, all of one class."""
    talking = any(
        not isinstance(getattr(row, name, ""), str) for row in rows for name in ("prompt", "completion")
    )
    return columns.schema(type(rows[0]), conversational=talking)


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    """Rows of one class as a batch of a release."""
    return pa.RecordBatch.from_pylist([written(row) for row in rows], schema_of(rows))


def release_of(folder: Path, sets: Sets, *, version: str = "1.2.3", simulated: bool = False) -> Opened:
    """A release in a folder: rows by file set and split."""
    files, described = [], []
    for name, splits in sets.items():
        row_class = next(type(row) for rows in splits.values() for row in rows)
        described.append(
            {
                "name": name,
                "row_class": row_class.__name__,
                "task_type": "passed" if row_class is PassedRow else name,
                "splits": {split: len(rows) for split, rows in splits.items()},
            }
        )
        for split, rows in splits.items():
            path = folder / "data" / name / f"{split}-00000-of-00001.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_batches([batch_of(rows)]), path)
            files.append(
                {
                    "path": path.relative_to(folder).as_posix(),
                    "set": name,
                    "split": split,
                    "rows": len(rows),
                    "bytes": path.stat().st_size,
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                }
            )
    said = manifest(files, described, version, simulated=simulated)
    (folder / "manifest.json").write_text(json.dumps(said), "utf-8")
    return Opened(folder)


def manifest(
    files: list[dict[str, Any]], sets: list[dict[str, Any]], version: str, *, simulated: bool
) -> dict[str, Any]:
    """A manifest that lists these files and file sets."""
    empty: dict[str, Any] = {"splits": {}, "task_types": [], "sources": [], "counts": COUNTS}
    return {
        **empty,
        "name": "tested",
        "version": version,
        "content": content_id(files),
        "digest": content_id(files),
        "simulated": simulated,
        "sets": sets,
        "files": files,
    }


def _stored(annotation: Any, value: Any) -> Any:
    """Scores are pairs of names and values, and what is free JSON is text of JSON."""
    if get_origin(annotation) is dict:
        return [{"name": name, "value": inner} for name, inner in value.items()]
    if annotation == tuple[TestCase, ...]:
        return [
            {name: json.dumps(inner, ensure_ascii=False) for name, inner in case.items()} for case in value
        ]
    return value
