"""The state of each record at each stage."""

RECORDS = """
-- The one state of each record at each stage: none (nothing there for the stage to do), waiting, partly, done,
-- and what a stage may say besides: rejected, disputed, no_row, gold, withdrawn.
CREATE OR REPLACE TEMP VIEW record_states AS
WITH counted AS (
    SELECT r.record_id,
        count(t.task_id) AS tasks,
        count(t.task_id) FILTER (t.method IS DISTINCT FROM 'machine') AS for_people,
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
        coalesce(sum(t.released_rows), 0) AS released_rows, count(rt.task_id) > 0 AND count(t.task_id) = 0
            AND r.record_id IN (SELECT record_id FROM record_tasks JOIN gold_tasks USING (task_id)) AS gold
    FROM records r LEFT JOIN record_tasks rt USING (record_id)
    LEFT JOIN task_facts t ON t.task_id = rt.task_id AND NOT t.superseded AND NOT t.gold
    WHERE r.record_id NOT IN (SELECT record_id FROM withdrawals)
    GROUP BY r.record_id),
per_record AS (SELECT * FROM counted WHERE NOT gold),
asked AS (SELECT record_id, count(*) AS types, sum(items) AS items FROM generated GROUP BY record_id)
SELECT record_id, unnest(['ingest', 'screen']) AS stage, 'done' AS state FROM records
UNION ALL
SELECT record_id, 'verify', CASE WHEN e.record_id IS NULL THEN 'none' ELSE 'done' END
FROM records LEFT JOIN (SELECT DISTINCT record_id FROM evidence) e USING (record_id)
UNION ALL
SELECT record_id, unnest(['generate', 'push', 'sync', 'check', 'resolve', 'release']), 'withdrawn' FROM withdrawals
UNION ALL
SELECT record_id, unnest(['generate', 'push', 'sync', 'check', 'resolve', 'release']), 'gold' FROM counted WHERE gold
UNION ALL
SELECT record_id, 'generate', CASE WHEN tasks > 0 THEN 'done' WHEN types > 0 THEN 'rejected' ELSE 'none' END
FROM per_record LEFT JOIN asked USING (record_id)
UNION ALL
SELECT record_id, 'push', CASE WHEN for_people = 0 THEN 'none' WHEN pushed = 0 THEN 'waiting'
    WHEN pushed < for_people THEN 'partly' ELSE 'done' END FROM per_record
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
"""
