"""What the door saw of people's work, a row a fact of it."""

DOOR = """
-- When each person was served each task or adjudication; again where it had been given back. What is handed in after it
-- ran out stands in the ledger as served in the very moment, and was not.
CREATE OR REPLACE TEMP VIEW door_served AS
SELECT e.uid, e.annotator, e.ts, nullif(e.slot, 0) AS slot FROM door_events e
ANTI JOIN door_events l ON l.uid = e.uid AND l.annotator = e.annotator AND l.ts = e.ts AND l.reason = 'late'
WHERE e.event = 'served' AND e.uid IS NOT NULL;

-- Each person's answer, or pass, with the seconds in which the page was seen and touched; none were counted where the
-- page never said so.
CREATE OR REPLACE TEMP VIEW door_answers AS
SELECT uid, annotator, event = 'skipped' AS skipped, min(ts) AS ts, arg_min(nullif(slot, 0), ts) AS slot,
    arg_min(nullif(active_seconds, 0), ts) AS active_seconds, arg_min(reason, ts) AS reason
FROM door_events WHERE event IN ('submitted', 'skipped') AND uid IS NOT NULL GROUP BY ALL;

-- What was given back, or lay there for too long: as of when the page was last seen, not of when that was noticed.
CREATE OR REPLACE TEMP VIEW door_returns AS
SELECT e.uid, e.annotator, nullif(e.slot, 0) AS slot, nullif(e.active_seconds, 0) AS active_seconds,
    e.event AS reason,
    least(e.ts, s.ts + to_microseconds((e.open_seconds * 1000000)::BIGINT)) AS ts
FROM door_events e ASOF LEFT JOIN door_served s ON s.uid = e.uid AND s.annotator = e.annotator AND e.ts >= s.ts
WHERE e.event IN ('returned', 'expired');
"""
