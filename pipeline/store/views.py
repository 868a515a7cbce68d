"""What is derived from the facts: the current annotations, votes and resolutions, states, and the event log.

Made anew in each connection, so that a store of any age is read with today's definitions.
"""

VIEWS = """
-- The revision of each annotation that was seen last, whatever became of it.
CREATE OR REPLACE TEMP VIEW latest_annotations AS
SELECT * FROM annotations
QUALIFY row_number() OVER (
    PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1;

-- What stands in Label Studio now and says something.
CREATE OR REPLACE TEMP VIEW current_annotations AS
SELECT * FROM latest_annotations WHERE NOT deleted AND NOT skipped;

-- One vote a person and task: of several, the one said last.
CREATE OR REPLACE TEMP VIEW votes AS
SELECT l.*, a.lead_seconds, a.created_at AS submitted_at
FROM labels l JOIN current_annotations a USING (revision_id)
QUALIFY row_number() OVER (
    PARTITION BY l.task_id, l.annotator ORDER BY a.created_at DESC, a.annotation_id) = 1;

CREATE OR REPLACE TEMP VIEW current_resolutions AS
SELECT * FROM resolutions
QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY resolved_at DESC, resolution_id) = 1;

-- A task with all that has happened to it, in flags and counts.
CREATE OR REPLACE TEMP VIEW task_facts AS
SELECT t.task_id, t.task_type, t.version, t.cell, t.overlap, t.attempt, t.generated_at,
    p.task_id IS NOT NULL AS pushed, p.pushed_at,
    coalesce(a.submitted, 0) AS submitted, coalesce(a.unchecked, 0) AS unchecked, coalesce(v.votes, 0) AS votes,
    coalesce(r.method <> 'reopened', false) AS resolved, r.payload IS NOT NULL AS accepted, r.agreement,
    r.resolved_at,
    m.task_id IS NOT NULL AS released, coalesce(m.row_count, 0) AS released_rows
FROM tasks t
LEFT JOIN pushes p USING (task_id)
LEFT JOIN (
    SELECT a.task_id, count(*) AS submitted,
        count(*) FILTER (l.revision_id IS NULL AND j.subject IS NULL) AS unchecked
    FROM current_annotations a
    LEFT JOIN labels l USING (revision_id)
    LEFT JOIN rejects j ON j.stage = 'check' AND j.subject = a.revision_id
    GROUP BY a.task_id) a USING (task_id)
LEFT JOIN (SELECT task_id, count(*) AS votes FROM votes GROUP BY task_id) v USING (task_id)
LEFT JOIN current_resolutions r USING (task_id)
LEFT JOIN (
    SELECT task_id, resolution_id, max(row_count) AS row_count FROM release_members
    GROUP BY task_id, resolution_id) m ON m.task_id = t.task_id AND m.resolution_id = r.resolution_id;

-- The one state of each task.
CREATE OR REPLACE TEMP VIEW task_states AS
SELECT *, CASE
    WHEN released THEN 'released'
    WHEN accepted THEN 'accepted'
    WHEN resolved THEN 'disputed'
    WHEN votes >= overlap THEN 'labeled'
    WHEN submitted > 0 THEN 'in_labeling'
    WHEN pushed THEN 'open'
    ELSE 'ready' END AS state
FROM task_facts;

-- The one state of each record at each stage: none (nothing there for the stage to do), waiting, partly, done,
-- and what a stage may say besides: rejected, disputed, no_row.
CREATE OR REPLACE TEMP VIEW record_states AS
WITH per_record AS (
    SELECT r.record_id,
        count(t.task_id) AS tasks,
        count(*) FILTER (t.pushed) AS pushed,
        count(*) FILTER (t.pushed AND t.submitted >= t.overlap) AS full_tasks,
        count(*) FILTER (t.submitted > 0) AS started,
        coalesce(sum(t.submitted), 0) AS submitted,
        coalesce(sum(t.unchecked), 0) AS unchecked,
        count(*) FILTER (t.votes >= t.overlap OR t.resolved) AS votable,
        count(*) FILTER (t.resolved) AS resolved,
        count(*) FILTER (t.resolved AND NOT t.accepted) AS disputed,
        count(*) FILTER (t.accepted) AS accepted,
        count(*) FILTER (t.released) AS released,
        coalesce(sum(t.released_rows), 0) AS released_rows
    FROM records r LEFT JOIN record_tasks rt USING (record_id) LEFT JOIN task_facts t USING (task_id)
    GROUP BY r.record_id),
asked AS (SELECT record_id, count(*) AS types, sum(items) AS items FROM generated GROUP BY record_id)
SELECT record_id, 'ingest' AS stage, 'done' AS state FROM records
UNION ALL
SELECT record_id, 'generate', CASE WHEN tasks > 0 THEN 'done' WHEN types > 0 THEN 'rejected' ELSE 'none' END
FROM per_record LEFT JOIN asked USING (record_id)
UNION ALL
SELECT record_id, 'push', CASE WHEN tasks = 0 THEN 'none' WHEN pushed = 0 THEN 'waiting'
    WHEN pushed < tasks THEN 'partly' ELSE 'done' END FROM per_record
UNION ALL
SELECT record_id, 'sync', CASE WHEN pushed = 0 THEN 'none' WHEN started = 0 THEN 'waiting'
    WHEN full_tasks < pushed THEN 'partly' ELSE 'done' END FROM per_record
UNION ALL
SELECT record_id, 'check', CASE WHEN submitted = 0 THEN 'none' WHEN unchecked = submitted THEN 'waiting'
    WHEN unchecked > 0 THEN 'partly' ELSE 'done' END FROM per_record
UNION ALL
SELECT record_id, 'resolve', CASE WHEN votable = 0 THEN 'none' WHEN resolved = 0 THEN 'waiting'
    WHEN resolved < tasks THEN 'partly' WHEN disputed > 0 THEN 'disputed' ELSE 'done' END FROM per_record
UNION ALL
SELECT record_id, 'release', CASE WHEN accepted = 0 THEN 'none' WHEN released = 0 THEN 'waiting'
    WHEN released < tasks THEN 'partly' WHEN released_rows = 0 THEN 'no_row' ELSE 'done' END FROM per_record;

-- The event log (docs/reference/events.md), as far as these facts know it.
CREATE OR REPLACE TEMP VIEW events AS
WITH task_record AS (SELECT task_id, min(record_id) AS record_id FROM record_tasks GROUP BY task_id),
said AS (  -- what was said first, also where it was edited or deleted later: the log tells what was known then
    SELECT * FROM annotations WHERE NOT deleted
    QUALIFY row_number() OVER (PARTITION BY annotation_id ORDER BY synced_at, revision_id) = 1),
turns AS (  -- each resolution beside the one before it: only a turn is an event
    SELECT *, lag(CASE WHEN method = 'reopened' THEN NULL ELSE payload IS NULL END) OVER (
        PARTITION BY task_id ORDER BY resolved_at, resolution_id) AS was_disputed FROM resolutions),
plain AS (
    SELECT ingested_at AS ts, 'ingested' AS event, NULL AS task, record_id AS record, NULL AS actor, NULL AS cell,
        NULL::BIGINT AS attempt, NULL::BIGINT AS slot, NULL::DOUBLE AS lead_seconds, NULL AS reason
    FROM records
    UNION ALL
    SELECT j.rejected_at, 'dropped', NULL, split_part(j.subject, '/', 1), NULL, NULL, NULL, NULL, NULL, j.reason
    FROM rejects j WHERE j.stage = 'generate'
        AND split_part(j.subject, '/', 1) NOT IN (SELECT record_id FROM record_tasks)
    UNION ALL
    SELECT t.generated_at, 'ready', t.task_id, tr.record_id, NULL, t.cell, t.attempt, NULL, NULL, NULL
    FROM tasks t LEFT JOIN task_record tr USING (task_id)
    UNION ALL
    SELECT a.created_at, CASE WHEN a.skipped THEN 'skipped' ELSE 'submitted' END, t.task_id, tr.record_id,
        a.annotator, t.cell, t.attempt,
        CASE WHEN NOT a.skipped THEN row_number() OVER (
            PARTITION BY a.task_id, a.skipped ORDER BY a.created_at, a.annotation_id) END,
        a.lead_seconds, NULL
    FROM said a JOIN tasks t USING (task_id) LEFT JOIN task_record tr USING (task_id)
    UNION ALL
    SELECT r.resolved_at, CASE WHEN r.payload IS NULL THEN 'sent_to_adjudication' ELSE 'accepted' END,
        t.task_id, tr.record_id, NULL, t.cell, t.attempt, NULL, NULL, NULL
    FROM turns r JOIN tasks t USING (task_id) LEFT JOIN task_record tr USING (task_id)
    WHERE r.method <> 'reopened' AND (r.payload IS NULL) IS DISTINCT FROM r.was_disputed
    UNION ALL
    SELECT e.made_at, 'released', t.task_id, tr.record_id, NULL, t.cell, t.attempt, NULL, NULL, e.version
    FROM release_members m JOIN releases e USING (version) JOIN tasks t USING (task_id)
    LEFT JOIN task_record tr USING (task_id))
SELECT * FROM plain ORDER BY ts, task, event;
"""
