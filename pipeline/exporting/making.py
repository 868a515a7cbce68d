"""A release made into one format: all of it, or nothing."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version as installed_version
from pathlib import Path

import pyarrow as pa

from exports.account import FILE, Account, FileAccount, OfRelease, SplitAccount
from exports.base import Part
from exports.features import features
from exports.writing import BATCH, Asked, write_split
from pipeline.context import Progress, Quiet
from pipeline.exporting.choosing import chosen, parts_of
from pipeline.exporting.golds import GoldCheck
from pipeline.exporting.readme import readme
from pipeline.released.opened import Opened
from schemas.errors import StoreError, UsageError

MOST_BYTES = 32 * 2**20
"""Of a release's files, compressed, that are read at a time."""


@dataclass(frozen=True)
class Wanted:
    """What somebody asked for, in their words."""

    format: str
    sets: tuple[str, ...] = ()
    """File sets; none means all that fit."""
    choices: Mapping[str, str] = field(default_factory=dict)


def export(release: Opened, wanted: Wanted, place: Path, progress: Progress | None = None) -> Account:
    """Write an export to a folder, which is there as a whole or not at all.

    Raises:
        UsageError: Before any work, for a format, set or choice that does not exist and for a set that does not fit;
            after it where nothing is left.
        SourceError: Where the release is not as one is.
        StoreError: Where the folder holds something else, or cannot be written.
    """
    asked = chosen(wanted.format, wanted.choices)
    parts = parts_of(release, asked, wanted.sets)
    _check_place(place, asked.format.name)
    with _draft(place) as draft:
        account = _written(release, asked, parts, draft, progress or Quiet())
        (draft / FILE).write_text(account.model_dump_json(indent=2) + "\n", encoding="utf-8")
        columns = {part.file_set: features(asked.schema(part), asked.format.suffix) for part in parts}
        (draft / "README.md").write_text(readme(account, asked.format, columns), encoding="utf-8")
    return account


def _written(release: Opened, asked: Asked, parts: list[Part], draft: Path, progress: Progress) -> Account:
    sets: dict[str, dict[str, SplitAccount]] = {}
    files: list[FileAccount] = []
    golds = GoldCheck()
    for part in parts:
        column = asked.format.gold(part, asked.choices)
        size, total = _batches(release, part)
        batches = release.batches(part.file_set, part.split, asked.columns(part), size)
        shown = progress.track(batches, f"{part.file_set} {part.split}", total)
        watch = partial(golds.look, column, asked.format.gold_as) if column else _unwatched
        sets.setdefault(part.file_set, {})[part.split], made = write_split(asked, part, shown, draft, watch)
        files += made
    account = Account(
        format=asked.format.name,
        choices=asked.choices.model_dump(mode="json"),
        release=OfRelease.model_validate(release.manifest.model_dump(include=set(OfRelease.model_fields))),
        headrace=installed_version("headrace"),
        sets=sets,
        columns={part.file_set: {one.name: str(one.type) for one in asked.schema(part)} for part in parts},
        golds=golds.found(),
        files=tuple(files),
    )
    if not account.made:
        said = ", ".join(f"{count:,} because {reason}" for reason, count in account.left_out().items())
        raise UsageError(
            f"export: rows were expected, {asked.format.name} leaves all out: {said or 'there are none'}"
        )
    return account


def _batches(release: Opened, part: Part) -> tuple[int, int]:
    """How many rows are read at a time, fewer where they are long, and how many times that is."""
    files = release.sets[part.file_set].splits[part.split]
    rows = sum(file.rows for file in files)
    each = sum(file.bytes for file in files) // max(rows, 1)
    size = max(1, min(BATCH, MOST_BYTES // max(each, 1)))
    return size, -(-rows // size)


def _unwatched(table: pa.Table, row_ids: pa.Array) -> None:
    """What is made has no right answers to look at."""
    del table, row_ids


def _check_place(place: Path, name: str) -> None:
    """Refuse to write where something else stands than an earlier export in this format."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    try:
        ours = Account.model_validate_json((place / FILE).read_bytes()).format == name
    except (OSError, ValueError):
        ours = False
    if not ours:
        raise StoreError(
            f"{place}: a free place or an export as {name} was expected, something else is there; "
            "move it, or use --out DIR"
        )


@contextmanager
def _draft(place: Path) -> Iterator[Path]:
    """A folder beside the place that becomes it at the end; nothing is left of it otherwise."""
    draft, aside = (place.parent / f".{place.name}.{os.getpid()}.{what}" for what in ("tmp", "old"))
    _clear(place)
    try:
        draft.mkdir(parents=True)
        yield draft
        if place.exists():
            place.rename(aside)
        draft.rename(place)
    except OSError as error:
        raise StoreError(
            f"{place}: the export cannot be written ({error.strerror or error}); "
            "check the rights and the space there, then run the command again"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _clear(place: Path) -> None:
    """Remove what exports to this place left that were killed."""
    for left in (*place.parent.glob(f".{place.name}.*.tmp"), *place.parent.glob(f".{place.name}.*.old")):
        pid = left.name.split(".")[-2]
        if pid.isdigit() and not _is_alive(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or a number that is none
        pass
    return True
