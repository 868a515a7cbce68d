"""A small release, written by hand as `headrace release` writes one, to be published."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.released import columns
from pipeline.store import Store
from schemas.facts import ReleaseFact
from schemas.rows import PreferenceRow
from tests.pipeline.filled import START

SOURCE = {"record_id": "rec0", "dataset": "problems.jsonl", "row": "0", "license": "MIT"}
CARD = """\
---
pretty_name: "tried"
license: "mit"
configs:
- config_name: preference_pair
  data_files:
  - split: train
    path: data/preference_pair/train-*.parquet
---

# tried {version}
"""


def row(number: int, **changes: Any) -> dict[str, Any]:
    """One row; `changes` overrides what it is."""
    given = {
        "row_id": f"{number:032x}",
        "prompt": f"What is {number} + {number}?",
        "chosen": f"It is {2 * number}.",
        "rejected": "I do not know.",
        "margin": 2.0,
        "simulated": False,
        "decided_by": "people",
        "votes": 2,
        "agreement": 1.0,
        "posterior": 0.9,
        "method": "unanimous",
        "guideline_version": None,
        "task_id": f"t{number}",
        "task_type": "preference_pair",
        "cell": "en/preference_pair",
        "attempt": 1,
        "votes_id": f"{number:032x}",
        "prompt_id": f"p{number}",
        "sources": [SOURCE],
        "row_hash": f"{number:032x}",
    }
    return {**given, **changes}


def vote(number: int, **changes: Any) -> dict[str, Any]:
    """One vote; `changes` overrides what it is."""
    given = {
        "task_id": f"t{number}",
        "annotation_id": f"a{number}",
        "revision_id": f"v{number}",
        "annotator": "ann-12345678",
        "role": "vote",
        "counted": True,
        "label": '{"preference":2}',
        "reason": "it is right",
        "simulated": False,
    }
    return {**given, **changes}


def release(folder: Path, version: str = "0.1.0", rows: int = 5, **parts: Any) -> Path:
    """Write one into a project's folder; where it lies.

    `parts`: `name`, `of_rows` and `of_votes` (what there is instead), `also` (columns more), `card`, `shards`.
    """
    place = folder / "releases" / version
    data = parts.get("of_rows", [row(number) for number in range(rows)])
    votes = parts.get("of_votes", [vote(number) for number in range(rows)])
    schema = columns.schema(PreferenceRow, conversational=False)
    for field in parts.get("also", ()):
        schema = schema.append(pa.field(field, pa.string()))
    shards = parts.get("shards", 1)
    written = {}
    for shard in range(shards):
        table = pa.Table.from_pylist(data[shard::shards], schema)
        name = f"data/preference_pair/train-{shard:05d}-of-{shards:05d}.parquet"
        written[name] = (_put(place / name, table), table.num_rows)
    written["votes.parquet"] = (
        _put(place / "votes.parquet", pa.Table.from_pylist(votes, columns.VOTES)),
        len(votes),
    )
    for name, text in {
        "README.md": parts.get("card", CARD).format(version=version),
        "croissant.json": "{}",
    }.items():
        (place / name).write_text(text)
        written[name] = (place / name, 0)
    files = [
        {"path": name, "rows": count, "bytes": path.stat().st_size, "sha256": _hash(path), **_belongs(name)}
        for name, (path, count) in written.items()
    ]
    (place / "manifest.json").write_text(
        json.dumps(_manifest(parts.get("name", "tried"), version, len(data), files))
    )
    return place


def freeze(store: Store, project: Path, version: str) -> None:
    """Have the store know it."""
    text = (project / "releases" / version / "manifest.json").read_text()
    fact = ReleaseFact(
        version=version,
        digest="",
        row_count=0,
        simulated=False,
        facts_until=None,
        made_at=START,
        manifest=text,
    )
    store.put([fact])


def files(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, hidden things too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _put(path: Path, table: pa.Table) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(table, path)
    return path


def _belongs(name: str) -> dict[str, str]:
    return {"set": "preference_pair", "split": "train"} if name.startswith("data/") else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _manifest(name: str, version: str, rows: int, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "version": version,
        "content": f"{rows:032x}",
        "digest": f"{rows:032x}",
        "simulated": False,
        "counts": {
            "records": rows,
            "tasks": rows,
            "rows": rows,
            "labels": rows,
            "annotators": 1,
            "simulated_annotators": 0,
            "simulated_labels": 0,
            "decisions": 0,
            "adjudicators": 0,
            "simulated_decisions": 0,
        },
        "splits": {"train": rows},
        "sets": [
            {
                "name": "preference_pair",
                "row_class": "PreferenceRow",
                "task_type": "preference_pair",
                "splits": {"train": rows},
            }
        ],
        "task_types": [],
        "sources": [],
        "files": entries,
    }
