"""A task with all that has happened to it, and the one state it is in."""

TASKS = """
CREATE OR REPLACE TEMP VIEW current_asks AS
SELECT * FROM asks QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY asked_at DESC) = 1;

-- What is paused now, since when and why.
CREATE OR REPLACE TEMP VIEW paused_cells AS
SELECT cell, reason, set_at FROM (
    SELECT * FROM cell_pauses QUALIFY row_number() OVER (PARTITION BY cell ORDER BY set_at DESC) = 1)
WHERE paused;

CREATE OR REPLACE TEMP VIEW paused_people AS
SELECT annotator, redo_since, reason, set_at FROM (
    SELECT * FROM person_pauses QUALIFY row_number() OVER (PARTITION BY annotator ORDER BY set_at DESC) = 1)
WHERE paused;

-- Tasks in whose place the next attempt stands, or will.
CREATE OR REPLACE TEMP VIEW superseded AS
SELECT task_id FROM redos UNION SELECT task_id FROM current_resolutions WHERE method = 'sent_back';

-- Tasks all of whose records were withdrawn.
CREATE OR REPLACE TEMP VIEW withdrawn AS
SELECT rt.task_id FROM record_tasks rt LEFT JOIN withdrawals w USING (record_id)
GROUP BY rt.task_id HAVING count(*) = count(w.record_id);

-- How much was said of each task and not taken back: answers, and among them those that nobody has checked yet, those
-- that are labels, those that no person gave; and how often people passed.
CREATE OR REPLACE TEMP VIEW task_answers AS
SELECT a.task_id, count(*) FILTER (NOT a.skipped) AS submitted,
    count(*) FILTER (NOT a.skipped AND l.revision_id IS NULL AND j.subject IS NULL) AS unchecked,
    count(*) FILTER (NOT a.skipped AND l.revision_id IS NOT NULL) AS labels,
    count(*) FILTER (NOT a.skipped AND a.simulated) AS simulated, count(*) FILTER (a.skipped) AS skips
FROM latest_annotations a
LEFT JOIN labels l USING (revision_id)
LEFT JOIN rejects j ON j.stage = 'check' AND j.subject = a.revision_id
WHERE NOT a.deleted GROUP BY a.task_id;

-- A task with all that has happened to it, in flags and counts.
CREATE OR REPLACE TEMP VIEW task_facts AS
SELECT t.task_id, t.item_id, t.task_type, t.version, t.cell, coalesce(k.votes, t.overlap) AS overlap, t.attempt,
    t.audit, t.generated_at, g.task_id IS NOT NULL AS gold,
    s.task_id IS NOT NULL AS superseded, w.task_id IS NOT NULL AS withdrawn,
    p.task_id IS NOT NULL AS pushed, p.pushed_at,
    coalesce(a.submitted, 0) AS submitted, coalesce(a.unchecked, 0) AS unchecked,
    CASE WHEN g.task_id IS NULL THEN coalesce(v.votes, 0) ELSE 0 END AS votes,
    coalesce(r.method <> 'reopened', false) AS resolved, r.payload IS NOT NULL AS accepted, r.method, r.agreement,
    r.resolved_at, r.guideline, m.task_id IS NOT NULL AS released, coalesce(m.row_count, 0) AS released_rows
FROM tasks t
LEFT JOIN current_asks k USING (task_id)
LEFT JOIN superseded s USING (task_id)
LEFT JOIN withdrawn w USING (task_id)
LEFT JOIN gold_tasks g USING (task_id)
LEFT JOIN pushes p USING (task_id)
LEFT JOIN task_answers a USING (task_id)
LEFT JOIN (  -- as many as people: of `votes`, which asks which one counts, there are as many
    SELECT task_id, count(*) AS votes FROM (
        SELECT DISTINCT l.task_id, l.annotator FROM labels l JOIN own_annotations o USING (revision_id)
        WHERE NOT o.skipped AND NOT o.deleted)
    GROUP BY task_id) v USING (task_id)
LEFT JOIN current_resolutions r USING (task_id)
LEFT JOIN (
    SELECT task_id, resolution_id, max(row_count) AS row_count FROM release_members
    GROUP BY task_id, resolution_id) m ON m.task_id = t.task_id AND m.resolution_id = r.resolution_id;

-- The one state of each task.
CREATE OR REPLACE TEMP VIEW task_states AS
SELECT *, CASE
    WHEN withdrawn THEN 'withdrawn'
    WHEN superseded THEN 'superseded'
    WHEN gold THEN 'gold'
    WHEN released THEN 'released'
    WHEN accepted THEN 'accepted'
    WHEN resolved THEN 'disputed'
    WHEN votes >= overlap THEN 'labeled'
    WHEN submitted > 0 THEN 'in_labeling'
    WHEN pushed THEN 'open'
    ELSE 'ready' END AS state
FROM task_facts;

-- The tasks that stand: what is said of a project's progress is said of these.
CREATE OR REPLACE TEMP VIEW standing_tasks AS
SELECT * FROM task_states WHERE NOT superseded AND NOT withdrawn AND NOT gold;
"""
