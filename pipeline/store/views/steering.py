"""What Label Studio should do with each task that stands in it, beside what it last said that it does."""

STEERING = """
-- Disputes that wait for an adjudicator, with the votes as they are now.
CREATE OR REPLACE TEMP VIEW open_adjudications AS
SELECT j.* FROM adjudications j JOIN current_resolutions r USING (task_id)
WHERE r.method = 'none' AND r.revisions = j.revisions
    AND j.task_id NOT IN (SELECT task_id FROM superseded) AND j.task_id NOT IN (SELECT task_id FROM withdrawn);

-- Each task and adjudication there is, with the votes that it still wants: none where it is settled or out. Gold wants
-- one of everybody who may do it, as long as it is in force; `gold` says what it is for, and is null of work.
CREATE OR REPLACE TEMP VIEW wanted AS
SELECT f.task_id AS uid, 'label' AS purpose, f.cell, f.task_type, f.version,
    CASE WHEN f.superseded OR f.withdrawn OR coalesce(f.method IN ('adjudicated', 'sent_back', 'machine'), false) THEN 0
        WHEN f.gold THEN CASE WHEN g.in_force THEN greatest(0, f.overlap - f.submitted) ELSE 0 END
        ELSE greatest(0, f.overlap - f.votes - f.unchecked) END AS missing,
    f.cell IN (SELECT cell FROM paused_cells) AS paused, g.purpose AS gold
FROM task_facts f LEFT JOIN gold_tasks g USING (task_id)
UNION ALL
SELECT j.adjudication_id, 'adjudicate', t.cell, t.task_type, t.version,
    (j.adjudication_id IN (SELECT adjudication_id FROM open_adjudications))::BIGINT,
    t.cell IN (SELECT cell FROM paused_cells), NULL
FROM adjudications j JOIN tasks t USING (task_id);

-- Those in Label Studio that should be asked otherwise than they are. What was never read of is not judged.
CREATE OR REPLACE TEMP VIEW steering AS
WITH there AS (
    SELECT w.*, p.server, p.project_id, p.remote_task_id, s.overlap, s.closed, s.submitted, s.voters,
        w.missing = 0 OR w.paused AS want_closed,
        CASE WHEN w.missing = 0 OR w.paused THEN greatest(s.voters, 1) ELSE s.submitted + w.missing END
            AS want_overlap
    FROM wanted w JOIN pushes p ON p.task_id = w.uid JOIN remote_states s ON s.task_id = w.uid WHERE NOT s.gone)
SELECT * FROM there WHERE closed <> want_closed OR (NOT want_closed AND overlap <> want_overlap);

-- How many tasks of each cell people find in Label Studio now.
CREATE OR REPLACE TEMP VIEW open_tasks AS
SELECT w.cell, w.task_type, w.version, count(*) AS tasks, sum(w.missing)::BIGINT AS votes
FROM wanted w JOIN pushes p ON p.task_id = w.uid JOIN remote_states s ON s.task_id = w.uid
WHERE w.purpose = 'label' AND w.missing > 0 AND NOT w.paused AND NOT s.gone AND w.gold IS NULL GROUP BY ALL;

-- What is not in Label Studio, or not any more, and should be.
CREATE OR REPLACE TEMP VIEW to_push AS
SELECT w.* FROM wanted w LEFT JOIN pushes p ON p.task_id = w.uid LEFT JOIN remote_states s ON s.task_id = w.uid
WHERE w.missing > 0 AND NOT w.paused AND (p.task_id IS NULL OR coalesce(s.gone, false));
"""
