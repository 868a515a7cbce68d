"""The commands about gold: what there is, and how people do on it; mending a wrong answer, retiring a worn one."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import STEERING, AsJson, Reason, Wait, app

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.planning.gold import GoldTask
    from pipeline.store import Store
    from schemas.base import Json
    from schemas.door import GoldFact
    from schemas.project import Project

SUMMARY = "Look after tasks whose answer is known: list them, mend a wrong answer, retire one."

group = typer.Typer(name="gold", rich_markup_mode=None, no_args_is_help=True, help=SUMMARY)
app.add_typer(group, rich_help_panel=STEERING)

Task = Annotated[str, typer.Argument(metavar="TASK", help="The task's id, as gold list shows it.")]
Lead = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help="Who says so: a name, an address or a pseudonym.")
]
COMMAND_LINE = "command line"
"""Who says so where nobody is named."""


@group.command("list")
def list_(
    cell: Annotated[
        str | None, typer.Option("--cell", help="Only those of a cell; * for any letters.")
    ] = None,
    suspect: Annotated[
        bool,
        typer.Option(
            "--suspect", help="Only those to look at: probably wrong, or worn, each with what to do."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the gold tasks, those that most people fail first, and how many were right."""
    from pipeline.cli.output import lines, show, tell
    from pipeline.cli.session import reading
    from pipeline.planning.choosing import cells_like
    from pipeline.planning.gold import listed

    with reading() as (folder, project, store):
        found = listed(store, None if cell is None else cells_like(store, cell))
        unseen = list(_unseen(project, folder)) if not found else []
        if suspect:
            from pipeline.report.gold_suspects import suspects

            given = suspects(store, [one.task_id for one in found])
            content = {"suspects": [one.model_dump(mode="json") for one in given]}
            show(as_json, content, lambda: lines("\n".join(one.told() for one in given) or "none stands out"))
            return

    def told() -> None:
        for one in found:
            tell(_line(one))
        for file in unseen:
            tell(f"{file}: not read yet; headrace generate makes tasks of it")
        tell(f"{sum(one.payload is not None for one in found):,} gold tasks in force")

    show(as_json, {"gold": [one.model_dump(mode="json") for one in found]}, told)


@group.command()
def mend(
    task: Task,
    label: Annotated[
        str,
        typer.Option("--label", metavar="JSON", help="The right label, of the page as gold list shows it."),
    ],
    reason: Reason,
    lead: Lead = None,
    wait: Wait = 60.0,
    as_json: AsJson = False,
) -> None:
    """Put another answer in the place of a wrong one; everybody's scores follow."""
    from pipeline.cli.session import writing
    from pipeline.planning.gold import mend as put

    said = _json(label)
    _reasoned(reason)
    with writing("gold mend", wait) as ctx:
        fact = put(ctx, task, said, reason, who(lead, ctx.project, ctx.store))
    _tell(as_json, fact, "mended; scores follow")


@group.command()
def retire(task: Task, reason: Reason, lead: Lead = None, wait: Wait = 60.0, as_json: AsJson = False) -> None:
    """Give a gold task to nobody any more; what was said of it counts for no score any more."""
    from pipeline.cli.session import writing
    from pipeline.planning.gold import retire as put

    _reasoned(reason)
    with writing("gold retire", wait) as ctx:
        fact = put(ctx, task, reason, who(lead, ctx.project, ctx.store))
    _tell(as_json, fact, "retired; it is closed in Label Studio by the next push")


def who(lead: str | None, project: "Project", store: "Store") -> str:
    """The pseudonym of who says so, or the command line; UsageError where nobody with an account is called so."""
    from pipeline.people.whos_who import find
    from schemas.errors import UsageError

    if lead is None:
        return COMMAND_LINE
    found = find(lead, project.people, store)
    if not found.annotators:
        raise UsageError(f"--as: somebody with an account was expected, {lead!r} has none yet; leave it out")
    return found.annotators[0]


def _line(one: "GoldTask") -> str:
    answered = f"{one.score.right} of {one.score.of} right" if one.score.of else "nobody yet"
    passed = f", {one.passed} passed" if one.passed else ""
    entry = " (entry)" if one.purpose == "entry" else ""
    where = "" if one.pushed else ", not in Label Studio yet"
    label = f"retired: {one.reason}" if one.label is None else one.label
    return f"{one.task_id}  {one.cell}{entry}  {answered}{passed}{where}  {label}"


def _unseen(project: "Project", folder: "Path") -> list[str]:
    return [str(folder / task.gold.file) for task in project.tasks if task.gold is not None]


def _tell(as_json: bool, fact: "GoldFact", what: str) -> None:
    from pipeline.cli.output import show, tell

    content = fact.model_dump(mode="json")
    show(as_json, content, lambda: tell(f"gold task {fact.task_id}: {what}"))


def _json(label: str) -> "Json":
    import json

    from schemas.errors import UsageError

    try:
        said: Json = json.loads(label)
    except ValueError as error:
        raise UsageError(f"--label: should be JSON, is not ({error}); mend it") from None
    return said


def _reasoned(reason: str) -> None:
    from schemas.errors import UsageError

    if not reason.strip():
        raise UsageError("--reason: should say why in a few words, is empty; add it")
