"""Parquet files whose bytes follow from their rows alone, whatever batches these came in."""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

BLOCK = 2_048
"""Rows; groups end where a block does."""
MOST_ROWS, MOST_BYTES = 24 * BLOCK, 64 * 2**20
"""Of a group of rows: it ends as soon as one of the two is reached."""


class Rows:
    """Rows that come in batches of any size, taken in blocks of one."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches, self._schema = batches, schema
        self._rest: pa.Table | None = None

    def groups(self, rows: int, size: str | None = None) -> Iterator[pa.Table]:
        """So many of the next rows, in groups; `size` is a column of bytes to go by, which is taken off."""
        group: list[pa.Table] = []
        held = weight = 0
        while rows > 0 and (block := self._take(min(BLOCK, rows))) is not None:
            rows -= len(block)
            held += len(block)
            weight += pc.sum(block[size]).as_py() if size else 0
            group.append(block.drop_columns([size]) if size else block)
            if held >= MOST_ROWS or weight >= MOST_BYTES:
                yield pa.concat_tables(group)
                group, held, weight = [], 0, 0
        if group:
            yield pa.concat_tables(group)

    def _take(self, rows: int) -> pa.Table | None:
        """So many rows in one piece, fewer at the end; None behind it."""
        pieces = [] if self._rest is None else [self._rest]
        missing = rows - sum(map(len, pieces))
        while missing > 0 and (batch := next(self._batches, None)) is not None:
            pieces.append(pa.Table.from_batches([batch]).cast(self._schema))
            missing -= len(batch)
        if not pieces:
            return None
        found = pieces[0] if len(pieces) == 1 else pa.concat_tables(pieces)
        self._rest = found.slice(rows) if missing < 0 else None
        return found.slice(0, rows).combine_chunks()


def write(path: Path, schema: pa.Schema, groups: Iterable[pa.Table]) -> None:
    """A file of these groups of rows, the next one being fetched while one is written."""
    with (
        parquet.ParquetWriter(path, schema, compression="zstd") as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        writing: Future[None] | None = None
        for group in groups:
            if writing is not None:
                writing.result()
            writing = pool.submit(writer.write_table, group, row_group_size=2 * MOST_ROWS)
        if writing is not None:
            writing.result()


def sha256(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
