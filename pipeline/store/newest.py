"""The newest snapshot under a name of its own: for a process that reads one after the other while it runs."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from pipeline.store.place import StorePlace
from pipeline.store.store import Store

Version: TypeAlias = tuple[int, ...]


def version_of(*files: Path) -> Version:
    """What tells one state of these files from another; a file that is not there has a state too."""
    return tuple(part for file in files for part in _state(file))


def _state(file: Path) -> Version:
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


@contextmanager
def newest_snapshot(place: StorePlace) -> Iterator[Store]:
    """The newest snapshot under a name of its own.

    Within a process DuckDB knows a database by its path: who has the old snapshot open would be given it again.
    """
    with place.reading() as store:  # publishes one where there is none yet
        if not place.snapshot.exists():
            yield store
            return
    with tempfile.TemporaryDirectory(dir=place.folder, prefix="reading.") as folder:
        own = Path(folder) / place.snapshot.name
        try:
            own.hardlink_to(place.snapshot)
        except OSError:  # a file system without links
            shutil.copyfile(place.snapshot, own)
        store = Store(own, read_only=True)
    with store:
        yield store
