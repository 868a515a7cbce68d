"""Whether a release leaks a benchmark: rows that changed are looked at, and all of them where a benchmark did.

People may have written what no screen has seen, and benchmarks come out after records were screened. What was looked
at once stands in a file that can be deleted.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from pipeline.releasing.rows import Content
from pipeline.screening import screen
from pipeline.screening.choosing import options_of
from pipeline.screening.contamination import ContaminationOptions, found_in
from pipeline.sources.files import files
from schemas.base import content_id
from schemas.project import Project
from schemas.rows import Row

FILE = Path(".headrace", "leaks.parquet")
_SEEN = pa.schema([("text", pa.string()), ("leak", pa.string())])
_AGAINST = b"headrace.against"
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of a release's rows."""

    rows: int
    leaks: tuple[tuple[str, str], ...]
    """The id of each row that leaks, and what."""

    def to_json(self) -> dict[str, int]:
        """As the manifest has it."""
        return {"rows": self.rows, "leaks": len(self.leaks)}


def look(project: Project, folder: Path, content: Content) -> Looked | None:
    """Hold the rows against the benchmarks that `[screens]` names; None where it names none."""
    if "contamination" not in project.screens:
        return None
    options = options_of(screen("contamination"), project.screens["contamination"])
    assert isinstance(options, ContaminationOptions)  # noqa: S101 - it is the screen's own
    rows = {row.id: row for member in content.members for row in member.rows}
    keys = {row_id: content_id(list(_texts(row))) for row_id, row in rows.items()}
    against = _state(options, folder)
    seen = _kept(folder / FILE, against)
    new = {keys[row_id]: row for row_id, row in rows.items() if keys[row_id] not in seen}
    if new or not seen:
        seen |= _looked_at(new, options, folder)
        _keep(folder / FILE, against, {key: seen[key] for key in keys.values()})
    leaks = ((row_id, seen[key]) for row_id, key in keys.items())
    return Looked(len(rows), tuple((row_id, leak) for row_id, leak in leaks if leak is not None))


def _state(options: ContaminationOptions, folder: Path) -> str:
    """Another one once a benchmark, the options or the screen itself is another."""
    found = [file for path in options.against for file in files(path, folder, reader="contamination")]
    stamps = [[file.path, file.size, file.stamp] for file in found]
    return content_id([screen("contamination").version, options.model_dump(mode="json"), stamps])


def _looked_at(rows: dict[str, Row], options: ContaminationOptions, folder: Path) -> dict[str, str | None]:
    """What each row, by its key, leaks; None for nothing."""
    if not rows:
        return {}
    leaks = screen("contamination").prepare(options, folder)
    keys = list(rows)
    seen: dict[str, str | None] = {}
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        found = found_in([_texts(rows[key]) for key in batch], leaks)
        seen |= {key: one.reason if one else None for key, one in zip(batch, found, strict=True)}
    return seen


def _texts(row: Row) -> Iterator[tuple[str, str]]:
    """Every text of a row, after where it stands."""
    return _said(row.model_dump(mode="json", exclude={"id"}), "")


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
        return dict(zip(table["text"].to_pylist(), table["leak"].to_pylist(), strict=True))
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
