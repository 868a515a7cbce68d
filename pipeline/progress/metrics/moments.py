"""The moments of each attempt and of each task, gathered once a log: what most metrics are computed from."""

from pipeline.store.log import EventLog

STATE_OF = """CASE event WHEN 'ingested' THEN 0 WHEN 'screening_started' THEN 0 WHEN 'screened' THEN 0
    WHEN 'ready' THEN 1 WHEN 'rejected' THEN 1 WHEN 'sent_to_adjudication' THEN 2 WHEN 'adjudication_started' THEN 2
    WHEN 'accepted' THEN 3 WHEN 'released' THEN 3 WHEN 'dropped' THEN 4 END"""
"""The state that an event brings a task into: intake, labeling, adjudication, done, dropped; null for none."""

NO_TURNS = "'served', 'submitted', 'skipped', 'released', 'signed_on', 'signed_off', 'starved'"
"""Events that bring a task into no other state, as long as those that do are in the log too."""

ATTEMPTS = f"""
SELECT task, greatest(coalesce(attempt, 1), 1) AS attempt, max(cell) AS cell, min(ts) AS since,
    min(ts) FILTER (WHERE event = 'ingested') AS ingested,
    min(ts) FILTER (WHERE event = 'ready') AS ready,
    coalesce(min(ts) FILTER (WHERE event = 'served'),
        min(ts - to_microseconds((coalesce(lead_seconds, 0) * 1e6)::BIGINT)) FILTER (WHERE event = 'submitted'),
        min(ts) FILTER (WHERE event = 'skipped')) AS served,
    max(ts) FILTER (WHERE event = 'served') AS served_last,
    max(ts) FILTER (WHERE event = 'submitted') AS submitted,
    count(*) FILTER (WHERE event = 'served') AS serves,
    count(*) FILTER (WHERE event = 'submitted') AS votes,
    count(lead_seconds) FILTER (WHERE event = 'submitted') AS leads,
    sum(lead_seconds) FILTER (WHERE event = 'submitted') AS lead_seconds,
    min(ts) FILTER (WHERE event = 'sent_to_adjudication') AS sent,
    min(ts) FILTER (WHERE event = 'adjudication_started') AS started,
    max(ts) FILTER (WHERE event = 'accepted') AS accepted,
    max(ts) FILTER (WHERE event = 'rejected') AS rejected,
    min(ts) FILTER (WHERE event = 'released') AS released,
    max(ts) FILTER (WHERE event = 'dropped') AS dropped,
    max(seq) FILTER (WHERE event = 'held') AS held,
    max(seq) FILTER (WHERE event = 'resumed') AS resumed,
    count(*) FILTER (WHERE event NOT IN ({NO_TURNS})) AS turns,
    max(seq * 8 + nullif({STATE_OF}, 0)) FILTER (WHERE event <> 'released') AS last
FROM log WHERE task IS NOT NULL GROUP BY 1, 2
"""  # noqa: S608 - names of ours
"""Of each attempt when what happened; the remainder of `last` by 8 is the state it was brought into last."""

TASKS = """
SELECT *, CASE WHEN is_held AND state < 3 THEN 'held' ELSE
        ['intake', 'labeling', 'adjudication', 'done', 'dropped'][state + 1] END AS stands,
    CASE state WHEN 3 THEN coalesce(accepted, released) WHEN 4 THEN dropped END AS ended
FROM (
    SELECT task, max(cell) AS cell, max(attempt) AS attempts, min(since) AS since, min(ingested) AS ingested,
        min(served) AS served, max(accepted) AS accepted, min(released) AS released, max(dropped) AS dropped,
        coalesce(max(held) > coalesce(max(resumed), 0), false) AS is_held, max(held) IS NOT NULL AS was_held,
        max(last) AS last, sum(turns) AS turns,
        CASE WHEN max(last) IS NOT NULL THEN max(last) % 8 WHEN min(released) IS NOT NULL THEN 3
            WHEN min(served) IS NOT NULL THEN 1 ELSE 0 END AS state
    FROM log_attempts GROUP BY task)
"""
"""Of each task: the state where it `stands`, and when it `ended`, if it did."""


def gather(log: EventLog) -> None:
    """Make the tables `log_attempts` and `log_tasks` of a log, where they are not there yet."""
    log.keep("log_attempts", ATTEMPTS)
    log.keep("log_tasks", TASKS)
