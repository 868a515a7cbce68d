"""The SQL that makes a log's rows of whatever a source holds, and puts them in order."""

from pipeline.store.log_source import Source
from schemas.events import EVENTS

TEXTS = ("task", "record", "actor", "cell")
NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
)
BOUNDS = "BETWEEN TIMESTAMP '1970-01-01' AND TIMESTAMP '2199-12-31'"
"""No event was before, none is after: an unset clock, or a year that somebody mistyped."""
OURS = ", ".join(f"'{name}'" for name in EVENTS)

EPOCH = """CASE WHEN {0} < 1e11 THEN make_timestamp(({0} * 1e6)::BIGINT)
    WHEN {0} < 1e14 THEN make_timestamp(({0} * 1e3)::BIGINT)
    WHEN {0} < 1e17 THEN make_timestamp(({0})::BIGINT)
    WHEN {0} < 1e20 THEN make_timestamp(({0} / 1e3)::BIGINT) END"""
"""Seconds, milliseconds, micro- or nanoseconds since 1970, told apart by their size."""

IS_EMPTY = (
    "ts IS NULL AND task IS NULL AND record IS NULL AND actor IS NULL AND cell IS NULL AND event IS NULL"
)
LEFT_OUT = f"""
SELECT count(*) AS rows, count(*) FILTER (WHERE {IS_EMPTY}) AS unreadable_rows,
    count(*) FILTER (WHERE ts IS NULL AND NOT ({IS_EMPTY})) AS unreadable_times,
    count(*) FILTER (WHERE ts IS NOT NULL AND (event IS NULL OR event NOT IN ({OURS}))) AS unknown_events,
    count(*) FILTER (WHERE event IN ({OURS}) AND ts > {{moment}}) AS after_as_of
FROM log
"""  # noqa: S608 - names of ours
WITHOUT_TASK = "SELECT count(*) AS n FROM log WHERE task IS NULL AND record IS NOT NULL"
MISPLACED = """
SELECT count(*) FILTER (WHERE ts < before) AS n, count(*) FILTER (WHERE seq <> place) AS gaps FROM (
    SELECT ts, seq, lag(ts) OVER () AS before, row_number() OVER () AS place FROM log)
"""
UNKNOWN = f"""
SELECT coalesce(event, '') AS event, count(*) AS n FROM log
WHERE ts IS NOT NULL AND (event IS NULL OR event NOT IN ({OURS})) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
"""  # noqa: S608 - names of ours
KEPT = f"""
CREATE OR REPLACE TABLE {{home}}.log AS SELECT * REPLACE (row_number() OVER () AS seq) FROM {{home}}.log
WHERE event IN ({OURS}) AND ts <= {{moment}}
"""  # noqa: S608 - names of ours
SORTED = """
CREATE OR REPLACE TABLE {home}.log AS
SELECT * REPLACE (row_number() OVER () AS seq) FROM (FROM {home}.log ORDER BY ts, seq)
"""
OF_RECORDS = """
CREATE OR REPLACE TABLE {home}.log AS
WITH tasks AS (
    SELECT record, task, any_value(cell) AS cell, row_number() OVER (PARTITION BY record ORDER BY min(seq)) AS place
    FROM {home}.log WHERE task IS NOT NULL AND record IS NOT NULL GROUP BY record, task),
alone AS (SELECT * FROM {home}.log WHERE task IS NULL AND record IS NOT NULL)
SELECT * FROM {home}.log WHERE task IS NOT NULL OR record IS NULL
UNION ALL
SELECT a.* REPLACE (coalesce(t.task, a.record) AS task, coalesce(a.cell, t.cell) AS cell)
FROM alone a LEFT JOIN tasks t ON t.record = a.record
    AND (a.event IN ('ingested', 'screening_started', 'screened') OR t.place = 1)
WHERE a.event <> 'dropped' OR t.task IS NULL  -- tasks that end with their record say so themselves
"""


def log_rows(source: Source) -> str:
    """The SELECT that gives the log's columns, whatever their types were; what cannot be read is null."""
    columns = [
        "row_number() OVER () AS seq",
        f"{_moment(source)} AS ts",
        "lower(trim(event::VARCHAR)) AS event",
        *(f"{_text(source, name)} AS {name}" for name in TEXTS),
        *(f"try_cast(round({_number(source, name)}) AS INTEGER) AS {name}" for name in ("attempt", "slot")),
        f"{_finite(_number(source, 'lead_seconds'))} AS lead_seconds",
        f"{_text(source, 'reason')} AS reason",
    ]
    return f"SELECT {', '.join(columns)} FROM {source.relation}"  # noqa: S608 - names of ours


def _moment(source: Source) -> str:
    kind = source.kinds["ts"]
    if kind.startswith(("TIMESTAMP", "DATE")):
        moment = "try_cast(ts AS TIMESTAMP)"
    elif kind.startswith(NUMBERS):
        moment = EPOCH.format("ts::DOUBLE")
    else:
        epoch = EPOCH.format("try_cast(ts AS DOUBLE)")
        moment = f"coalesce(try_cast(try_cast(ts AS TIMESTAMPTZ) AS TIMESTAMP), {epoch})"
    return f"CASE WHEN {moment} {BOUNDS} THEN {moment} END"


def _text(source: Source, name: str) -> str:
    return f"nullif(trim({name}::VARCHAR), '')" if name in source.kinds else "NULL::VARCHAR"


def _number(source: Source, name: str) -> str:
    return f"try_cast({name} AS DOUBLE)" if name in source.kinds else "NULL::DOUBLE"


def _finite(number: str) -> str:
    return f"CASE WHEN isfinite({number}) THEN {number} END"
