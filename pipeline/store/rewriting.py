"""A store's file written anew: DuckDB keeps the bytes of what was changed in it, a new file has none of them."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import duckdb

from pipeline.store.store import Store
from schemas.errors import StoreError


def rewrite(path: Path) -> None:
    """Put a file in a store's place that holds what its tables hold, and nothing else; nobody may have it open."""
    with Store(path) as store:
        store.checkpoint()  # closed after that, it leaves no log that the new file would take for its own
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    try:
        _copy(path, draft)
        shutil.copymode(path, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0][:200]
        raise StoreError(
            f"{path}: should be written anew, was not ({reason}); make room and run the command again"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _copy(path: Path, draft: Path) -> None:
    with closing(duckdb.connect(":memory:")) as con:
        con.execute(f"ATTACH {_quoted(path)} AS old (READ_ONLY)")
        con.execute(f"ATTACH {_quoted(draft)} AS new")
        con.execute("COPY FROM DATABASE old TO new")
        con.execute("DETACH new")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
