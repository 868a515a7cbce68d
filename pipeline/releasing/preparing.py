"""A candidate: what a release made now would hold, with all that is said of it, but for its files."""

from typing import NamedTuple

from pipeline.context import Context
from pipeline.releasing import tables, voices
from pipeline.releasing.candidate import choose, hashes
from pipeline.releasing.files import file_sets
from pipeline.releasing.gates import judged
from pipeline.releasing.holding import keep_last
from pipeline.releasing.leaks import Looked, look
from pipeline.releasing.manifest import Candidate, describe
from pipeline.releasing.versions import difference, newest, wanted
from schemas.errors import GateRefused
from schemas.facts import ReleaseFact
from schemas.manifest import Manifest


class Prepared(NamedTuple):
    """A candidate whose rows stand in the tables `candidate`, `members` and `held` of this connection."""

    manifest: Manifest
    """Judged, without files."""
    last: ReleaseFact | None
    looked: Looked | None
    """Which rows leak a benchmark; None where none is named."""

    @property
    def is_news(self) -> bool:
        """Whether anything is new since the last release."""
        return self.last is None or self.last.digest != self.manifest.digest


def prepared(ctx: Context, version: str | None = None, *, additions_only: bool = False) -> Prepared:
    """Choose what a release would hold, give it its version, and hold it against the gates.

    Raises GateRefused where nothing is settled yet, UsageError for a version that cannot be.
    """
    store, last = ctx.store, newest(ctx.store)
    bridging = choose(ctx)
    _explain(ctx, bridging)
    if additions_only:
        keep_last(store, last)
    if not store.count("members"):
        raise GateRefused("release: accepted labels were expected, there are none yet; see: headrace status")
    tables.know_origins(store)
    known = hashes(store)
    bump = difference(store, last)
    again = last is not None and last.digest == known.digest and version in (None, last.version)
    name = (
        last.version if last is not None and again else wanted(version, last.version if last else None, bump)
    )
    looked = look(ctx.project, ctx.folder, store)
    voices.know_voices(store)
    talking = [row["file_set"] for row in store.rows("FROM talking ORDER BY ALL")]
    candidate = Candidate(name, known, file_sets(store, talking), bump, last, looked, additions_only)
    return Prepared(judged(ctx, describe(ctx, candidate)), last, looked)


def _explain(ctx: Context, bridging: dict[str, str]) -> None:
    """Say of rows that were left out why their prompt belongs to no split."""
    ctx.store.temporary(
        "UPDATE held SET detail = b.why FROM (SELECT unnest(?::VARCHAR[]) AS prompt_id, unnest(?::VARCHAR[]) AS why) b "
        "WHERE held.detail = b.prompt_id",
        [list(bridging), list(bridging.values())],
    )
