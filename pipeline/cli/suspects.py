"""`headrace suspects`: settled labels for a second look, those that are most likely wrong first."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import LOOKING, AsJson, app

if TYPE_CHECKING:
    from pipeline.assessing.suspects import SuspectLabel
    from pipeline.context import Context
    from schemas.base import Label

HIDDEN = "model"


@app.command(rich_help_panel=LOOKING)
def suspects(
    cell: Annotated[
        str | None, typer.Option("--cell", help="Only those of a cell; * for any letters.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="At most so many, the likeliest wrong first.")
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """List settled labels that are likely wrong, by votes, verifiers and the hidden model, for a second look."""
    from pipeline import opening
    from pipeline.assessing.suspects import suspects as found_in
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.context import Context
    from pipeline.planning.choosing import cells_like

    with reading() as (folder, project, store):
        ctx = Context(folder=folder, project=project, store=store, connect=opening.usual(folder).connect)
        like = None if cell is None else set(cells_like(store, cell))
        found = [one for one in found_in(store, machines(ctx)) if like is None or one.cell in like]
    shown = found[:limit]

    def people() -> None:
        width = max((len(one.cell) for one in shown), default=0)
        for one in shown:
            tell(_line(one, width))
        tell(
            f"{len(found):,} settled labels looked at" + (f", {limit:,} shown" if len(found) > limit else "")
        )
        if shown:
            tell(
                f'ask anew: headrace redo --where "task_id = \'{shown[0].task_id}\'" --reason "a second look"'
            )

    content = {"looked_at": len(found), "suspects": [one.model_dump() for one in shown]}
    show(as_json, content, people)


def machines(ctx: "Context") -> dict[str, dict[str, "Label"]]:
    """What each check that decides, and the hidden model, say of each task."""
    from collections import defaultdict

    from pipeline.checking.model_labels import model_labels
    from pipeline.verifying.auditing import compared, name_of

    found: dict[str, dict[str, Label]] = defaultdict(dict)
    for case in compared(ctx):
        found[name_of(case.check)][case.task["task_id"]] = case.machine
    if hidden := model_labels(ctx):
        found[HIDDEN] = dict(hidden)
    return dict(found)


def _line(one: "SuspectLabel", width: int) -> str:
    doubt = f"{100 * one.wrong:3.0f} %"
    return f"{doubt}  {one.cell:<{width}}  {one.task_id}  {one.label!r}, rather {one.rather!r}: {one.why}"
