"""The files of one split: so many rows each, named as the Hugging Face Hub names them, row ids beside each."""

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, parquet

from exports._json import json_lines, json_text
from exports.account import FileAccount
from exports.base import Suffix

MOST = 500_000
"""Rows of a file."""
IDS = ".row_ids.txt"
"""Behind a file's name: the ids of its rows, one a line, in their order."""
LEVEL = 1
"""How hard zstd works: more makes files a little smaller, and export slow."""


class Shards:
    """Writes a split while the next rows are made; files get their names when it ends, as those say how many."""

    def __init__(self, folder: Path, split: str, suffix: Suffix, most: int = MOST) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._split, self._suffix, self._most = folder, split, suffix, most
        self._shards: list[_Shard] = []
        self._hand = ThreadPoolExecutor(max_workers=1)
        self._writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand.shutdown()
        if error is not None and self._shards:
            with suppress(OSError):
                self._shards[-1].close()

    def write(self, table: pa.Table, row_ids: pa.Array) -> None:
        """Add rows, once those before are written; a table without any adds nothing."""
        self._written()
        self._writing = self._hand.submit(self._write, table, row_ids)

    def files(self, root: Path) -> list[FileAccount]:
        """End it: each file by its name, with that of its ids behind it."""
        self._written()
        found = []
        for number, shard in enumerate(self._shards):
            shard.close()
            name = f"{self._split}-{number:05}-of-{len(self._shards):05}{self._suffix}"
            for file, called in ((shard.data, name), (shard.ids, f"{name}{IDS}")):
                file.path.rename(self._folder / called)
                path = (self._folder / called).relative_to(root).as_posix()
                found.append(FileAccount(path=path, rows=shard.rows, bytes=file.bytes, sha256=file.digest))
        return found

    def _written(self) -> None:
        if self._writing is not None:
            self._writing.result()

    def _write(self, table: pa.Table, row_ids: pa.Array) -> None:
        start = 0
        while start < table.num_rows:
            if not self._shards or self._shards[-1].rows == self._most:
                self._begin(table.schema)
            shard = self._shards[-1]
            count = min(self._most - shard.rows, table.num_rows - start)
            shard.write(table.slice(start, count), row_ids.slice(start, count))
            start += count

    def _begin(self, schema: pa.Schema) -> None:
        if self._shards:
            self._shards[-1].close()
        part = self._folder / f"{self._split}-{len(self._shards):05}"
        data, ids = (Hashed(part.with_name(f"{part.name}.{what}.part")) for what in ("rows", "ids"))
        self._shards.append(_Shard(data, ids))
        self._shards[-1].sink = _OPENED[self._suffix](data, schema)


class Hashed:
    """A file that is written from its beginning to its end, with the hash of what was written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        self._hash = hashlib.sha256()
        self._file = path.open("wb")

    @property
    def digest(self) -> str:
        """The sha256 so far."""
        return self._hash.hexdigest()

    @property
    def closed(self) -> bool:
        """Whether it has ended."""
        return self._file.closed

    def write(self, data: bytes | memoryview) -> int:
        """Add bytes."""
        self._hash.update(data)
        written = self._file.write(data)
        self.bytes += written
        return written

    def flush(self) -> None:
        """Hand on what is held back."""
        self._file.flush()

    def close(self) -> None:
        """End it."""
        self._file.close()


class Sink(Protocol):
    """What writes tables into a file."""

    def write(self, table: pa.Table) -> None:
        """Add rows."""

    def close(self) -> None:
        """End what it writes; the file stays open."""


@dataclass(slots=True)
class _Shard:
    """A file of rows, and that of their ids."""

    data: Hashed
    ids: Hashed
    sink: Sink | None = None
    """None until the file has begun."""
    rows: int = 0

    def write(self, table: pa.Table, row_ids: pa.Array) -> None:
        if self.sink is not None:
            self.sink.write(table)
        self.ids.write(texts(pc.binary_join_element_wise(row_ids, "\n", "")))
        self.rows += table.num_rows

    def close(self) -> None:
        """End both, whatever goes wrong."""
        with ExitStack() as ending:
            ending.callback(self.ids.close)
            ending.callback(self.data.close)
            sink, self.sink = self.sink, None
            if sink is not None:
                sink.close()


class _Parquet:
    def __init__(self, file: Hashed, schema: pa.Schema) -> None:
        self._writer = parquet.ParquetWriter(
            pa.PythonFile(file, mode="w"), schema, compression="zstd", compression_level=LEVEL
        )

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()


class _Jsonl:
    """Made by halves, which two processors do in half the time."""

    def __init__(self, file: Hashed, schema: pa.Schema) -> None:
        del schema
        self._file = file
        self._hands = ThreadPoolExecutor(max_workers=2)

    def write(self, table: pa.Table) -> None:
        middle = table.num_rows // 2
        for lines in self._hands.map(json_lines, (table.slice(0, middle), table.slice(middle))):
            self._file.write(texts(lines))

    def close(self) -> None:
        self._hands.shutdown()


class _Csv:
    """Nested columns are JSON in text."""

    def __init__(self, file: Hashed, schema: pa.Schema) -> None:
        kinds = [(field.name, pa.string() if _nested(field) else field.type) for field in schema]
        self._schema = pa.schema(kinds)
        self._writer = csv.CSVWriter(pa.PythonFile(file, mode="w"), self._schema)

    def write(self, table: pa.Table) -> None:
        columns = [
            json_text(column.combine_chunks()) if _nested(field) else column
            for field, column in zip(table.schema, table.columns, strict=True)
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


_OPENED: Mapping[Suffix, Callable[[Hashed, pa.Schema], Sink]] = {
    ".parquet": _Parquet,
    ".jsonl": _Jsonl,
    ".csv": _Csv,
}


def texts(column: pa.Array) -> memoryview:
    """The bytes of texts, one behind the other."""
    _, offsets, data = column.buffers()
    if data is None or offsets is None:
        return memoryview(b"")
    bounds = np.frombuffer(offsets, dtype=np.int32)
    return memoryview(data)[bounds[column.offset] : bounds[column.offset + len(column)]]


def _nested(field: pa.Field) -> bool:
    return bool(pa.types.is_nested(field.type))
