"""A look at what was said of a few tasks, without looking through all that was ever said."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.store.store import Store

SAID = ("annotations", "labels")


@contextmanager
def among(store: Store, tasks: str) -> Iterator[None]:
    """Within, nothing was said but of the tasks whose `task_id` a query gives; a whole store, only to be read from.

    Views that sort out what counts look at every annotation, whatever is asked of them: here, at those of these tasks.
    """
    database = str(store.value("SELECT current_database()"))
    store.temporary(f"CREATE OR REPLACE TEMP TABLE few AS {tasks}")
    try:
        for table in SAID:
            mine = f'SELECT * FROM "{database}".main.{table} SEMI JOIN few USING (task_id)'  # noqa: S608 - names of ours
            store.temporary(f"CREATE OR REPLACE TEMP VIEW {table} AS {mine}")
        yield
    finally:
        for table in SAID:
            store.temporary(f"DROP VIEW IF EXISTS temp.{table}")
        store.temporary("DROP TABLE few")
