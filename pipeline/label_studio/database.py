"""The database of an embedded Label Studio: a file of SQLite's, or PostgreSQL at an address."""

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import Field

from schemas.base import Frozen
from schemas.errors import LabelStudioError

_FORM = "postgresql://user@host:port/name"
_OURS = "@headrace.localhost"

# Runs in Label Studio's environment, which has the driver; what it is told comes in libpq's own variables.
_LOOK = """
import json, psycopg
def look(rows):
    def value(query, *params):
        return rows.execute(query, params).fetchone()[0]
    tables = {name for (name,) in rows.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")}
    begun = "htx_user" in tables
    return {
        "encoding": value("SHOW server_encoding"),
        "may_create": value("SELECT has_schema_privilege(current_schema(), 'CREATE')") or False,
        "strangers": 0 if begun else len([name for name in tables if not name.startswith(("django_", "auth_"))]),
        "accounts": [email for (email,) in rows.execute("SELECT email FROM htx_user")] if begun else [],
        "projects": value("SELECT count(*) FROM project") if "project" in tables else 0,
    }
try:
    with psycopg.connect("") as rows:
        print(json.dumps(look(rows)))
except psycopg.Error as error:
    print(json.dumps({"error": " ".join(str(error).split()) or type(error).__name__}))
"""


class Database(Frozen):
    """A PostgreSQL database, and as whom to use it; shown without the password."""

    user: str
    host: str
    """A name, an address, or the folder of a socket."""
    port: int = 5432
    name: str
    password: str | None = Field(default=None, repr=False)
    """None where PostgreSQL asks for none, or ~/.pgpass has it."""
    sslmode: str | None = None

    def __str__(self) -> str:
        host = self.host.replace("/", "%2F")
        return f"postgresql://{self.user}@{f'[{host}]' if ':' in host else host}:{self.port}/{self.name}"

    def is_at(self, other: "Database") -> bool:
        """Whether it is the same database, whatever the password."""
        return (self.host, self.port, self.name) == (other.host, other.port, other.name)

    def settings(self) -> dict[str, str]:
        """The variables by which Label Studio is told to use it."""
        told = {
            "DJANGO_DB": "default",
            "POSTGRE_USER": self.user,
            "POSTGRE_PASSWORD": self.password or "",
            "POSTGRE_NAME": self.name,
            "POSTGRE_HOST": self.host,
            "POSTGRE_PORT": str(self.port),
        }
        tls = {"PGSSLMODE": self.sslmode} if self.sslmode else {}
        return {**{f"LABEL_STUDIO_{name}": value for name, value in told.items()}, **tls}

    def libpq(self) -> dict[str, str]:
        """All variables of a program that uses it by PostgreSQL's own library."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": self.name,
            "PGCONNECT_TIMEOUT": "10",
            **({"PGPASSWORD": self.password} if self.password else {}),
            **({"PGSSLMODE": self.sslmode} if self.sslmode else {}),
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        }


class Found(Frozen):
    """What a PostgreSQL database holds before Label Studio is started on it."""

    encoding: str
    may_create: bool
    strangers: int
    """Tables of something else, where there are none of Label Studio's."""
    accounts: tuple[str, ...]
    projects: int


def parse(address: str) -> Database:
    """Read a database's address; a password that is not in it comes from PGPASSWORD. Raises LabelStudioError."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port or 5432
    except ValueError as error:
        raise _malformed("one whose host or port is none") from error
    sslmode = _sslmode(parts)
    user, host, name = parts.username or "", parts.hostname or "", unquote(parts.path[1:])
    if not (user and host and name) or "/" in name:
        missing = [
            what for what, there in (("user", user), ("host", host), ("database name", name)) if not there
        ]
        raise _malformed(f"one without {' and '.join(missing)}" if missing else "one with a path")
    password = unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD") or None
    return Database(
        user=unquote(user), host=unquote(host), port=port, name=name, password=password, sslmode=sslmode
    )


def shows_password(address: str) -> bool:
    """Whether an address holds a password."""
    return bool(urlsplit(address.strip()).password)


def look(python: Path, database: Database) -> Found:
    """Connect to the database and see what it holds. Raises LabelStudioError where it cannot be reached or used."""
    done = subprocess.run(
        [str(python), "-P", "-c", _LOOK], env=database.libpq(), capture_output=True, text=True, check=False
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {"error": (done.stderr.strip() or "nothing was said").splitlines()[-1]}
    if "error" in said:
        raise LabelStudioError(
            f"database {database}: should let us in, does not ({said['error'][:300]}); "
            "mend that, or name another with --database"
        )
    return _usable(database, Found.model_validate(said))


def projects_in(file: Path) -> int:
    """How many Label Studio projects a SQLite file holds."""
    return _count(file, "project", "SELECT count(*) FROM project")


def people_in(file: Path) -> int:
    """How many accounts a SQLite file holds besides our own administrators'."""
    return _count(file, "htx_user", f"SELECT count(*) FROM htx_user WHERE email NOT LIKE '%{_OURS}'")  # noqa: S608 - ours


def _count(file: Path, table: str, query: str) -> int:
    if not file.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = ?", [table])
            return int(connection.execute(query).fetchone()[0]) if known.fetchone()[0] else 0
    except sqlite3.Error as error:
        raise LabelStudioError(
            f"{str(file)!r}: should be Label Studio's database, {error}; put a backup of it in its place"
        ) from error


def _sslmode(parts: SplitResult) -> str | None:
    """The one option that an address may have; anything else would be lost without a word."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    sslmode = options.pop("sslmode", None)
    if parts.scheme not in ("postgresql", "postgres"):
        raise _malformed(f"one that begins with {parts.scheme[:20]!r}" if parts.scheme else "something else")
    if options or parts.fragment:
        raise _malformed("one with more than ?sslmode= behind the name")
    return sslmode


def _malformed(found: str) -> LabelStudioError:
    """The address itself is never quoted: it may hold a password."""
    return LabelStudioError(
        f"--database: {_FORM} was expected, found {found}; "
        "correct it (a special character in the password is written as %XX)"
    )


def _usable(database: Database, found: Found) -> Found:
    if found.encoding != "UTF8":
        wrong = f"should hold text as UTF8, holds it as {found.encoding}"
    elif found.strangers:
        wrong = f"should be empty or Label Studio's own, holds {found.strangers} other tables"
    elif not found.may_create:
        wrong = f"should let {database.user!r} make tables, does not"
    else:
        return found
    raise LabelStudioError(
        f"database {database}: {wrong}; make one: createdb --owner={database.user} --encoding=UTF8 "
        "--template=template0 NAME"
    )
