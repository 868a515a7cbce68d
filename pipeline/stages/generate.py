"""Make the tasks that records call for, and the next attempts and adjudications that tasks call for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from pydantic import ValidationError

from pipeline import attempts
from pipeline.cells import cell_of, check_facet
from pipeline.context import Context, Tally
from pipeline.generating.gold import gold
from pipeline.verification.results import with_results
from pipeline.verifying.asked import asked, check_asked, evidence_of, unchecked
from pipeline.verifying.machine import drop, resolution
from pipeline.verifying.routing import decision
from schemas.base import Item
from schemas.errors import ProjectError
from schemas.facts import GeneratedFact, RecordTaskFact, RejectFact, ResolutionFact, TaskFact
from schemas.faults import lines_of
from schemas.project import TaskConfig
from schemas.records import Record
from schemas.screening import EvidenceFact
from tasks import AnyTaskType, names, task_types
from tasks.base import NoItem

BATCH = 500
KNOWN = "SELECT task_id FROM tasks WHERE task_id IN (SELECT unnest(?::VARCHAR[]))"


def generate(ctx: Context) -> Tally:
    """Ask each record that a task type's condition selects for its items, once, and make a task of each."""
    check_tasks(ctx)
    check_asked(ctx)
    tally = Tally()
    gold(ctx, tally)  # first: what is gold is no work, whatever record makes it too
    for number, config in enumerate(ctx.project.tasks):
        task_type = task_types()[config.type]
        for records in _batches(ctx, config, task_type, number):
            _generate(ctx, config, records, tally)
    tally.done += attempts.next_attempts(ctx)
    tally.done += attempts.adjudications(ctx)
    return tally


def check_tasks(ctx: Context) -> None:
    """Refuse [[tasks]] that cannot be: unknown types, options or facets, unreadable or overlapping conditions."""
    for number, config in enumerate(ctx.project.tasks):
        what = f"project.toml: tasks.{number}"
        if config.type not in names():
            raise ProjectError(
                f"{what}.type: should be one of {', '.join(names())}, is {config.type!r}; mend it"
            )
        _check_options(config, what)
        check_facet(config.facet, what)
        ctx.store.check_condition(config.where or "true", f"{what}.where")
        for condition in config.priority:
            ctx.store.check_condition(condition, f"{what}.priority")
    for (i, a), (j, b) in combinations(enumerate(ctx.project.tasks), 2):
        if a.type == b.type:
            _check_apart(ctx, a, b, f"tasks.{i} and tasks.{j}")


def _check_options(config: TaskConfig, what: str) -> None:
    options = task_types()[config.type].options
    try:
        options.model_validate(config.options)
    except ValidationError as error:
        known = ", ".join(options.model_fields) or "none"
        faults = [f"{what}.options.{line} ({config.type} knows {known})" for line in lines_of(error, options)]
        raise ProjectError("\n".join(faults)) from None


def _check_apart(ctx: Context, a: TaskConfig, b: TaskConfig, what: str) -> None:
    both = f"({a.where or 'true'}\n) AND ({b.where or 'true'}\n)"
    found = ctx.store.value(f"SELECT record_id FROM records WHERE {both} LIMIT 1")  # noqa: S608 - checked conditions
    if found is not None:
        raise ProjectError(
            f"project.toml: {what}: conditions of one type must not overlap, record {found} meets both; "
            "narrow one `where`"
        )


def _batches(
    ctx: Context, config: TaskConfig, task_type: AnyTaskType, number: int
) -> Iterator[list[tuple[str, Record]]]:
    """The records that a task type has not been asked of yet, in the order of their arrival."""
    waits, params = unchecked(ctx.project)
    todo = ctx.store.rows(
        f"""SELECT record_id FROM records r WHERE ({config.where or "true"}
            ) AND NOT EXISTS (
            SELECT 1 FROM generated g WHERE g.record_id = r.record_id AND g.task_type = ? AND g.version = ?)
            AND r.record_id NOT IN (SELECT record_id FROM withdrawals) AND NOT ({waits})
        ORDER BY ingested_at, record_id""",  # noqa: S608 - checked conditions of the project's own
        [task_type.name, task_type.version, *params],
    )
    starts = range(0, len(todo), BATCH)
    for start in ctx.progress.track(starts, f"generate {config.type} ({number + 1})"):
        ids = [row["record_id"] for row in todo[start : start + BATCH]]
        found = ctx.store.rows(
            "SELECT record_id, payload FROM records WHERE record_id IN (SELECT unnest(?::VARCHAR[])) "
            "ORDER BY ingested_at, record_id",
            [ids],
        )
        yield [(row["record_id"], Record.model_validate_json(row["payload"])) for row in found]


@dataclass(frozen=True)
class _Made:
    """An item that a record gave, as the task that it may become."""

    record_id: str
    record: Record
    item: Item
    task: TaskFact


@dataclass
class _Facts:
    """What a batch of records gives, to be put together."""

    generated: list[GeneratedFact] = field(default_factory=list)
    tasks: list[TaskFact] = field(default_factory=list)
    links: list[RecordTaskFact] = field(default_factory=list)
    resolutions: list[ResolutionFact] = field(default_factory=list)
    rejects: list[RejectFact] = field(default_factory=list)


def _generate(ctx: Context, config: TaskConfig, records: list[tuple[str, Record]], tally: Tally) -> None:
    facts = _Facts()
    evidence = evidence_of(ctx, [record_id for record_id, _ in records])
    made = [
        one
        for record_id, record in records
        for one in _made(ctx, config, record_id, record, evidence[record_id], facts)
    ]
    _route(ctx, task_types()[config.type], made, evidence, facts)
    with ctx.store.transaction():
        new = ctx.store.put(facts.tasks)
        for kind in (facts.links, facts.resolutions, facts.generated):
            ctx.store.put(kind)
        ctx.reject(tally, facts.rejects)
    tally.done += new
    tally.skipped += len(facts.tasks) - new


def _made(
    ctx: Context,
    config: TaskConfig,
    record_id: str,
    record: Record,
    evidence: list[EvidenceFact],
    facts: _Facts,
) -> list[_Made]:
    """The items of a record, which is asked once: an answer, or the reason why it gives none."""
    task_type = task_types()[config.type]
    try:
        items = _items(config, record, evidence)
    except NoItem as why:
        items = []
        facts.rejects.append(_no_item(ctx, task_type, record_id, str(why)))
    facts.generated.append(_asked(ctx, task_type, record_id, len(items)))
    cell = cell_of(record, config.type, config.facet)
    subjects = [(item, attempts.Subject(item.id, cell, shown.model_dump_json())) for item, shown in items]
    return [_Made(record_id, record, item, attempts.task(ctx, config, subject)) for item, subject in subjects]


def _route(
    ctx: Context,
    task_type: AnyTaskType,
    made: list[_Made],
    evidence: dict[str, list[EvidenceFact]],
    facts: _Facts,
) -> None:
    """Each item to people, or where machines decide it: to its label, or its end."""
    checks = [one for one in asked(ctx.project) if one.options.decides]
    known = _known(ctx, made) if checks else set()
    for one in made:
        found = decision(task_type, one.item, one.record, checks, evidence[one.record_id])
        if found and (found.audited or one.task.task_id in known):
            found = None
        if found and found.drops:
            facts.rejects.append(drop(ctx, one.record_id, one.task, found, task_type.summary(found.label)))
            continue
        facts.tasks.append(one.task)
        facts.links.append(RecordTaskFact(record_id=one.record_id, task_id=one.task.task_id))
        facts.resolutions += [resolution(ctx, one.task, found)] if found else []


def _items(config: TaskConfig, record: Record, evidence: list[EvidenceFact]) -> list[tuple[Item, Item]]:
    """The items that a record gives, each as it is known and as people see it: with the results of its tests.

    What a machine found out of an item is no part of what it is: gold, and other records, know it by the rest.
    """
    task_type = task_types()[config.type]
    items: list[Item] = list(task_type.items(record, config.options))
    results = {fact.candidate: json.loads(fact.detail) for fact in evidence if fact.check == "programs"}
    shown: list[Item] = (
        list(task_type.items(with_results(record, results), config.options)) if results else items
    )
    return list(zip(items if len(items) == len(shown) else shown, shown, strict=True))


def _known(ctx: Context, made: list[_Made]) -> set[str]:
    """The tasks that are there already: as gold, or because people were asked before a machine was."""
    ids = [one.task.task_id for one in made]
    return {row["task_id"] for row in ctx.store.rows(KNOWN, [ids])}


def _asked(ctx: Context, task_type: AnyTaskType, record_id: str, items: int) -> GeneratedFact:
    return GeneratedFact(
        record_id=record_id,
        task_type=task_type.name,
        version=task_type.version,
        items=items,
        generated_at=ctx.clock(),
    )


def _no_item(ctx: Context, task_type: AnyTaskType, record_id: str, why: str) -> RejectFact:
    return ctx.rejection(
        "generate",
        f"{record_id}/{task_type.name}@{task_type.version}",
        "no item",
        why,
        {"record_id": record_id},
    )
