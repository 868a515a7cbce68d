"""Object storage, by fsspec: every file, each read back, and the manifest last, without which there is no release."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from pipeline.context import Progress
from pipeline.publishing.destinations import Receipt
from pipeline.publishing.parcel import Parcel, Piece, sha256_read
from pipeline.sources.files import system_of
from schemas.errors import HeadraceError, PublishError, UsageError
from schemas.manifest import FILE


class Objects:
    """A prefix that holds releases, each below its version."""

    def __init__(self, url: str) -> None:
        self.url = url

    def where(self, version: str) -> str:
        return f"{self.url}/{version}"

    def send(self, parcel: Parcel, progress: Progress) -> Receipt:
        base = self.where(parcel.version)
        with self._told():
            there = self._sizes(base)
            self._expect_free(base, there, parcel)
            track = progress.track(parcel.all, "publishing", len(parcel.all))
            sent = tuple(piece.name for piece in track if self._put(base, piece, there))
        return Receipt(base, sent)

    @cached_property
    def _system(self) -> Any:  # noqa: ANN401 - fsspec ships no types
        return system_of(self.url)[0]

    def _sizes(self, base: str) -> dict[str, int]:
        """The objects below, with their sizes."""
        below = self._path(base)
        self._system.invalidate_cache()
        found = self._system.find(below, detail=True)
        return {
            str(name).removeprefix(f"{below}/"): int(info.get("size") or 0)
            for name, info in found.items()
            if info.get("type") == "file" and not str(name).endswith("/")
        }

    def _expect_free(self, base: str, there: dict[str, int], parcel: Parcel) -> None:
        """Refuse to put a release where another one stands, or something else."""
        strange = sorted(set(there) - {piece.name for piece in parcel.all})
        other = FILE in there and not self._is_there(base, parcel.last)
        if strange or other:
            raise UsageError(
                f"publish: {base} was expected to be free or this release, has another {(strange or [FILE])[0]!r}; "
                "move it, or name another place"
            )

    def _put(self, base: str, piece: Piece, there: dict[str, int]) -> bool:
        """Have an object there that reads as the file does; whether it had to be sent."""
        if there.get(piece.name) == piece.bytes and self._is_there(base, piece):
            return False
        self._system.put_file(str(piece.path), self._path(f"{base}/{piece.name}"))
        if not self._is_there(base, piece):
            raise PublishError(
                f"publish: {piece.name} was expected in {base} as it was sent, reads otherwise; run the command again"
            )
        return True

    def _is_there(self, base: str, piece: Piece) -> bool:
        self._system.invalidate_cache()
        try:
            with self._system.open(self._path(f"{base}/{piece.name}"), "rb") as stream:
                return sha256_read(stream) == piece.sha256
        except FileNotFoundError:
            return False

    def _path(self, url: str) -> str:
        return str(self._system._strip_protocol(url))  # noqa: SLF001 - fsspec's own name for it, open to all

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what a transport raises into one line."""
        try:
            yield
        except HeadraceError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever its transport raises
            said = " ".join(str(error).split())[:300]
            raise PublishError(
                f"publish: {self.url} should take the release, does not ({type(error).__name__}: {said}); check the "
                "address, the rights and the network, then run the command again: it goes on where it stopped"
            ) from None
