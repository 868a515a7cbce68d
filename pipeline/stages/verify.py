"""Have machines check what they can before people are asked: answers, programs, the verdicts of judges."""

import json
import time
from collections.abc import Iterator

from pipeline.context import Context, Tally
from pipeline.verification.base import NOTHING, Found
from pipeline.verification.running import Batch, Looked, look
from pipeline.verifying.asked import Asked, asked, check_asked, todo
from pipeline.verifying.auditing import disagreements
from schemas.screening import EvidenceFact

BATCH = 25
"""Records of a job: what is lost where a process dies."""
SECONDS = 2.0
"""How often what was found is put on record."""
WAVE = 10_000
"""Records that are held at once."""


def verify(ctx: Context) -> Tally:
    """Check each record once by everything that [verification] names; what is found is evidence, with its date."""
    check_asked(ctx)
    tally = Tally()
    for one in asked(ctx.project):
        waiting = todo(ctx, one)
        if waiting:
            one.check.refuse(one.options)
        done = ctx.progress.track(
            _looked(ctx, one, waiting), f"verify {one.check.title}", -(-len(waiting) // BATCH)
        )
        for some in _for_a_while(done):
            tally.done += sum(len(looked.found) for looked in some)
            ctx.store.put((fact for looked in some for fact in _facts(ctx, one, looked)), replace=True)
    if tally.done:
        ctx.store.put(disagreements(ctx))
    return tally


def _for_a_while(done: Iterator[Looked]) -> Iterator[list[Looked]]:
    """What was found, some seconds of it at a time: that is what is lost where this process dies."""
    some: list[Looked] = []
    since = time.monotonic()
    for looked in done:
        some.append(looked)
        if time.monotonic() - since > SECONDS:
            yield some
            some, since = [], time.monotonic()
    yield some


def _looked(ctx: Context, one: Asked, waiting: list[str]) -> Iterator[Looked]:
    """What is found, batch by batch, in any order; nothing of it inside a transaction."""
    for start in range(0, len(waiting), WAVE):
        rows = ctx.store.rows(
            "SELECT record_id, payload FROM records WHERE record_id IN (SELECT unnest(?::VARCHAR[])) "
            "ORDER BY ingested_at, record_id",
            [waiting[start : start + WAVE]],
        )
        records = [(row["record_id"], row["payload"]) for row in rows]
        jobs = [
            Batch(one.name, one.options, tuple(records[at : at + BATCH]))
            for at in range(0, len(records), BATCH)
        ]
        for _, looked in ctx.engine.run(look, jobs):
            yield looked


def _facts(ctx: Context, one: Asked, looked: Looked) -> list[EvidenceFact]:
    return [_fact(ctx, one, record_id, found) for record_id, each in looked.found for found in each]


def _fact(ctx: Context, one: Asked, record_id: str, found: Found) -> EvidenceFact:
    return EvidenceFact(
        record_id=record_id,
        check=one.name,
        candidate=found.candidate,
        outcome=found.outcome,
        detail="{}"
        if found.outcome == NOTHING
        else json.dumps(found.detail, ensure_ascii=False, default=str),
        by=one.by,
        seconds=found.seconds,
        checked_at=ctx.clock(),
    )
