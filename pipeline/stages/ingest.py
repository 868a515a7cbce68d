"""Read records from the sources."""

from collections.abc import Iterator
from itertools import chain, islice

from pipeline.context import Context, Tally
from pipeline.sources import fingerprint, records
from pipeline.sources.base import BadRow
from schemas.base import content_id
from schemas.errors import ProjectError
from schemas.facts import RecordFact, RejectFact, SourceFact
from schemas.project import SourceConfig
from schemas.records import Record

BATCH = 1000


def ingest(ctx: Context) -> Tally:
    """Read every source that has changed since the last time; a record that is known already is skipped."""
    if not ctx.project.sources:
        raise ProjectError("project.toml: at least one [[sources]] was expected, there is none; add one")
    tally = Tally()
    for source in ctx.project.sources:
        name = source.path or source.reader
        source_id = content_id(source.model_dump(mode="json"))
        now = fingerprint(source, ctx.folder)
        known = ctx.store.facts(SourceFact, "source_id = ?", [source_id])
        if known and now is not None and known[0].fingerprint == now:
            tally.skipped += known[0].row_count
            continue
        rows = _read(ctx, source, name, tally)
        fact = SourceFact(
            source_id=source_id, name=name, fingerprint=now, row_count=rows, read_at=ctx.clock()
        )
        ctx.store.put([fact], replace=True)
    return tally


def _read(ctx: Context, source: SourceConfig, name: str, tally: Tally) -> int:
    """Put a source's records in batches; returns how many rows it had."""
    total = 0
    for batch in _batches(ctx.progress.track(records(source, ctx.folder), f"ingest {name}")):
        good = [record_fact(ctx, row) for row in batch if isinstance(row, Record)]
        bad = [_reject(ctx, name, row) for row in batch if isinstance(row, BadRow)]
        with ctx.store.transaction():
            new = ctx.store.put(good)
            ctx.reject(tally, bad)
        tally.done += new
        tally.skipped += len(good) - new
        total += len(batch)
    return total


def _batches(rows: Iterator[Record | BadRow]) -> Iterator[list[Record | BadRow]]:
    for first in rows:
        yield list(chain([first], islice(rows, BATCH - 1)))


def record_fact(ctx: Context, record: Record) -> RecordFact:
    """A record as the store keeps it."""
    return RecordFact(
        record_id=record.id,
        prompt_id=record.prompt_id,
        domain=record.domain,
        language=record.language,
        programming_language=record.programming_language,
        topic=record.topic,
        difficulty=None if record.difficulty is None else str(record.difficulty),
        license=record.license,
        dataset=record.source.dataset if record.source else None,
        candidates=len(record.candidates),
        payload=record.model_dump_json(exclude_none=True),
        ingested_at=ctx.clock(),
    )


def _reject(ctx: Context, name: str, row: BadRow) -> RejectFact:
    where = f"{row.dataset or name}:{row.row}"
    return ctx.rejection(
        "ingest", f"{where}/{row.reason}", "malformed row", f"{where}: {row.reason}", {"row": row.row}
    )
