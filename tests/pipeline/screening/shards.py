"""Records put into a corpus by hand, so that screens can be tried without a source."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.context import Context
from pipeline.corpus import SHARD, Corpus
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.store import Store
from schemas.project import parse_project
from schemas.records import Record
from schemas.screening import ShardFact

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def record(prompt: str, *candidates: str, domain: str = "reasoning", **more: Any) -> Record:
    """A record with these candidates."""
    given = {
        "prompt": prompt,
        "domain": domain,
        "candidates": [{"text": text} for text in candidates],
        **more,
    }
    return Record.model_validate(given)


def context(folder: Path, screens: Mapping[str, Any], **engine: Any) -> Context:
    """A project that screens so."""
    project = parse_project({"name": "screened", "screens": dict(screens), "engine": engine})
    return Context(folder, project, Store(":memory:"), FakeLabelStudio, clock=lambda: NOW)


def fill(ctx: Context, records: Iterable[Record], size: int = 50_000, run: str = "a") -> list[str]:
    """Put records into shards of that size, behind all that are there; returns their ids in order."""
    given = iter(records)
    position = ctx.store.value("SELECT coalesce(max(position + row_count), 0) FROM shards")
    ids: list[str] = []
    for number, some in enumerate(iter(lambda: list(islice(given, size)), [])):
        shard = f"records/s/{run}-{number:05}.parquet"
        ctx.corpus.write(shard, _table(some, position))
        ctx.store.put([_fact(shard, position, len(some))])
        position += len(some)
        ids += [one.id for one in some]
    return ids


def _table(records: Sequence[Record], position: int) -> pa.Table:
    rows = [
        {
            "record_id": one.id,
            "prompt_id": one.prompt_id,
            "domain": one.domain,
            "language": one.language,
            "programming_language": one.programming_language,
            "license": one.license,
            "candidates": len(one.candidates),
            "payload": one.model_dump_json(exclude_none=True),
            "ingested_at": NOW,
            "position": position + n,
            "row": n + 1,
        }
        for n, one in enumerate(records)
    ]
    return pa.Table.from_pylist(rows, SHARD)


def _fact(shard: str, position: int, count: int) -> ShardFact:
    return ShardFact(
        shard=shard, source_id="s", position=position, row_count=count, known=0, rejected=0, read_at=NOW
    )


def verdicts(ctx: Context) -> list[tuple[str, str, str | None, str | None]]:
    """Each record screened, in the order of reading: id, verdict, screen, and what it went on as."""
    rows = ctx.store.rows("SELECT record_id, verdict, screen, admitted_as FROM screened ORDER BY position")
    return [tuple(row.values()) for row in rows]


def files(corpus: Corpus) -> Iterator[str]:
    """What lies beside the shards."""
    return (name for name in corpus.files.names() if not name.startswith("records/"))
