"""The difference between two releases: each row that is otherwise, how and why, in bounded memory."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.released.merging import A, B, side_by_side
from pipeline.released.opened import Opened
from pipeline.released.whys import (
    ADDED,
    CHANGED,
    CHANGES,
    MOVED,
    REMOVED,
    Ask,
    Column,
    Seen,
    Whys,
    change_of,
    nobody,
)
from schemas.manifest import BumpKind

OF_A_TASK: Final = ("task_id", "decided_by", "votes", "method", "guideline_version", "votes_id")
"""What stands beside a row that tells of its label, and is the same for all rows of a task."""
SHOWN: Final = ("set", "split", "row_hash", "attempt", "decided_by", "votes", "method", "guideline_version")
"""What is shown of both sides of a row that differs."""


@dataclass(slots=True)
class Counts:
    """How many rows are otherwise, in which way and why."""

    changes: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            **{name: self.changes[name] for name in CHANGES},
            "reasons": dict(sorted(self.whys.items(), key=lambda item: (-item[1], item[0]))),
        }


@dataclass(slots=True)
class Difference:
    """What makes a release another one."""

    a: Opened
    b: Opened
    same: int
    """Rows of which nothing at all is otherwise."""
    all: Counts
    cells: dict[str, Counts]
    task_types: dict[str, Counts]
    _rows: IO[bytes]

    @property
    def bump(self) -> BumpKind:
        """What it makes of the version number: major if rows changed, went or moved, minor if some only came."""
        if any(self.all.changes[name] for name in (REMOVED, CHANGED, MOVED)):
            return "major"
        return "minor" if self.all.changes[ADDED] else "patch"

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Each row that differs, in the order of ids.

        `row_id`, `change`, `why`, `task_id`, `task_type`, `cell`, and `before` and `after`, structs of SHOWN, null
        where the row is not.
        """
        yield from _read(self._rows)


@contextmanager
def difference(a: Opened, b: Opened, ask: Ask = nobody) -> Iterator[Difference]:
    """Read both releases, which takes seconds a million rows; what differs lies in a file until the context ends.

    Args:
        a: The release before.
        b: The one after it.
        ask: What else is known of tasks whose rows went.
    """
    with ExitStack() as closing:
        differ, told = (
            closing.enter_context(tempfile.TemporaryFile(prefix="headrace-diff-")) for _ in range(2)
        )
        seen, rows = Seen(), _Rows(0)
        _write(differ, _seen(rows.differing(a, b), seen))
        whys = Whys(a.manifest, b.manifest, seen, ask)
        tasks = _tasks(a, b, seen)
        found = Difference(a, b, rows.same, Counts(), defaultdict(Counts), defaultdict(Counts), told)
        _write(told, _counted((_told(pairs, whys, tasks) for pairs in _tables(differ)), found))
        yield found


@dataclass(slots=True)
class _Rows:
    same: int

    def differing(self, a: Opened, b: Opened) -> Iterator[pa.Table]:
        """The rows that differ, both sides of each; the others are counted."""
        for pairs in side_by_side(a, b):
            pairs = pairs.append_column("change", change_of(pairs))  # noqa: PLW2901 - the same, and more of it
            differ = pairs.filter(pc.is_valid(pairs["change"]))
            self.same += pairs.num_rows - differ.num_rows
            yield differ


def _seen(found: Iterable[pa.Table], seen: Seen) -> Iterator[pa.Table]:
    for pairs in found:
        seen.see(pairs)
        yield pairs


def _counted(found: Iterable[pa.Table], into: Difference) -> Iterator[pa.Table]:
    """The rows, counted as they go by."""
    for rows in found:
        keys = rows.group_by(["change", "why", "cell", "task_type"]).aggregate([([], "count_all")])
        for one in keys.to_pylist():
            for counts in (into.all, into.cells[one["cell"]], into.task_types[one["task_type"]]):
                counts.changes[one["change"]] += one["count_all"]
                counts.whys[one["why"]] += one["count_all"]
        yield rows


def _told(pairs: pa.Table, whys: Whys, tasks: tuple[pa.Table, pa.Table]) -> pa.Table:
    """Rows as they are told: once, with both sides and the reason."""
    before, after = (_side(pairs, side) for side in (A, B))
    either = {
        name: pc.coalesce(pairs[B + name], pairs[A + name])
        for name in ("row_id", "task_id", "task_type", "cell")
    }
    row_id = either.pop("row_id")
    why = whys.of(_filled(pairs, tasks))
    columns = {
        "row_id": row_id,
        "change": pairs["change"],
        "why": why,
        **either,
        "before": before,
        "after": after,
    }
    return pa.table(columns)


def _side(pairs: pa.Table, side: str) -> pa.Array:
    """What is shown of one side; null where there is none."""
    pairs = pairs.combine_chunks()
    columns = [_array(pairs[side + name]) for name in SHOWN]
    return pa.StructArray.from_arrays(columns, SHOWN, mask=_array(pc.is_null(pairs[side + "row_id"])))


def _array(column: Column) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _filled(pairs: pa.Table, tasks: tuple[pa.Table, pa.Table]) -> pa.Table:
    """Rows that came or went, with what the other release says of the same task, where it has it."""
    for side, change, other, known in ((A, ADDED, B, tasks[0]), (B, REMOVED, A, tasks[1])):
        if not known.num_rows:
            continue
        alone = pc.equal(pairs["change"], change)
        at = pc.index_in(pairs[other + "task_id"], _array(known["task_id"]))
        for name in OF_A_TASK:
            place = pairs.schema.get_field_index(side + name)
            filled = pc.if_else(alone, known[name].take(at), pairs[side + name])
            pairs = pairs.set_column(place, side + name, filled)
    return pairs


def _tasks(a: Opened, b: Opened, seen: Seen) -> tuple[pa.Table, pa.Table]:
    """What each release says of tasks of which the other one alone has some row."""
    return _tasks_of(a, seen.tasks(ADDED)), _tasks_of(b, seen.tasks(REMOVED))


def _tasks_of(release: Opened, asked: pa.Array) -> pa.Table:
    schema = pa.schema([(name, pa.int32() if name == "votes" else pa.string()) for name in OF_A_TASK])
    found: list[pa.Table] = [schema.empty_table()]
    for name, one in release.sets.items() if len(asked) else ():
        for split in one.splits:
            for batch in release.batches(name, split, OF_A_TASK):
                table = pa.Table.from_batches([batch]).select(OF_A_TASK)
                found.append(table.filter(pc.is_in(table["task_id"], asked)))
    table = pa.concat_tables(found)
    first = pc.index_in(pc.unique(table["task_id"]), _array(table["task_id"]))
    return table.take(first)


def _write(file: IO[bytes], tables: Iterable[pa.Table]) -> None:
    writer = None
    for table in tables:
        writer = writer or pa.ipc.new_stream(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _read(file: IO[bytes]) -> Iterator[pa.RecordBatch]:
    if file.tell():
        file.seek(0)
        yield from pa.ipc.open_stream(file)


def _tables(file: IO[bytes]) -> Iterator[pa.Table]:
    return (pa.Table.from_batches([batch]) for batch in _read(file))


def shown(rows: Iterator[pa.RecordBatch], most: int) -> Sequence[dict[str, Any]]:
    """The first rows that differ, as plain values."""
    found: list[dict[str, Any]] = []
    for batch in rows:
        found += batch.slice(0, most - len(found)).to_pylist()
        if len(found) >= most:
            break
    return found
