"""Whether a release leaks a benchmark: rows that changed are looked at, and all of them where a benchmark did.

People may have written what no screen has seen, and benchmarks come out after records were screened. What was looked
at once stands in a file that can be deleted.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from pipeline.screening import screen
from pipeline.screening.choosing import options_of
from pipeline.screening.contamination import ContaminationOptions, found_in
from pipeline.sources.files import files
from pipeline.store import Store
from schemas.base import content_id
from schemas.project import Project

FILE = Path(".headrace", "leaks.parquet")
_SEEN = pa.schema([("row", pa.string()), ("leak", pa.string())])
_AGAINST = b"headrace.against"
_BATCH = 2_000
ROWS = "SELECT row_id, row_hash FROM candidate ORDER BY row_id"
PAYLOADS = """
SELECT c.row_hash, r.payload FROM candidate c JOIN made_rows r USING (made_id, row_id, row_hash)
"""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a release's rows."""

    rows: int
    leaks: tuple[tuple[str, str], ...]
    """The id of each row that leaks, and what."""

    def to_json(self) -> dict[str, int]:
        """As the manifest has it."""
        return {"rows": self.rows, "leaks": len(self.leaks)}


def look(project: Project, folder: Path, store: Store) -> Looked | None:
    """Hold the rows in `candidate` against the benchmarks that `[screens]` names; None where it names none."""
    if "contamination" not in project.screens:
        return None
    options = options_of(screen("contamination"), project.screens["contamination"])
    assert isinstance(options, ContaminationOptions)  # noqa: S101 - it is the screen's own
    against = _state(options, folder)
    seen = _kept(folder / FILE, against)
    rows = {row["row_id"]: row["row_hash"] for row in store.rows(ROWS)}
    new = set(rows.values()) - seen.keys()
    if new or not seen:
        seen |= _looked_at(_said_in(store, new), options, folder)
        _keep(folder / FILE, against, {key: seen[key] for key in rows.values()})
    leaks = ((row_id, seen[key]) for row_id, key in rows.items())
    return Looked(len(rows), tuple((row_id, leak) for row_id, leak in leaks if leak is not None))


def _said_in(store: Store, hashes: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows with these hashes, each as its fields."""
    for batch in store.batches(PAYLOADS, _BATCH) if hashes else ():
        for key, payload in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            if key in hashes:
                yield key, json.loads(payload)


def _state(options: ContaminationOptions, folder: Path) -> str:
    """Another one once a benchmark, the options or the screen itself is another."""
    found = [file for path in options.against for file in files(path, folder, reader="contamination")]
    stamps = [[file.path, file.size, file.stamp] for file in found]
    return content_id([screen("contamination").version, options.model_dump(mode="json"), stamps])


def _looked_at(
    rows: Iterable[tuple[str, dict[str, Any]]], options: ContaminationOptions, folder: Path
) -> dict[str, str | None]:
    """What each row, by its hash, leaks; None for nothing."""
    seen: dict[str, str | None] = {}
    leaks = screen("contamination").prepare(options, folder)
    rows = iter(rows)
    while batch := list(islice(rows, _BATCH)):
        found = found_in([_said(said, "") for _, said in batch], leaks)
        seen |= {key: one.reason if one else None for (key, _), one in zip(batch, found, strict=True)}
    return seen


def _said(value: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _said(inner, f"{where}.{key}" if where else str(key))
    elif isinstance(value, Sequence):
        for number, inner in enumerate(value):
            yield from _said(inner, f"{where}.{number}")


def _kept(path: Path, against: str) -> dict[str, str | None]:
    """What was looked at before against the same; nothing where the file is gone, or of no use."""
    try:
        table = parquet.read_table(path)
        if (table.schema.metadata or {}).get(_AGAINST) != against.encode():
            return {}
        return dict(zip(table["row"].to_pylist(), table["leak"].to_pylist(), strict=True))
    except (OSError, KeyError, pa.ArrowException):
        return {}


def _keep(path: Path, against: str, seen: dict[str, str | None]) -> None:
    schema = _SEEN.with_metadata({_AGAINST: against.encode()})
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        parquet.write_table(pa.table([list(seen), list(seen.values())], schema=schema), part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # it is looked at again the next time
