"""Fetch what people have said since the last time."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.context import Context, Tally
from pipeline.findings import finding
from pipeline.label_studio.base import RemoteProject, RemoteTask
from pipeline.people.pseudonyms import Pseudonyms
from pipeline.remote import check_server
from pipeline.revisions import Sight
from pipeline.stamps import stamp, stamp_of, went_back
from pipeline.syncing.door import take_over
from pipeline.syncing.keeping import keep, lose
from pipeline.syncing.missing import Look, find_missing
from schemas.errors import LabelStudioGone
from schemas.facts import RemoteProjectFact, SyncFact

BATCH = 200
OVERLAP = timedelta(seconds=120)
"""How far a sync reaches back behind the last one: a change is dated before it is committed."""
AHEAD = timedelta(hours=1)
"""What is dated later than this from now is read again each time: a clock that once ran ahead must not blind us."""
TICK = timedelta(microseconds=1)
LAST = "SELECT max(started_at) FROM runs WHERE stage = 'sync' AND error IS NULL"
HERE = "SELECT task_id FROM pushes JOIN remote_states USING (task_id) WHERE server = ? AND project_id = ? AND NOT gone"


def sync(ctx: Context) -> Tally:
    """Read the tasks that changed in Label Studio, with all their annotations, and keep every revision seen."""
    tally = Tally()
    take_over(ctx, tally)  # also while Label Studio is down
    check_server(ctx)
    people = Pseudonyms(ctx)
    for project in ctx.store.facts(RemoteProjectFact, "server = ?", [ctx.server]):
        sight = Sight(ctx.server, _moment(ctx), people)
        try:
            there = ctx.label_studio.look(project.project_id)
        except LabelStudioGone as error:
            _gone(ctx, project, str(error), sight, tally)
            continue
        _read(ctx, project, there, sight, tally)
    return tally


def _read(ctx: Context, project: RemoteProjectFact, there: RemoteProject, sight: Sight, tally: Tally) -> None:
    where = [ctx.server, project.project_id]
    known = next(iter(ctx.store.facts(SyncFact, "server = ? AND project_id = ?", where)), None)
    before = known or SyncFact(
        server=ctx.server, project_id=project.project_id, seen_until=None, synced_at=sight.at
    )
    restored = went_back(there.stamp, before.stamp)
    if restored:
        _tell_restored(ctx, project, before)
        sight.people.meet_again()
        sight = replace(sight, restored=True)
        before = before.replace(seen_until=None)
    seen, strangers = _changes(ctx, project, before, sight, tally)
    after = find_missing(ctx, Look(project, there, sight, restored, strangers), before, tally)
    after = after.replace(seen_until=seen, synced_at=ctx.clock())
    if restored or after.seen_until != before.seen_until:
        # before the cursor: where this is cut off, the next sync reads the same and stamps it then
        stamp(ctx, project.project_id, read_anew=restored)
        after = after.replace(stamp=stamp_of(ctx, project.project_id))
    if known is None or _worth_keeping(before, after):
        ctx.store.put([after], replace=True)


def _worth_keeping(before: SyncFact, after: SyncFact) -> bool:
    """Whether a cursor says more than the one on record: that time went by is not worth a write every round."""
    return (before.seen_until, before.strangers) != (after.seen_until, after.strangers)


def _is_quiet(ctx: Context, cursor: SyncFact) -> bool:
    """Whether a sync came so long after the last change that none can come to light behind it any more.

    By our own clock alone: the server's may be another.
    """
    last = ctx.store.value(LAST)
    return last is not None and last >= cursor.synced_at + 2 * OVERLAP


def _moment(ctx: Context) -> datetime:
    """Now, and in any case after the last look: the newest revision is the one seen last, whatever clocks do."""
    last: datetime | None = ctx.store.value("SELECT max(synced_at) FROM annotations")
    return ctx.clock() if last is None else max(ctx.clock(), last + TICK)


def _changes(
    ctx: Context, project: RemoteProjectFact, cursor: SyncFact, sight: Sight, tally: Tally
) -> tuple[datetime | None, frozenset[int]]:
    """Keep what changed since the cursor; how far it goes now, and the tasks that are none of ours or double one."""
    seen, strangers = cursor.seen_until, set[int]()
    horizon = ctx.clock() + AHEAD
    changes = ctx.label_studio.changes(project.project_id, _since(ctx, cursor))
    for tasks in _batches(ctx.progress.track(changes, f"sync {project.cell}")):
        strangers |= keep(ctx, project, tasks, sight, tally)
        moments = [task.updated_at for task in tasks if task.updated_at <= horizon]
        seen = max([*moments, seen] if seen else moments, default=None)
    return seen, frozenset(strangers)


def _since(ctx: Context, cursor: SyncFact) -> datetime | None:
    if cursor.seen_until is None:
        return None
    return cursor.seen_until + TICK if _is_quiet(ctx, cursor) else cursor.seen_until - OVERLAP


def _batches(tasks: Iterable[RemoteTask]) -> Iterator[list[RemoteTask]]:
    batch: list[RemoteTask] = []
    for task in tasks:
        batch.append(task)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _gone(ctx: Context, project: RemoteProjectFact, error: str, sight: Sight, tally: Tally) -> None:
    """A project that is gone takes no vote with it."""
    here = [ctx.server, project.project_id]
    subject = f"{ctx.server}/{project.project_id}"
    told = finding(ctx, "project gone", subject, f"{project.cell}: {error}", cell=project.cell)
    ctx.store.put([told])
    task_ids = [row["task_id"] for row in ctx.store.rows(HERE, here)]
    for start in range(0, len(task_ids), BATCH):
        lose(ctx, task_ids[start : start + BATCH], sight, tally)


def _tell_restored(ctx: Context, project: RemoteProjectFact, before: SyncFact) -> None:
    detail = (
        f"project {project.project_id} ({project.cell}): expected as of {before.stamp}, found an older state: Label "
        "Studio was restored from a backup; all is read again, what people had said stands, what is missing goes there"
    )
    subject = f"{ctx.server}/{project.project_id}/{before.stamp}"
    ctx.store.put([finding(ctx, "server restored", subject, detail, cell=project.cell)])
