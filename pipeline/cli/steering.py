"""The commands that change one's mind: ask anew, take out, pause; and what went otherwise than it should."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli.app import LOOKING, STEERING, AsJson, DryRun, Reason, Wait, app

if TYPE_CHECKING:
    from pipeline.context import Context

DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@app.command(rich_help_panel=STEERING)
def redo(  # noqa: PLR0913, PLR0917 - one a flag
    where: Annotated[
        str, typer.Option("--where", metavar="COND", help="Which tasks: a condition on them; true is all.")
    ],
    reason: Reason,
    guideline: Annotated[
        str | None,
        typer.Option(
            "--guideline", metavar="VERSION|old", help="Only those settled under it; old: not under today's."
        ),
    ] = None,
    cell: Annotated[
        str | None, typer.Option("--cell", help="Only those of a cell; * for any letters.")
    ] = None,
    task_type: Annotated[str | None, typer.Option("--type", help="Only those of a task type.")] = None,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Ask for new votes on tasks as a new attempt; the old votes are kept, apart from the new."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.plans import ending, tell_redo
    from pipeline.cli.session import writing
    from pipeline.planning.choosing import Wish, redoing, redos
    from pipeline.planning.effort import longest, total

    _reasoned(reason)
    wish = Wish(where, guideline, cell, task_type)
    with _looking() as ctx:
        plan = redoing(ctx, wish)
    if not as_json:
        tell_redo(plan)
    done = 0
    if not dry_run and plan.tasks:
        with writing("redo", wait) as ctx:
            done = ctx.store.put(redos(plan, wish, reason, ctx.clock()))
    content = {
        "dry_run": dry_run,
        "redone": done,
        **plan.model_dump(mode="json", exclude={"task_ids"}),
        "votes": sum(one.votes for one in plan.cells),
        "votes_at_most": sum(one.votes_at_most for one in plan.cells),
        "hours": total([one.hours for one in plan.cells]),
        "days": longest([one.days for one in plan.cells]),
    }
    show(as_json, content, lambda: tell(ending(dry_run, done, "tasks", "asked anew from the next run on")))


@app.command(rich_help_panel=STEERING)
def withdraw(
    where: Annotated[
        str, typer.Option("--where", metavar="COND", help="Which records: a condition on them; true is all.")
    ],
    reason: Reason,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Take records out of Label Studio and of every release to come, for good."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.plans import ending, tell_withdrawal
    from pipeline.cli.session import writing
    from pipeline.planning.choosing import withdrawals, withdrawing

    _reasoned(reason)
    with _looking() as ctx:
        plan = withdrawing(ctx.store, where)
    if not as_json:
        tell_withdrawal(plan)
    done = 0
    if not dry_run and plan.records:
        with writing("withdraw", wait) as ctx:
            done = ctx.store.put(withdrawals(plan, where, reason, ctx.clock()))
    content = {"dry_run": dry_run, "withdrawn": done, **plan.model_dump(mode="json", exclude={"record_ids"})}
    show(as_json, content, lambda: tell(ending(dry_run, done, "records", "withdrawn")))


@app.command(rich_help_panel=STEERING)
def cells(
    action: Annotated[Literal["list", "pause", "resume"], typer.Argument(metavar="[ACTION]")] = "list",
    cell: Annotated[
        str | None, typer.Argument(metavar="[CELL]", help="Such as zh/step_review; * for any letters.")
    ] = None,
    reason: Reason = "",
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Show what waits for people in each cell, or pause cells and let them go on."""
    from pipeline.cli.output import show
    from pipeline.cli.plans import tell_pauses, tell_queues
    from pipeline.cli.session import writing
    from pipeline.planning.choosing import cells_like
    from pipeline.planning.pausing import set_cells
    from pipeline.report.queues import queues
    from schemas.errors import UsageError

    if action == "list":
        with _looking() as ctx:
            names = None if cell is None else set(cells_like(ctx.store, cell))
            found = [one for one in queues(ctx) if names is None or one.cell in names]
        content = {"cells": [one.model_dump(mode="json") for one in found]}
        show(as_json, content, lambda: tell_queues(found))
        return
    if cell is None:
        raise UsageError(
            f"cells {action}: which cell must be given, is missing; such as 'zh/*', or '*' for all"
        )
    with writing(f"cells {action}", wait) as ctx:
        like = cells_like(ctx.store, cell)
        changed = set_cells(ctx, like, paused=action == "pause", reason=reason)
    named = {"pause": "paused", "resume": "resumed"}[action]
    show(
        as_json,
        {named: changed, "unchanged": [one for one in like if one not in changed]},
        lambda: tell_pauses(like, changed, named),
    )


@app.command(rich_help_panel=LOOKING)
def findings(
    kind: Annotated[str | None, typer.Option("--kind", help="Only those of one kind.")] = None,
    cell: Annotated[
        str | None, typer.Option("--cell", help="Only those of a cell; * for any letters.")
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", help="Only those about one annotator, by the pseudonym.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", metavar="DATE", formats=DATES, help="Only those since, in UTC; 2026-12-31."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many, the newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what went otherwise than it should in Label Studio: edits by others, votes that do not count, losses."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.planning.choosing import cells_like
    from pipeline.report.findings import Sought
    from pipeline.report.findings import findings as find

    with reading() as (_, _, store):
        like = None if cell is None else cells_like(store, cell)
        found = find(store, Sought(kind, like, annotator, since and since.replace(tzinfo=UTC)), limit)

    def people() -> None:
        for name, number in found["kinds"].items():
            tell(f"{number:>7,} {name}")
        for one in found["findings"]:
            tell(f"{one['found_at']:%Y-%m-%d %H:%M}  {one['kind']}: {one['detail']}")
        shown = f", {limit:,} shown" if found["total"] > limit else ""
        tell(f"{found['total']:,} findings{shown}")

    show(as_json, found, people)


@contextmanager
def _looking() -> "Iterator[Context]":
    """A context that only reads: the newest snapshot of the store."""
    from pipeline import opening
    from pipeline.cli.session import reading
    from pipeline.context import Context

    with reading() as (folder, project, store):
        yield Context(folder=folder, project=project, store=store, connect=opening.usual(folder).connect)


def _reasoned(reason: str) -> None:
    from schemas.errors import UsageError

    if not reason.strip():
        raise UsageError("--reason: should say why in a few words, is empty; add it")
