"""The newest snapshot under a name of its own: for a process that reads one after the other while it runs."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.store.place import StorePlace
from pipeline.store.store import Store


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
