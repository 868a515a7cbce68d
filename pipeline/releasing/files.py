"""The data files of a release, written from the tables `candidate` and `members`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from pipeline.released import parquet
from pipeline.released.columns import VOTES, schema
from pipeline.released.sets import classes
from pipeline.releasing import tables, voices
from pipeline.store import Store
from schemas import manifest as names
from schemas.manifest import FileEntry, FileSet
from schemas.rows import Row
from tasks import task_types

A_SHARD = 500_000
"""Rows of a file, at most."""
SETS = """
SELECT file_set, task_type, split, count(*) AS n FROM candidate GROUP BY ALL ORDER BY file_set, split
"""


class Part(NamedTuple):
    """One split of a file set."""

    file_set: str
    split: str
    of: type[Row]
    conversational: bool
    rows: int


def file_sets(store: Store, talking: Sequence[str]) -> tuple[FileSet, ...]:
    """What `candidate` holds; `talking` are those that hold conversations."""
    found = []
    for (name, task_type), rows in groupby(store.rows(SETS), lambda row: (row["file_set"], row["task_type"])):
        of = classes(task_types()[task_type])[name]
        found.append(
            FileSet(
                name=name,
                row_class=of.__name__,
                task_type=task_type,
                conversational=name in talking,
                splits={row["split"]: row["n"] for row in rows},
            )
        )
    return tuple(found)


def write(store: Store, sets: Sequence[FileSet], folder: Path, until: datetime) -> list[FileEntry]:
    """Write the data files and votes.parquet, as of a moment; returns their entries. `voices` are known."""
    tables.know_several(store)
    entries = [entry for one in sets for part in _parts(one) for entry in _data(store, part, folder)]
    path = folder / names.VOTES
    rows = store.count("voices")
    batches = store.batches(voices.votes(store, until), parquet.BLOCK)
    parquet.write(path, VOTES, parquet.Rows(batches, VOTES).groups(rows))
    return [*entries, entry_of(folder, names.VOTES, rows=rows)]


def entry_of(folder: Path, path: str, rows: int = 0, within: tuple[str, str] | None = None) -> FileEntry:
    """A file of a release, as its manifest lists it; `within` are its file set and split."""
    file = folder / path
    file_set, split = within or (None, None)
    return FileEntry(
        path=path,
        set=file_set,
        split=split,
        rows=rows,
        bytes=file.stat().st_size,
        sha256=parquet.sha256(file),
    )


def write_texts(texts: Mapping[str, str], folder: Path) -> None:
    """Write the texts of a release, by their paths."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _parts(file_set: FileSet) -> list[Part]:
    of = classes(task_types()[file_set.task_type])[file_set.name]
    return [
        Part(file_set.name, split, of, file_set.conversational, rows)
        for split, rows in sorted(file_set.splits.items())
    ]


def _data(store: Store, part: Part, folder: Path) -> list[FileEntry]:
    """The files of one split, as many as it takes."""
    home = f"{names.DATA}/{part.file_set}"
    (folder / home).mkdir(parents=True, exist_ok=True)
    found = tables.rows_of(store, part.file_set, part.split, part.of, conversational=part.conversational)
    rows = parquet.Rows(found, tables.columns_of(part.of, conversational=part.conversational))
    columns: pa.Schema = schema(part.of, conversational=part.conversational)
    shards = -(-part.rows // A_SHARD)
    entries = []
    for number in range(shards):
        count = part.rows * (number + 1) // shards - part.rows * number // shards
        path = f"{home}/{part.split}-{number:05}-of-{shards:05}.parquet"
        parquet.write(folder / path, columns, rows.groups(count, tables.SIZE))
        entries.append(entry_of(folder, path, count, (part.file_set, part.split)))
    return entries
