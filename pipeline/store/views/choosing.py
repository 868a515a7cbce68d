"""What a condition on the command line may ask for: tasks that can be redone, records that can be withdrawn."""

CHOOSING = """
-- Each task that stands, once a record of it, with what the record is; what `redo --where` chooses from.
CREATE OR REPLACE TEMP VIEW redoable_tasks AS
WITH first_guidelines AS (SELECT task_type, arg_min(version, since) AS version FROM guidelines GROUP BY task_type)
SELECT t.task_id, r.record_id, r.domain, r.language, r.programming_language, r.topic, r.difficulty, r.license,
    r.dataset, t.cell, t.task_type, t.version, t.attempt, t.state, t.method, t.agreement, t.votes, t.overlap,
    -- what was settled before guidelines were on record was settled under the first that is
    CASE WHEN t.resolved THEN coalesce(t.guideline, g.version, '') END AS guideline,
    t.resolved_at, t.generated_at
FROM task_states t JOIN record_tasks USING (task_id) JOIN records r USING (record_id)
ANTI JOIN withdrawals w ON w.record_id = r.record_id
LEFT JOIN first_guidelines g ON g.task_type = t.task_type
WHERE NOT t.superseded AND NOT t.withdrawn AND NOT t.gold;

-- Each record that was not withdrawn, with the row it was read from; what `withdraw --where` chooses from.
CREATE OR REPLACE TEMP VIEW withdrawable_records AS
SELECT r.*, r.payload ->> '$.source.row' AS source_row
FROM records r ANTI JOIN withdrawals w ON w.record_id = r.record_id;
"""
