"""File sets that hold a conversation: all their rows are conversations, since a column is of one kind."""

from typing import Any

from pipeline.context import Context
from pipeline.released.rows import payload, read, row_hash
from pipeline.released.sets import classes
from schemas.releases import RowFact
from tasks import task_types

AT_ONCE = 10_000
TALKING = "CREATE OR REPLACE TEMP TABLE talking AS SELECT DISTINCT file_set FROM made_rows WHERE talks"
"""Once a set has held one, it stays so: a column that changed its kind to and fro would be of no use."""
PLAIN = """
CREATE OR REPLACE TEMP TABLE plain AS
SELECT row_number() OVER () - 1 AS n, m.made_id, r.row_id
FROM made_rows r JOIN talking USING (file_set) JOIN made m ON m.made_id = r.made_id AND m.recipe = r.recipe
ANTI JOIN made_rows t ON t.made_id = r.made_id AND t.row_id = r.row_id AND t.recipe = r.recipe AND t.talks
WHERE NOT r.talks
"""
SOME = """
SELECT r.* FROM plain p JOIN made_rows r USING (made_id, row_id)
JOIN made m ON m.made_id = r.made_id AND m.recipe = r.recipe WHERE p.n >= ? AND p.n < ? AND NOT r.talks
"""


def make_talking(ctx: Context) -> None:
    """Make the rows that are texts in such a set once more, as conversations; the sets are in the table `talking`."""
    ctx.store.temporary(TALKING)
    if not ctx.store.count("talking"):
        return
    ctx.store.temporary(PLAIN)
    for start in range(0, ctx.store.count("plain"), AT_ONCE):
        found = ctx.store.rows(SOME, [start, start + AT_ONCE])
        ctx.store.put([_talking(row) for row in found], replace=True)


def _talking(row: dict[str, Any]) -> RowFact:
    of = classes(task_types()[row["task_type"]])[row["file_set"]]
    said = read(of, row["payload"], simulated=row["simulated"]).conversational()
    text = payload(said)
    now = {"row_hash": row_hash(said), "talks": True, "payload": text, "payload_bytes": len(text.encode())}
    return RowFact.model_validate({**row, **now})
