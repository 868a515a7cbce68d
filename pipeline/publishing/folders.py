"""A folder on this machine: filled beside its place under a hidden name, then put there by one rename."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.context import Progress
from pipeline.publishing.destinations import Receipt
from pipeline.publishing.parcel import Parcel, Piece, sha256_of
from schemas.errors import PublishError, UsageError
from schemas.manifest import FILE


class Folder:
    """A folder that holds releases, each in one of its own under its version."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def where(self, version: str) -> str:
        return str(self.path / version)

    def send(self, parcel: Parcel, progress: Progress) -> Receipt:
        place = self.path / parcel.version
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with _alone(self.path):
                self._expect_free(place, parcel)
                sent = self._fill(place, parcel, progress)
        except OSError as error:
            raise PublishError(
                f"publish: {self.path} should take the release, does not ({error.strerror or error}); check the rights "
                "and the space there, then run the command again: it goes on where it stopped"
            ) from None
        return Receipt(str(place), sent)

    def _fill(self, place: Path, parcel: Parcel, progress: Progress) -> tuple[str, ...]:
        # the same release goes on where it was cut off: the name says which
        draft = place if place.exists() else self.path / f".{parcel.version}-{parcel.last.sha256[:12]}.part"
        draft.mkdir(exist_ok=True)
        track = progress.track(parcel.all, "publishing", len(parcel.all))
        sent = tuple(piece.name for piece in track if _put(piece, draft))
        _drop_strangers(draft, parcel)
        _sync(draft)
        if draft != place:
            draft.rename(place)
            _sync(self.path)
        return sent

    def _expect_free(self, place: Path, parcel: Parcel) -> None:
        """Refuse to put a release where another one stands, or something else."""
        if (self.path / FILE).exists():
            raise UsageError(
                f"publish: a folder that holds releases was expected, {self.path} is one itself; name the one above"
            )
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            with suppress(OSError):
                place.rmdir()
            return
        manifest = place / FILE
        if not manifest.is_file() or sha256_of(manifest) != parcel.last.sha256:
            raise UsageError(
                f"publish: {place} was expected to be free or this release, something else is there; "
                "move it, or name another folder"
            )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else publishes into a folder, where its system can tell; the lock goes with the process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _put(piece: Piece, folder: Path) -> bool:
    """Have a file there, whole and on disk; whether it had to be written."""
    target = folder / piece.name
    if _is_there(target, piece):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with piece.path.open("rb") as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, 2**20)
            copy.flush()
            os.fsync(copy.fileno())
        if not _is_there(part, piece):
            raise PublishError(
                f"publish: {piece.name} was expected as the manifest lists it, another one arrived in {folder.parent}; "
                "run the command again"
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync(target.parent)
    return True


def _is_there(path: Path, piece: Piece) -> bool:
    return path.is_file() and path.stat().st_size == piece.bytes and sha256_of(path) == piece.sha256


def _drop_strangers(folder: Path, parcel: Parcel) -> None:
    """Remove what a publication that was killed left half written."""
    ours = {piece.name for piece in parcel.all}
    for path in sorted(folder.rglob("*.part")):
        if path.is_file() and path.relative_to(folder).as_posix() not in ours:
            path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have a folder's names on disk; some systems have no such thing."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
