"""A release's folder: written beside its place, then put there by one rename."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import StoreError
from schemas.manifest import FILE


@contextmanager
def draft_of(place: Path, name: str) -> Iterator[Path]:
    """An empty folder beside a place, gone in the end unless it was put there by `put`.

    Raises StoreError where something else than a release of this project is there, or writing fails within.
    """
    _check(place, name)
    draft = _beside(place, "draft")
    try:
        for left in place.parent.glob(f".{place.name}.*"):
            _clear(left)  # of a release that was killed: the store's lock is ours
        draft.mkdir(parents=True)
        yield draft
    except OSError as error:
        raise StoreError(
            f"{place}: the release cannot be written ({error.strerror or error}); "
            "check the rights and the space there, then run the command again"
        ) from None
    finally:
        _clear(draft)


def put(draft: Path, place: Path) -> None:
    """Put a draft in its place; the same release there goes aside, then away."""
    aside = _beside(place, "old")
    if place.exists():
        place.rename(aside)
    draft.rename(place)
    _clear(aside)


def _beside(place: Path, what: str) -> Path:
    return place.parent / f".{place.name}.{what}"


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)


def _check(place: Path, name: str) -> None:
    """Refuse to put a release where something else stands."""
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    try:
        ours = json.loads((place / FILE).read_text(encoding="utf-8"))["name"] == name
    except (OSError, ValueError, KeyError, TypeError):
        ours = False
    if not ours:
        raise StoreError(
            f"{place}: a free place or this release was expected, something else is there; move it, or use --out DIR"
        )
