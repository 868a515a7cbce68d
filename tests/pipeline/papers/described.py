"""A release's manifest as `release` would write it, and its files, small: what cards and gates are tried on."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.released.columns import VOTES as VOTE_COLUMNS
from pipeline.released.columns import row_class, schema
from schemas.manifest import VOTES, Manifest

UNTIL = datetime(2026, 3, 5, 9, tzinfo=UTC)
ROWS = {
    "preference_pair": {"train": 3, "test": 1},
    "preference_pair-passed": {"train": 1},
    "step_review": {"train": 2},
}
CLASSES = {
    "preference_pair": "PreferenceRow",
    "preference_pair-passed": "PassedRow",
    "step_review": "StepwiseRow",
}


def described(**changes: Any) -> Manifest:
    """A manifest without files; `changes` overrides its keys, a mapping only those keys that it has."""
    given: dict[str, Any] = {
        "name": "tried",
        "version": "0.2.0",
        "content": "c" * 32,
        "digest": "d" * 32,
        "facts_until": UNTIL,
        "simulated": False,
        "counts": {
            "records": 6,
            "tasks": 7,
            "rows": 6,
            "passed": 1,
            "labels": 13,
            "annotators": 3,
            "simulated_annotators": 0,
            "simulated_labels": 0,
            "decisions": 1,
            "adjudicators": 1,
            "simulated_decisions": 0,
            "by": {"people": 4, "adjudicator": 1, "machine": 1},
            "votes": {"0": 1, "1": 1, "2": 3, "3": 1},
            "cells": {"en/preference_pair": 4, "zh/step_review": 2},
        },
        "splits": {"test": 1, "train": 5},
        "sets": [
            {"name": name, "row_class": CLASSES[name], "task_type": name.split("-")[0], "splits": splits}
            for name, splits in ROWS.items()
        ],
        "task_types": [
            _type("preference_pair", tasks=5, rows=4, disputed=1),
            _type("step_review", tasks=2, rows=2, disputed=0),
        ],
        "sources": [
            {
                "dataset": "openai/gsm8k",
                "config": "main",
                "revision": "abc123",
                "license": "MIT",
                "records": 4,
            },
            {"dataset": "problems.jsonl", "license": None, "records": 2},
        ],
        "licenses": {"MIT": 4, "unknown": 2},
        "languages": {"en": 4, "zh-Hans": 2},
        "policies": {"overlap": {"step_review": 3}, "screens": {"exact_duplicates": "reject"}},
        "contamination": {"rows": 6, "leaks": 0},
        "estimates": [
            {
                "name": "error",
                "of": "all",
                "value": 0.02,
                "low": 0.005,
                "high": 0.05,
                "n": 150,
                "said": "3 of 150 wrong",
            },
            {
                "name": "alpha",
                "of": "preference_pair",
                "value": 0.71,
                "low": 0.62,
                "high": 0.79,
                "n": 120,
                "said": "uncertain",
            },
            {"name": "ac1", "of": "preference_pair", "value": 0.8, "low": 0.76, "high": 0.84, "n": 120},
            {"name": "top_share", "of": "preference_pair", "value": 0.6, "n": 120},
            {
                "name": "alpha",
                "of": "step_review",
                "value": 0.3,
                "low": -0.2,
                "high": 0.9,
                "n": 12,
                "said": "too few to judge",
            },
            {
                "name": "gold_accuracy",
                "of": "preference_pair",
                "value": 0.9,
                "low": 0.82,
                "high": 0.95,
                "n": 80,
                "said": "72 of 80 answers right",
            },
        ],
        "previous": {"version": "0.1.0", "content": "b" * 32},
        "bump": {"kind": "minor", "reason": "2 rows were added", "added": 2},
        "software": {"headrace": "0.9.0"},
    }
    for key, value in changes.items():
        given[key] = (
            {**given[key], **value}
            if isinstance(value, Mapping) and key in given and key not in ("licenses", "languages")
            else value
        )
    return Manifest.model_validate(given)


def written(folder: Path, **changes: Any) -> Manifest:
    """The same with its data files, which are made up, and their entries."""
    manifest = described(**changes)
    files = []
    for one in manifest.sets:
        columns = schema(row_class(one.row_class), conversational=one.conversational)
        for split, rows in one.splits.items():
            path = f"data/{one.name}/{split}-00000-of-00001.parquet"
            table = columns.empty_table() if rows == 0 else _table(columns, rows)
            files.append(
                {"path": path, "set": one.name, "split": split, "rows": rows, **_put(folder / path, table)}
            )
    files.append({"path": VOTES, "rows": 0, **_put(folder / VOTES, VOTE_COLUMNS.empty_table())})
    return Manifest.model_validate({**manifest.model_dump(), "files": files})


def _type(name: str, *, tasks: int, rows: int, disputed: int) -> dict[str, Any]:
    return {
        "name": name,
        "version": 1,
        "tasks": tasks,
        "rows": rows,
        "compared": tasks + disputed,
        "disputed": disputed,
        "adjudicated": 1,
        "mean_agreement": 0.9,
        "guidelines": {"g1": rows},
    }


def _table(columns: pa.Schema, rows: int) -> pa.Table:
    plain = {"string": "text", "bool": True, "int32": 1, "int64": 1, "double": 0.5}

    def value(kind: pa.DataType) -> Any:
        if pa.types.is_list(kind):
            return [value(kind.value_type)]
        if pa.types.is_struct(kind):
            return {field.name: value(field.type) for field in kind}
        return plain[str(kind)]

    return pa.Table.from_pylist([{field.name: value(field.type) for field in columns}] * rows, schema=columns)


def _put(path: Path, table: pa.Table) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path, compression="zstd")
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": sha256(content).hexdigest()}
