"""From revisions of annotations to the votes that count."""

VOTES = """
-- The revision of each annotation that was seen last, whatever became of it; of adjudications too.
CREATE OR REPLACE TEMP VIEW latest_annotations AS
SELECT * FROM annotations
QUALIFY row_number() OVER (
    PARTITION BY annotation_id ORDER BY synced_at DESC, updated_at DESC, deleted, revision_id) = 1;

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
SELECT a.* FROM annotations a
JOIN latest_annotations l USING (annotation_id)
ANTI JOIN (SELECT revision_id FROM findings WHERE void) f ON f.revision_id = a.revision_id
ANTI JOIN (
    SELECT v.annotation_id FROM findings g JOIN annotations v USING (revision_id)
    WHERE g.void AND g.kind <> 'edited by another') o ON o.annotation_id = a.annotation_id
WHERE NOT l.deleted
QUALIFY row_number() OVER (
    PARTITION BY a.annotation_id ORDER BY a.synced_at DESC, a.updated_at DESC, a.deleted, a.revision_id) = 1;

-- From when until when which guideline was in force; the first one known stands for what was before it.
CREATE OR REPLACE TEMP VIEW guideline_spans AS
SELECT task_type, version,
    CASE WHEN lag(since) OVER turn IS NULL THEN '-infinity' ELSE since END AS since,
    coalesce(lead(since) OVER turn, 'infinity') AS until
FROM guidelines WINDOW turn AS (PARTITION BY task_type ORDER BY since);

-- One vote a person and task, with the guideline it was given under: of several, the one said last. Of gold too.
CREATE OR REPLACE TEMP VIEW every_vote AS
WITH said AS (
    SELECT l.*, a.lead_seconds, a.created_at AS submitted_at, t.task_type
    FROM labels l JOIN own_annotations a USING (revision_id) JOIN tasks t ON t.task_id = l.task_id
    WHERE NOT a.skipped AND NOT a.deleted
    QUALIFY row_number() OVER (
        PARTITION BY l.task_id, l.annotator ORDER BY a.created_at DESC, a.annotation_id) = 1)
SELECT said.* EXCLUDE (task_type), coalesce(g.version, '') AS guideline
FROM said LEFT JOIN guideline_spans g  -- not ASOF: that would sort them all
    ON g.task_type = said.task_type AND said.submitted_at >= g.since AND said.submitted_at < g.until;

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
