"""`--additions-only`: what the last release holds stays as it is, and what would be otherwise is held back."""

from pipeline.store import Store
from schemas.errors import UsageError
from schemas.facts import ReleaseFact

GONE = """
SELECT count(*) FROM release_rows r WHERE version = ?
    AND EXISTS (SELECT 1 FROM withdrawals w WHERE list_contains(r.records, w.record_id))
    AND NOT EXISTS (SELECT 1 FROM candidate c WHERE c.row_id = r.row_id)
"""
OTHERWISE = """
SELECT b.file_set FROM (FROM release_rows WHERE version = ?) b JOIN made_rows r USING (made_id, row_id, row_hash)
WHERE NOT r.talks AND b.file_set IN (SELECT file_set FROM talking) LIMIT 1
"""
HELD = """
CREATE OR REPLACE TEMP TABLE last_rows AS
SELECT r.* EXCLUDE (payload) REPLACE (f.method AS method, f.posterior AS posterior), f.split, f.prompt_id, f.records
FROM (FROM release_rows WHERE version = ?) f JOIN made_rows r USING (made_id, row_id, row_hash);
CREATE OR REPLACE TEMP TABLE anew AS  -- tasks of items that have a row already, by an earlier attempt
SELECT n.task_id, o.task_id AS before FROM tasks o JOIN tasks n ON n.item_id = o.item_id
    AND n.task_type = o.task_type AND n.version = o.version AND n.attempt > o.attempt
WHERE o.task_id IN (SELECT task_id FROM last_rows) AND n.task_id IN (SELECT task_id FROM members);
INSERT INTO held
SELECT b.row_id, b.task_id, CASE WHEN c.row_id IS NULL AND a.before IS NULL THEN 'removal' ELSE 'correction' END,
    CASE WHEN a.before IS NOT NULL THEN 'its item was asked anew, and has a label since'
        WHEN c.row_id IS NULL THEN 'it would be gone: its item is asked anew, or makes no such row any more'
        WHEN c.row_hash = b.row_hash THEN 'it would stand in another split'
        WHEN c.decided_by = 'adjudicator' THEN 'an adjudicator has decided otherwise since'
        ELSE 'its item has another label since' END
FROM last_rows b LEFT JOIN candidate c USING (row_id)
LEFT JOIN (SELECT DISTINCT before FROM anew) a ON a.before = b.task_id
WHERE c.row_id IS NULL OR c.row_hash <> b.row_hash OR c.split <> b.split;
DELETE FROM candidate WHERE task_id IN (SELECT task_id FROM last_rows) OR task_id IN (SELECT task_id FROM anew);
DELETE FROM members WHERE task_id IN (SELECT task_id FROM last_rows) OR task_id IN (SELECT task_id FROM anew);
INSERT INTO members
SELECT m.task_id, m.resolution_id, m.row_count FROM release_members m
WHERE m.version = ? AND m.task_id NOT IN (SELECT task_id FROM members);
INSERT INTO candidate BY NAME FROM last_rows
"""


def keep_last(store: Store, last: ReleaseFact | None) -> None:
    """Put the rows of the last release into `candidate` as they are, and what they would be into `held`.

    Raises UsageError where that cannot be.
    """
    if last is None:
        return
    if last.content is None:
        raise UsageError(
            f"release: with --additions-only, a release of this headrace to add to was expected, {last.version} was "
            "made by an older one; release without it once"
        )
    if gone := store.value(GONE, [last.version]):
        raise UsageError(
            f"release: with --additions-only, rows that may stay were expected, {gone:,} of {last.version} are of "
            "records that were withdrawn; release without it"
        )
    if file_set := store.value(OTHERWISE, [last.version]):
        raise UsageError(
            f"release: with --additions-only, rows in the columns of {last.version} were expected, {file_set} holds "
            "conversations since; release without it"
        )
    for statement in HELD.split(";\n"):
        store.temporary(statement, [last.version] if "?" in statement else ())
