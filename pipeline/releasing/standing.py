"""The settled labels that stand: what a release made now is made of."""

from pipeline.releasing.recipes import recipe
from pipeline.store import Store
from tasks import is_current, task_types

KINDS = """
CREATE OR REPLACE TEMP TABLE kinds AS
SELECT unnest(?::VARCHAR[]) AS task_type, unnest(?::BIGINT[]) AS version, unnest(?::VARCHAR[]) AS recipe
"""
STANDING = """
CREATE OR REPLACE TEMP TABLE standing AS
WITH gone AS (  -- all of whose records were withdrawn
    SELECT task_id FROM record_tasks
    SEMI JOIN (FROM record_tasks SEMI JOIN withdrawals USING (record_id)) touched USING (task_id)
    LEFT JOIN withdrawals w USING (record_id) GROUP BY task_id HAVING count(*) = count(w.record_id)),
later AS (SELECT item_id, task_type, version, max(attempt) AS attempt FROM tasks WHERE attempt > 1 GROUP BY ALL)
SELECT t.task_id, t.task_type, r.resolution_id, r.resolved_at
FROM current_resolutions r JOIN tasks t USING (task_id) JOIN kinds USING (task_type, version)
ANTI JOIN gone ON gone.task_id = t.task_id
ANTI JOIN redos ON redos.task_id = t.task_id
ANTI JOIN gold_tasks g ON g.task_id = t.task_id
ANTI JOIN later l ON l.item_id = t.item_id AND l.task_type = t.task_type AND l.version = t.version
    AND l.attempt > t.attempt
WHERE r.payload IS NOT NULL
"""
"""Of each item the newest attempt alone, and of a task's records those alone that were not withdrawn."""
WHOLES = """
CREATE OR REPLACE TEMP TABLE wholes AS
SELECT md5(string_agg(m.made_id, ',' ORDER BY m.place)) AS made_id, list(m.made_id ORDER BY m.place) AS parts,
    any_value(m.recipe) AS recipe
FROM made m SEMI JOIN standing s ON s.resolution_id = m.made_id JOIN kinds USING (task_type, version)
WHERE m.whole IS NOT NULL AND m.recipe = kinds.recipe GROUP BY m.whole
"""
"""What several tasks hold a part of each, by those of its parts that stand."""


def know_kinds(store: Store) -> dict[str, str]:
    """Have the kinds of tasks that are asked today in the table `kinds`; returns the recipe of each task type."""
    # a question that has changed since has labels of its own; those of the old one stay in the releases they are in
    found = store.rows("SELECT DISTINCT task_type, version FROM tasks ORDER BY ALL")
    current = [
        (row["task_type"], row["version"]) for row in found if is_current(row["task_type"], row["version"])
    ]
    recipes = {name: recipe(task_types()[name]) for name, _ in current}
    columns = [[name for name, _ in current], [version for _, version in current], list(recipes.values())]
    store.temporary(KINDS, columns)
    return recipes


def stand(store: Store) -> None:
    """Have them in the table `standing`, and wholes of several in `wholes`; `kinds` is known."""
    store.temporary(STANDING)
    store.temporary(WHOLES)


def has_parts(store: Store) -> bool:
    """Whether any label is of a part of something."""
    return bool(store.value("SELECT count(*) > 0 FROM (FROM made WHERE whole IS NOT NULL LIMIT 1)"))
