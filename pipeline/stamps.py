"""Stamps: what we last wrote into a Label Studio project and have on record here, to notice which side went back."""

from pipeline.context import Context
from schemas.facts import SyncFact

KNOWN = "server = ? AND project_id = ?"


def stamp(ctx: Context, project_id: int, *, read_anew: bool = False) -> None:
    """Stamp a project, there first: a cut between the two leaves the server ahead, which means nothing.

    One that went back meanwhile is left as it is, for the next sync to notice, unless it was `read_anew` already.
    """
    if not read_anew and went_back(ctx.label_studio.look(project_id).stamp, stamp_of(ctx, project_id)):
        return
    now = ctx.clock()
    text = now.isoformat(timespec="microseconds")
    ctx.label_studio.stamp(project_id, text)
    known = ctx.store.facts(SyncFact, KNOWN, [ctx.server, project_id])
    fact = (
        known[0]
        if known
        else SyncFact(server=ctx.server, project_id=project_id, seen_until=None, synced_at=now)
    )
    ctx.store.put([fact.replace(stamp=text)], replace=True)


def stamp_of(ctx: Context, project_id: int) -> str | None:
    """The stamp that we have on record of a project; None where we never wrote one."""
    known = ctx.store.facts(SyncFact, KNOWN, [ctx.server, project_id])
    return known[0].stamp if known else None


def went_back(there: str | None, here: str | None) -> bool:
    """Whether a project there is older than what we wrote into it: it was restored from a backup."""
    return here is not None and (there is None or there < here)
