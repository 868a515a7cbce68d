"""What DuckDB refuses, in one line that says what to do."""

from pathlib import Path

import duckdb

from schemas.errors import StoreError


def first_line(message: str) -> str:
    """What DuckDB says first, and shortly."""
    return message.strip().splitlines()[0][:200]


def store_error(path: Path | str, error: duckdb.Error) -> StoreError:
    """What to do about an error of DuckDB."""
    text = str(error)
    if (
        "No space left" in text
        or "ENOSPC" in text
        or "File too large" in text
        or "max_temp_directory" in text
    ):
        return StoreError(
            f"{path}: no space left to write; free some and run the command again, nothing is lost"
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return StoreError(f"{path}: should be writable, is not; check its rights and its owner")
    if "Could not set lock" in text or "Conflicting lock" in text:
        return StoreError(f"{path}: opened by another program; close it there, then try again")
    if "not a valid DuckDB database" in text or isinstance(error, duckdb.SerializationException):
        return StoreError(f"{path}: should be a store, is not one; restore it from a backup")
    return StoreError(f"{path}: {first_line(text)}; see docs/reference/store.md")
