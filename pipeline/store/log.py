"""The event log as a table in DuckDB: from a file, from Arrow, or from an open store, always in the same shape."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.store.log_past import cut_log, cut_store
from pipeline.store.log_rows import (
    KEPT,
    LEFT_OUT,
    MISPLACED,
    OF_RECORDS,
    SORTED,
    UNKNOWN,
    WITHOUT_TASK,
    log_rows,
)
from pipeline.store.log_source import Source, source_of
from pipeline.store.store import CONFIG, Store
from pipeline.store.views import views_of
from schemas.errors import UsageError
from schemas.events import EVENTS, Past

SHUT = {name: value for name, value in CONFIG.items() if name != "enable_external_access"}
"""How a store is opened, but for the access to one file, which is given first and then shut for good."""
HOME = "flow"
"""The database in memory that holds the log, beside whatever else the connection has open."""
TAKES_UP = ("served", "adjudication_started", "starved", "signed_off")
AT_ONCE = ("signed_on", *(event for event in EVENTS if event not in (*TAKES_UP, "signed_on")), *TAKES_UP)
"""What is of one moment, in the order in which it happened: one thing is handed in before the next is taken up."""
OF_A_STORE = f"""
CREATE OR REPLACE TEMP VIEW own_events AS
SELECT * FROM events WHERE NOT (task IS NULL AND record IS NOT NULL AND record IN (SELECT record_id FROM record_tasks)
    AND (event = 'dropped' OR record NOT IN (SELECT min(record_id) FROM record_tasks GROUP BY task_id)))
ORDER BY ts, coalesce(attempt, 1), list_position({list(AT_ONCE)}, event), task, record
"""  # noqa: S608 - names of ours
"""A store's events; a record whose tasks all stand under another record that shares them came in with that one, and
one that has tasks leaves with them."""


class Coded(NamedTuple):
    """A column of names as numbers: each entry's place among the names, -1 where it is null."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]


class EventLog:
    """A log of events, sorted by time, in the table `log`.

    Its columns: `seq BIGINT` (1, 2, … in the order of time, then of the source), `ts TIMESTAMP` (UTC), `event`, `task`,
    `record`, `actor`, `cell`, `reason` (VARCHAR), `attempt`, `slot` (INTEGER), `lead_seconds` (DOUBLE). Events of a
    record alone stand under its tasks: those of intake under each, others under the first; under the record's own id
    where it has none. Not shared between threads.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.counts: Counter[str] = Counter()
        """Of `rows` in the source; and what was left out or moved: `unreadable_rows`, `unreadable_times`,
        `unknown_events`, `out_of_order`, `after_as_of`."""
        self.unknown: dict[str, int] = {}
        """The events that are none of ours, the ten most frequent."""
        self.past: Past | None = None
        """What was left out as long past; None where the log is whole."""
        self._kept: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def of_file(cls, path: Path, as_of: datetime | None = None, *, whole: bool = False) -> Self:
        """A log from Parquet, JSONL, JSON or CSV (`.gz` and `.zst` too), up to a moment; without what is long past.

        Raises:
            UsageError: It cannot be read at all, lacks `ts` or `event`, or holds no event that can be read.
        """
        with ExitStack() as refused:
            log = cls(_opened())
            refused.callback(log.close)
            with _of_a_file(path):
                log.loaded(source_of(log._con, path), as_of, whole=whole)
            if not log.counts["events"]:
                raise UsageError(
                    f"{path}: should hold events, holds none that can be read{_why(log)}; see docs/reference/events.md"
                )
            refused.pop_all()
        return log

    @classmethod
    def of_arrow(
        cls, given: pa.Table | Mapping[str, Any], as_of: datetime | None = None, past: Past | None = None
    ) -> Self:
        """A log from an Arrow table, or from columns by name, up to a moment. UsageError without `ts` or `event`."""
        table = given if isinstance(given, pa.Table) else pa.table(dict(given))
        con = _opened()
        con.execute("SET enable_external_access = false")
        con.register("given", table)
        log = cls(con).loaded(Source.of_table(con, "given", "the table"), as_of)
        con.unregister("given")
        log.past = past
        return log

    @classmethod
    def of_store(cls, store: Store, as_of: datetime | None = None, *, whole: bool = False) -> Self:
        """The log of an open store up to a moment, on a connection of its own; without what is long past."""
        con = store._con.cursor()  # noqa: SLF001 - the store's own package; nobody else gets at its connection
        con.execute("SET TimeZone = 'UTC'")
        past = None if whole else cut_store(con, as_of or datetime.now(UTC))
        con.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {HOME} (COMPRESS, READ_WRITE)")
        for _, definition in views_of(OF_A_STORE):
            con.execute(definition)
        con.execute(OF_A_STORE)
        log = cls(con).loaded(Source.of_table(con, "own_events", "the store"), as_of)
        log.past = past
        return log

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The rows of a query over `log`, as mappings; times are aware, in UTC."""
        result = self._con.execute(sql, list(params))
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, map(_in_utc, row), strict=True)) for row in result.fetchall()]

    def numbers(self, expression: str) -> NDArray[Any]:
        """An expression over the columns that is never null, for each entry, in the order of the log."""
        return np.asarray(self._con.execute(f"SELECT {expression} AS one FROM log").fetchnumpy()["one"])  # noqa: S608 - ours

    def coded(self, column: str) -> Coded:
        """A column of names as codes, in the order of the log; the names in the order in which they first occur."""
        # null as '', which is no name: to fill nulls or to convert them, pyarrow would import pandas
        found = self._con.sql(f"SELECT coalesce({column}, '') AS one FROM log").to_arrow_table()["one"]  # noqa: S608 - ours
        encoded = found.dictionary_encode()
        if not len(encoded):
            return Coded(np.empty(0, dtype=np.int32), ())
        names = encoded.chunk(0).dictionary.to_pylist()
        codes = np.concatenate([np.from_dlpack(chunk.indices) for chunk in encoded.chunks])
        if "" not in names:
            return Coded(codes.astype(np.int32), tuple(names))
        nothing = names.index("")
        del names[nothing]
        return Coded(np.where(codes == nothing, -1, codes - (codes > nothing)).astype(np.int32), tuple(names))

    def table(self) -> pa.Table:
        """The log as an Arrow table, such as `of_arrow` and `add` take."""
        return self._con.sql("SELECT * EXCLUDE seq FROM log ORDER BY seq").to_arrow_table()

    def add(self, given: pa.Table | Mapping[str, Any]) -> None:
        """Put more events in, such as derived ones, each after those of the same moment that are there."""
        table = given if isinstance(given, pa.Table) else pa.table(dict(given))
        self._con.register("given", table)
        try:
            rows = log_rows(Source.of_table(self._con, "given", "the table"))
            self._con.execute(
                f"INSERT INTO {HOME}.log "  # noqa: S608 - names of ours
                f"SELECT * REPLACE (seq + (SELECT count(*) FROM {HOME}.log) AS seq) FROM ({rows})"
            )
        finally:
            self._con.unregister("given")
        self._put_in_order()
        self._kept.clear()

    def keep(self, name: str, sql: str) -> None:
        """Make a table of what a query over `log` gives; once, as long as no events are added."""
        if name not in self._kept:
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
            self._kept.add(name)

    def close(self) -> None:
        """Let go of it; a store that it is from stays open."""
        self._con.close()

    def loaded(self, source: Source, as_of: datetime | None, *, whole: bool = True) -> Self:
        """Filled from a source, up to a moment; what cannot be used is counted and left out.

        What is long past is left out too where the log need not be `whole`.
        """
        self._con.execute(f"CREATE OR REPLACE TABLE {HOME}.log AS {log_rows(source)}", source.params)
        self._con.execute(f"CREATE OR REPLACE TEMP VIEW log AS FROM {HOME}.log")
        moment = _literal(as_of) if as_of is not None else "'infinity'::TIMESTAMP"
        counted = self.rows(LEFT_OUT.format(moment=moment))[0]
        self.counts.update({name: int(count) for name, count in counted.items() if count})
        if self.counts["unknown_events"]:
            self.unknown = {row["event"]: row["n"] for row in self.rows(UNKNOWN)}
        if sum(counted.values()) > counted["rows"]:
            self._con.execute(KEPT.format(home=HOME, moment=moment))
        if not whole and (last := as_of or self.rows("SELECT max(ts) AS last FROM log")[0]["last"]):
            self.past = cut_log(self._con, HOME, last)
        if self.rows(WITHOUT_TASK)[0]["n"]:
            self._con.execute(OF_RECORDS.format(home=HOME))
        self.counts.update(
            out_of_order=self._put_in_order(), events=self.rows("SELECT count(*) AS n FROM log")[0]["n"]
        )
        self.counts = +self.counts
        return self

    def _put_in_order(self) -> int:
        """Sort by time where it is not; how many events came later than one that is younger."""
        wrong = self.rows(MISPLACED)[0]
        if wrong["n"] or wrong["gaps"]:
            self._con.execute(SORTED.format(home=HOME))
        return int(wrong["n"])


def _opened() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config=SHUT)
    con.execute("SET TimeZone = 'UTC'")
    con.execute(f"ATTACH ':memory:' AS {HOME} (COMPRESS)")
    return con


@contextmanager
def _of_a_file(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except (duckdb.Error, OSError) as error:
        text = error.strerror if isinstance(error, OSError) else str(error).strip().splitlines()[0][:200]
        raise UsageError(
            f"{path}: events as Parquet, JSONL or CSV were expected, cannot be read ({text}); check it"
        ) from None


def _why(log: EventLog) -> str:
    told = [f"{count:,} {name.replace('_', ' ')}" for name, count in log.counts.items() if name != "rows"]
    return f" ({', '.join(told)})" if told else ""


def _literal(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def _in_utc(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
