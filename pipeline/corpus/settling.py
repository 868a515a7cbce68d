"""Drafts as shards: with the records that are new alone."""

from dataclasses import dataclass

import pyarrow as pa

from pipeline.corpus.base import SHARD, Corpus
from pipeline.corpus.columns import booleans
from pipeline.corpus.filling import Draft
from pipeline.corpus.known import Known


@dataclass(frozen=True, slots=True)
class Settled:
    """What a draft has brought."""

    new: int
    """Records of the shard; none: there is no shard."""
    known: int
    position: int


def settle(corpus: Corpus, draft: Draft, shard: str, known: Known) -> Settled:
    """Make a draft the shard of that name, without the records that are known; the draft is gone then.

    The shard counts once it is on record in the store; until then it may be made again.
    """
    rows = _columns(corpus, draft.name, "record_id", "position")
    new = known.take(rows.column("record_id"))
    count = int(new.sum())
    if count == len(new) > 0:
        corpus.files.move(draft.name, shard)
    elif count:
        whole = _columns(corpus, draft.name, *SHARD.names)
        corpus.write(shard, whole.filter(booleans(new)))
    position = rows.column("position")[int(new.argmax())].as_py() if count else 0
    return Settled(count, len(new) - count, position)


def known_in(corpus: Corpus, shards: list[str]) -> tuple[Known, list[str]]:
    """The records that are in these shards, and those of the shards that are not there any more."""
    there = set(corpus.shards()) if shards else set()
    known = Known()
    for shard in shards:
        if shard in there:
            known.take(_columns(corpus, shard, "record_id").column("record_id"))
    return known, [shard for shard in shards if shard not in there]


def _columns(corpus: Corpus, name: str, *columns: str) -> pa.Table:
    schema = pa.schema([SHARD.field(column) for column in columns])
    return pa.Table.from_batches(corpus.read(name, columns, batch=2**20), schema=schema)
