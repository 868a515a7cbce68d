"""The long past of an event log: tasks long at rest are counted and left out, so that no analysis grows with age."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime, timedelta

import duckdb

from pipeline.store.store import Store
from schemas.events import AtRest, Past

MANY = 2_000_000
"""Events that are analysed within seconds; a log that has no more is kept whole."""
HORIZONS = (70, 42, 28)
"""Days before the moment that is looked at: the longest that holds no more events than that, at least the last.

Nothing that is measured or fitted looks back further than ten weeks, and than four where there is so much.
"""

EVENTS_SINCE = "SELECT count(*) FROM {home}.log WHERE ts >= $since AND ts <= $moment"
AT_REST_IN_LOG = """
CREATE OR REPLACE TEMP TABLE at_rest AS
SELECT task, cell, released, true AS newest,
    accepted IS NOT NULL AND accepted >= coalesce(dropped, accepted) AS accepted
FROM (
    SELECT task, max(cell) AS cell, max(ts) FILTER (event = 'accepted') AS accepted,
        max(ts) FILTER (event = 'dropped') AS dropped, bool_or(event = 'released') AS released,
        max(ts) FILTER (event IN ('ready', 'rejected', 'sent_to_adjudication')) AS opened,
        max(ts) FILTER (event <> 'released') AS stirred
    FROM {home}.log WHERE task IS NOT NULL GROUP BY task)
WHERE stirred < $since AND greatest(accepted, dropped) >= coalesce(opened, '-infinity')
"""
"""Tasks that ended, and at which nothing has been done since; that they were released later changes nothing."""
KEPT_IN_LOG = """
CREATE OR REPLACE TABLE {home}.log AS
WITH over AS (  -- records all of whose tasks are at rest
    SELECT record FROM (SELECT DISTINCT record, task FROM {home}.log WHERE task IS NOT NULL AND record IS NOT NULL) t
    LEFT JOIN at_rest r USING (task) GROUP BY record HAVING count(*) = count(r.task))
SELECT * REPLACE (row_number() OVER () AS seq) FROM {home}.log l
WHERE NOT EXISTS (FROM at_rest r WHERE r.task = l.task)
    AND (l.task IS NOT NULL OR NOT EXISTS (FROM over o WHERE o.record = l.record))
"""
COUNTED = """
SELECT coalesce(cell, '') AS cell, count(*) FILTER (accepted) AS accepted, count(*) FILTER (NOT accepted) AS dropped,
    count(*) FILTER (accepted AND released) AS released
FROM at_rest WHERE newest GROUP BY 1 ORDER BY 1
"""

EVENTS_A_VOTE, EVENTS_A_RECORD = 2, 3
"""About: a store's events are not counted before they are made."""
FACTS_SINCE = f"""
SELECT (SELECT {EVENTS_A_VOTE} * count(*) FROM {{db}}.annotations WHERE created_at >= $since AND created_at <= $moment)
    + (SELECT {EVENTS_A_RECORD} * count(*) FROM {{db}}.screened WHERE screened_at >= $since AND screened_at <= $moment)
"""  # noqa: S608 - names of ours
AT_REST_IN_STORE = """
CREATE OR REPLACE TEMP TABLE at_rest AS
WITH stirred AS (
    SELECT task_id FROM {db}.annotations WHERE created_at >= $since
    UNION
    SELECT j.task_id FROM {db}.annotations a JOIN {db}.adjudications j ON j.adjudication_id = a.task_id
    WHERE a.created_at >= $since),
ended AS (
    SELECT task_id, max(resolved_at) AS ts, arg_max(method, (resolved_at, resolution_id)) AS method
    FROM {db}.resolutions GROUP BY task_id),
gone AS (
    SELECT task_id, max(w.withdrawn_at) AS ts FROM {db}.record_tasks LEFT JOIN {db}.withdrawals w USING (record_id)
    WHERE task_id IN (FROM {db}.withdrawals JOIN {db}.record_tasks USING (record_id) SELECT task_id)
    GROUP BY task_id HAVING count(*) = count(w.record_id)),
attempts AS (
    SELECT t.task_id, t.item_id, t.task_type, t.version, t.attempt, t.cell, s.task_id IS NOT NULL AS stirred,
        greatest(t.generated_at, e.ts) AS ts, e.ts AS ended_at,
        coalesce(g.ts, CASE WHEN e.method = 'machine' THEN e.ts END) AS gone_at,
        coalesce(e.method NOT IN ('none', 'reopened', 'sent_back', 'machine'), false) AS accepted
    FROM {db}.tasks t LEFT JOIN ended e USING (task_id) LEFT JOIN stirred s USING (task_id)
    LEFT JOIN gone g USING (task_id)),
items AS (
    SELECT item_id, task_type, version, max(ts) AS ts, bool_or(stirred) AS stirred, max(attempt) AS newest,
        arg_max(CASE WHEN accepted THEN ended_at END, attempt, 1)[1] AS accepted_at,
        arg_max(gone_at, attempt, 1)[1] AS gone_at
    FROM attempts GROUP BY ALL),
over AS (
    SELECT item_id, task_type, version, newest,
        coalesce(accepted_at >= coalesce(gone_at, accepted_at), false) AS accepted
    FROM items WHERE greatest(ts, gone_at) < $since AND NOT stirred AND greatest(accepted_at, gone_at) >= ts)
SELECT a.task_id, a.cell, o.accepted, m.task_id IS NOT NULL AS released, a.attempt = o.newest AS newest
FROM attempts a JOIN over o USING (item_id, task_type, version)
LEFT JOIN (
    SELECT DISTINCT task_id FROM {db}.release_members JOIN {db}.releases USING (version) WHERE made_at <= $moment) m
    USING (task_id)
"""
KEPT_IN_STORE = """
CREATE OR REPLACE TEMP TABLE kept AS
WITH kept_tasks AS (SELECT task_id FROM {db}.tasks ANTI JOIN at_rest USING (task_id))
FROM kept_tasks UNION ALL SELECT adjudication_id FROM {db}.adjudications SEMI JOIN kept_tasks USING (task_id)
"""
SCREENED_OUT = """
INSERT INTO at_rest
SELECT record_id, '', false, false, true FROM {db}.screened
WHERE verdict = 'reject' AND screened_at < $since AND record_id NOT IN (SELECT record_id FROM {db}.records)
"""
"""A record that no gate let through is at its end there, and is of no cell."""
THERE_IN_STORE = """
CREATE OR REPLACE TEMP TABLE there AS SELECT task_id FROM {db}.tasks WHERE generated_at <= $moment
"""
SEEN = {
    **{
        name: f"SELECT * FROM {{db}}.{name} SEMI JOIN kept USING (task_id)"  # noqa: S608 - names of ours
        for name in ("tasks", "record_tasks", "annotations", "resolutions", "release_members")
    },
    "records": """SELECT * FROM {db}.records
        WHERE record_id IN (SELECT record_id FROM record_tasks SEMI JOIN there USING (task_id))
        OR record_id NOT IN (SELECT record_id FROM {db}.record_tasks SEMI JOIN at_rest USING (task_id))""",
    "screened": """SELECT * FROM {db}.screened
        WHERE record_id NOT IN (SELECT task_id FROM at_rest)
        AND coalesce(admitted_as, record_id) NOT IN (
            SELECT record_id FROM {db}.records ANTI JOIN records USING (record_id))""",
    "shards": """SELECT s.* REPLACE (s.row_count - coalesce(h.hidden, 0) AS row_count) FROM {db}.shards s LEFT JOIN (
        SELECT shard, count(*) AS hidden FROM {db}.screened ANTI JOIN screened USING (record_id) GROUP BY shard) h
        USING (shard)""",
    "withdrawals": "SELECT * FROM {db}.withdrawals SEMI JOIN records USING (record_id)",
    "rejects": """SELECT * FROM {db}.rejects
        WHERE CASE WHEN stage = 'screen' THEN subject NOT IN (SELECT task_id FROM at_rest)
            WHEN stage IN ('generate', 'verify') THEN split_part(subject, '/', 1) IN (SELECT record_id FROM records)
            ELSE true END""",
}
"""Facts of ours as if the tasks at rest had never been: in their places, every view of ours looks at these."""


def cut_log(con: duckdb.DuckDBPyConnection, home: str, moment: datetime) -> Past | None:
    """Leave out of a log's table what is long past; None where the log is short enough to be kept whole."""
    naive = moment.astimezone(UTC).replace(tzinfo=None)

    def events(since: datetime) -> int:
        return _number(con, EVENTS_SINCE.format(home=home), {"since": since, "moment": naive})

    since = _since(events, naive)
    if since is None:
        return None
    con.execute(AT_REST_IN_LOG.format(home=home), {"since": since})
    con.execute(KEPT_IN_LOG.format(home=home))
    return _counted(con, since)


@contextmanager
def recent(store: Store, moment: datetime) -> Iterator[tuple[Store, datetime | None]]:
    """A store as if tasks long at rest had never been, and from when on it is whole; all of it where it is small."""
    con = store._con.cursor()  # noqa: SLF001 - the store's own package; nobody else gets at its connection
    try:
        con.execute("SET TimeZone = 'UTC'")
        past = cut_store(con, moment)
        if past is None:
            yield store, None
            return
        seen = copy(store)
        seen._con, seen._made = con, set()  # noqa: SLF001 - as above
        yield seen, past.since
    finally:
        con.close()


def cut_store(con: duckdb.DuckDBPyConnection, moment: datetime) -> Past | None:
    """Hide a store's long past from a connection of its own; None where the store is small enough to be seen whole."""
    name = str(con.execute("SELECT current_database()").fetchall()[0][0])
    db = f'"{name}".main'

    def events(since: datetime) -> int:
        return _number(con, FACTS_SINCE.format(db=db), {"since": since, "moment": moment})

    since = _since(events, moment)
    if since is None:
        return None
    con.execute(AT_REST_IN_STORE.format(db=db), {"since": since, "moment": moment})
    con.execute(SCREENED_OUT.format(db=db), {"since": since})
    con.execute(KEPT_IN_STORE.format(db=db))
    con.execute(THERE_IN_STORE.format(db=db), {"moment": moment})
    for table, sql in SEEN.items():
        con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {sql.format(db=db)}")
    return _counted(con, since)


def _since(events: Callable[[datetime], int], moment: datetime) -> datetime | None:
    if events(datetime(1970, 1, 1, tzinfo=moment.tzinfo)) <= MANY:
        return None
    starts = [moment - timedelta(days=days) for days in HORIZONS]
    return next((start for start in starts if events(start) <= MANY), starts[-1])


def _counted(con: duckdb.DuckDBPyConnection, since: datetime) -> Past:
    rows = con.execute(COUNTED).fetchall()
    cells = {cell: AtRest(accepted=n, dropped=dropped, released=out) for cell, n, dropped, out in rows}
    return Past(since=since if since.tzinfo else since.replace(tzinfo=UTC), cells=cells)


def _number(con: duckdb.DuckDBPyConnection, sql: str, params: dict[str, datetime]) -> int:
    return int(con.execute(sql, params).fetchall()[0][0])
