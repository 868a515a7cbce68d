"""Copies of the embedded server's database, and how they are played back."""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from pipeline.label_studio.database import Database
from schemas.errors import LabelStudioError

PATIENCE = 60.0
"""Seconds to wait for a moment in which nobody writes."""
_DUMP = ("--format=custom", "--no-owner", "--no-privileges", "--no-password")
_PLAY_BACK = (
    *("--clean", "--if-exists", "--no-owner", "--no-privileges", "--no-password"),
    *("--single-transaction", "--exit-on-error"),  # all of it, or nothing
)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database of SQLite's as it is at one moment, also while Label Studio works on it.

    Raises LabelStudioError where it cannot be read, or the copy is not sound.
    """
    target.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)  # in one step: page by page it would begin anew at each write
            (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        said = str(error)
    if said != "ok":
        raise LabelStudioError(
            f"{str(source)!r}: should be a sound database of Label Studio's, is not ({said}); "
            "put a backup of it in its place"
        )


def dump(database: Database, target: Path) -> None:
    """Copy a PostgreSQL database into a file of pg_dump's, as it is at one moment. Raises LabelStudioError."""
    target.touch(mode=0o600)
    _run(database, "pg_dump", *_DUMP, f"--file={target}")


def play_back(database: Database, source: Path) -> None:
    """Put a file of pg_dump's in a database's place, all of it or nothing. Raises LabelStudioError."""
    _run(database, "pg_restore", *_PLAY_BACK, f"--dbname={database.name}", str(source))


def _run(database: Database, program: str, *arguments: str) -> None:
    try:
        done = subprocess.run(
            [program, *arguments], env=database.libpq(), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise LabelStudioError(
            f"{program}: is needed for {database}, is not installed; install PostgreSQL's client programs "
            "(Debian: apt install postgresql-client)"
        ) from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), "nothing was said")
        raise LabelStudioError(f"{program}: should copy {database}, does not ({said[:300]}); mend that")
