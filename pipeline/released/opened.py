"""A release as anybody finds it: here, elsewhere, or in a project; what is in it is read, and never trusted.

No store is asked. What lacks a file, names one outside, or holds something else than its manifest says is refused in
one line.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from pyarrow import parquet
from pydantic import ValidationError

from pipeline.released.columns import BEFORE, BESIDE
from pipeline.released.columns import VOTES as OF_VOTES
from pipeline.released.places import AGAIN, Place, found
from schemas.errors import SourceError
from schemas.manifest import DATA, FILE, VOTES, FileEntry, Manifest

BATCH = 65_536
FORMAT = 1
"""The newest format of manifests that this version reads."""
MOST_OF_A_MANIFEST = 256 * 2**20
"""Bytes that one may have: hundreds of thousands of errata fit in."""
_ROW_TYPES = {one.name: one.type for one in (*BEFORE, *BESIDE)}
_VOTE_TYPES = {one.name: one.type for one in OF_VOTES}
_SHARD = re.compile(
    rf"{DATA}/(?P<set>[\w.-]+)/(?P<split>[\w.-]+?)-(?P<number>\d{{5}})-of-(?P<of>\d{{5}})\.parquet"
)


@dataclass(frozen=True)
class OpenedSet:
    """Rows of one class, as they come from one task type."""

    name: str
    """The folder below `data`, and the configuration's name on the Hub."""
    row_class: str
    """Such as PreferenceRow (schemas/rows.py)."""
    task_type: str
    conversational: bool
    splits: Mapping[str, tuple[FileEntry, ...]]
    """The files of each split, in their order."""

    def rows(self, split: str) -> int:
        """How many rows a split has."""
        return sum(file.rows for file in self.splits[split])


class Opened:
    """A release that can be read."""

    def __init__(self, place: str | Path | Place, project: Path | None = None) -> None:
        """Read its manifest.

        Args:
            place: A folder, an address, or a version of the project (see `places.found`).
            project: The project's folder; None outside of one.

        Raises:
            UsageError: Where nothing is there.
            SourceError: Where what is there is no release, or not a whole one.
        """
        self.place = place if isinstance(place, Place) else found(place, project)
        self.manifest = self._manifest()

    def __str__(self) -> str:
        return f"{self.manifest.name} {self.manifest.version}"

    @cached_property
    def sets(self) -> dict[str, OpenedSet]:
        """Its file sets by their names, sorted."""
        files: dict[str, dict[str, list[FileEntry]]] = {one.name: {} for one in self.manifest.sets}
        if len(files) != len(self.manifest.sets):
            raise self._wrong("each file set once was expected, one is described twice")
        for file in self.manifest.files:
            if file.path.startswith(f"{DATA}/"):
                read = _SHARD.fullmatch(file.path)
                if (
                    read is None
                    or read["set"] not in files
                    or (file.set, file.split) != (read["set"], read["split"])
                ):
                    raise self._wrong(
                        f"{DATA}/SET/SPLIT-00000-of-00001.parquet was expected, is {file.path!r:.99}"
                    )
                files[read["set"]].setdefault(read["split"], []).append(file)
        return {
            one.name: OpenedSet(
                one.name,
                one.row_class,
                one.task_type,
                one.conversational,
                {split: self._whole(of) for split, of in sorted(files[one.name].items())},
            )
            for one in sorted(self.manifest.sets, key=lambda one: one.name)
        }

    def batches(
        self, file_set: str, split: str, columns: Sequence[str] | None = None, size: int = BATCH
    ) -> Iterator[pa.RecordBatch]:
        """The rows of one split in their order, some columns of them (by default all), so many at a time."""
        for file in self.sets[file_set].splits[split]:
            yield from self.batches_of(file, columns, size)

    def batches_of(
        self, file: FileEntry, columns: Sequence[str] | None = None, size: int = BATCH
    ) -> Iterator[pa.RecordBatch]:
        """The rows of one Parquet file; SourceError where it is none, or not the one that was listed."""
        with self._parquet(file) as read:
            if missing := sorted(set(columns or ()) - set(read.schema_arrow.names)):
                raise self._wrong(f"the column {missing[0]} was expected in {file.path}, is not there")
            self._expect_types(file, read.schema_arrow, columns)
            try:
                yield from read.iter_batches(size, columns=None if columns is None else list(columns))
            except (pa.ArrowException, OSError) as error:
                raise self._wrong(f"{file.path} cannot be read ({_line(error)})") from None

    def schema(self, file: FileEntry) -> pa.Schema:
        """The columns of a Parquet file of it."""
        with self._parquet(file) as read:
            return read.schema_arrow

    def votes(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The votes and decisions behind its rows."""
        file = self.votes_file
        schema = self.schema(file)
        schema = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        return pa.Table.from_batches(self.batches_of(file, columns), schema)

    def vote_batches(
        self, columns: Sequence[str] | None = None, size: int = BATCH
    ) -> Iterator[pa.RecordBatch]:
        """As `votes`, so many at a time."""
        yield from self.batches_of(self.votes_file, columns, size)

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """A file of it as bytes, in any order."""
        return self.place.open(name)

    def text(self, name: str) -> str:
        """A file of words, such as its card; what is no UTF-8 is spelled out."""
        with self.place.open(name) as stream:
            content: bytes = stream.read(MOST_OF_A_MANIFEST)
        return content.decode("utf-8", "backslashreplace")

    @property
    def votes_file(self) -> FileEntry:
        """The file with the votes and decisions behind its rows."""
        for file in self.manifest.files:
            if file.path == VOTES:
                return file
        raise self._wrong(f"{VOTES} was expected, is not listed")

    def _expect_types(self, file: FileEntry, found: pa.Schema, columns: Sequence[str] | None) -> None:
        """Refuse a column that is read and has another type than a release gives it."""
        wanted = _VOTE_TYPES if file.path == VOTES else _ROW_TYPES
        for one in found if columns is None else map(found.field, columns):
            if wanted.get(one.name, one.type) != one.type:
                said = f"{wanted[one.name]}, is {one.type} in {file.path}"
                raise self._wrong(f"the column {one.name} should be {said}")

    @contextmanager
    def _parquet(self, file: FileEntry) -> Iterator[parquet.ParquetFile]:
        with self.place.open(file.path) as stream:
            try:
                read = parquet.ParquetFile(stream)
            except (pa.ArrowException, OSError) as error:
                raise self._wrong(f"{file.path} should be Parquet, is not ({_line(error)})") from None
            with read:
                if read.metadata.num_rows != file.rows:
                    rows = read.metadata.num_rows
                    raise self._wrong(f"{file.rows:,} rows were expected in {file.path}, it has {rows:,}")
                yield read

    def _whole(self, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
        """All shards of a split in their order."""
        shards: list[tuple[int, int, FileEntry]] = []
        for file in files:
            read = _SHARD.fullmatch(file.path)
            assert read is not None  # noqa: S101 - it was looked at when it was put here
            shards.append((int(read["number"]), int(read["of"]), file))
        shards.sort(key=lambda shard: shard[:2])
        if [shard[:2] for shard in shards] != [(number, len(shards)) for number in range(len(shards))]:
            raise self._wrong(
                f"all shards of {files[0].set}, {files[0].split} were expected, some are not listed"
            )
        return tuple(file for _, _, file in shards)

    def _manifest(self) -> Manifest:
        with self.place.open(FILE) as stream:
            text = stream.read(MOST_OF_A_MANIFEST + 1)
        if len(text) > MOST_OF_A_MANIFEST:
            raise self._wrong(f"at most {MOST_OF_A_MANIFEST:,} bytes were expected, it has more")
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise self._wrong(f"{where} should be as in a release, is not ({_line(first['msg'])})") from None
        if manifest.format > FORMAT:
            raise SourceError(
                f"{self.place.called}: a release of format {FORMAT} was expected, is of format {manifest.format}; "
                "upgrade headrace"
            )
        for file in manifest.files:
            self.place.path(file.path)
        return manifest

    def _wrong(self, what: str) -> SourceError:
        return SourceError(f"{self.place.called}: {FILE}: {what}; {AGAIN}")


def _line(said: Any) -> str:  # noqa: ANN401 - an error, or what one says
    return " ".join(str(said).split())[:200]
