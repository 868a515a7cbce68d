"""The corpus: all records as they were read, in shards of Parquet; before they are screened, it is the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from pyarrow import parquet

from pipeline.corpus.files import Files

SHARD = pa.schema(
    [
        ("record_id", pa.string()),
        ("prompt_id", pa.string()),
        ("domain", pa.string()),
        ("language", pa.string()),
        ("programming_language", pa.string()),
        ("topic", pa.string()),
        ("difficulty", pa.string()),
        ("license", pa.string()),
        ("dataset", pa.string()),
        ("candidates", pa.int64()),
        ("payload", pa.string()),
        ("ingested_at", pa.timestamp("us", "UTC")),
        ("position", pa.int64()),
        ("row", pa.int64()),
    ]
)
"""A RecordFact's columns; `position` among all rows ever read, earlier ones first; `row` of its source's file."""

ROWS = 50_000
BYTES = 64 * 2**20
"""Where a shard ends: whichever comes first, the bytes being those of its payloads."""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder, or a URL that fsspec knows, with shards in it. Can be pickled: jobs carry it."""

    place: str

    @property
    def files(self) -> Files:
        """What else is kept beside the shards, such as `sketches/…`."""
        return Files(self.place)

    def shards(self) -> list[str]:
        """The shards that lie there, sorted. Which of them count, the store's `shards` say."""
        return [name for name in self.files.names("records") if name.endswith(".parquet")]

    def read(
        self, shard: str, columns: Sequence[str] | None = None, batch: int = BATCH
    ) -> Iterator[pa.RecordBatch]:
        """A shard's rows, some at a time; all columns unless named."""
        with self.files.reading(shard) as stream, parquet.ParquetFile(stream) as opened:
            yield from opened.iter_batches(
                batch_size=batch, columns=None if columns is None else list(columns)
            )

    def write(self, shard: str, table: pa.Table) -> None:
        """Write a shard, or anything else in Parquet: whole, or not at all."""
        with self.files.writing(shard) as stream:
            parquet.write_table(table, stream, compression="zstd", compression_level=1)
