"""The Hugging Face Hub: the files first, then one commit that has them all, looked at there by hash, then the tag.

The tag is the publication. Whatever is cut off before it leaves no release under the version, and the same command
goes on from what is there.
"""

import hashlib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from warnings import catch_warnings

from pipeline.context import Progress
from pipeline.publishing.destinations import Receipt
from pipeline.publishing.parcel import Parcel, Piece
from pipeline.released.opened import Opened
from pipeline.releasing.versions import parts
from schemas.errors import HeadraceError, PublishError, UsageError
from schemas.manifest import CARD, FILE, Manifest

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

TOKEN = "HF_TOKEN"  # noqa: S105 - where it is looked for, not what it is
NOT_OURS = frozenset((".gitattributes", CARD, "LICENSE", "LICENSE.md", "LICENSE.txt"))
"""What a data set may have that no release is in yet."""
_AT_ONCE = 500
"""Paths that the Hub is asked about in one request."""


@dataclass(frozen=True)
class There:
    """A data set as it is on the Hub."""

    private: bool
    head: str
    files: frozenset[str]
    tags: frozenset[str]


class Hub:
    """A data set on the Hub, whose versions are releases."""

    def __init__(self, repo: str, *, public: bool) -> None:
        self.repo = repo
        self.public = public

    def where(self, version: str) -> str:
        return f"hf://datasets/{self.repo}@{version}"

    def send(self, parcel: Parcel, progress: Progress) -> Receipt:
        with self._told():
            there = self._there()
            if parcel.version in there.tags:
                receipt = Receipt(self.where(parcel.version), (), commit=self._same(parcel))
            else:
                before = self._before(there, parcel)
                commit, sent = self._commit(parcel, there, before, progress)
                receipt = Receipt(self.where(parcel.version), sent, commit=commit)
                self._api.create_tag(self.repo, tag=parcel.version, revision=commit, repo_type="dataset")
            if self.public and there.private:
                # last of all: nothing half done was ever to be seen
                self._api.update_repo_settings(self.repo, private=False, repo_type="dataset")
        return replace(receipt, public=self.public or not there.private)

    @cached_property
    def _api(self) -> "HfApi":
        from huggingface_hub import HfApi
        from huggingface_hub.utils.tqdm import disable_progress_bars

        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise PublishError(
                f"publish: a token that may write to {self.repo} was expected in {TOKEN}, none is set; set it in the "
                "environment"
            )
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        if not sys.stderr.isatty():
            disable_progress_bars()
        return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, token=token, library_name="headrace")

    def _there(self) -> There:
        """The data set as it is, made where there is none, private."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            info = self._api.dataset_info(self.repo)
        except RepositoryNotFoundError:
            self._api.create_repo(self.repo, repo_type="dataset", private=True, exist_ok=True)
            info = self._api.dataset_info(self.repo)
        if not info.private and not self.public:
            raise UsageError(
                f"publish: {self.repo} was expected to be private, everybody can read it; say --public if they may, or "
                "name another data set"
            )
        refs = self._api.list_repo_refs(self.repo, repo_type="dataset")
        tree = self._api.list_repo_tree(self.repo, recursive=True, revision=info.sha, repo_type="dataset")
        return There(
            private=bool(info.private),
            head=str(info.sha),
            files=frozenset(one.path for one in tree if hasattr(one, "blob_id")),
            tags=frozenset(tag.name for tag in refs.tags),
        )

    def _same(self, parcel: Parcel) -> str:
        """The commit of a version that is there; UsageError where it holds something else."""
        commit = str(self._api.dataset_info(self.repo, revision=parcel.version).sha)
        if wrong := self._wrong(parcel.all, commit):
            raise UsageError(
                f"publish: {self.repo} has a tag {parcel.version}, and this release was expected there, {wrong[0]} is "
                "another file; releases never change: name another data set, or remove the tag there"
            )
        return commit

    def _before(self, there: There, parcel: Parcel) -> Manifest | None:
        """The release that the data set shows now; UsageError where it shows something else, or a later one."""
        if FILE not in there.files:
            if strange := sorted(there.files - NOT_OURS):
                raise UsageError(
                    f"publish: {self.repo} was expected to be empty or to hold releases of {parcel.manifest.name!r}, "
                    f"holds {strange[0]!r:.80}; name another data set"
                )
            return None
        before = Opened(f"hf://datasets/{self.repo}@{there.head}").manifest
        if before.name != parcel.manifest.name:
            raise UsageError(
                f"publish: {self.repo} was expected to hold releases of {parcel.manifest.name!r}, holds one of "
                f"{before.name!r:.80}; name another data set"
            )
        if parts(before.version) > parts(parcel.version):
            raise UsageError(
                f"publish: {self.repo} was expected to hold no later release than {parcel.version}, holds "
                f"{before.version}, which it would go back from; publish versions in their order"
            )
        return before

    def _commit(
        self, parcel: Parcel, there: There, before: Manifest | None, progress: Progress
    ) -> tuple[str, tuple[str, ...]]:
        """One commit with the release in place of the one before; its id, and the files that were new."""
        from huggingface_hub import CommitOperationAdd

        adds = [CommitOperationAdd(piece.name, str(piece.path)) for piece in parcel.all]
        for _ in progress.track([adds], "publishing", 1):
            self._api.preupload_lfs_files(self.repo, adds, repo_type="dataset", free_memory=False)
        _expect_as_listed(parcel, adds)
        done = self._api.create_commit(
            self.repo,
            [*adds, *_gone(parcel, there, before)],
            commit_message=f"Release {parcel.version}",
            commit_description=f"content {parcel.manifest.content}",
            repo_type="dataset",
            parent_commit=there.head,
        )
        if wrong := self._wrong(parcel.all, done.oid):
            raise PublishError(
                f"publish: {wrong[0]} was expected in {self.repo} as it was sent, is another file there; it has no tag "
                f"{parcel.version}: run the command again"
            )
        same = {add.path_in_repo for add in adds if add._remote_oid and add._remote_oid == add._local_oid}  # noqa: SLF001 - nothing open tells it
        return str(done.oid), tuple(piece.name for piece in parcel.all if piece.name not in same)

    def _wrong(self, pieces: tuple[Piece, ...], commit: str) -> list[str]:
        """The files that are not there, in that commit, as they are here."""
        found: dict[str, str] = {}
        for start in range(0, len(pieces), _AT_ONCE):
            names = [piece.name for piece in pieces[start : start + _AT_ONCE]]
            for one in self._api.get_paths_info(self.repo, names, revision=commit, repo_type="dataset"):
                lfs = getattr(one, "lfs", None)
                found[one.path] = lfs.sha256 if lfs else getattr(one, "blob_id", "")
        return [piece.name for piece in pieces if found.get(piece.name) not in (piece.sha256, _blob(piece))]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what the Hub and the network say into one line; the library's warnings are not for our users."""
        try:
            with catch_warnings(action="ignore"):
                yield
        except HeadraceError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever its transport raises
            raise PublishError(
                f"publish: {self.repo} should take the release, does not ({_line(error)}); check {TOKEN}, its rights "
                "and the network, then run the command again: it goes on where it stopped"
            ) from None


def _gone(parcel: Parcel, there: There, before: Manifest | None) -> "list[CommitOperationDelete]":
    """Files of the release before that this one has no more; what others put there stays."""
    from huggingface_hub import CommitOperationDelete

    ours = {file.path for file in before.files} if before else set()
    old = (ours & there.files) - {piece.name for piece in parcel.all}
    return [CommitOperationDelete(path, is_folder=False) for path in sorted(old)]


def _expect_as_listed(parcel: Parcel, adds: "list[CommitOperationAdd]") -> None:
    """Refuse to commit what is not what the manifest lists: somebody wrote to the folder meanwhile."""
    for piece, add in zip(parcel.all, adds, strict=True):
        if add.upload_info.size != piece.bytes or add.upload_info.sha256.hex() != piece.sha256:
            raise PublishError(
                f"publish: {piece.name} was expected as the manifest lists it, changed while it was sent; "
                f"see: headrace releases verify {parcel.version}"
            )


def _blob(piece: Piece) -> str:
    """What git calls a file of this content."""
    # the Hub's name for small files; nothing rests on it being hard to forge
    seen = hashlib.sha1(f"blob {piece.bytes}\0".encode(), usedforsecurity=False)
    with piece.path.open("rb") as stream:
        while chunk := stream.read(2**20):
            seen.update(chunk)
    return seen.hexdigest()


def _line(error: Exception) -> str:
    """What was said, in one line, without the headers and addresses that may hold a signature."""
    response = getattr(error, "response", None)
    status = f"{response.status_code}: " if response is not None else ""
    cause = error.__cause__ if isinstance(error, RuntimeError) and error.__cause__ else error
    said = getattr(cause, "server_message", None) or str(cause)
    return f"{status}{type(cause).__name__}: {' '.join(said.split())[:200]}"
