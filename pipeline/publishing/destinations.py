"""Where a release can go, and what came of it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.context import Progress
from pipeline.publishing.parcel import Parcel
from pipeline.sources.files import is_url
from schemas.errors import UsageError

_ON_THE_HUB = re.compile(r"hf://(?:datasets/)?(?P<repo>[\w.-]+/[\w.-]+)/?")


@dataclass(frozen=True)
class Receipt:
    """What came of it."""

    where: str
    """As `Opened` and fsspec read it."""
    sent: tuple[str, ...]
    """Files that were not there before."""
    public: bool | None = None
    """None where it is not ours to say."""
    commit: str | None = None


class Destination(Protocol):
    """A place that takes releases."""

    def where(self, version: str) -> str:
        """Where a release of this version lies there, as `Opened` reads it."""

    def send(self, parcel: Parcel, progress: Progress) -> Receipt:
        """Put a release there, or finish what was begun; what is there already is looked at, and not sent again.

        Raises UsageError where something else stands there, PublishError where it could not be sent or is not what
        was sent; then no release of this version is there.
        """


def destination(to: str, *, public: bool) -> Destination:
    """The place that `--to` names; UsageError where it names none."""
    if not to.strip() or re.search(r"[\x00-\x1f\x7f]", to):
        raise UsageError(
            f"publish: a folder, s3://… or hf://org/set was expected, is {to!r:.80}; name one with --to"
        )
    if to.startswith("hf://"):
        return _hub(to, public=public)
    if public:
        raise UsageError(
            f"publish: --public is for the Hub, who may read {to!r:.80} is said there; leave it out"
        )
    if is_url(to):
        from pipeline.publishing.objects import Objects

        return Objects(to.rstrip("/"))
    from pipeline.publishing.folders import Folder

    return Folder(Path(to).expanduser())


def _hub(to: str, *, public: bool) -> Destination:
    meant = _ON_THE_HUB.fullmatch(to)
    if meant is None:
        raise UsageError(
            f"publish: a data set such as hf://org/set was expected, is {to!r:.80}; the version becomes its tag"
        )
    from pipeline.publishing.hub import Hub

    return Hub(meant["repo"], public=public)
