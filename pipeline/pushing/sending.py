"""Sending tasks to Label Studio, each once.

An import cannot be repeated safely, and its answer can be lost. So what is on its way is on record before it is sent;
until the answer is on record too, its tasks are in doubt: they are looked up by their uids, and sent again only when
they are not there and the server can no longer be at work on them.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from pipeline.context import Context, Tally
from pipeline.findings import finding
from pipeline.label_studio.base import UID, NewTask, RemoteProject
from pipeline.label_studio.batches import batches
from pipeline.label_studio.wire import INSTEAD, cleaned
from pipeline.pushing.pages import pages
from pipeline.pushing.queue import Lot
from schemas.errors import LabelStudioError, LabelStudioGone, LabelStudioInDoubt
from schemas.facts import PushFact
from schemas.steering import RemoteStateFact, SendFact

CHUNK = 1000
"""Tasks read and looked up at once: about as many as a batch holds."""
OPEN = "server = ? AND answered_at IS NULL"


def settle_doubts(ctx: Context, tally: Tally) -> None:
    """Look up what was on its way when an answer was lost, or a run was cut off."""
    for send in ctx.store.facts(SendFact, OPEN, [ctx.server]):
        _settle(ctx, send, tally)


def adopt(ctx: Context, lot: Lot, project: RemoteProject, tally: Tally) -> Lot:
    """Put on record what of a lot is there already; the lot without it."""
    found: dict[str, int] = {}
    for uids in _chunks(lot.uids):
        found |= ctx.label_studio.uids(project.id, uids)
    _arrived(ctx, _announced(ctx, project.id, list(found)), found.items(), project.overlap, tally)
    return replace(lot, uids=tuple(uid for uid in lot.uids if uid not in found))


def send(ctx: Context, lot: Lot, project: RemoteProject, tally: Tally) -> None:
    """Send a lot batch by batch; while one is on its way, the one before is put on record and the next one made.

    Raises LabelStudioInDoubt where an answer was lost and the batch is not (yet) to be found.
    """
    with ThreadPoolExecutor(max_workers=1) as courier:
        before: tuple[SendFact, Future[list[int]]] | None = None
        shown = ctx.progress.track(batches(_pages(ctx, lot)), f"push {lot.cell}")
        for batch in shown:
            found = _received(ctx, *before, project.overlap, tally) if before else None
            on_its_way = _announced(ctx, project.id, [str(task.data[UID]) for task in batch])
            answer = courier.submit(ctx.label_studio.push, project.id, batch)
            if before and found:
                _arrived(ctx, before[0], found, project.overlap, tally)
            before = on_its_way, answer
        if before and (found := _received(ctx, *before, project.overlap, tally)):
            _arrived(ctx, before[0], found, project.overlap, tally)


def _pages(ctx: Context, lot: Lot) -> Iterator[NewTask]:
    """The pages of a lot; a text that would poison the server is replaced, on record."""
    for uids in _chunks(lot.uids):
        found = []
        for uid, page in pages(ctx, lot, uids):
            task = NewTask(data={UID: uid, **page.data}, seed=page.seed)
            if INSTEAD in task.body and (changed := cleaned(page.data)[1]):
                detail = f"task {uid}: {', '.join(changed)} held NUL or half a character, sent as U+FFFD"
                found.append(finding(ctx, "cleaned text", uid, detail, cell=lot.cell, task_id=uid))
            yield task
        ctx.store.put(found)


def _chunks(uids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(uids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _announced(ctx: Context, project_id: int, uids: Sequence[str]) -> SendFact:
    """Put on record that tasks are on their way, before they are."""
    fact = SendFact(
        send_id=uuid4().hex,
        server=ctx.server,
        project_id=project_id,
        task_ids=tuple(uids),
        sent_at=ctx.clock(),
    )
    ctx.store.put([fact])
    return fact


def _received(
    ctx: Context, send: SendFact, answer: Future[list[int]], overlap: int, tally: Tally
) -> list[tuple[str, int]]:
    """Wait for what became of a batch: what arrived, or nothing where that had to be looked up, and is on record."""
    try:
        ids = answer.result()
    except LabelStudioInDoubt as lost:
        if _settle(ctx, send, tally, overlap):
            return []
        until = _over_at(ctx, send)
        raise LabelStudioInDoubt(
            f"{str(lost).rpartition(';')[0] or lost}; {len(send.task_ids)} tasks may be there or may still come: "
            f"run headrace push again, they are sent again after {until:%H:%M:%S} UTC if they are not there by then"
        ) from lost
    except LabelStudioError:
        _answered(ctx, send)  # surely not done
        raise
    return list(zip(send.task_ids, ids, strict=True))


def _settle(ctx: Context, send: SendFact, tally: Tally, overlap: int | None = None) -> bool:
    """Look a batch in doubt up; True once it is known what became of it."""
    try:
        found = ctx.label_studio.uids(send.project_id, send.task_ids)
    except LabelStudioGone:  # with its project
        _answered(ctx, send)
        return True
    over = _over_at(ctx, send) <= ctx.clock()
    if found or over:
        if found and overlap is None:
            overlap = ctx.label_studio.look(send.project_id).overlap
        whole = len(found) == len(send.task_ids) or over
        _arrived(ctx, send, found.items(), overlap or 1, tally, whole=whole)
        return whole
    return False


def _over_at(ctx: Context, send: SendFact) -> datetime:
    """When the server can no longer be at work on a batch."""
    seconds = ctx.project.label_studio.in_doubt_seconds or ctx.label_studio.patience
    return send.sent_at + timedelta(seconds=seconds)


def _arrived(
    ctx: Context,
    send: SendFact,
    found: Iterable[tuple[str, int]],
    overlap: int,
    tally: Tally,
    *,
    whole: bool = True,
) -> None:  # fmt: skip
    now = ctx.clock()
    ids = dict(found)
    with ctx.store.transaction():
        ctx.store.put(
            (
                PushFact(
                    task_id=uid,
                    server=send.server,
                    project_id=send.project_id,
                    remote_task_id=remote_id,
                    pushed_at=now,
                )
                for uid, remote_id in ids.items()
            ),
            replace=True,
        )
        ctx.store.put(
            (
                RemoteStateFact(
                    task_id=uid,
                    overlap=overlap,
                    closed=False,
                    gone=False,
                    submitted=0,
                    voters=0,
                    updated_at=None,
                    seen_at=now,
                )
                for uid in ids
            ),
            replace=True,
        )
        if whole:
            _answered(ctx, send)
    tally.done += len(ids)


def _answered(ctx: Context, send: SendFact) -> None:
    ctx.store.put([send.replace(answered_at=ctx.clock())], replace=True)
