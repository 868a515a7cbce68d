"""Make the tasks that records call for, and the next attempts and adjudications that tasks call for."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from pipeline import attempts
from pipeline.cells import cell_of, check_facet
from pipeline.context import Context, Tally
from pipeline.generating.gold import gold
from schemas.base import Json
from schemas.errors import ProjectError
from schemas.facts import Fact, GeneratedFact, RecordTaskFact, RejectFact, TaskFact
from schemas.project import TaskConfig
from schemas.records import Record
from tasks import AnyTaskType, names, task_types
from tasks.base import NoItem

BATCH = 500


def generate(ctx: Context) -> Tally:
    """Ask each record that a task type's condition selects for its items, once, and make a task of each."""
    check_tasks(ctx)
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
        known = task_types()[config.type].options
        for option in config.options:
            if option not in known:
                raise ProjectError(
                    f"{what}.options: {config.type} knows {', '.join(known) or 'none'}, found {option!r}; remove it"
                )
        check_facet(config.facet, what)
        ctx.store.check_condition(config.where or "true", f"{what}.where")
        for condition in config.priority:
            ctx.store.check_condition(condition, f"{what}.priority")
    for (i, a), (j, b) in combinations(enumerate(ctx.project.tasks), 2):
        if a.type == b.type:
            _check_apart(ctx, a, b, f"tasks.{i} and tasks.{j}")


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
    todo = ctx.store.rows(
        f"""SELECT record_id FROM records r WHERE ({config.where or "true"}
            ) AND NOT EXISTS (
            SELECT 1 FROM generated g WHERE g.record_id = r.record_id AND g.task_type = ? AND g.version = ?)
            AND r.record_id NOT IN (SELECT record_id FROM withdrawals)
        ORDER BY ingested_at, record_id""",  # noqa: S608 - a checked condition of the project's own
        [task_type.name, task_type.version],
    )
    starts = range(0, len(todo), BATCH)
    for start in ctx.progress.track(starts, f"generate {config.type} ({number + 1})"):
        ids = [row["record_id"] for row in todo[start : start + BATCH]]
        found = ctx.store.rows(
            "SELECT record_id, payload FROM records WHERE list_contains(?, record_id) ORDER BY ingested_at, record_id",
            [ids],
        )
        yield [(row["record_id"], Record.model_validate_json(row["payload"])) for row in found]


def _generate(ctx: Context, config: TaskConfig, records: list[tuple[str, Record]], tally: Tally) -> None:
    task_type = task_types()[config.type]
    options: Mapping[str, Json] = {**task_type.options, **config.options}
    facts: dict[type[Fact], list[Fact]] = {GeneratedFact: [], TaskFact: [], RecordTaskFact: []}
    rejects: list[RejectFact] = []
    for record_id, record in records:
        try:
            items = list(task_type.items(record, options))
        except NoItem as why:
            items = []
            rejects.append(_no_item(ctx, task_type, record_id, str(why)))
        facts[GeneratedFact].append(_asked(ctx, task_type, record_id, len(items)))
        for item in items:
            cell = cell_of(record, task_type.name, config.facet)
            task = attempts.task(ctx, config, attempts.Subject(item.id, cell, item.model_dump_json()))
            facts[TaskFact].append(task)
            facts[RecordTaskFact].append(RecordTaskFact(record_id=record_id, task_id=task.task_id))
    with ctx.store.transaction():
        made = ctx.store.put(facts[TaskFact])
        ctx.store.put(facts[RecordTaskFact])
        ctx.store.put(facts[GeneratedFact])
        ctx.reject(tally, rejects)
    tally.done += made
    tally.skipped += len(facts[TaskFact]) - made


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
