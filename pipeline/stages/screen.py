"""Screen the records that came in, and let those go on that nothing speaks against."""

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.context import Context, Tally
from schemas.facts import RecordFact, RejectFact
from schemas.screening import NotedFact, ScreenedFact

if TYPE_CHECKING:
    from pipeline.screening._meeting import Places
    from pipeline.screening.admitting import Admitted
    from pipeline.screening.session import Session

SHARDS = """
SELECT shard, row_count > coalesce(n, 0) AS waiting
FROM shards LEFT JOIN (SELECT shard, count(*) AS n FROM screened GROUP BY shard) USING (shard)
WHERE row_count > 0 ORDER BY position, shard
"""
UNSCREENED = "SELECT coalesce(sum(row_count), 0)::BIGINT - (SELECT count(*) FROM screened) FROM shards"
"""How many records wait to be screened."""
GONE = "SELECT position FROM screened WHERE admitted_as IS NULL ORDER BY position"
WENT_ON = """
SELECT r.record_id, s.position, r.payload FROM screened s JOIN records r ON r.record_id = s.admitted_as
WHERE s.shard = ? ORDER BY s.position
"""
EARLIER = "earlier.parquet"
"""Stands for a shard of the records from before there were screens."""
EARLIER_IDS = """
SELECT record_id FROM records
WHERE record_id NOT IN (SELECT admitted_as FROM screened WHERE admitted_as IS NOT NULL)
"""
EARLIER_RECORDS = f"""
SELECT record_id, payload,
    row_number() OVER (ORDER BY ingested_at, record_id) - 1 - (SELECT count(*) FROM ({EARLIER_IDS})) AS position
FROM records SEMI JOIN ({EARLIER_IDS}) USING (record_id) ORDER BY position
"""  # noqa: S608 - our own words
"""They stand before all others."""


def screen(ctx: Context) -> Tally:
    """Screen each record once: what passes goes on, what does not is a reject with its evidence."""
    import pyarrow as pa

    from pipeline.screening import screen as screen_of
    from pipeline.screening.admitting import Moment, admit
    from pipeline.screening.choosing import choose, options_of
    from pipeline.screening.session import Session

    for name, given in ctx.project.screens.items():
        options_of(screen_of(name), given)  # what is wrong is said also while there is nothing to screen
    tally = Tally(skipped=ctx.store.count("screened"))
    shards = ctx.store.rows(SHARDS)
    new = [row["shard"] for row in shards if row["waiting"]]
    if not new:
        return tally
    choice = choose(ctx.project.screens, ctx.folder)
    session = Session(ctx.corpus, choice, ctx.engine, track=ctx.progress.track)
    known, gone = known_to(ctx, session, [row["shard"] for row in shards if not row["waiting"]])
    started = ctx.clock()
    for shard, found in session.findings(new, known, gone):
        rows = pa.Table.from_batches(ctx.corpus.read(shard))
        ended = max(started, ctx.clock())
        put(ctx, admit(shard, rows, found, Moment(started, ended)), tally)
        session.keep(shard)
        started = ended
    session.end()
    return tally


def known_to(ctx: Context, session: "Session", shards: list[str]) -> tuple[list[str], "Places"]:
    """The shards that new records are held against, sketched or ready to be, and whom to leave out of them."""
    import numpy as np
    import pyarrow as pa

    if not session.choice.across:
        return [], np.zeros(0, np.int64)
    if ctx.store.value(f"SELECT 1 FROM ({EARLIER_IDS}) LIMIT 1"):  # noqa: S608 - our own words
        shards = [EARLIER, *shards]
    for shard in session.unsketched(shards):
        rows = ctx.store.rows(EARLIER_RECORDS) if shard == EARLIER else ctx.store.rows(WENT_ON, [shard])
        schema = pa.schema([("record_id", pa.string()), ("position", pa.int64()), ("payload", pa.string())])
        ctx.corpus.write(session.refill(shard), pa.Table.from_pylist(rows, schema))
    return shards, np.array([row["position"] for row in ctx.store.rows(GONE)], np.int64)


def put(ctx: Context, admitted: "Admitted", tally: Tally) -> None:
    """Put what came of a shard on record: all of it, or nothing."""
    with ctx.store.transaction():
        ctx.store.put_table(RecordFact, admitted.records)
        ctx.store.put_table(RejectFact, admitted.rejects)
        ctx.store.put_table(NotedFact, admitted.noted)
        tally.done += ctx.store.put_table(ScreenedFact, admitted.screened)
    tally.rejected += Counter(admitted.rejects["reason"].to_pylist())
