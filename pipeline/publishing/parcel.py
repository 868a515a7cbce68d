"""What goes: the files that a release's manifest lists, as it lists them, and the manifest last; nothing else."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.released.opened import Opened
from pipeline.store import Store
from schemas.errors import PublishError, UsageError
from schemas.facts import ReleaseFact
from schemas.manifest import AGREEMENT, CARD, CROISSANT, DATA, FILE, OVERLAP, VOTES, Manifest

_CHUNK = 2**20
PAPERS = frozenset((CARD, CROISSANT, OVERLAP, AGREEMENT))
"""What a release may hold for people and machines to read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that goes."""

    name: str
    """From the release's folder, with slashes."""
    path: Path
    bytes: int
    sha256: str
    rows: int = 0

    def to_json(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {"path": self.name, "bytes": self.bytes, "sha256": self.sha256, "rows": self.rows}


@dataclass(frozen=True)
class Parcel:
    """A release, packed."""

    manifest: Manifest
    pieces: tuple[Piece, ...]
    """All but the manifest, in the manifest's order."""
    last: Piece
    """The manifest: where it stands, all of the release does."""

    @property
    def version(self) -> str:
        """The release's number, and what it is called there."""
        return self.manifest.version

    @property
    def all(self) -> tuple[Piece, ...]:
        """Every file, in the order in which they go."""
        return (*self.pieces, self.last)

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(piece.bytes for piece in self.all)


def pack(release: Opened) -> Parcel:
    """The files of a release on this machine, each held against its hash.

    Raises UsageError for a preview and for a release that lies elsewhere; PublishError where it is not whole.
    """
    manifest, folder = release.manifest, release.place.folder
    if folder is None:
        raise UsageError(
            f"publish: a version of this project was expected, is {release.place.called!r:.80}; see: headrace releases"
        )
    if manifest.preview:
        raise UsageError(
            f"publish: a release was expected, {manifest.version} is a preview; make one with: headrace release"
        )
    pieces = tuple(
        Piece(file.path, Path(release.place.path(file.path)), file.bytes, file.sha256, file.rows)
        for file in manifest.files
    )
    for piece in pieces:
        if piece.name not in PAPERS | {VOTES} and not piece.name.startswith(f"{DATA}/"):
            raise PublishError(
                f"publish: the files of a release were expected, {manifest.version} lists {piece.name!r:.80}; "
                f"see: headrace releases verify {manifest.version}"
            )
        _expect_whole(piece, manifest.version)
    path = folder / FILE
    return Parcel(manifest, pieces, Piece(FILE, path, path.stat().st_size, sha256_of(path)))


def expect_ours(parcel: Parcel, store: Store) -> None:
    """Refuse what this project never released, or what has changed since.

    Raises UsageError for a release that the store does not know, PublishError for one that is another one by now.
    """
    found = store.facts(ReleaseFact, "version = ?", [parcel.version])
    if not found:
        raise UsageError(
            f"publish: a release of this project was expected, {parcel.version} is none; see: headrace releases"
        )
    frozen = found[0].manifest
    if frozen is not None and frozen.encode() != parcel.last.path.read_bytes():
        raise PublishError(
            f"publish: release {parcel.version} was expected as it was made, {FILE} says something else by now; "
            f"see: headrace releases verify {parcel.version}"
        )


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, read a piece at a time."""
    with path.open("rb") as stream:
        return sha256_read(stream)


def sha256_read(stream: BinaryIO) -> str:
    """The hash of what a stream still has."""
    seen = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        seen.update(chunk)
    return seen.hexdigest()


def _expect_whole(piece: Piece, version: str) -> None:
    if not piece.path.is_file():
        found = "is not there"
    elif piece.path.stat().st_size != piece.bytes or sha256_of(piece.path) != piece.sha256:
        found = "is another file"
    else:
        return
    raise PublishError(
        f"publish: release {version} was expected whole, {piece.name} {found}; "
        f"see: headrace releases verify {version}"
    )
