"""Whether a release is what its manifest says: its files, its rows, the votes behind them, and that it is made again.

All but the last is asked of the release alone, wherever it lies.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.released.behind import votes_id, votes_ids
from pipeline.released.columns import row_class
from pipeline.released.merging import one_by_one
from pipeline.released.opened import Opened
from pipeline.released.rows import BESIDE, read, row_hash
from schemas.errors import SourceError
from schemas.manifest import FILE, FileEntry
from schemas.rows import PassedRow, Row

_CHUNK = 2**20
_SHOWN = 3
_FEW = 512
"""Rows that are held at a time where all of their texts are: a small file may hold very long ones."""
Rebuild: TypeAlias = Callable[[str], Mapping[str, str]]
"""Makes a version again, somewhere else; the sha256 of each of its files by path."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    looked: int
    """At how many of what it is about."""
    faults: tuple[str, ...]
    """What is not as it should be, each in one line."""

    @property
    def held(self) -> bool:
        """Whether all was as it should be."""
        return not self.faults

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {"check": self.name, "held": self.held, "looked": self.looked, "faults": list(self.faults)}


def verify(release: Opened, rebuild: Rebuild | None = None) -> Iterator[Check]:
    """Each check as it is done; one whose files cannot be read at all says why.

    Args:
        release: The release, wherever it lies.
        rebuild: Makes it again from the store it came from; None where that is not at hand.
    """
    checks: list[tuple[str, Callable[[Opened], Check]]] = [
        ("files", _files),
        ("rows", _rows),
        ("content", _content),
        ("row hashes", _row_hashes),
        ("votes", _votes),
        ("splits", _splits),
    ]
    if rebuild is not None:
        checks.append(("made again", partial(_made_again, rebuild=rebuild)))
    for name, check in checks:
        try:
            yield check(release)
        except SourceError as error:
            yield Check(name, 0, (str(error),))
        except (pa.ArrowException, ValueError, TypeError) as error:  # values that no release has
            said = " ".join(str(error).split())[:200]
            yield Check(name, 0, (f"{release.place.called}: it cannot be read ({said})",))


def _files(release: Opened) -> Check:
    """Every file that is listed is there, byte for byte, and nothing else beside it."""
    faults = [fault for file in release.manifest.files if (fault := _fault(release, file))]
    listed = {file.path for file in release.manifest.files} | {FILE}
    faults += [f"{name}: is not listed" for name in sorted(_there(release) - listed)]
    return Check("files", len(release.manifest.files), _few(faults))


def _fault(release: Opened, file: FileEntry) -> str | None:
    digest, size = hashlib.sha256(), 0
    try:
        with release.open(file.path) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > file.bytes:
                    break
    except SourceError as error:
        return str(error)
    if size != file.bytes:
        return f"{file.path}: {file.bytes:,} bytes were expected, it has {'more' if size > file.bytes else f'{size:,}'}"
    return None if digest.hexdigest() == file.sha256 else f"{file.path}: its sha256 is another one"


def _there(release: Opened) -> set[str]:
    """What lies in its folder, where that is on this machine; not what a name hides, as `.gitattributes`."""
    folder = release.place.folder
    if folder is None:
        return set()
    names = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return {name.as_posix() for name in names if not any(part.startswith(".") for part in name.parts)}


def _rows(release: Opened) -> Check:
    """The manifest counts the rows as they are."""
    faults, count, splits = [], 0, Counter[str]()
    described = {one.name: one.splits for one in release.manifest.sets}
    for name, one in release.sets.items():
        there = {
            split: sum(batch.num_rows for batch in release.batches(name, split, ["row_id"]))
            for split in one.splits
        }
        count += sum(there.values())
        if there != described[name]:
            faults.append(f"{name}: {_counts(described[name])} were expected, it has {_counts(there)}")
        if one.row_class != PassedRow.__name__:
            splits.update(there)
    said, data = release.manifest, splits.total()
    if (said.counts.rows, said.counts.passed) != (data, count - data):
        claimed = f"{said.counts.rows:,} rows and {said.counts.passed:,} passed questions"
        faults.append(f"{claimed} were expected, it has {data:,} and {count - data:,}")
    if said.splits != +splits:
        faults.append(f"{_counts(said.splits)} were expected, it has {_counts(+splits)}")
    return Check("rows", count, _few(faults))


def _content(release: Opened) -> Check:
    """The rows are those whose hash the manifest has, each once, in order."""
    digest, count = hashlib.blake2b(digest_size=16), 0
    for rows in one_by_one(release):
        said = pc.binary_join_element_wise(rows["row_id"], rows["row_hash"], rows["split"], " ")
        lines = pc.binary_join_element_wise(said, "", "\n")
        digest.update("".join(lines.to_pylist()).encode())
        count += rows.num_rows
    other = digest.hexdigest() != release.manifest.content
    return Check("content", count, ("the rows are not those that its content hash is of",) if other else ())


def _row_hashes(release: Opened) -> Check:
    """Each row's hash is that of what it says."""
    faults, count = [], 0
    for name, one in release.sets.items():
        try:
            of = row_class(one.row_class)
        except KeyError:
            faults.append(f"{name}: a row class of this headrace was expected, is {one.row_class!r:.60}")
            continue
        for split in one.splits:
            for batch in release.batches(name, split, size=_FEW):
                for said in batch.to_pylist():
                    count += 1
                    if _hash(of, said) != said["row_hash"]:
                        faults.append(f"{said['row_id']}: says something else than its hash")
    return Check("row hashes", count, _few(faults))


def _hash(of: type[Row], said: Mapping[str, Any]) -> str:
    own = {name: said[name] for name in of.model_fields if name in said and name not in BESIDE}
    try:
        return row_hash(read(of, json.dumps(own), simulated=bool(said["simulated"])))
    except ValueError:  # it is no such row at all
        return ""


def _votes(release: Opened) -> Check:
    """Behind each row stand the votes that it names."""
    known = votes_ids(release)
    nothing = votes_id([])
    faults, count = [], 0
    for name, one in release.sets.items():
        for split in one.splits:
            for batch in release.batches(name, split, ["row_id", "task_id", "votes_id"]):
                count += batch.num_rows
                at = pc.index_in(batch["task_id"], known["task_id"])
                there = pc.fill_null(known["votes_id"].take(at), nothing)
                other = pc.fill_null(pc.not_equal(there, batch["votes_id"]), fill_value=True)
                wrong = batch["row_id"].filter(other)
                faults += [
                    f"{row_id}: other votes stand behind it than it names" for row_id in wrong.to_pylist()
                ]
    return Check("votes", count, _few(faults))


def _splits(release: Opened) -> Check:
    """No prompt stands in two splits, and each row names its own."""
    faults: list[str] = []
    found = [pa.table({"prompt_id": pa.array([], pa.string()), "split": pa.array([], pa.string())})]
    for name, one in release.sets.items():
        for split in one.splits:
            for batch in release.batches(name, split, ["row_id", "prompt_id"]):
                without = batch["row_id"].filter(pc.is_null(batch["prompt_id"]))
                faults += [f"{row_id}: it names no prompt" for row_id in without.to_pylist()]
                prompts = pc.unique(batch["prompt_id"].drop_null())
                found.append(pa.table({"prompt_id": prompts, "split": pa.repeat(split, len(prompts))}))
    counted = pa.concat_tables(found).group_by("prompt_id").aggregate([("split", "count_distinct")])
    both = counted.filter(pc.greater(counted["split_count_distinct"], 1))["prompt_id"].to_pylist()
    faults += [f"{one}: the prompt is in several splits" for one in sorted(both)]
    return Check("splits", counted.num_rows, _few(faults))


def _made_again(release: Opened, rebuild: Rebuild) -> Check:
    """The project's store makes the same bytes again."""
    listed = {file.path: file.sha256 for file in release.manifest.files}
    with release.open(FILE) as stream:
        listed[FILE] = hashlib.sha256(stream.read()).hexdigest()
    again = rebuild(release.manifest.version)
    other = [path for path in sorted(listed.keys() | again.keys()) if listed.get(path) != again.get(path)]
    return Check("made again", len(listed), _few([f"{path}: the store makes it otherwise" for path in other]))


def _counts(splits: Mapping[str, int]) -> str:
    return ", ".join(f"{rows:,} {split}" for split, rows in sorted(splits.items())) or "no rows"


def _few(faults: list[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are."""
    more = [f"and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else []
    return (*faults[:_SHOWN], *more)
