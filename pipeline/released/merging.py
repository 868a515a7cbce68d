"""The rows of two releases side by side, window by window, whatever their size.

The files of a release are sorted by `row_id`: a window is what both have up to some id. In memory there is a window,
and a batch of each file.
"""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.released.columns import BEFORE, BESIDE
from pipeline.released.opened import Opened
from pipeline.released.places import AGAIN
from schemas.errors import SourceError

COLUMNS = (
    "row_id",
    "row_hash",
    "task_id",
    "task_type",
    "cell",
    "attempt",
    "decided_by",
    "votes",
    "method",
    "guideline_version",
    "votes_id",
    "prompt_id",
    "sources",
)
"""What is compared of a row, beside its file set and split."""
A, B = "a_", "b_"
"""Before the names of a pair's columns: as it is in the first release, and in the second."""
_BATCH = 16_384
_TYPES = {field.name: field.type for field in (*BEFORE, *BESIDE)} | {"set": pa.string(), "split": pa.string()}
_SCHEMA = pa.schema([(name, _TYPES[name]) for name in (*COLUMNS, "set", "split")])


def side_by_side(a: Opened, b: Opened) -> Iterator[pa.Table]:
    """Each row of both releases, in the order of ids: its columns in the first and the second; null where it is not."""
    sides = [_Side(release) for release in (a, b)]
    while any(side.has_more() for side in sides):
        upto = min(end for side in sides for end in side.ends())
        yield _joined(*(side.take(upto) for side in sides))


def one_by_one(release: Opened) -> Iterator[pa.Table]:
    """The rows of one release in the order of ids, each once: COLUMNS, and `set` and `split`."""
    side = _Side(release)
    while side.has_more():
        yield side.take(min(side.ends()))


class _Side:
    """The files of one release, read in step."""

    def __init__(self, release: Opened) -> None:
        self._streams = [
            _Stream(release, name, split) for name, one in release.sets.items() for split in one.splits
        ]
        self._called = release.place.called

    def has_more(self) -> bool:
        return any(stream.more() for stream in self._streams)

    def ends(self) -> Iterator[str]:
        """The last id at hand of each file; those that are through hold nobody back."""
        return (stream.end() for stream in self._streams if stream.more())

    def take(self, upto: str) -> pa.Table:
        """What there is up to an id, sorted by it."""
        found = [taken for stream in self._streams if (taken := stream.take(upto)).num_rows]
        table = pa.concat_tables([_SCHEMA.empty_table(), *found]).combine_chunks()
        if len(found) > 1:
            table = table.sort_by("row_id")
        if not _rises(table["row_id"]):
            raise SourceError(
                f"{self._called}: each row_id once was expected, one stands there twice; {AGAIN}"
            )
        return table


class _Stream:
    """One split of a file set."""

    def __init__(self, release: Opened, file_set: str, split: str) -> None:
        self._where = f"{release.place.called}: {file_set}, {split}"
        self._batches = self._read(release, file_set, split)
        self._here = _SCHEMA.empty_table()
        self._last = ""

    def more(self) -> bool:
        """Whether there is a row left, which is then at hand."""
        while not self._here.num_rows:
            batch = next(self._batches, None)
            if batch is None:
                return False
            self._here = self._checked(batch)
        return True

    def end(self) -> str:
        end: str = self._here["row_id"][-1].as_py()
        return end

    def take(self, upto: str) -> pa.Table:
        """The rows at hand up to an id, which are none after it."""
        if not self.more():
            return self._here
        count = pc.search_sorted(self._here["row_id"], pa.scalar(upto), side="right").as_py()
        taken, self._here = self._here.slice(0, count), self._here.slice(count)
        return taken

    @staticmethod
    def _read(release: Opened, file_set: str, split: str) -> Iterator[pa.Table]:
        for batch in release.batches(file_set, split, COLUMNS, _BATCH):
            table = pa.Table.from_batches([batch])
            for name, said in (("set", file_set), ("split", split)):
                table = table.append_column(name, pa.repeat(said, table.num_rows))
            yield table

    def _checked(self, table: pa.Table) -> pa.Table:
        """A batch with the columns of a release, in rising order, after what came before."""
        try:
            table = table.select(_SCHEMA.names).cast(_SCHEMA).combine_chunks()
        except (pa.ArrowException, ValueError) as error:
            said = " ".join(str(error).split())[:200]
            raise SourceError(
                f"{self._where}: the columns of a release were expected ({said}); {AGAIN}"
            ) from None
        ids = table["row_id"]
        if ids.null_count or table["row_hash"].null_count:
            raise SourceError(f"{self._where}: a row_id and a row_hash were expected of each row; {AGAIN}")
        if not _rises(pa.chunked_array([pa.array([self._last]), *ids.chunks])):
            raise SourceError(f"{self._where}: rows sorted by row_id were expected, are not; {AGAIN}")
        self._last = ids[-1].as_py()
        return table


def _joined(a: pa.Table, b: pa.Table) -> pa.Table:
    """Both sides of each row."""
    if a["row_id"].equals(b["row_id"]):
        return _beside(a, b)
    places = _places(a, "a").join(_places(b, "b"), "row_id", join_type="full outer").sort_by("row_id")
    return _beside(a.take(places["a"]), b.take(places["b"]))


def _places(table: pa.Table, name: str) -> pa.Table:
    return pa.table({"row_id": table["row_id"], name: pa.array(range(table.num_rows), pa.int64())})


def _beside(a: pa.Table, b: pa.Table) -> pa.Table:
    names = [*(A + name for name in a.column_names), *(B + name for name in b.column_names)]
    return pa.table([*a.columns, *b.columns], names)


def _rises(ids: Sequence[str] | pa.ChunkedArray) -> bool:
    ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    return not pc.any(pc.greater_equal(ids[:-1], ids[1:])).as_py()
