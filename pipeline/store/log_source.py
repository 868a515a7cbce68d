"""What an event log is read from: a file of any of the formats, or a table; its columns and their types."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb

from schemas.errors import UsageError
from schemas.events import COLUMNS, NEEDED
from schemas.nearest import nearest

TEXTS = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS)
LINES = f"read_json(?, columns={{{TEXTS}}}, format='newline_delimited', ignore_errors=true)"
ARRAY = f"read_json(?, columns={{{TEXTS}}}, format='array')"
KEYS = "SELECT DISTINCT unnest(json_keys(json)) FROM (FROM read_json_objects(?, format=?, ignore_errors=?) LIMIT 1000)"
CSV = "read_csv(?, all_varchar=true, header=true, ignore_errors=true, null_padding=true)"
PARQUET = "read_parquet(?)"
ALSO = {
    "ts": ("timestamp", "time", "datetime", "date", "created_at", "at"),
    "event": ("type", "name", "kind", "action", "state", "status"),
}
"""What others call these columns."""
TABLES = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Source:
    """A relation of SQL, with its parameters, whose columns are those of the log, and perhaps others."""

    relation: str
    params: tuple[object, ...]
    kinds: Mapping[str, str]
    """Column, in small letters = DuckDB's name of its type."""

    @classmethod
    def of_table(cls, con: duckdb.DuckDBPyConnection, name: str, what: str) -> Self:
        """A table or view of this connection. UsageError without `ts` or `event`."""
        return cls.described(con, name, (), what)

    @classmethod
    def described(
        cls, con: duckdb.DuckDBPyConnection, relation: str, params: tuple[object, ...], what: str
    ) -> Self:
        """A relation by its SQL. UsageError without `ts` or `event`."""
        found = con.execute(f"DESCRIBE SELECT * FROM {relation}", params).fetchall()  # noqa: S608 - names of ours
        kinds = {str(name).lower(): str(kind) for name, kind, *_ in found}
        refuse_without(kinds, what)
        return cls(relation, params, kinds)


def source_of(con: duckdb.DuckDBPyConnection, path: Path) -> Source:
    """A file, which this connection may read from then on, and no other. OSError where it cannot be read."""
    file = str(path.resolve())
    with path.open("rb") as opened:
        start = opened.read(4)
    con.execute("SET allowed_paths = [?]".replace("?", "'" + file.replace("'", "''") + "'"))
    con.execute("SET enable_external_access = false")
    if start == b"PAR1":
        return Source.described(con, PARQUET, (file,), str(path))
    if any(suffix.lower() in TABLES for suffix in path.suffixes[-2:]):
        return Source.described(con, CSV, (file,), str(path))
    return _json(con, file, str(path))


def _json(con: duckdb.DuckDBPyConnection, file: str, what: str) -> Source:
    """One object a line; or, where the first lines hold none, one list of objects."""
    relation, form = LINES, ("newline_delimited", True)
    names = _keys(con, file, form)
    if not names:
        relation, form = ARRAY, ("array", False)
        names = _keys(con, file, form)
    refuse_without(names, what)
    return Source(relation, (file,), dict.fromkeys(COLUMNS, "VARCHAR"))


def _keys(con: duckdb.DuckDBPyConnection, file: str, form: tuple[str, bool]) -> dict[str, str]:
    return {str(name): "VARCHAR" for (name,) in con.execute(KEYS, [file, *form]).fetchall()}


def refuse_without(names: Mapping[str, str], what: str) -> None:
    """UsageError where a column is not there without which there is no log, with the one that may be meant."""
    for needed in NEEDED:
        if needed not in names:
            hint = _meant(needed, names)
            raise UsageError(
                f"{what}: should have a column {needed!r}, has none; {hint} (docs/reference/events.md)"
            )


def _meant(needed: str, names: Mapping[str, str]) -> str:
    if not names:
        return "is it an event log?"
    called = next((name for name in ALSO[needed] if name in names), None)
    return f"rename {called!r}, if it holds that" if called else nearest(needed, names)
