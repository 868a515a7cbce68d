"""An export written down, split by split: read in batches, made by its format, kept in shards."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from exports._lists import integers
from exports._shards import Shards
from exports.account import FileAccount, SplitAccount
from exports.base import Choices, ExportFormat, Part, Places

BATCH = 16_384
"""Rows read at a time: what is held in memory, and a row group of a file."""
Watch: TypeAlias = Callable[[pa.Table, pa.Array], None]
"""Told of each table that was made, with the ids of its rows."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A format with what was chosen."""

    format: ExportFormat[Any]
    choices: Choices

    def columns(self, part: Part) -> tuple[str, ...]:
        """All that must be read of a split."""
        once = self.format.once(self.choices)
        wanted = ("row_id", *([once] if once else []), *self.format.reads(part, self.choices))
        return tuple(dict.fromkeys(wanted))

    def schema(self, part: Part) -> pa.Schema:
        """The columns that come of a split, by a batch without rows."""
        kinds = pa.schema([part.schema.field(name) for name in self.columns(part)])
        batch = pa.RecordBatch.from_arrays([pa.nulls(0, one.type) for one in kinds], schema=kinds)
        return self.format.table(batch, part, self.choices).table.schema


def write_split(
    asked: Asked, part: Part, batches: Iterable[pa.RecordBatch], folder: Path, watch: Watch
) -> tuple[SplitAccount, list[FileAccount]]:
    """Write one split below a folder: `SET/SPLIT-00000-of-00001.parquet` and so on.

    The batches hold `asked.columns(part)`. A split of which nothing is made has no file.
    """
    seen, read, left_out = Seen(asked.format.once(asked.choices)), 0, Counter[str]()
    with Shards(folder / part.file_set, part.split, asked.format.suffix) as shards:
        for whole in batches:
            read += whole.num_rows
            batch = seen.new(whole)
            made = asked.format.table(batch, part, asked.choices)
            row_ids = batch["row_id"].take(integers(made.taken))
            table = made.table.combine_chunks()
            watch(table, row_ids)
            shards.write(table, row_ids)
            part = replace(part, made=part.made + table.num_rows)
            left_out.update(made.left_out)
            if repeated := whole.num_rows - batch.num_rows:
                left_out["an earlier row has its prompt"] += repeated
        files = shards.files(folder)
    return SplitAccount(rows=read, made=part.made, left_out=dict(sorted(left_out.items()))), files


class Seen:
    """Which values of a column came before, by a hash of 64 bits each."""

    def __init__(self, column: str | None) -> None:
        self.column = column
        self._known: Places = np.empty(0, dtype=np.int64)

    def new(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The rows of a batch whose value comes for the first time; all of them where no column is looked at."""
        if self.column is None:
            return batch
        values = batch[self.column].to_pylist()
        keys = np.fromiter(map(hash, values), dtype=np.int64, count=len(values))
        unique, first = np.unique(keys, return_index=True)
        fresh = ~np.isin(unique, self._known, assume_unique=True)
        self._known = np.union1d(self._known, unique[fresh])
        return batch.take(integers(np.sort(first[fresh])))
