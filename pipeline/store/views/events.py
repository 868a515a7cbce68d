"""The event log, as far as the facts know it."""

EVENTS = """
-- The event log (docs/reference/events.md), as far as these facts know it.
CREATE OR REPLACE TEMP VIEW events AS
WITH attempts AS (  -- under the id of the item's first attempt: in the log, a task is opened again
    SELECT t.*, first_value(t.task_id) OVER item AS task, r.record, last_value(t.attempt) OVER item AS newest
    FROM tasks t
    LEFT JOIN (SELECT task_id, min(record_id) AS record FROM record_tasks GROUP BY task_id) r USING (task_id)
    WINDOW item AS (PARTITION BY t.item_id, t.task_type, t.version ORDER BY t.attempt
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)),
faults AS (  -- why what was said is no vote, or one more than was asked for
    SELECT annotation_id, arg_min(kind, (NOT void, found_at, kind)) AS kind, bool_or(void) AS void FROM (
        SELECT a.annotation_id, f.kind, f.void, f.found_at FROM findings f JOIN annotations a USING (revision_id)
        WHERE (f.void AND f.kind <> 'edited by another') OR f.kind = 'past the overlap'
        UNION ALL
        SELECT a.annotation_id, j.reason, true, j.rejected_at
        FROM rejects j JOIN latest_annotations a ON j.stage = 'check' AND a.revision_id = j.subject)
    GROUP BY annotation_id),
said AS (  -- what was said first, also where it was edited or deleted later: the log tells what was known then
    SELECT a.*, f.kind AS fault, coalesce(f.void, false) AS void
    FROM annotations a LEFT JOIN faults f USING (annotation_id) WHERE NOT a.deleted
    QUALIFY row_number() OVER (PARTITION BY a.annotation_id ORDER BY a.synced_at, a.revision_id) = 1),
outcomes AS (
    SELECT r.*, d.adjudicator, d.reason, a.lead_seconds, CASE r.method
            WHEN 'reopened' THEN NULL WHEN 'none' THEN 'sent_to_adjudication'
            WHEN 'sent_back' THEN 'rejected' ELSE 'accepted' END AS event
    FROM resolutions r
    LEFT JOIN decisions d ON r.method IN ('adjudicated', 'sent_back') AND d.revision_id = r.revisions[1]
    LEFT JOIN annotations a ON a.revision_id = d.revision_id),
turns AS (  -- each outcome beside the one before it: only a turn is an event
    SELECT * FROM outcomes QUALIFY event IS NOT NULL AND event IS DISTINCT FROM
        lag(event) OVER (PARTITION BY task_id ORDER BY resolved_at, resolution_id)),
dropped AS (
    SELECT task_id, max(w.withdrawn_at) AS ts, arg_max(w.reason, w.withdrawn_at) AS reason
    FROM withdrawn JOIN record_tasks USING (task_id) JOIN withdrawals w USING (record_id) GROUP BY task_id),
switches AS (
    SELECT * FROM cell_pauses
    QUALIFY paused <> coalesce(lag(paused) OVER (PARTITION BY cell ORDER BY set_at), false)),
pauses AS (  -- of each cell, with the moment and the reason of its end
    SELECT *, lead(set_at) OVER turn AS until, lead(reason) OVER turn AS resumed_why
    FROM switches WINDOW turn AS (PARTITION BY cell ORDER BY set_at)),
parked AS (  -- the tasks of a paused cell: those there were, and those made in the meantime
    SELECT t.task_id, greatest(p.set_at, t.generated_at) AS ts, p.until, p.reason, p.resumed_why, p.set_at AS pause
    FROM tasks t JOIN pauses p ON p.cell = t.cell AND p.paused AND t.generated_at < coalesce(p.until, 'infinity')),
switched AS (
    SELECT task_id, pause, ts, 'held' AS event, reason FROM parked
    UNION ALL
    SELECT task_id, pause, until, 'resumed' AS event, resumed_why FROM parked WHERE until IS NOT NULL),
moved AS (  -- of these, what was not settled or at its end then
    SELECT s.* FROM switched s ASOF LEFT JOIN resolutions r ON r.task_id = s.task_id AND s.ts >= r.resolved_at
    LEFT JOIN redos d ON d.task_id = s.task_id AND d.redone_at <= s.ts
    LEFT JOIN dropped o ON o.task_id = s.task_id AND o.ts <= s.ts
    WHERE coalesce(r.method IN ('none', 'reopened'), true) AND d.task_id IS NULL AND o.task_id IS NULL
    QUALIFY bool_or(s.event = 'held') OVER (PARTITION BY s.task_id, s.pause)),
of_tasks AS (  -- ts, event, task_id, actor, slot, lead_seconds, reason
    SELECT generated_at AS ts, 'ready' AS event, task_id, NULL AS actor, NULL::BIGINT AS slot,
        NULL::DOUBLE AS lead_seconds, NULL AS reason
    FROM tasks
    UNION ALL
    SELECT created_at, CASE WHEN skipped THEN 'skipped' ELSE 'submitted' END AS event, task_id, annotator,
        CASE WHEN NOT skipped AND NOT void THEN row_number() OVER (
            PARTITION BY task_id, skipped, void ORDER BY created_at, annotation_id) END,
        lead_seconds, fault
    FROM said
    UNION ALL
    SELECT s.created_at - to_microseconds((coalesce(s.lead_seconds, 0) * 1000000)::BIGINT),
        'adjudication_started' AS event, j.task_id, s.annotator, NULL, NULL, s.fault
    FROM said s JOIN adjudications j ON j.adjudication_id = s.task_id WHERE NOT s.skipped
    UNION ALL
    SELECT resolved_at, event, task_id, adjudicator, NULL, lead_seconds, nullif(reason, '') FROM turns
    UNION ALL
    SELECT ts, event, task_id, NULL, NULL, NULL, nullif(reason, '') FROM moved
    UNION ALL
    SELECT d.ts, 'dropped' AS event, d.task_id, NULL, NULL, NULL, d.reason
    FROM dropped d JOIN attempts a USING (task_id) WHERE a.attempt = a.newest
    UNION ALL
    SELECT e.made_at, 'released' AS event, m.task_id, NULL, NULL, NULL, e.version
    FROM release_members m JOIN releases e USING (version)),
plain AS (
    SELECT ingested_at AS ts, 'ingested' AS event, NULL AS task, record_id AS record, NULL AS actor, NULL AS cell,
        NULL::BIGINT AS attempt, NULL::BIGINT AS slot, NULL::DOUBLE AS lead_seconds, NULL AS reason
    FROM records
    UNION ALL
    SELECT withdrawn_at, 'dropped' AS event, NULL, record_id, NULL, NULL, NULL, NULL, NULL, reason FROM withdrawals
    UNION ALL
    SELECT rejected_at, 'dropped' AS event, NULL, split_part(subject, '/', 1), NULL, NULL, NULL, NULL, NULL, reason
    FROM rejects WHERE stage = 'generate' AND split_part(subject, '/', 1) NOT IN (SELECT record_id FROM record_tasks)
    UNION ALL
    SELECT e.ts, e.event, a.task, a.record, e.actor, a.cell, a.attempt, e.slot, e.lead_seconds, e.reason
    FROM of_tasks e JOIN attempts a USING (task_id))
SELECT * FROM plain ORDER BY ts, task, attempt, event;
"""
