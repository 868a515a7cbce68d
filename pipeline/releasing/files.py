"""A release on disk: written beside its place, then put there by one rename."""

import json
import os
import shutil
from pathlib import Path
from typing import Any, TypeAlias

from exports import export_formats
from pipeline.releasing.card import card
from pipeline.releasing.manifest import file_entry
from pipeline.releasing.rows import Content
from pipeline.releasing.sets import set_of
from schemas.errors import StoreError
from schemas.rows import Row
from tasks import task_types

FORMATS = ("jsonl", "parquet")


def write(content: Content, manifest: dict[str, Any], place: Path) -> None:
    """Write the data files, the manifest and the card; the same release in that place is replaced by a rename."""
    _check_place(place, manifest)
    draft = place.parent / f".{place.name}.{os.getpid()}.tmp"
    aside = place.parent / f".{place.name}.{os.getpid()}.old"
    for left in place.parent.glob(f".{place.name}.*.tmp"):
        shutil.rmtree(left, ignore_errors=True)  # of a release that was killed; the store's lock is ours
    try:
        draft.mkdir(parents=True)
        sets = _sets(content)
        files = [entry for name in sorted(sets) for entry in _data(name, sets[name], draft)]
        whole = {**manifest, "files": files}
        (draft / "README.md").write_text(card(whole), encoding="utf-8")
        text = json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True)
        (draft / "manifest.json").write_text(text + "\n", encoding="utf-8")
        if place.exists():
            place.rename(aside)
        draft.rename(place)
    except OSError as error:
        raise StoreError(
            f"{place}: the release cannot be written ({error.strerror or error}); "
            "check the rights and the space there, then run the command again"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)


def _check_place(place: Path, manifest: dict[str, Any]) -> None:
    """Refuse to put a release where something else stands."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    try:
        there = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        ours = (there["name"], there["version"]) == (manifest["name"], manifest["version"])
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise StoreError(
            f"{place}: a free place or this release was expected, something else is there; move it, or use --out DIR"
        )


_Rows: TypeAlias = dict[str, list[Row]]
"""By split."""


def _sets(content: Content) -> dict[str, tuple[type[Row], _Rows]]:
    """The file sets that have rows, each with their class."""
    sets: dict[str, tuple[type[Row], _Rows]] = {}
    for member in content.members:
        for row in member.rows:
            name = set_of(task_types()[member.task_type], type(row))
            _, splits = sets.setdefault(name, (type(row), {}))
            splits.setdefault(member.split, []).append(row)
    return sets


def _data(name: str, rows_of: tuple[type[Row], _Rows], draft: Path) -> list[dict[str, Any]]:
    folder = draft / name
    folder.mkdir()
    row_class, splits = rows_of
    entries = []
    for split, rows in sorted(splits.items()):
        for format_name in FORMATS:
            export_format = export_formats()[format_name]
            path = folder / f"{split}{export_format.suffix}"
            export_format.write(rows, row_class, path)
            entries.append(file_entry(draft, path, len(rows)))
    return entries
