"""Releases on disk, put together row by row: what `headrace release` would have written."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.released.columns import VOTES, schema
from pipeline.released.rows import row_hash
from schemas.base import content_id
from schemas.rows import PreferenceRow

SCHEMA = schema(PreferenceRow, conversational=False)
SET = "preference_pair"


def name_of(number: int) -> str:
    """An id of 128 bits."""
    return content_id(["id", number])


def row(number: int, **columns: Any) -> dict[str, Any]:
    """A row of a release; `columns` says what it is."""
    given = {
        "row_id": name_of(number),
        "prompt": f"What is {number}?",
        "chosen": "yes",
        "rejected": "no",
        "margin": 1.0,
        "simulated": False,
        "decided_by": "people",
        "votes": 2,
        "agreement": 1.0,
        "posterior": None,
        "method": "unanimous",
        "guideline_version": None,
        "task_id": f"task-{number}",
        "task_type": SET,
        "cell": f"en/{SET}",
        "attempt": 1,
        "votes_id": content_id(["votes", number]),
        "prompt_id": content_id(["prompt", number]),
        "sources": [source(number)],
        "set": SET,
        "split": "train",
        **columns,
    }
    said = PreferenceRow(
        **{name: given[name] for name in ("prompt", "chosen", "rejected", "margin", "simulated")}
    )
    return {"row_hash": row_hash(said), **given}


def source(number: int, **columns: Any) -> dict[str, Any]:
    """One record behind a row."""
    return {
        "record_id": f"record-{number}",
        "dataset": "problems.jsonl",
        "config": None,
        "split": None,
        "revision": None,
        "row": str(number),
        "license": "MIT",
        **columns,
    }


def put(folder: Path, rows: Iterable[Mapping[str, Any]], version: str = "0.1.0", **said: Any) -> Path:
    """A release of these rows; `said` stands in its manifest."""
    folder.mkdir(parents=True)
    files: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in sorted(rows, key=lambda one: str(one["row_id"])):
        files[one["set"], one["split"]].append(one)
    entries = [
        _file(
            folder,
            f"data/{name}/{split}-00000-of-00001.parquet",
            pa.Table.from_pylist(of, SCHEMA),
            name,
            split,
        )
        for (name, split), of in sorted(files.items())
    ]
    entries.append(_file(folder, "votes.parquet", said.pop("votes", VOTES.empty_table())))
    every = [one for of in files.values() for one in of]
    manifest = {**_manifest(every, version), "files": entries, **said}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _file(folder: Path, path: str, table: pa.Table, name: str | None = None, split: str | None = None) -> Any:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, folder / path)
    content = (folder / path).read_bytes()
    return {
        "path": path,
        "set": name,
        "split": split,
        "rows": table.num_rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _manifest(rows: list[Mapping[str, Any]], version: str) -> dict[str, Any]:
    zero = dict.fromkeys(
        (
            "annotators",
            "simulated_annotators",
            "simulated_labels",
            "decisions",
            "adjudicators",
            "simulated_decisions",
        ),
        0,
    )
    sets = [
        {
            "name": name,
            "row_class": "PreferenceRow",
            "task_type": SET,
            "splits": Counter(one["split"] for one in rows if one["set"] == name),
        }
        for name in sorted({one["set"] for one in rows})
    ]
    return {
        "name": "effort",
        "version": version,
        "content": content_of(rows),
        "digest": "d",
        "simulated": False,
        "counts": {"records": len(rows), "tasks": len(rows), "rows": len(rows), "labels": len(rows), **zero},
        "splits": Counter(one["split"] for one in rows),
        "sets": sets,
        "task_types": [],
        "sources": [],
    }


def content_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """The hash of which rows a release holds."""
    lines = sorted(f"{one['row_id']} {one['row_hash']} {one['split']}\n" for one in rows)
    return hashlib.blake2b("".join(lines).encode(), digest_size=16).hexdigest()
