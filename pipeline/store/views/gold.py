"""Tasks whose answer is known, and what people said of them."""

GOLD = """
-- Tasks that are gold, by what was said of them last. A retired one that a record of the project makes too is work.
CREATE OR REPLACE TEMP VIEW gold_tasks AS
WITH newest AS (SELECT * FROM gold QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY put_at DESC) = 1)
SELECT *, true AS in_force FROM newest WHERE payload IS NOT NULL
UNION ALL  -- apart: NOT IN would read all of record_tasks, whatever is asked
SELECT n.*, false AS in_force FROM newest n ANTI JOIN record_tasks r ON r.task_id = n.task_id WHERE n.payload IS NULL;
"""

GOLD_SAID = """
-- What each person said last of each gold task in force, beside its answer as it is known now.
CREATE OR REPLACE TEMP VIEW gold_said AS
SELECT v.annotator, v.task_id, t.cell, t.task_type, t.version, g.purpose, v.revision_id, v.annotation_id,
    v.payload, g.payload AS known, g.clause, v.guideline, v.lead_seconds, v.submitted_at, v.simulated
FROM every_vote v JOIN gold_tasks g USING (task_id) JOIN tasks t USING (task_id) WHERE g.in_force;
"""
