"""What a release made now would hold: chosen among the rows that are made, into tables of this connection.

`candidate` has a row for each row, with what stands beside it; `members` one for each settled label, as
`release_members` does; `held` one for each row that is held back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pipeline.context import Context
from pipeline.releasing.making import make_rows
from pipeline.releasing.splits import assign
from pipeline.releasing.standing import stand
from pipeline.releasing.talking import make_talking
from pipeline.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

BEHIND = """
CREATE OR REPLACE TEMP TABLE behind AS
WITH pairs AS (
    SELECT rt.task_id, rt.record_id, rec.prompt_id, rec.ingested_at
    FROM record_tasks rt SEMI JOIN standing USING (task_id) JOIN records rec USING (record_id)
    ANTI JOIN withdrawals w ON w.record_id = rt.record_id),
counted AS (
    SELECT task_id, count(*) AS n, any_value(record_id) AS record_id, any_value(prompt_id) AS prompt_id
    FROM pairs GROUP BY task_id)
SELECT task_id, [record_id] AS records, prompt_id FROM counted WHERE n = 1
UNION ALL  -- apart: to put everything in order takes long, and few tasks have several records
SELECT task_id, list(record_id ORDER BY record_id), first(prompt_id ORDER BY ingested_at, record_id)
FROM pairs SEMI JOIN (FROM counted WHERE n > 1) USING (task_id) GROUP BY task_id
"""
UNSPLIT = """
SELECT DISTINCT prompt_id FROM behind ANTI JOIN prompt_splits p ON p.prompt_id = behind.prompt_id ORDER BY 1
"""
CANDIDATE = """
CREATE OR REPLACE TEMP TABLE candidate AS
WITH parts AS (SELECT resolution_id AS made_id FROM standing UNION ALL SELECT made_id FROM wholes),
told AS (
    SELECT resolution_id AS made_id, method, posterior FROM current_truths
    UNION ALL  -- a whole is right where all of its parts are
    SELECT w.made_id, string_agg(DISTINCT t.method, '+' ORDER BY t.method),
        CASE WHEN count(t.posterior) = len(any_value(w.parts)) THEN product(t.posterior) END
    FROM (SELECT made_id, parts, unnest(parts) AS resolution_id FROM wholes) w
    JOIN current_truths t USING (resolution_id) GROUP BY w.made_id)
SELECT r.* EXCLUDE (payload) REPLACE (
        CASE WHEN r.decided_by = 'people' THEN coalesce(t.method, r.method) ELSE r.method END AS method,
        coalesce(t.posterior, r.posterior) AS posterior),
    s.split, b.prompt_id, b.records
FROM parts JOIN made_rows r USING (made_id) JOIN kinds k ON k.task_type = r.task_type AND k.recipe = r.recipe
JOIN behind b ON b.task_id = r.task_id
LEFT JOIN prompt_splits s ON s.prompt_id = b.prompt_id
LEFT JOIN told t ON t.made_id = r.made_id
WHERE r.talks = (r.file_set IN (SELECT file_set FROM talking))
"""
MEMBERS = """
CREATE OR REPLACE TEMP TABLE held AS
SELECT row_id, task_id, 'bridges splits' AS reason, prompt_id AS detail FROM candidate WHERE split IS NULL;
DELETE FROM candidate WHERE split IS NULL;
CREATE OR REPLACE TEMP TABLE members AS
WITH counted AS (
    SELECT task_id, count(*) FILTER (NOT ends_with(file_set, '-passed')) AS row_count FROM candidate GROUP BY task_id)
SELECT s.task_id, s.resolution_id, coalesce(c.row_count, 0) AS row_count
FROM standing s SEMI JOIN behind b ON b.task_id = s.task_id LEFT JOIN counted c ON c.task_id = s.task_id
ANTI JOIN held h ON h.task_id = s.task_id
"""
MOST_MEMORY = 3 * 10**9
"""Bytes that DuckDB may hold while a release is made: what it was not asked for again goes first, then temporary rows
go to disk. Without this it would keep whatever it read, up to most of the machine's memory."""
BOUND = "SELECT ? < parse_formatted_bytes(current_setting('memory_limit'))"
SAID = """
SELECT concat_ws(' ', row_id, row_hash, split) || chr(10) AS said, concat_ws(' ', made_id, method, posterior,
    array_to_string(records, ',')) || chr(10) AS beside
FROM candidate ORDER BY row_id
"""
_BATCH = 100_000


@dataclass(frozen=True)
class Hashes:
    """What a candidate is known by."""

    content: str
    """128 bits of the sorted (row_id, row_hash, split)."""
    digest: str
    """And of what stands beside each."""


def choose(ctx: Context) -> dict[str, str]:
    """Have it in the tables; returns why each prompt that belongs to no split does so."""
    store = ctx.store
    make_rows(ctx)
    if store.value(BOUND, [MOST_MEMORY]):
        store.temporary(f"SET memory_limit = '{MOST_MEMORY}B'")
    stand(store)
    make_talking(ctx)
    store.temporary(BEHIND)
    assigned = assign(ctx, [row["prompt_id"] for row in store.rows(UNSPLIT)])
    store.temporary(CANDIDATE)
    store.temporary(MEMBERS)
    return dict(assigned.bridging)


def hashes(store: Store) -> Hashes:
    """The hashes of what stands in `candidate`."""
    content, beside = blake2b(digest_size=16), blake2b(digest_size=16)
    for batch in store.batches(SAID, _BATCH):
        content.update(_bytes(batch.column(0)))
        beside.update(_bytes(batch.column(1)))
    beside.update(content.digest())
    return Hashes(content.hexdigest(), beside.hexdigest())


def _bytes(texts: "pa.StringArray") -> memoryview:
    """All texts of a column, one behind the other, as they lie there."""
    import numpy as np

    _, offsets, data = texts.buffers()
    if data is None:
        return memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data)[ends[0] : ends[-1]]


def rows_of_data(store: Store) -> Iterator[dict[str, Any]]:
    """How many rows of data are alike in who decided them, their votes, method, cell and split."""
    yield from store.rows("""
    SELECT task_type, version, file_set, split, cell, decided_by, votes, method, guideline, simulated,
        ends_with(file_set, '-passed') AS passed, count(*) AS n
    FROM candidate GROUP BY ALL ORDER BY ALL
    """)
