"""The rows of a release as its files hold them: what is asked of the store for each, in the order of the files."""

import json
from collections.abc import Iterator

import pyarrow as pa

from pipeline.released.columns import own, schema
from pipeline.released.parquet import BLOCK
from pipeline.store import Store
from schemas.rows import Row

SIZE = "payload_bytes"
"""A column more, for whoever cuts the rows into groups."""
ORIGINS = """
INSERT INTO record_origins
SELECT record_id, dataset, s.config, s.split, s.revision, s.row, license, language
FROM (
    SELECT r.*, from_json(r.payload -> '$.source',
        '{"config":"VARCHAR","split":"VARCHAR","revision":"VARCHAR","row":"VARCHAR"}') AS s
    FROM records r ANTI JOIN record_origins o ON o.record_id = r.record_id)
"""
SEVERAL = """
CREATE OR REPLACE TEMP TABLE several AS
WITH pairs AS (SELECT row_id, unnest(records) AS record_id FROM candidate WHERE len(records) > 1)
SELECT row_id, list({origin} ORDER BY record_id) AS sources
FROM pairs JOIN record_origins o USING (record_id) GROUP BY row_id
"""
ORIGIN = """{'record_id': o.record_id, 'dataset': o.dataset, 'config': o.config, 'split': o.split,
    'revision': o.revision, 'row': o.source_row, 'license': o.license}"""
ROWS = """
SELECT c.row_id, {own}, c.simulated, c.decided_by, c.votes::INTEGER AS votes, c.agreement, c.posterior, c.method,
    c.guideline AS guideline_version, c.task_id, c.task_type, c.cell, c.attempt::INTEGER AS attempt, c.votes_id,
    c.prompt_id, c.sources, c.row_hash, c.payload_bytes
FROM (
    SELECT c.*, from_json(r.payload, '{shape}') AS said
    FROM (SELECT made_id, row_id, row_hash, payload FROM made_rows WHERE file_set = '{file_set}') r
    JOIN (
        SELECT c.*, coalesce(v.sources, [{origin}]) AS sources
        FROM candidate c
        LEFT JOIN record_origins o ON o.record_id = c.records[1]
        LEFT JOIN several v ON v.row_id = c.row_id
        WHERE c.file_set = '{file_set}' AND c.split = '{split}' AND c.row_id >= '{first}' AND c.row_id < '{end}') c
    ON c.made_id = r.made_id AND c.row_id = r.row_id AND c.row_hash = r.row_hash) c
ORDER BY c.row_id
"""
"""Joined in this order: what is long is looked up in what is short, never kept. A range of rows at a time."""
AT_ONCE = 2**29
"""Bytes of rows that are put in order at once."""
BYTES = "SELECT sum(payload_bytes) FROM candidate WHERE file_set = ? AND split = ?"


def know_origins(store: Store) -> None:
    """Have on record where each record was read: to read its JSON for each release would take longer than all else."""
    if store.count("records") > store.count("record_origins"):
        store.temporary(ORIGINS)


def know_several(store: Store) -> None:
    """Have the sources of the rows in `candidate` that have several, in `several`."""
    store.temporary(SEVERAL.format(origin=ORIGIN))


def rows_of(
    store: Store, file_set: str, split: str, of: type[Row], *, conversational: bool
) -> Iterator[pa.RecordBatch]:
    """The rows of one split of a file set, by their ids: the columns of `columns_of`."""
    fields = list(own(of, conversational=conversational))
    shape = json.dumps({field.name: _shape(field.type) for field in fields})
    said = ", ".join(f'c.said."{field.name}"' for field in fields)
    for first, end in _ranges(-(-int(store.value(BYTES, [file_set, split])) // AT_ONCE)):
        asked = ROWS.format(
            own=said, shape=shape, file_set=file_set, split=split, origin=ORIGIN, first=first, end=end
        )
        yield from store.batches(asked, BLOCK)


def _ranges(count: int) -> Iterator[tuple[str, str]]:
    """All ids there can be, in so many ranges; ids are hashes, so each has about as many."""
    ends = [f"{65536 * number // count:04x}" for number in range(1, count)]
    yield from zip(["", *ends], [*ends, "g"], strict=True)


def columns_of(of: type[Row], *, conversational: bool) -> pa.Schema:
    """The columns of that query."""
    return schema(of, conversational=conversational).append(pa.field(SIZE, pa.int64()))


def _shape(kind: pa.DataType) -> object:
    """A type as DuckDB's from_json wants it told."""
    if pa.types.is_list(kind):
        return [_shape(kind.value_type)]
    if pa.types.is_struct(kind):
        return {field.name: _shape(field.type) for field in kind}
    return {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}[kind]
