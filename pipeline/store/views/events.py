"""The event log, as far as the facts know it."""

EVENTS = """
-- The event log (docs/reference/events.md), as far as these facts know it.
CREATE OR REPLACE TEMP VIEW events AS
WITH known AS (  -- tasks that bring nothing on: work at them is somebody's, and no cell's
    SELECT task_id, purpose AS gold FROM gold_tasks),
of_gold AS (  -- records that are there for such tasks alone
    SELECT record_id FROM record_tasks LEFT JOIN known USING (task_id)
    WHERE record_id IN (SELECT record_id FROM record_tasks SEMI JOIN known USING (task_id))
    GROUP BY record_id HAVING count(*) = count(gold)),
attempts AS (  -- under the id of the item's first attempt: in the log, a task is opened again
    SELECT t.*, first_value(t.task_id) OVER item AS task, r.record, last_value(t.attempt) OVER item AS newest, g.gold
    FROM tasks t
    LEFT JOIN known g USING (task_id)
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
heard AS (  -- by the door's clock, where it was said at the door
    SELECT s.* REPLACE (coalesce(d.ts, s.created_at) AS created_at,
        coalesce(d.active_seconds, s.lead_seconds) AS lead_seconds), d.slot, d.reason
    FROM said s LEFT JOIN door_answers d ON d.uid = s.task_id AND d.annotator = s.annotator AND d.skipped = s.skipped),
outcomes AS (
    SELECT r.*, d.adjudicator, CASE r.method WHEN 'machine' THEN 'decided by machine' ELSE d.reason END AS reason,
        coalesce(w.active_seconds, a.lead_seconds) AS lead_seconds, CASE r.method
            WHEN 'reopened' THEN NULL WHEN 'none' THEN 'sent_to_adjudication'
            WHEN 'sent_back' THEN 'rejected' WHEN 'machine' THEN 'dropped' ELSE 'accepted' END AS event
    FROM resolutions r
    LEFT JOIN decisions d ON r.method IN ('adjudicated', 'sent_back') AND d.revision_id = r.revisions[1]
    LEFT JOIN annotations a ON a.revision_id = d.revision_id
    LEFT JOIN door_answers w ON w.uid = a.task_id AND w.annotator = a.annotator AND NOT w.skipped),
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
    FROM tasks WHERE task_id NOT IN (SELECT task_id FROM resolutions WHERE method = 'machine')  -- never asked of people
    UNION ALL
    SELECT created_at, CASE WHEN skipped THEN 'skipped' ELSE 'submitted' END AS event, task_id, annotator,
        CASE WHEN NOT skipped AND NOT void THEN  -- the door's slots, where it has seen all that was said
            CASE WHEN count(slot) OVER votes = count(*) OVER votes THEN slot ELSE row_number() OVER votes END END,
        lead_seconds, coalesce(fault, CASE WHEN skipped THEN reason END)
    FROM heard WINDOW votes AS (PARTITION BY task_id, skipped, void ORDER BY created_at, annotation_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    UNION ALL
    SELECT ts, 'served' AS event, uid, annotator, slot, NULL, NULL FROM door_served
    UNION ALL
    SELECT ts, 'skipped' AS event, uid, annotator, slot, active_seconds, reason FROM door_returns
    UNION ALL  -- passes that Label Studio knows nothing of
    SELECT d.ts, 'skipped' AS event, d.uid, d.annotator, d.slot, d.active_seconds, d.reason
    FROM door_answers d ANTI JOIN said s ON s.task_id = d.uid AND s.annotator = d.annotator AND s.skipped
    WHERE d.skipped
    UNION ALL
    SELECT d.ts, 'adjudication_started' AS event, j.task_id, d.annotator, NULL, NULL, NULL
    FROM door_served d JOIN adjudications j ON j.adjudication_id = d.uid
    UNION ALL
    SELECT s.created_at - to_microseconds((coalesce(s.lead_seconds, 0) * 1000000)::BIGINT),
        'adjudication_started' AS event, j.task_id, s.annotator, NULL, NULL, s.fault
    FROM said s JOIN adjudications j ON j.adjudication_id = s.task_id
    ANTI JOIN door_served d ON d.uid = s.task_id AND d.annotator = s.annotator
    WHERE NOT s.skipped
    UNION ALL
    SELECT resolved_at, event, task_id, adjudicator, NULL, lead_seconds, nullif(reason, '') FROM turns
    UNION ALL
    SELECT ts, event, task_id, NULL, NULL, NULL, nullif(reason, '') FROM moved
    UNION ALL
    SELECT d.ts, 'dropped' AS event, d.task_id, NULL, NULL, NULL, d.reason
    FROM dropped d JOIN attempts a USING (task_id) WHERE a.attempt = a.newest
    UNION ALL
    SELECT e.made_at, 'released' AS event, m.task_id, NULL, NULL, NULL, e.version
    FROM release_members m JOIN releases e USING (version)
    ANTI JOIN (SELECT resolution_id FROM resolutions WHERE method = 'machine') r ON r.resolution_id = m.resolution_id),
gated AS (  -- what was screened, under the id by which it went on; one after another, if many were screened at once
    SELECT * EXCLUDE (began, took, place, many),
        began + to_microseconds(took * (place - 1) // many) AS started_at,
        began + to_microseconds(took * place // many) AS screened_at
    FROM (
        SELECT coalesce(admitted_as, record_id) AS record, ingested_at, screened_by, started_at AS began,
            epoch_us(screened_at) - epoch_us(started_at) AS took,
            row_number() OVER (PARTITION BY screened_by, started_at, screened_at ORDER BY position) AS place,
            count(*) OVER (PARTITION BY screened_by, started_at, screened_at) AS many
        FROM screened
        QUALIFY row_number() OVER (PARTITION BY record ORDER BY admitted_as IS NULL, position) = 1)
    WHERE record NOT IN (SELECT record_id FROM of_gold)),
of_records AS (  -- ts, event, record, actor, reason
    SELECT ingested_at AS ts, 'ingested' AS event, record_id AS record, NULL AS actor, NULL AS reason FROM records
    WHERE record_id NOT IN (SELECT record_id FROM of_gold) AND record_id NOT IN (SELECT record FROM gated)
    UNION ALL
    SELECT ingested_at, 'ingested' AS event, record, NULL, NULL FROM gated
    UNION ALL
    SELECT started_at, 'screening_started' AS event, record, screened_by, NULL FROM gated
    UNION ALL
    SELECT screened_at, 'screened' AS event, record, screened_by, NULL FROM gated
    UNION ALL  -- what waits to be screened is known by its number alone
    SELECT read_at, 'ingested' AS event, shard || '#' || unnest(range(row_count - coalesce(n, 0))), NULL, NULL
    FROM shards LEFT JOIN (SELECT shard, count(*) AS n FROM screened GROUP BY shard) USING (shard)
    UNION ALL
    SELECT rejected_at, 'dropped' AS event, subject, NULL, reason
    FROM rejects WHERE stage = 'screen' AND subject NOT IN (SELECT record_id FROM records)
    UNION ALL
    SELECT rejected_at, 'dropped' AS event, split_part(subject, '/', 1), NULL, reason
    FROM rejects WHERE stage IN ('generate', 'verify')
        AND split_part(subject, '/', 1) NOT IN (SELECT record_id FROM record_tasks)
    UNION ALL
    SELECT withdrawn_at, 'dropped' AS event, record_id, NULL, reason FROM withdrawals),
plain AS (
    SELECT ts, event, NULL AS task, record, actor, NULL AS cell,
        NULL::BIGINT AS attempt, NULL::BIGINT AS slot, NULL::DOUBLE AS lead_seconds, reason
    FROM of_records
    UNION ALL
    SELECT e.ts, e.event, a.task, a.record, e.actor, a.cell, a.attempt, e.slot, e.lead_seconds, e.reason
    FROM of_tasks e JOIN attempts a USING (task_id) WHERE a.gold IS NULL
    UNION ALL  -- work that brings no task on
    SELECT e.ts, e.event, NULL, NULL, e.actor, a.cell, NULL, NULL, e.lead_seconds, a.gold
    FROM of_tasks e JOIN attempts a USING (task_id)
    WHERE a.gold IS NOT NULL AND e.event IN ('served', 'submitted', 'skipped')
    UNION ALL
    SELECT ts, event, NULL, NULL, annotator, NULL, NULL, NULL, NULL, reason
    FROM door_events WHERE event IN ('signed_on', 'signed_off', 'starved'))
SELECT * FROM plain ORDER BY ts, task, attempt, event;
"""
