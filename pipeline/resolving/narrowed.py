"""Looking at some tasks alone: what is asked of the store costs what was said of these, however many others there are.

The views number what was said of all tasks before they leave any out. So for a moment the facts about the other tasks
are out of sight: tables of this connection alone stand before those of the store, under their names.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.store import Store

OF = {
    "annotations": """
        SELECT task_id FROM looked_at UNION
        SELECT adjudication_id FROM adjudications JOIN looked_at USING (task_id)""",
    "labels": "FROM looked_at",
    "resolutions": "FROM looked_at",
    "record_tasks": "FROM looked_at",
    "asks": "FROM looked_at",
}
"""The facts that are left out, by table, and of which tasks they are kept; what was said of a task in its adjudication
is said of it too."""
CHANGED = """
SELECT task_id FROM annotations
ANTI JOIN (SELECT unnest(revisions) AS revision_id FROM resolutions) r USING (revision_id)
UNION SELECT task_id FROM resolutions WHERE method IN ('none', 'reopened', 'adjudicated', 'sent_back')
UNION SELECT task_id FROM annotations SEMI JOIN (FROM findings WHERE void) f USING (revision_id)
UNION SELECT task_id FROM gold
"""
"""All tasks of which something may be due, and some more. Of the others all that people said is in a settlement by
their votes; nothing that they said came after the newest, for facts are never taken back."""
DECIDED = "SELECT DISTINCT task_id FROM decisions"
UNTOLD = """
SELECT DISTINCT task_id FROM resolutions ANTI JOIN truths USING (resolution_id) WHERE payload IS NOT NULL
"""


FEW = 10_000
"""Of more tasks than these nothing is set apart: that would take as much room as the facts themselves."""


@contextmanager
def only(store: Store, tasks: str, asked: str) -> Iterator[None]:
    """Have the store know what was said of some tasks alone, for a question; nothing may be put within.

    `tasks` is a query for their ids, which are in the table `looked_at` meanwhile.
    """
    store.make_views(asked)  # while they mean the store's own tables
    store.temporary(f"CREATE OR REPLACE TEMP TABLE looked_at AS {tasks}")
    apart = OF if store.count("looked_at") <= FEW else {}
    try:
        for table, of in apart.items():
            store.temporary(
                f"CREATE TEMP TABLE only_{table} AS FROM {table} SEMI JOIN ({of}) o USING (task_id)"
            )
        for table in apart:
            store.temporary(f"ALTER TABLE only_{table} RENAME TO {table}")
        yield
    finally:
        for table in apart:
            store.temporary(f"DROP TABLE IF EXISTS temp.only_{table}; DROP TABLE IF EXISTS temp.main.{table}")
        store.temporary("DROP TABLE looked_at")
