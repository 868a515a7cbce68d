"""A file of records, read into a corpus that is thrown away afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pyarrow as pa
from pydantic_core import from_json

from pipeline.corpus import SHARD, Corpus
from pipeline.corpus.filling import Draft
from pipeline.corpus.pieces import EACH, Piece, cut
from pipeline.corpus.reading import read
from pipeline.engine import Engine
from pipeline.screening._benchmarks import ASKS
from pipeline.sources import reader_of
from pipeline.sources.base import FileReader, SourceRow
from pipeline.sources.files import READER_OF, kind_of
from schemas.base import Json, canonical_json
from schemas.errors import UsageError
from schemas.project import SourceConfig
from schemas.records import Domain

ANSWERS = ("solution", "canonical_solution", "answer", "completion", "response", "output")
"""Columns taken for the reference solution where there is no reference, the first that is there."""
_HEAD = 100


@dataclass(frozen=True, slots=True)
class Taken:
    """Records in shards."""

    shards: tuple[str, ...]
    malformed: int
    """Rows that make no record."""


def described(path: Path, columns: Mapping[str, str], domain: Domain) -> tuple[SourceConfig, dict[str, str]]:
    """A file as a source, and which column was taken for which field; UsageError where its name tells no reader."""
    kind = kind_of(path.name)
    if kind not in READER_OF:
        raise UsageError(
            f"{path.name}: a name in {', '.join(READER_OF)} was expected, also with .gz or .zst; give it one of these"
        )
    source = SourceConfig(
        reader=READER_OF[kind], path=str(path.absolute()), domain=domain, columns=dict(columns)
    )
    guessed = _guessed(source)
    return source.replace(columns={**columns, **guessed}), guessed


def _guessed(source: SourceConfig) -> dict[str, str]:
    rows = islice(reader_of(source).rows(source, Path()), _HEAD)
    there = {column for row in rows if isinstance(row, SourceRow) for column in row.values}
    found = {}
    for field, known in (("prompt", ASKS), ("reference.solution", ANSWERS)):
        outer = field.split(".", maxsplit=1)[0]
        if outer not in there and not any(given.split(".")[0] == outer for given in source.columns):
            column = next((name for name in known if name in there), None)
            if column is not None and column not in source.columns.values():
                found[field] = column
    return found


def take_in(source: SourceConfig, corpus: Corpus, engine: Engine) -> Taken:
    """Read the records into shards, each row one, also where two are the same; raises what reading raises."""
    reader = reader_of(source)
    assert isinstance(reader, FileReader)  # noqa: S101 - as all in READER_OF are
    now = datetime.now(UTC)
    pieces = [
        Piece(corpus, "", source, spans, f"records/{number:06d}", number * EACH, (), 0, now, number == 0)
        for number, spans in enumerate(cut(reader, reader.files(source, Path()), engine))
    ]
    drafts: dict[int, tuple[Draft, ...]] = {}
    for piece, done in engine.run(read, pieces):
        if done.fault is not None:
            raise done.fault
        drafts[piece.position] = done.drafts
    every = [draft for position in sorted(drafts) for draft in drafts[position]]
    shards = tuple(draft.name for draft in every if draft.records)
    for _ in engine.run(_called, [_Call(corpus, shard) for shard in shards]):
        pass
    return Taken(shards, sum(draft.rejects for draft in every))


@dataclass(frozen=True, slots=True)
class _Call:
    """A shard whose records get the input's own ids."""

    corpus: Corpus
    shard: str


def _called(job: _Call) -> None:
    """Call records as the input does, by its column `id`, where it has one."""
    table = pa.Table.from_batches(job.corpus.read(job.shard), SHARD)
    ids = table["record_id"].to_pylist()
    own = [from_json(payload).get("extra", {}).get("id") for payload in table["payload"].to_pylist()]
    if any(one is not None for one in own):
        called = [given if one is None else _as_text(one) for one, given in zip(own, ids, strict=True)]
        place = table.schema.get_field_index("record_id")
        job.corpus.write(
            job.shard, table.set_column(place, SHARD.field(place), pa.array(called, pa.string()))
        )


def _as_text(given: Json) -> str:
    return given if isinstance(given, str) else canonical_json(given)
