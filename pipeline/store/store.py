"""One open store: facts in, facts out."""

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

import duckdb

from pipeline.store.conditions import not_one_condition, words
from pipeline.store.inserting import insertion
from pipeline.store.migrations import MIGRATIONS
from pipeline.store.refusals import first_line, store_error
from pipeline.store.views import views_of
from schemas.errors import ProjectError, StoreError
from schemas.facts import Fact

if TYPE_CHECKING:
    import pyarrow as pa

FactT = TypeVar("FactT", bound=Fact)

CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",  # a condition in project.toml can read the store, never a file
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # nor a variable of ours
}


class Store:
    """Dated facts in DuckDB, or in memory for tests; opening migrates. Not shared between threads."""

    def __init__(self, path: Path | Literal[":memory:"], *, read_only: bool = False) -> None:
        self._path = path
        self._made: set[str] = set()
        with _interruptions():
            self._open(path, read_only=read_only)

    def _open(self, path: Path | Literal[":memory:"], *, read_only: bool) -> None:
        try:
            self._con = duckdb.connect(str(path), read_only=read_only, config=CONFIG)
            self._con.execute("SET TimeZone = 'UTC'")
            self._refuse_newer()
            if read_only:
                self._refuse_older()
            else:
                self._migrate()
        except duckdb.InterruptException:
            raise
        except duckdb.Error as error:
            raise store_error(path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def id(self) -> str:
        """The store's own name: what its projects in Label Studio are known by."""
        return str(self.value("SELECT store_id FROM store_identity"))

    def close(self) -> None:
        """Close it; what was put stays."""
        self._con.close()

    def checkpoint(self) -> None:
        """Bring the write-ahead log into the file, so that the file alone is the store."""
        with self._errors():
            self._con.execute("CHECKPOINT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is put inside, or none of it. Never hold one across a network call."""
        with self._errors():
            self._con.execute("BEGIN")
            try:
                yield
                self._con.execute("COMMIT")
            except BaseException:
                # a failed COMMIT has rolled back by itself; a second ROLLBACK would hide the cause
                with _quiet():
                    self._con.execute("ROLLBACK")
                self._made.clear()  # views made meanwhile went with it
                raise

    def put(self, facts: Iterable[Fact], *, replace: bool = False) -> int:
        """Store facts of one kind in bulk; those whose key is known stay as they are, unless replaced.

        Returns how many were new (replaced ones count too).
        """
        by_key = {tuple(getattr(fact, name) for name in fact.key): fact for fact in facts}
        if not by_key:
            return 0
        kind = type(next(iter(by_key.values())))
        from pipeline.store.arrow import table_of  # only what writes pays for its import

        return self.put_table(kind, table_of(kind, by_key.values()), replace=replace)

    def put_table(self, kind: type[Fact], table: "pa.Table", *, replace: bool = False) -> int:
        """As `put`, for facts that are an Arrow table already: its columns are the kind's, each key once."""
        if not table.num_rows:
            return 0
        with self._errors():
            self._con.register("incoming", table)
            try:
                written = self._con.execute(insertion(kind, replace=replace)).fetchall()
            finally:
                self._con.unregister("incoming")
        return int(written[0][0])

    def fill(self, kind: type[Fact], sql: str, params: Sequence[object] = ()) -> int:
        """Put what a query of ours finds as facts of one kind, all of them new; returns how many."""
        self.make_views(sql)
        with self._errors():
            written = self._con.execute(f"INSERT INTO {kind.table} BY NAME {sql}", list(params)).fetchall()
        return int(written[0][0])

    def batches(self, sql: str, size: int) -> Iterator["pa.RecordBatch"]:
        """What a query finds, about so many rows at a time; ask for nothing else until all have come.

        Tables are joined as written, the second one being kept in memory.
        """
        self.make_views(sql)
        with self._errors():
            self._con.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
            try:
                yield from self._con.sql(sql).to_arrow_reader(size)
            finally:
                self._con.execute("RESET disabled_optimizers")

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[dict[str, Any]]:
        """The rows of a query, as mappings; times are aware, in UTC."""
        with self._errors():
            self.make_views(sql)
            # not by way of Arrow: its timestamps import pandas, a second of every command
            relation = self._con.sql(sql, params=list(params)) if params else self._con.sql(sql)
            columns, found = relation.columns, relation.fetchall()
            if any(str(kind).startswith("TIMESTAMP") for kind in relation.types):
                found = [tuple(map(_in_utc, row)) for row in found]
            return [dict(zip(columns, row, strict=True)) for row in found]

    def value(self, sql: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401 - whatever was asked for
        """The one value of a query; None where it gives no row."""
        found = self.rows(sql, params)
        return next(iter(found[0].values())) if found else None

    def facts(self, kind: type[FactT], where: str = "true", params: Sequence[object] = ()) -> list[FactT]:
        """The facts of one kind that meet a condition of ours, in the order of their keys."""
        order = ", ".join(f'"{name}"' for name in kind.key)
        sql = f"SELECT * FROM {kind.table} WHERE {where} ORDER BY {order}"  # noqa: S608 - names of our own
        return [kind.model_validate(row) for row in self.rows(sql, params)]

    def count(self, table: str) -> int:
        """How many rows a table or view of ours has."""
        return int(self.value(f"SELECT count(*) FROM {table}"))  # noqa: S608 - names of our own

    def temporary(self, sql: str, params: Sequence[object] = ()) -> None:
        """Make tables and views of this connection alone: to hold the facts against, then forgotten."""
        with self._errors():
            self.make_views(sql)
            self._con.execute(sql, list(params) or None)

    @contextmanager
    def held(self, view: str) -> Iterator[None]:
        """A view of ours worked out once, for all that is asked within; what is put meanwhile is not in it."""
        with self._errors():
            self.make_views(view)
            self._con.execute(f"CREATE TEMP TABLE held AS FROM {view}; DROP VIEW {view}")
            self._con.execute(f"ALTER TABLE held RENAME TO {view}")
        try:
            yield
        finally:
            self._made.discard(view)
            self._con.execute(f"DROP TABLE {view}")

    def make_views(self, sql: str) -> None:
        """Have the views there that a query speaks of; what asks through this class has them anyway."""
        for name, definition in views_of(sql):
            if name not in self._made:
                self._con.execute(definition)
                self._made.add(name)

    def check_condition(self, condition: str, what: str, view: str = "records") -> None:
        """Refuse a condition on a view of ours that DuckDB cannot read: ProjectError in one line, with the columns."""
        probe = f"SELECT count(*) FROM {view} WHERE ({condition}\n)"  # noqa: S608 - this is the check
        self.make_views(view)
        message = not_one_condition(json.loads(self.value("SELECT json_serialize_sql(?)", [probe])), view)
        if message is None:
            try:
                self._con.execute(probe).fetchall()
                kind = str(self._con.sql(f"SELECT ({condition}\n) FROM {view} LIMIT 0").types[0])  # noqa: S608 - checked
            except duckdb.Error as error:
                message = str(error)
            else:
                message = None if kind == "BOOLEAN" else f"it says neither true nor false, but {kind}"
        if message is not None:
            columns = ", ".join(self._con.sql(f"SELECT * FROM {view} LIMIT 0").columns)  # noqa: S608 - a name of ours
            raise ProjectError(
                f"{what}: should be a condition on {words(view)} such as \"domain = 'reasoning'\", "
                f"is {condition!r} ({first_line(message)}); mend it, the columns are {columns}"
            )

    def _version(self) -> int:
        try:  # to ask the catalog takes longer
            found = self._con.execute("SELECT coalesce(max(version), 0) FROM store_version").fetchall()
        except duckdb.CatalogException:
            return 0
        return int(found[0][0])

    def _refuse_newer(self) -> None:
        if self._version() > len(MIGRATIONS):
            version = self._version()
            self._con.close()
            raise StoreError(
                f"{self._path}: made by a newer headrace (store version {version}, this one knows "
                f"{len(MIGRATIONS)}); upgrade headrace"
            )

    def _refuse_older(self) -> None:
        version = self._version()
        if version < len(MIGRATIONS):
            self._con.close()
            raise StoreError(
                f"{self._path}: made by an older headrace (store version {version}, this one writes "
                f"{len(MIGRATIONS)}); run headrace status to have it brought up to date"
            )

    def _migrate(self) -> None:
        found = self._version()
        if isinstance(self._path, Path) and 0 < found < len(MIGRATIONS):
            self._keep_older(self._path, found)
        self._con.execute("CREATE TABLE IF NOT EXISTS store_version (version BIGINT)")
        for number, migration in enumerate(MIGRATIONS[found:], start=found + 1):
            self._con.execute("BEGIN")
            migration(self._con)
            self._con.execute("INSERT INTO store_version VALUES (?)", [number])
            self._con.execute("COMMIT")

    def _keep_older(self, path: Path, version: int) -> None:
        """Put a copy aside before a store of an older version is changed; an earlier copy stays."""
        kept = path.with_name(f"{path.stem}.v{version}{path.suffix}")
        if kept.exists():
            return
        self._con.execute("CHECKPOINT")
        self._con.close()
        part = kept.with_name(f"{kept.name}.part")
        try:
            shutil.copyfile(path, part)
            part.chmod(0o600)
            part.replace(kept)
        except OSError as error:
            raise StoreError(
                f"{path}: should be copied before it is brought up to date, was not ({error.strerror or error}); "
                "make room and run the command again, nothing has changed"
            ) from None
        self._con = duckdb.connect(str(path), config=CONFIG)
        self._con.execute("SET TimeZone = 'UTC'")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with _interruptions():
            try:
                yield
            except duckdb.InterruptException:
                raise
            except duckdb.Error as error:
                raise store_error(self._path, error) from error


@contextmanager
def _interruptions() -> Iterator[None]:
    """Ctrl-C while DuckDB is at work, which it tells in two ways of its own, as the KeyboardInterrupt that it is."""
    try:
        yield
    except (duckdb.InterruptException, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "interrupted" not in str(error).lower():
            raise
        raise KeyboardInterrupt from None


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except duckdb.Error:
        return


def _in_utc(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """A moment with Python's own UTC instead of the library's; anything else as it is."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
