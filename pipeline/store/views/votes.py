"""From revisions of annotations to the votes that count."""

VOTES = """
-- The revision of each annotation that was seen last, whatever became of it; of adjudications too. Most have one alone:
-- to sort out the others costs half as much as to put all in order. That two share a hash does no harm.
CREATE OR REPLACE TEMP VIEW latest_annotations AS
WITH edited AS MATERIALIZED (SELECT hash(annotation_id) AS one FROM annotations GROUP BY one HAVING count(*) > 1)
SELECT * FROM annotations WHERE hash(annotation_id) NOT IN (FROM edited)
UNION ALL
(SELECT * FROM annotations WHERE hash(annotation_id) IN (FROM edited)
QUALIFY row_number() OVER (
    PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1);

-- What was said of a task and not taken back.
CREATE OR REPLACE TEMP VIEW current_annotations AS
SELECT a.* FROM latest_annotations a JOIN tasks USING (task_id) WHERE NOT a.deleted AND NOT a.skipped;

-- What adjudicators said and did not take back.
CREATE OR REPLACE TEMP VIEW current_adjudicating AS
SELECT a.* FROM latest_annotations a JOIN adjudications j ON j.adjudication_id = a.task_id
WHERE NOT a.deleted AND NOT a.skipped;

-- Each annotation as its annotator left it: what somebody else made of it counts for nobody. Where one revision may not
-- count for who gave it or when, none does: an earlier one is no way round.
CREATE OR REPLACE TEMP VIEW own_annotations AS
WITH doubted AS MATERIALIZED (
    SELECT hash(annotation_id) AS one FROM annotations GROUP BY one HAVING count(*) > 1 OR bool_or(deleted)
    UNION ALL
    SELECT hash(annotation_id) FROM annotations SEMI JOIN (SELECT revision_id FROM findings WHERE void) f
        USING (revision_id)),
last AS (
    SELECT annotation_id, deleted FROM annotations WHERE hash(annotation_id) IN (FROM doubted)
    QUALIFY row_number() OVER (
        PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1)
SELECT * FROM annotations WHERE hash(annotation_id) NOT IN (FROM doubted)
UNION ALL
(SELECT a.* FROM annotations a
JOIN last l USING (annotation_id)
ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
ANTI JOIN (
    SELECT v.annotation_id FROM findings g JOIN annotations v USING (revision_id)
    WHERE g.void AND g.kind <> 'edited by another') o ON o.annotation_id = a.annotation_id
WHERE NOT l.deleted AND hash(a.annotation_id) IN (FROM doubted)
QUALIFY row_number() OVER (
    PARTITION BY a.annotation_id ORDER BY a.synced_at DESC, a.updated_at DESC, a.deleted, a.revision_id) = 1);

-- From when until when which guideline was in force; the first one known stands for what was before it.
CREATE OR REPLACE TEMP VIEW guideline_spans AS
SELECT task_type, version,
    CASE WHEN lag(since) OVER turn IS NULL THEN '-infinity' ELSE since END AS since,
    coalesce(lead(since) OVER turn, 'infinity') AS until
FROM guidelines WINDOW turn AS (PARTITION BY task_type ORDER BY since);

-- The revision that is a person's vote on a task, with when and under which guideline it was given: of several, the one
-- said last. Of gold too. Apart from what it says, so that it can be held.
CREATE OR REPLACE TEMP VIEW vote_times AS
WITH said AS (
    SELECT l.revision_id, a.lead_seconds, a.created_at AS submitted_at, t.task_type
    FROM labels l JOIN own_annotations a USING (revision_id) JOIN tasks t ON t.task_id = l.task_id
    WHERE NOT a.skipped AND NOT a.deleted
    QUALIFY row_number() OVER (
        PARTITION BY l.task_id, l.annotator ORDER BY a.created_at DESC, a.annotation_id) = 1)
SELECT said.* EXCLUDE (task_type), coalesce(g.version, '') AS guideline
FROM said LEFT JOIN guideline_spans g  -- not ASOF: that would sort them all
    ON g.task_type = said.task_type AND said.submitted_at >= g.since AND said.submitted_at < g.until;

-- One vote a person and task.
CREATE OR REPLACE TEMP VIEW every_vote AS
SELECT l.*, w.lead_seconds, w.submitted_at, w.guideline FROM labels l JOIN vote_times w USING (revision_id);

-- The votes that settle tasks: those on gold settle nothing.
CREATE OR REPLACE TEMP VIEW votes AS
SELECT v.* FROM every_vote v ANTI JOIN gold_tasks g ON g.task_id = v.task_id;

CREATE OR REPLACE TEMP VIEW current_resolutions AS
SELECT * FROM resolutions
QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY resolved_at DESC, resolution_id) = 1;

-- How sure each settled label is, as it was told last.
CREATE OR REPLACE TEMP VIEW current_truths AS
SELECT * FROM truths
QUALIFY row_number() OVER (PARTITION BY resolution_id ORDER BY told_at DESC) = 1;

-- What adjudicators decided, the newest decision of each adjudication that counts.
CREATE OR REPLACE TEMP VIEW current_decisions AS
SELECT d.*, a.created_at AS decided_at FROM decisions d JOIN own_annotations a USING (revision_id)
WHERE NOT a.skipped AND NOT a.deleted
QUALIFY row_number() OVER (
    PARTITION BY d.adjudication_id ORDER BY a.created_at DESC, a.annotation_id) = 1;
"""
