"""Tasks whose answer is known: made of gold files, kept in step with them, and asked of everybody who may do them.

What a file says of a task it says once: what a lead says of it later stands until the file says something new.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pipeline import attempts
from pipeline.cells import cell_of
from pipeline.context import Context, Tally
from pipeline.generating.gold_file import Bad, Known, fingerprint, lines
from schemas.base import content_id
from schemas.door import GoldFact
from schemas.facts import RejectFact, SourceFact, TaskFact
from schemas.people import covers
from schemas.project import TaskConfig
from schemas.steering import AskFact, PrefillFact
from tasks import task_types

EVERYBODY = 100
"""Votes that gold is open for where the project names nobody, so that anybody may come."""
TICK = timedelta(microseconds=1)
STAGE = "gold"
"""Under which its rejects stand: they are no rejects of a record."""
GONE = "not in the file any more"
SAID = "SELECT * FROM gold WHERE said_by = ? QUALIFY row_number() OVER (PARTITION BY task_id ORDER BY put_at DESC) = 1"
TAKEN = """
SELECT t.item_id FROM tasks t WHERE list_contains(?, t.item_id) AND t.task_type = ? AND t.version = ?
    AND (t.attempt > 1 OR t.task_id IN (SELECT task_id FROM superseded UNION SELECT task_id FROM withdrawn
        UNION SELECT task_id FROM current_resolutions WHERE method <> 'reopened'))
"""
"""Items that are, or were, work: settled, asked anew, withdrawn."""
ASKED = """
SELECT g.task_id, t.cell, coalesce(k.votes, t.overlap) AS votes FROM gold_tasks g JOIN tasks t USING (task_id)
LEFT JOIN current_asks k USING (task_id) WHERE g.in_force ORDER BY g.task_id
"""


def gold(ctx: Context, tally: Tally) -> None:
    """Bring the gold tasks up to what the files and the people of project.toml say now."""
    for config in ctx.project.tasks:
        if config.gold is not None:
            _keep_up(ctx, config, config.gold.file, tally)
    moment = ctx.clock()
    ctx.store.put(
        AskFact(task_id=row["task_id"], votes=votes, reason="gold", posterior=None, asked_at=moment)
        for row in ctx.store.rows(ASKED)
        if (votes := may_do(ctx, row["cell"])) != row["votes"]
    )


def may_do(ctx: Context, cell: str) -> int:
    """How many people may label in a cell; where the project names nobody, more than will ever come."""
    people = ctx.project.people
    if not people:
        return EVERYBODY
    return max(1, sum(not one.cells or any(covers(pattern, cell) for pattern in one.cells) for one in people))


@dataclass
class _Read:
    """What a file gives: gold by its task, in the order of the lines, and lines that give none."""

    gold: dict[str, tuple[Known, TaskFact]] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)


def _keep_up(ctx: Context, config: TaskConfig, file: str, tally: Tally) -> None:
    version = task_types()[config.type].version
    source_id = content_id(
        ["gold", config.type, version, file, config.facet, config.prefill, dict(config.options)]
    )
    now = fingerprint(config, ctx.folder)
    known = ctx.store.facts(SourceFact, "source_id = ?", [source_id])
    if known and known[0].fingerprint == now:
        tally.skipped += known[0].row_count
        return
    read = _read(ctx, config)
    facts = list(_news(ctx, file, read))
    with ctx.store.transaction():
        tally.done += ctx.store.put(task for _, task in read.gold.values())
        ctx.store.put(_starts(config, read, ctx.clock()), replace=True)
        ctx.store.put(facts)
        ctx.reject(tally, [_reject(ctx, bad) for bad in read.bad])
        rows = len(read.gold) + len(read.bad)
        fact = SourceFact(
            source_id=source_id, name=file, fingerprint=now, row_count=rows, read_at=ctx.clock()
        )
        ctx.store.put([fact], replace=True)


def _read(ctx: Context, config: TaskConfig) -> _Read:
    read = _Read()
    for one in lines(config, ctx.folder):
        if isinstance(one, Bad):
            read.bad.append(one)
            continue
        cell = cell_of(one.record, config.type, config.facet)
        subject = attempts.Subject(one.item.id, cell, one.item.model_dump_json())
        task = attempts.task(ctx, config, subject).replace(overlap=may_do(ctx, cell), audit=False)
        if task.task_id in read.gold:
            read.bad.append(Bad(one.line, f"an item of its own was expected, {_line(read, task)} has it too"))
        else:
            read.gold[task.task_id] = one, task
    version = task_types()[config.type].version
    items = [task.item_id for _, task in read.gold.values()]
    taken = {row["item_id"] for row in ctx.store.rows(TAKEN, [items, config.type, version])}
    for one, task in list(read.gold.values()):
        if task.item_id in taken:
            del read.gold[task.task_id]
            read.bad.append(
                Bad(one.line, f"an item that is no work was expected, task {task.task_id} was settled, asked anew or "
                    "withdrawn; its label stands, take another item")
            )  # fmt: skip
    return read


def _line(read: _Read, task: TaskFact) -> str:
    return read.gold[task.task_id][0].line


def _news(ctx: Context, file: str, read: _Read) -> Iterable[GoldFact]:
    """What the file says of its tasks and did not say before; of those that it has no more, that they are retired."""
    said: dict[str, dict[str, Any]] = {row["task_id"]: row for row in ctx.store.rows(SAID, [file])}
    last: datetime | None = ctx.store.value("SELECT max(put_at) FROM gold")
    moment = ctx.clock() if last is None else max(ctx.clock(), last + TICK)
    for task_id, (one, _) in read.gold.items():
        fact = GoldFact(
            task_id=task_id,
            purpose="entry" if one.entry else "gold",
            payload=one.label.model_dump_json(),
            clause=one.clause,
            said_by=file,
            reason="in the file",
            put_at=moment,
        )
        before = said.get(task_id)
        if before is None or any(
            before[name] != getattr(fact, name) for name in ("purpose", "payload", "clause")
        ):
            yield fact
    for task_id, before in said.items():
        if task_id not in read.gold and before["payload"] is not None:
            yield GoldFact.model_validate({**before, "payload": None, "reason": GONE, "put_at": moment})


def _starts(config: TaskConfig, read: _Read, now: datetime) -> Iterable[PrefillFact]:
    for task_id, (one, _) in read.gold.items():
        if one.start is not None:
            payload = one.start.model_dump_json()
            yield PrefillFact(task_id=task_id, source=str(config.prefill), payload=payload, filled_at=now)


def _reject(ctx: Context, bad: Bad) -> RejectFact:
    return ctx.rejection(
        STAGE, f"{bad.line}/{bad.why}", "bad gold", f"{bad.line}: {bad.why}", {"line": bad.line}
    )
